"""A comparison is laid out by its sides and a change by its times, and each side is searched for by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.corpus import Corpus
from index.document import Document, Passage, Span
from index.embed import default_embedder
from index.library import Library
from index.principal import LOCAL
from index.query import Query
from index.sync import sync
from rag.answer import Evidence, Form, Group
from rag.find import Finder, Found, find
from rag.forms.form import form
from rag.forms.layout import groups, sides
from rag.forms.opposed import matter, opposed
from rag.forms.timeless import timeless, undated
from rag.language.speaker import speaker
from rag.question import LONGEST_QUESTION
from rag.quote import Quoter
from rag.stopwatch import Stopwatch
from rag.understand import understand

BRIEFS = Path(__file__).parents[1] / "examples" / "briefing"
TODAY = date(2025, 12, 31)


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def quote(
    text: str, published: str | None = None, publisher: str | None = None, title: str | None = None, number: int = 0
) -> Evidence:
    uri = f"{publisher}-{published}-{number}-{text}.txt"
    document = Document(uri, text, "hash", ("public",), title=title, publisher=publisher, published=day(published))
    whole = Span(0, len(text))
    passage = Passage(document.chunk(whole, 0), document.attribution, 0.5)
    return Evidence(passage, whole, text, 0.5, speaker(text))


def bounds(question: str, as_of: str | None = None) -> list[tuple[str | None, str | None, str | None]]:
    """Each side's as-of date, earliest and latest day."""
    query = understand(question, as_of=day(as_of), today=TODAY)
    return [
        (
            each.as_of.isoformat() if each.as_of else None,
            each.earliest.isoformat() if each.earliest else None,
            each.latest.isoformat() if each.latest else None,
        )
        for each in sides(question, form(question), query, TODAY)
    ]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "What changed between March 2025 and November 2025?",
            [("2025-03-31", None, "2025-03-31"), ("2025-11-30", "2025-04-01", "2025-11-30")],
        ),
        (
            "How did the plan evolve from March to November 2025?",
            [("2025-03-31", None, "2025-03-31"), ("2025-11-30", "2025-04-01", "2025-11-30")],
        ),
        (
            "How has Putin's position changed since June 2024?",
            [("2024-06-30", None, "2024-06-30"), (None, "2024-07-01", None)],
        ),
        (
            "What did Putin demand before and after the summit on 2025-08-15?",
            [("2025-08-14", None, "2025-08-14"), (None, "2025-08-15", None)],
        ),
        (
            "What did Peskov say in July 2024 and what in November 2025?",
            [(None, "2024-07-01", "2024-07-31"), (None, "2025-11-01", "2025-11-30")],
        ),
        (
            "What did Peskov say in November 2025 and in July 2024?",
            [(None, "2024-07-01", "2024-07-31"), (None, "2025-11-01", "2025-11-30")],
        ),
        (
            "What is different now from last year?",
            [("2024-12-31", None, "2024-12-31"), ("2025-12-31", "2025-01-01", "2025-12-31")],
        ),
    ],
)
def test_each_time_of_a_change_is_searched_for_by_itself(
    question: str, expected: list[tuple[str | None, str | None, str | None]]
) -> None:
    assert form(question) == "change"
    assert bounds(question) == expected


def test_nothing_later_than_the_as_of_date_is_seen_on_any_side() -> None:
    (first, second) = bounds("What changed between March 2025 and November 2025?", as_of="2025-06-01")
    assert (first[0], second[0]) == ("2025-03-31", "2025-06-01")
    (first, second) = bounds("What did he say in May 2025 and what in November 2025?", as_of="2025-06-01")
    assert (first[0], second[0]) == ("2025-06-01", "2025-06-01")


def test_a_change_without_two_times_is_searched_for_once() -> None:
    assert bounds("What has changed in Putin's conditions?") == [(None, None, None)]
    assert bounds("What changed before June 2024?") == [(None, None, "2024-05-31")]


def test_a_range_of_another_question_stays_a_range() -> None:
    question = "What was discussed between June 2024 and August 2025?"
    query = understand(question, today=TODAY)
    assert sides(question, form(question), query, TODAY) == ()
    assert (query.earliest, query.latest) == (date(2024, 6, 1), date(2025, 8, 31))


