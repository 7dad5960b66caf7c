"""What a turn shows: every quote once, with those on its point, and the marks the answer gives it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.document import Passage, Span
from rag.answer import Answer, Disagreement, Sentence
from tests.newsroom import ABSTENTION, CONDITIONS_ANSWER, EVIDENCE, PROSE_ANSWER, citation, document, quotes
from ui import brief, unfolding
from ui.brief import LeftOut, Point, Turn

PLAN = document("The plan", "Desk", None, "# The plan\n\n## Plan\nTerms\n\nIt has 28 points.\n# 28 is a number.")
ASKED = Turn(3, "What are the conditions?", "searching", as_of=date(2025, 9, 1))


def numbers(points: tuple[Point, ...]) -> list[tuple[int, ...]]:
    return [tuple(quote.number for quote in point.quotes) for point in points]


def answer(**changes: object) -> Answer:
    plain = replace(CONDITIONS_ANSWER, points=(), disagreements=(), sentences=quotes(1, 2, 3, 4, 5))
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_the_evidence_is_shown_in_its_order_as_soon_as_it_is_found() -> None:
    turn = unfolding.found(ASKED, EVIDENCE)
    assert (turn.number, turn.state, turn.as_of) == (3, "found", date(2025, 9, 1))
    assert numbers(turn.points) == [(1,), (2,), (3,), (4,), (5,)]


def test_quotes_on_one_point_stand_together_in_the_order_of_the_point() -> None:
    assert numbers(unfolding.finished(ASKED, CONDITIONS_ANSWER).points) == [(3, 1, 2), (4,), (5,)]


def test_a_disagreement_brings_its_quotes_together_even_without_a_point() -> None:
    turn = unfolding.finished(ASKED, answer(disagreements=(Disagreement("disagreeing", (4, 1), ("a", "b")),)))
    assert numbers(turn.points) == [(4, 1), (2,), (3,), (5,)]
    assert [[each.words for each in group] for group in turn.points[0].differing] == [["a", "b"]]


def test_older_statements_point_to_the_one_that_stands() -> None:
    turn = unfolding.finished(ASKED, answer(disagreements=(Disagreement("superseded", (1, 2, 4), ("x", "y", "z")),)))
    marks = {quote.number: quote.stands for point in turn.points for quote in point.quotes}
    assert {number for number, stands in marks.items() if stands} == {2, 4}
    assert all(stands.number == 1 and stands.words == "x" for stands in marks.values() if stands)
    assert turn.points[0].differing == ()


def test_differences_that_do_not_match_their_statements_are_left_out() -> None:
    turn = unfolding.finished(ASKED, answer(disagreements=(Disagreement("disagreeing", (1, 2), ("only one",)),)))
    assert [[each.words for each in group] for group in turn.points[0].differing] == [["", ""]]


def test_prose_comes_before_the_quotes_and_names_them() -> None:
    turn = unfolding.finished(ASKED, PROSE_ANSWER)
    assert [[each.number for each in line.references] for line in turn.lines] == [[1, 5]]
    assert (numbers(turn.points), turn.others) == ([(3, 1, 2), (4,), (5,)], ())
    assert turn.left_out == (LeftOut("A treaty was signed.", "no quote says so"),)


def test_a_quoted_sentence_that_says_more_than_its_quote_is_prose() -> None:
    sentence = Sentence(f"Peskov: {EVIDENCE[0].quote}", (citation(1, EVIDENCE),), "quoted")
    turn = unfolding.finished(ASKED, answer(sentences=(sentence,)))
    assert [line.text for line in turn.lines] == [sentence.text]


def test_evidence_that_no_sentence_uses_is_still_there() -> None:
    turn = unfolding.finished(ASKED, answer(sentences=quotes(2)))
    assert (numbers(turn.points), numbers(turn.others)) == ([(2,)], [(1,), (3,), (4,), (5,)])


def test_an_abstention_offers_short_excerpts() -> None:
    turn = unfolding.finished(ASKED, ABSTENTION)
    assert turn.state == "abstained"
    assert all(len(each.excerpt) <= brief.LONGEST_EXCERPT + 2 for each in turn.related)
    assert any(each.excerpt.endswith(" …") for each in turn.related)


def test_an_excerpt_begins_after_the_headings() -> None:
    plan = PLAN
    passage = Passage(plan.chunk(Span(0, len(plan.text)), 0, ("Plan", "Terms")), plan.attribution, 0.5)
    assert brief.related(passage).excerpt == "It has 28 points. # 28 is a number."


def test_a_speaker_begins_a_line() -> None:
    kremlin = replace(EVIDENCE[0], speaker="the Kremlin")
    (point,) = unfolding.found(ASKED, (kremlin,)).points
    assert point.quotes[0].speaker == "The Kremlin"


def test_a_failure_keeps_the_question_and_can_be_tried_again() -> None:
    turn = unfolding.failed(unfolding.found(ASKED, EVIDENCE), "It broke.")
    assert (turn.question, turn.state, turn.message) == (ASKED.question, "failed", "It broke.")
    assert turn.can_be_retried


def test_only_a_kept_answer_can_be_judged() -> None:
    answered = unfolding.finished(ASKED, CONDITIONS_ANSWER)
    assert not answered.can_be_judged
    assert replace(answered, id="t1").can_be_judged
    assert not unfolding.failed(replace(ASKED, id="t1"), "It broke.").can_be_judged


def test_a_sentence_says_whether_its_words_are_a_quotes_own() -> None:
    sentence = Sentence(f"Peskov: {EVIDENCE[0].quote}", (citation(1, EVIDENCE),), "quoted")
    turn = unfolding.finished(ASKED, answer(sentences=(sentence, *PROSE_ANSWER.sentences)))
    assert [line.support for line in turn.lines] == ["quoted", "supported"]


@pytest.mark.parametrize(("day", "text"), [(date(2024, 7, 3), "3 July 2024"), (date(1999, 12, 31), "31 December 1999")])
def test_days_are_written_out(day: date, text: str) -> None:
    assert brief.long_date(day) == text


NUMBERS = st.lists(st.integers(1, 5), min_size=2, max_size=5, unique=True).map(tuple)


@given(
    sentences=st.lists(st.integers(1, 5), min_size=1, max_size=8),
    points=st.lists(NUMBERS, max_size=4),
    disagreements=st.lists(st.tuples(st.sampled_from(["superseded", "disagreeing"]), NUMBERS), max_size=4),
)
def test_every_quote_is_shown_exactly_once(
    sentences: list[int], points: list[tuple[int, ...]], disagreements: list[tuple[str, tuple[int, ...]]]
) -> None:
    found = tuple(Disagreement(relation, group, ("w",) * len(group)) for relation, group in disagreements)  # type: ignore[arg-type]
    turn = unfolding.finished(ASKED, answer(sentences=quotes(*sentences), points=tuple(points), disagreements=found))
    shown = [number for group in (*numbers(turn.points), *numbers(turn.others)) for number in group]
    assert sorted(shown) == [1, 2, 3, 4, 5]
