"""Finding the quotes for a question: each side of a comparison has its share, and a reranker its say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from index.document import Passage
from index.embed import default_embedder
from index.principal import LOCAL, Principal
from index.query import Query
from rag.ask import Desk, EvidenceCompared, Question, ask, stream
from rag.find import Finder, find
from rag.quote import Quoter
from rag.stopwatch import Stopwatch
from tests.shelf import brief, shelf

BRIEFS = [
    brief(
        f"{publisher}-{day}",
        f"The minister said on {day} that the bridge will cost {cost} million.\n"
        f"The {publisher} adds that work on the bridge begins in spring.",
        published=day,
        publisher=publisher,
        title=f"The bridge, {day}",
    )
    for publisher, day, cost in (
        ("River Post", "2024-06-10", 40),
        ("River Post", "2024-11-12", 55),
        ("Hill Gazette", "2024-06-11", 42),
        ("Hill Gazette", "2024-11-13", 60),
    )
]
QUESTION = "What will the bridge cost, according to the minister?"
PERIODS = (
    Query(QUESTION, earliest=date(2024, 6, 1), latest=date(2024, 6, 30)),
    Query(QUESTION, earliest=date(2024, 11, 1), latest=date(2024, 11, 30)),
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    quoter = Quoter()
    with shelf(tmp_path_factory.mktemp("library"), BRIEFS, default_embedder()) as corpus:
        yield Desk(corpus, quoter, quoter.threshold)


def months(finder: Finder, queries: tuple[Query, ...]) -> list[int]:
    found = find(LOCAL, queries, finder, Stopwatch())
    return [each.attribution.published.month for each in found.evidence if each.attribution.published]


def test_no_side_hides_the_other(desk: Desk) -> None:
    found = months(desk.finder, PERIODS)
    assert found[:2] == [6, 11]
    assert found.count(6) >= 2 <= found.count(11)
    assert max(found.count(6), found.count(11)) <= desk.quotes // 2


def test_what_both_sides_find_stands_once(desk: Desk) -> None:
    once, twice = (find(LOCAL, (Query(QUESTION),) * times, desk.finder, Stopwatch()) for times in (1, 2))
    places = [(each.attribution.document_id, each.span) for each in twice.evidence]
    assert len(set(places)) == len(places)
    assert twice.passages == once.passages
    assert twice.answerable == once.answerable


def test_a_side_with_nothing_leaves_the_other(desk: Desk) -> None:
    nobody = Principal("nobody", frozenset({"nobody"}))
    assert find(nobody, PERIODS, desk.finder, Stopwatch()).evidence == ()
    assert find(nobody, PERIODS, desk.finder, Stopwatch()).answerable == 0.0


def test_a_change_is_laid_out_by_its_times(desk: Desk) -> None:
    question = Question("What changed in the cost of the bridge between June 2024 and November 2024?")
    answer = ask(LOCAL, question, desk)
    assert answer.form == "change"
    assert len(answer.groups) == 2
    before, after = answer.groups
    days = [each.attribution.published for each in answer.evidence]
    assert {days[number - 1] for number in before.evidence} <= {date(2024, 6, 10), date(2024, 6, 11)}
    assert {days[number - 1] for number in after.evidence} <= {date(2024, 11, 12), date(2024, 11, 13)}


def test_a_comparison_is_laid_out_by_its_sources(desk: Desk) -> None:
    answer = ask(LOCAL, Question("What do River Post and Hill Gazette say about the cost of the bridge?"), desk)
    assert answer.form == "comparison"
    assert {group.label for group in answer.groups} == {"River Post", "Hill Gazette"}
    for group in answer.groups:
        publishers = {answer.evidence[number - 1].attribution.publisher for number in group.evidence}
        assert publishers == {group.label}


def test_the_layout_is_told_before_anything_is_written(desk: Desk) -> None:
    question = Question("What do River Post and Hill Gazette say about the cost of the bridge?")
    events = list(stream(LOCAL, question, desk))
    (told,) = (event for event in events if isinstance(event, EvidenceCompared))
    answer = ask(LOCAL, question, desk)
    assert (told.points, told.disagreements, told.groups) == (answer.points, answer.disagreements, answer.groups)


def test_a_reranker_chooses_among_what_was_found(desk: Desk) -> None:
    given: list[tuple[Passage, ...]] = []

    def last_first(question: str, passages: tuple[Passage, ...]) -> tuple[Passage, ...]:
        given.append(passages)
        return passages[::-1][:2]

    watch = Stopwatch()
    found = find(LOCAL, (Query(QUESTION),), replace(desk.finder, rerank=last_first), watch)
    assert found.passages == given[0][::-1][:2]
    assert {each.passage.chunk for each in found.evidence} <= {passage.chunk for passage in found.passages}
    assert [timing.stage for timing in watch.timings] == ["search", "rerank", "quote"]


def answerable(desk: Desk, text: str, earliest: date | None = None, latest: date | None = None) -> float:
    return find(LOCAL, (Query(text, earliest=earliest, latest=latest),), desk.finder, Stopwatch()).answerable


def test_what_was_published_in_the_time_asked_about_need_not_name_it(desk: Desk) -> None:
    june = (date(2024, 6, 1), date(2024, 6, 30))
    dated = answerable(desk, "What will the bridge cost, according to the minister, in June 2024?", *june)
    assert dated == answerable(desk, QUESTION, *june) >= desk.threshold


def test_where_nothing_was_published_in_that_time_the_texts_have_to_name_it(desk: Desk) -> None:
    asked = "What will the bridge cost, according to the minister, in June 1999?"
    assert answerable(desk, asked, date(1999, 6, 1), date(1999, 6, 30)) == answerable(desk, asked)