@pytest.mark.parametrize("asked", ["open", "yes_no", "who", "when", "how_many"])
def test_other_forms_have_no_sides(asked: Form) -> None:
    question = "What do RT and Reuters say of June 2024 and of November 2025?"
    assert sides(question, asked, Query(question), TODAY) == ()
    assert groups(question, asked, [quote("A.", "2024-06-14", "A"), quote("B.", "2025-06-14", "B")]) == ()


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("How have Putin's conditions changed between June 2024 and November 2025?", "What about Putin's conditions?"),
        ("What changed in Putin's conditions since June 2024?", "What about Putin's conditions?"),
        ("Has Moscow's stance shifted since 3 July 2024?", "What about Moscow's stance?"),
        ("How did the plan evolve from November to December 2025?", "What about the plan?"),
        ("Compare Putin's conditions in June 2024 and in November 2025", "What about Putin's conditions?"),
        ("What did Peskov say in July 2024 and what in November 2025?", "What did Peskov say?"),
        (
            "What did Putin say about the talks in June 2024 compared with November 2025?",
            "What did Putin say about the talks?",
        ),
        ("What did Putin demand before and after the summit?", "What did Putin demand?"),
        ("What changed?", "What changed?"),
    ],
)
def test_a_side_is_searched_for_without_the_change_and_its_times(question: str, left: str) -> None:
    assert timeless(question) == left


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("What was signed in June 2024, and by whom?", "What was signed, and by whom?"),
        ("How many were signed, in 2024 , ?!", "How many were signed?!"),
        ("What happened in 2024? And who met?", "What happened? And who met?"),
        ("In 2024?", "In 2024?"),
        # Of the greatest length there is, which a search that goes back at each comma would take minutes for.
        (f"In June 2024, who{',' * (LONGEST_QUESTION - 22)} met?", f"Who{',' * (LONGEST_QUESTION - 22)} met?"),
    ],
)
def test_a_question_is_left_without_the_times_it_names(question: str, left: str) -> None:
    assert undated(question) == left


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What do RT and Reuters say about the plan?", [("RT", "RT"), ("Reuters", "Reuters")]),
        (
            "According to RT, Reuters and Axios, what happened?",
            [("RT", "RT"), ("Reuters", "Reuters"), ("Axios", "Axios")],
        ),
        (
            "What do the Moscow desk and the Brussels desk report?",
            [("Moscow desk", "Moscow desk"), ("Brussels desk", "Brussels desk")],
        ),
        ("What are Putin's and Zelensky's positions on land?", [("Putin", "Putin"), ("Zelensky", "Zelensky")]),
        (
            "How does Kyiv's position differ from Moscow's?",
            [("Kyiv's position", "Kyiv"), ("Moscow's position", "Moscow")],
        ),
        (
            "Compare Putin's terms with those of Zelensky",
            [("Putin's terms", "Putin"), ("Zelensky's terms", "Zelensky")],
        ),
        ("Compare the 28-point plan with the roadmap", [("28-point plan", None), ("roadmap", None)]),
        ("What is the difference between Market Cap and NAV?", [("Market Cap", None), ("NAV", None)]),
        ("Trump's roadmap vs the 28-point plan", [("Trump's roadmap", None), ("28-point plan", None)]),
        ("What do the draft and the roadmap have in common?", [("draft", None), ("roadmap", None)]),
        ("What is the difference between the two plans?", []),
        ("Who disagrees with the Kremlin?", []),
    ],
)
def test_the_sides_of_a_comparison(question: str, expected: list[tuple[str, str | None]]) -> None:
    assert [(side.label, side.source) for side in opposed(question)] == expected


def test_people_are_asked_about_by_name_and_bodies_without_it_too() -> None:
    people = "What did Putin and Zelensky say about NATO?"
    texts = [side.text for side in sides(people, "comparison", Query(people))]
    assert texts == ["What did Putin say about NATO?", "What did Zelensky say about NATO?"]
    bodies = "What do RT and Reuters say about NATO?"
    texts = [side.text for side in sides(bodies, "comparison", Query(bodies))]
    assert texts == ["What do RT say about NATO?", "What do Reuters say about NATO?", "What about NATO?"]
    assert matter(people) is None


def test_the_dates_of_a_comparison_bound_each_of_its_sides() -> None:
    question = "What did Putin and Zelensky say about NATO in June 2024?"
    found = sides(question, "comparison", understand(question, today=TODAY))
    assert {(each.earliest, each.latest) for each in found} == {(date(2024, 6, 1), date(2024, 6, 30))}


