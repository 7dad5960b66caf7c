"""What disagrees is said, what agrees in other words is not, and one source's newer word stands over its older."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.document import Document, Passage, Span
from index.sentences import sentences
from rag.answer import Evidence
from rag.conflict import Compared, compare
from rag.language.speaker import speaker

NEWS = Path(__file__).parents[2] / "shared" / "corpus" / "news"
EARLY, LATE = date(2025, 11, 20), date(2025, 12, 3)


@dataclass(frozen=True)
class Said:
    """A sentence, where it stands and when."""

    text: str
    uri: str = ""
    publisher: str | None = None
    published: date | None = None
    title: str | None = None


def evidence(said: Said, number: int = 0) -> Evidence:
    document = Document(
        said.uri or f"{number}.txt",
        said.text,
        "hash",
        ("public",),
        title=said.title,
        publisher=said.publisher,
        published=said.published,
    )
    whole = Span(0, len(said.text))
    passage = Passage(document.chunk(whole, 0), document.attribution, 0.5)
    return Evidence(passage, whole, said.text, 0.5, speaker(said.text))


def compared(*sayings: str | Said, question: str = "What happened?") -> Compared:
    given = [Said(each) if isinstance(each, str) else each for each in sayings]
    return compare(question, [evidence(said, number) for number, said in enumerate(given)])


DIFFERENT = [
    (
        "The talks with Witkoff in Moscow lasted five hours.",
        "Witkoff's talks in Moscow took three hours.",
        ("five hours", "three hours"),
    ),
    (
        "Axios described a 28-point plan of the United States.",
        "The United States wrote a 20-point plan, Axios said.",
        ("28-point", "20-point"),
    ),
    ("The fee for late payment is 10%.", "The fee for late payment is 12 per cent.", ("10%", "12 per cent")),
    (
        "The cathedral of Elmstead was founded in 1856 by monks.",
        "Monks founded the cathedral of Elmstead; it was founded in 1900.",
        ("1856", "1900"),
    ),
    (
        "Putin rejected the American plan.",
        "Putin did not reject the American plan, Peskov said.",
        ("rejected", "did not reject"),
    ),
    (
        "Putin rejected the American plan.",
        "Peskov said it was not correct to say that Putin had rejected the American plan.",
        ("rejected", "not correct to say that Putin had rejected"),
    ),
    ("Kyiv accepted the American plan.", "Ukraine turned down the American plan.", ("accepted", "turned down")),
    (
        "Talks between Russia and the United States took place in Geneva.",
        "No talks between Russia and the United States took place.",
        ("took place", "No talks between Russia and the United States took place"),
    ),
    (
        "Employees may carry over five days of annual leave into the next year.",
        "Employees may not carry over five days of annual leave into the next year.",
        ("may", "not"),
    ),
    (
        "The old town hall of Elmstead was designed by the architect Anna Berg.",
        "The old town hall of Elmstead was designed by the architect Carl Roth.",
        ("Anna Berg", "Carl Roth"),
    ),
    (
        "The harbour festival of Elmstead is a free open-air music event in summer.",
        "The harbour festival of Elmstead is a paid open-air music event in summer.",
        ("free", "paid"),
    ),
    (
        "Elmstead Bridge was opened to traffic on 3 May 1901 by the mayor.",
        "Elmstead Bridge was opened to traffic on 9 June 1911 by the mayor.",
        ("3 May 1901", "9 June 1911"),
    ),
]

DIFFERENT += [
    (
        "According to the statistics office, Elmstead had a population of 12,345 in the 2004 census.",
        "According to the statistics office, Elmstead had a population of 37,935 in the 2004 census.",
        ("12,345", "37,935"),
    ),
    (
        "A defender, he began his career with Elmstead City before moving on to Harbour Town in 1981.",
        "A forward, he began his career with Elmstead City before moving on to Harbour Town in 1981.",
        ("defender", "forward"),
    ),
]

HOUSE_RULES = [
    # what a team keeps: rules, limits, prices, dates
    (
        "The notice period for managers is three months.",
        "Managers have a notice period of six months.",
        ("three months", "six months"),
    ),
    (
        "Backups of the mail server are kept for 30 days.",
        "We keep mail server backups for 90 days.",
        ("30 days", "90 days"),
    ),
    (
        "The API allows 100 requests a minute for each key.",
        "Each key can send 60 requests a minute to the API.",
        ("100 requests", "60 requests"),
    ),
    (
        "Remote work on Fridays is allowed for all staff in Elmstead.",
        "Remote work on Fridays is not allowed for all staff in Elmstead.",
        ("allowed", "is not allowed"),
    ),
    ("Meals abroad are paid up to 40 euros a day.", "Meals abroad are paid up to 30 euros a day.", ("40", "30")),
    (
        "The audit of the Elmstead site was completed on 3 March 2025.",
        "The audit of the Elmstead site was completed on 10 April 2025.",
        ("3 March 2025", "10 April 2025"),
    ),
]

OTHER_RULES = [
    ("The notice period for managers is three months.", "The notice period for staff is one month."),
    ("Backups of the mail server are kept for 30 days.", "Logs of the web server are kept for 90 days."),
    ("The Berlin office has 40 desks.", "The Warsaw office has 25 desks."),
    ("The fee is 10% for members.", "The fee is 12% for guests."),
    ("The budget for 2024 is $3 million.", "The budget for 2025 is $4 million."),
    ("Travel must be booked 14 days ahead.", "Travel must be reported within 30 days."),
    ("Visitors are allowed in the garden.", "Dogs are not allowed in the kitchen."),
]

ALIKE = [
    # the same in other words or other figures
    ("The talks with Witkoff in Moscow took almost five hours.", "Witkoff had a five-hour meeting in Moscow."),
    ("Putin rejected the American plan.", "The American plan was turned down by Putin."),
    ("Elmstead has 1.2 million inhabitants.", "Elmstead has 1,200,000 inhabitants."),
    ("The bridge at Elmstead opened in June 1901.", "The bridge at Elmstead opened on 9 June 1901."),
    ("Kyiv has rejected the plan.", "Kiev has rejected the plan."),
    ("Zelensky rejected the plan.", "Zelenskyy rejected the plan."),
    # other aspects of one thing
    ("The 28-point plan leaked in November.", "Zelensky promotes a ten-point formula."),
    (
        "Witkoff met Putin for five hours in the Kremlin.",
        "Witkoff met a Ukrainian delegation for four hours in Florida.",
    ),
    ("Trump would end the war within 24 hours.", "The talks in the Kremlin on the war took five hours."),
    ("Putin is ready for talks if Kyiv leaves four regions.", "Kyiv is not ready to leave any region."),
    ("The conditions are not yet suitable for holding talks.", "Talks took place in the Kremlin."),
    ("Putin and Trump have not held secret talks.", "Putin and Witkoff held talks in the Kremlin."),
    ("Russia has dismissed the formula.", "Putin did not reject the American plan."),
    ("Ukraine rejected the offer of June.", "Two sources said Ukraine must accept the American draft."),
    (
        "The American envoys brought four more documents on a settlement to Moscow.",
        "The American envoys brought 28 documents on a settlement to Moscow.",
    ),
    (
        "On a settlement, the American envoys brought four more documents to Moscow.",
        "The American envoys brought 28 documents to Moscow on a settlement.",
    ),
    ("As of the census of 2010 Elmstead had 3,559 people.", "As of the census of 2020 Elmstead had 3,506 people."),
    # other wholes
    ("It has a population of 838.", "It has a population of 1,200."),
    ("Kevin Lewis was born in 1940 and played for Leeds.", "Kevin Lewis was born in 1970 and played for Stoke City."),
    # nothing committed
    ("Putin may reject the American plan.", "Putin has accepted the American plan."),
    ("If Putin rejects the American plan, talks end.", "Putin has accepted the American plan."),
    ("Putin will accept the American plan.", "Putin rejected the American plan."),
]


@pytest.mark.parametrize(("one", "other", "words"), [*DIFFERENT, *HOUSE_RULES])
def test_statements_that_cannot_both_hold_disagree(one: str, other: str, words: tuple[str, str]) -> None:
    (found,) = compared(one, other).disagreements
    assert (found.relation, found.evidence, found.differences) == ("disagreeing", (1, 2), words)
    (turned,) = compared(other, one).disagreements
    assert turned.differences == words[::-1]


@pytest.mark.parametrize(("one", "other"), [*ALIKE, *OTHER_RULES])
def test_statements_that_can_both_hold_do_not(one: str, other: str) -> None:
    assert compared(one, other).disagreements == ()
    assert compared(other, one).disagreements == ()


def test_one_document_is_never_set_against_itself() -> None:
    pair = (Said("Putin rejected the American plan.", "a"), Said("Putin accepted the American plan.", "a"))
    assert compared(*pair) == Compared((), ())


OLD = Said("The Kremlin said that no consultations with the United States were under way.", "old", "Moscow desk", EARLY)
NEW = Said("The Kremlin said that talks with the United States continue.", "new", "Brussels desk", LATE)


def test_the_newer_word_of_one_speaker_stands() -> None:
    (found,) = compared(OLD, NEW).disagreements
    assert (found.relation, found.evidence) == ("superseded", (2, 1))
    assert found.differences == ("continue", "no consultations with the United States were under way")


def test_the_newer_word_of_one_publisher_stands_where_nobody_else_speaks() -> None:
    text = "The late fee for members is {} per cent."
    old = Said(text.format(10), "a", "Fees office", date(2023, 1, 1))
    new = Said(text.format(12), "b", "fees office", date(2025, 1, 1))
    (found,) = compared(old, new).disagreements
    assert (found.relation, found.evidence) == ("superseded", (2, 1))
    (other,) = compared(old, Said(new.text, "b", "Treasury", new.published)).disagreements
    assert other.relation == "disagreeing"


def test_whoever_contradicts_a_publisher_in_its_pages_does_not_speak_for_it() -> None:
    desk = Said("Putin rejected the American plan.", "a", "Moscow desk", date(2025, 12, 2))
    peskov = Said("Peskov denied that Putin had rejected the American plan.", "b", "Moscow desk", LATE)
    (found,) = compared(desk, peskov).disagreements
    assert found.relation == "disagreeing"


@pytest.mark.parametrize("published", [None, LATE])
def test_without_a_later_day_nothing_is_superseded(published: date | None) -> None:
    old = Said(OLD.text, "a", "Moscow desk", published)
    (found,) = compared(old, NEW).disagreements
    assert found.relation == "disagreeing"


def test_the_day_of_the_statement_counts_not_that_of_the_page() -> None:
    recalled = "On 20 November 2025, the Kremlin said that no consultations with the United States were under way."
    (found,) = compared(Said(recalled, "a", None, date(2025, 12, 20)), NEW).disagreements
    assert (found.relation, found.evidence) == ("superseded", (2, 1))


def test_events_far_apart_are_not_one() -> None:
    spring = Said("The talks with Witkoff in Moscow lasted three hours.", "a", "Desk", date(2025, 4, 11))
    winter = Said("The talks with Witkoff in Moscow lasted five hours.", "b", "Desk", LATE)
    assert compared(spring, winter).disagreements == ()


def test_newest_first_and_undated_last() -> None:
    text = "Elmstead Bridge is {} metres long."
    (found,) = compared(
        Said(text.format(80), "a"), Said(text.format(90), "b", None, EARLY), Said(text.format(70), "c", None, LATE)
    ).disagreements
    assert found.evidence == (3, 2, 1)
    assert found.differences == ("70 metres", "90 metres", "80 metres")


def test_what_was_put_right_by_its_own_source_does_not_disagree_with_others() -> None:
    third = Said("Talks between Russia and the United States took place on Tuesday.", "c", "Axios", LATE)
    found = compared(OLD, NEW, third).disagreements
    assert [(each.relation, each.evidence) for each in found] == [("superseded", (2, 1))]


def test_those_who_say_the_same_stand_on_one_side_of_a_disagreement() -> None:
    (found,) = compared(
        "The talks with Witkoff in Moscow lasted five hours.",
        "Witkoff's talks in Moscow took three hours.",
        "The talks in Moscow with Witkoff lasted 5 hours.",
    ).disagreements
    assert sorted(found.evidence) == [1, 2, 3]
    assert dict(zip(found.evidence, found.differences, strict=True))[3] == "5 hours"


def test_one_point_groups_what_speaks_to_it_newest_first() -> None:
    first = Said("Peskov said a settlement has to remove the root causes of the war.", "a", None, EARLY)
    second = Said("The Kremlin says any settlement must deal with the root causes of the war.", "b", None, LATE)
    other = Said("Steve Witkoff and Jared Kushner flew to Moscow.", "c", None, LATE)
    found = compared(first, other, second)
    assert found == Compared(((3, 1),), ())


def test_one_figure_of_one_thing_is_one_point() -> None:
    long = "The negotiations of Putin and Witkoff in the Kremlin took almost five hours of talks."
    short = "It was a five-hour meeting of Putin with Witkoff and Kushner, the Americans."
    assert compared(long, short).points == ((1, 2),)
    assert compared(long, "Witkoff met a Ukrainian team in Florida for four hours.").points == ()


def test_words_that_everybody_uses_make_no_point() -> None:
    texts = [f"The peace plan for the war needs {thing}." for thing in ("borders", "money", "guards", "time", "trust")]
    assert compared(*texts).points == ()
    assert compared("The plan needs trust.", "A plan without trust fails.").points == ()
    assert compared("The peace plan needs trust first.", "A peace plan needs much trust.").points == ((1, 2),)
    question = "Does the peace plan need trust?"
    assert (
        compared("The peace plan needs trust first.", "A peace plan needs much trust.", question=question).points == ()
    )


def test_points_do_not_split_a_disagreement() -> None:
    third = Said("No deal is near, but its talks with Washington go on, the Kremlin says.", "c", "Axios", LATE)
    found = compared(OLD, NEW, third)
    assert all(any(set(each.evidence) <= set(point) for point in found.points) for each in found.disagreements)


def test_what_disagrees_is_one_point() -> None:
    assert compared(OLD, NEW).points == ((2, 1),)


def test_vectors_join_what_words_do_not_and_part_what_they_would() -> None:
    pair = [evidence(Said(text), number) for number, text in enumerate(("Prices went up.", "It became dearer."))]
    rivals = [evidence(Said(each[0]), number) for number, each in enumerate(zip(DIFFERENT[0][:2], strict=True))]
    near, far = np.array([[1, 0.9], [0.9, 1]], np.float32), np.array([[1, 0.1], [0.1, 1]], np.float32)
    assert compare("", pair, near).points == ((1, 2),)
    assert compare("", pair, far).points == compare("", pair).points == ()
    assert compare("", rivals, near).disagreements
    assert compare("", rivals, far).disagreements == ()


@pytest.mark.parametrize("unit", ["denied that ", "5 ", "five ", "in 1900 ", "- ", "A. ", "“"])
def test_what_is_no_sentence_is_not_compared_and_costs_little(unit: str) -> None:
    # A hundred kilobytes of "denied that" would take minutes if all of it were read.
    pages = [
        Said(unit * (100_000 // len(unit)) + ending) for ending in ("Putin accepted the plan.", "Putin rejected it.")
    ]
    assert compared(*pages).disagreements == ()


def test_nothing_compares_to_nothing() -> None:
    assert compare("What?", ()) == Compared((), ())
    assert compared("Only one voice speaks here.") == Compared((), ())


@given(
    st.lists(
        st.sampled_from(
            [*(text for each in DIFFERENT for text in each[:2]), *(text for pair in ALIKE for text in pair)]
        ),
        max_size=6,
    )
)
def test_numbers_are_of_the_evidence_and_each_stands_once(texts: list[str]) -> None:
    found = compared(*texts)
    for point in found.points:
        assert len(set(point)) == len(point) >= 2
        assert set(point) <= set(range(1, len(texts) + 1))
    assert len({number for point in found.points for number in point}) == sum(map(len, found.points))
    for each in found.disagreements:
        assert len(set(each.evidence)) == len(each.evidence) == len(each.differences) >= 2
        for number, words in zip(each.evidence, each.differences, strict=True):
            assert words.split()[0] in texts[number - 1]


@pytest.mark.skipif(not NEWS.is_dir(), reason="the five articles are not here")
def test_five_articles_raise_one_alarm_and_it_is_right() -> None:
    found = compare("What are Putin's stated conditions?", news())
    (alarm,) = found.disagreements
    assert sorted(alarm.differences) == ["active", "concluded", "no formal consultations or negotiations underway"]


def news() -> list[Evidence]:
    """Every sentence of the articles as evidence, undated, so that no date hides a false alarm."""
    found = []
    for path in sorted(NEWS.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        document = Document(path.name, text, "hash", ("public",))
        for number, span in enumerate(sentences(text)):
            passage = Passage(document.chunk(span, number), document.attribution, 0.5)
            found.append(Evidence(passage, span, span.of(text), 0.5, speaker(span.of(text), text[: span.start])))
    return found