def test_a_comparison_of_sources_is_laid_out_by_them() -> None:
    evidence = [
        quote("The plan is dead.", publisher="Brussels desk"),
        quote("The plan is alive.", publisher="Moscow desk"),
        quote("Nobody knows the plan.", publisher="Kyiv desk"),
        quote("The plan lives on.", publisher="Moscow desk"),
    ]
    found = groups("What do the Moscow desk and the Brussels desk say about the plan?", "comparison", evidence)
    assert found == (Group("Moscow desk", (2, 4)), Group("Brussels desk", (1,)))


def test_a_comparison_of_speakers_is_laid_out_by_whoever_speaks() -> None:
    evidence = [
        quote("Vladimir Putin said that NATO must go.", publisher="Moscow desk"),
        quote("Volodymyr Zelenskyy said that NATO must come.", publisher="Moscow desk"),
        quote("Dmitry Peskov said that Putin would wait.", publisher="Moscow desk"),
    ]
    found = groups("What did Putin and Zelensky say about NATO?", "comparison", evidence)
    assert found == (Group("Putin", (1,)), Group("Zelensky", (2,)))


def test_a_comparison_of_things_is_laid_out_by_what_the_quotes_speak_of() -> None:
    evidence = [
        quote("It has 28 points.", title="The 28-point plan"),
        quote("The roadmap begins with a ceasefire.", title="What is known of Trump's roadmap"),
        quote("The weather was fine.", title="Weather"),
    ]
    found = groups("Compare the 28-point plan with Trump's roadmap", "comparison", evidence)
    assert found == (Group("28-point plan", (1,)), Group("Trump's roadmap", (2,)))


def test_where_no_side_is_named_the_publishers_are_the_sides() -> None:
    evidence = [
        quote("A.", publisher="RT"),
        quote("B.", publisher="Reuters"),
        quote("C.", publisher="RT"),
        quote("D.", title="Notes"),
    ]
    found = groups("Who disagrees about the plan?", "comparison", evidence)
    assert found == (Group("RT", (1, 3)), Group("Reuters", (2,)), Group("Notes", (4,)))
    assert groups("Who disagrees about the plan?", "comparison", evidence[:1]) == ()


DATED = [
    quote("Talks continue.", "2025-12-03"),
    quote("There are no talks.", "2025-11-20"),
    quote("Nobody knows."),
    quote("Four regions.", "2024-06-14"),
]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "What changed between June 2024 and November 2025?",
            (Group("Up to June 2024", (4,)), Group("After June 2024, up to November 2025", (2,))),
        ),
        ("What has changed since 1 July 2024?", (Group("Up to 1 July 2024", (4,)), Group("After 1 July 2024", (2, 1)))),
        (
            "What was said before and after the meeting on 2 December 2025?",
            (Group("Before 2 December 2025", (4, 2)), Group("From 2 December 2025 on", (1,))),
        ),
        (
            "What was said in November 2025 and what in December 2025?",
            (Group("November 2025", (2,)), Group("December 2025", (1,))),
        ),
        (
            "What was said in 2024 and what in 2025?",
            (Group("2024", (4,)), Group("2025", (2, 1))),
        ),
        (
            "How have the talks changed?",
            (Group("14 June 2024", (4,)), Group("20 November 2025", (2,)), Group("3 December 2025", (1,))),
        ),
        (
            "What changed between January 2020 and February 2021?",
            (Group("14 June 2024", (4,)), Group("20 November 2025", (2,)), Group("3 December 2025", (1,))),
        ),
    ],
)
def test_a_change_is_laid_out_by_its_times(question: str, expected: tuple[Group, ...]) -> None:
    assert groups(question, "change", DATED, TODAY) == expected


def test_many_days_become_months_and_many_months_years() -> None:
    months = [quote(f"Number {n}.", f"2025-{n:02}-{d:02}") for n in (1, 2) for d in (3, 4, 5)]
    assert [group.label for group in groups("What changed?", "change", months)] == ["January 2025", "February 2025"]
    years = [quote(f"Number {n}.", f"{year}-{n:02}-01") for year in (2024, 2025) for n in range(1, 6)]
    assert [group.label for group in groups("What changed?", "change", years)] == ["2024", "2025"]


def test_one_date_is_no_change() -> None:
    assert groups("What changed?", "change", DATED[:1]) == ()
    assert groups("What changed?", "change", [DATED[2], DATED[2]]) == ()


VOCABULARY = "what changed between June 2024 and Putin Zelensky RT say about the plan since compare with"
QUESTIONS = st.one_of(st.text(max_size=120), st.lists(st.sampled_from(VOCABULARY.split()), max_size=14).map(" ".join))


@given(QUESTIONS, st.sampled_from(["change", "comparison"]), st.permutations(DATED))
def test_every_group_holds_evidence_once(question: str, asked: Form, evidence: list[Evidence]) -> None:
    found = groups(question, asked, evidence, TODAY)
    numbers = [number for group in found for number in group.evidence]
    assert len(numbers) == len(set(numbers))
    assert set(numbers) <= set(range(1, len(evidence) + 1))
    assert len(found) != 1
    assert all(group.evidence and group.label for group in found)


@given(QUESTIONS, st.sampled_from(["change", "comparison"]))
def test_every_side_can_be_searched_for(question: str, asked: Form) -> None:
    for side in sides(question, asked, Query(question, as_of=date(2025, 1, 1)), TODAY):
        assert side.as_of is not None
        assert side.as_of <= date(2025, 1, 1)
        assert side.earliest is None or side.latest is None or side.earliest <= side.latest


@pytest.fixture(scope="module")
def finder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Finder]:
    folder = tmp_path_factory.mktemp("briefing")
    with Library.open(folder, create=True) as library:
        sync([BRIEFS], library, default_embedder())
    with Corpus.open(folder, default_embedder()) as corpus:
        yield Finder(corpus, Quoter(), 20, 6)


def found(finder: Finder, question: str) -> tuple[Found, tuple[Group, ...]]:
    query = understand(question, today=TODAY)
    asked = form(question)
    evidence = find(LOCAL, sides(question, asked, query, TODAY) or (query,), finder, Stopwatch())
    return evidence, groups(question, asked, evidence.evidence, TODAY)


def held(evidence: Found, group: Group) -> str:
    return " ".join(evidence.evidence[number - 1].quote for number in group.evidence)


def test_a_change_brings_evidence_of_both_times(finder: Finder) -> None:
    evidence, laid_out = found(finder, "How have Putin's conditions changed between June 2024 and November 2025?")
    assert [group.label for group in laid_out] == ["Up to June 2024", "After June 2024, up to November 2025"]
    assert "Donetsk, Lugansk, Zaporizhzhia and Kherson" in held(evidence, laid_out[0])
    assert "keep its armed forces within limits" in held(evidence, laid_out[1])


def test_what_was_said_in_two_months_is_laid_out_by_them(finder: Finder) -> None:
    evidence, laid_out = found(finder, "What did Peskov say in July 2024 and what in November 2025?")
    assert [group.label for group in laid_out] == ["July 2024", "November 2025"]
    months = [{evidence.evidence[number - 1].attribution.published for number in group.evidence} for group in laid_out]
    assert months[0] <= {date(2024, 7, 3), date(2024, 7, 14)}
    assert months[1] == {date(2025, 11, 20)}


def test_two_speakers_are_set_beside_each_other(finder: Finder) -> None:
    evidence, laid_out = found(finder, "What did Putin and Zelensky say about the plan?")
    assert [group.label for group in laid_out] == ["Putin", "Zelensky"]
    assert {evidence.evidence[number - 1].speaker for number in laid_out[1].evidence} <= {
        "Volodymyr Zelenskyy",
        "Zelenskyy",
        "Zelensky",
    }


def test_two_desks_are_set_beside_each_other(finder: Finder) -> None:
    evidence, laid_out = found(finder, "What do the Moscow desk and the Brussels desk report about the American plan?")
    assert [group.label for group in laid_out] == ["Moscow desk", "Brussels desk"]
    assert "according to claims that went round" in held(evidence, laid_out[1])


def test_two_plans_are_set_beside_each_other(finder: Finder) -> None:
    _, laid_out = found(finder, "What is the difference between the 28-point plan and Zelensky's ten-point formula?")
    assert [group.label for group in laid_out] == ["28-point plan", "Zelensky's ten-point formula"]
