"""A kept turn shown again on the page: the same that once came step by step, less what may not be read any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial

import pytest

from index.principal import LOCAL
from index.records.conversations import KeptTurn
from index.within import EVERYTHING, Within
from rag.answer import Answer
from rag.events import Answered, Event, EvidenceCompared, EvidenceFound, SentenceWritten
from rag.outside import Outside
from rag.question import Question
from tests.newsroom import (
    ABSTENTION,
    CHANGE_ANSWER,
    CONDITIONS_ANSWER,
    PROSE_ANSWER,
    SUMMIT,
    UNWRITTEN_ANSWER,
    WRITTEN_ANSWER,
    Newsroom,
)
from ui import kept, reopened, within
from ui.asking import Asked
from ui.brief import Quote, Turn, Why
from ui.keeping import SoFar
from ui.kept import ShownTurn
from ui.wording import ENGLISH

ASKED = datetime(2025, 9, 1, 12, 0, tzinfo=UTC)
SCOPE = Within(earliest=date(2024, 1, 1), publishers=frozenset({"Briefing desk", "Harbour Wire"}))
ANSWERS = [CONDITIONS_ANSWER, PROSE_ANSWER, WRITTEN_ANSWER, CHANGE_ANSWER, UNWRITTEN_ANSWER, ABSTENTION]


def held(*events: Event, question: str = "What are the conditions?", without: str | None = None) -> ShownTurn:
    """What may be shown of a turn that showed these events, to somebody who may not read `without`."""
    so_far = SoFar(question)
    for event in events:
        so_far = so_far.after(event)
    answer = so_far.json()
    assert answer is not None
    answer |= {"scope": within.written(SCOPE)}
    turn = KeptTurn("t1", ASKED, question, date(2025, 9, 1), kept.kept(answer, frozenset()), so_far.documents)
    [shown] = kept.shown([turn], lambda ids: ids - {without} if without else ids)
    return shown


def streamed(answer: Answer, question: str) -> Turn:
    begun = Asked(Turn(1, question, "searching", writes=bool(answer.trace.model)))
    return begun.after(Newsroom(answer=answer).stream(LOCAL, Question(question))).turn


def numbers(turn: Turn) -> list[int]:
    quotes = [quote for point in (*turn.points, *turn.others) for quote in point.quotes]
    return [each.number for each in (*quotes, *(quote for column in turn.columns for quote in column.quotes))]


@pytest.mark.parametrize("answer", ANSWERS, ids=["quotes", "prose", "written", "change", "unwritten", "abstained"])
def test_it_shows_again_what_came_step_by_step(answer: Answer) -> None:
    question = "What are the conditions?"
    once = streamed(answer, question)
    again = reopened.turn(1, held(Answered(answer), question=question), conversation="c1")
    assert (again.id, again.conversation, again.as_of, again.within) == ("t1", "c1", date(2025, 9, 1), SCOPE)
    assert within.read(again.scope or "") == (SCOPE, date(2025, 9, 1))
    nothing = {"as_of": None, "within": EVERYTHING, "scope": None}
    plain = partial(replace, id=None, conversation=None, words=None, writes=False, **nothing)
    # What language a document is in is not kept.
    assert repr(plain(again)) == repr(plain(once)).replace("language='en'", "language=None")


def test_why_a_quote_was_picked_and_what_the_scope_left_out_are_shown_again() -> None:
    first, *others = CONDITIONS_ANSWER.evidence
    picked = replace(first, words=("conditions",), passage=replace(first.passage, keyword_rank=3, vector_rank=None))
    left_out = Outside(documents=2, later=1, publishers=("Harbour Wire",))
    turn = reopened.turn(1, held(Answered(replace(CONDITIONS_ANSWER, evidence=(picked, *others), outside=left_out))))
    quotes = {quote.number: quote for point in (*turn.points, *turn.others) for quote in point.quotes}
    assert quotes[1].why == Why(("conditions",), "words")
    assert turn.outside == left_out


def test_quotes_keep_their_numbers_where_others_are_gone() -> None:
    gone = SUMMIT.id
    left = [n for n, each in enumerate(CONDITIONS_ANSWER.evidence, 1) if each.attribution.document_id != gone]
    assert len(left) < len(CONDITIONS_ANSWER.evidence)
    assert left != list(range(1, len(left) + 1)), "the case needs a gap"
    turn = reopened.turn(1, held(Answered(CONDITIONS_ANSWER), without=gone))
    assert sorted(numbers(turn)) == left
    assert turn.notice == ENGLISH.say("removed")
    texts = {each.number: each.text for point in (*turn.points, *turn.others) for each in point.quotes}
    assert texts == {number: CONDITIONS_ANSWER.evidence[number - 1].quote for number in left}


def test_where_nothing_is_left_that_is_said_and_nothing_else() -> None:
    only = replace(CONDITIONS_ANSWER, evidence=CONDITIONS_ANSWER.evidence[:1], points=(), disagreements=(), groups=())
    only = replace(only, sentences=tuple(each for each in only.sentences if each.citations[0].number == 1))
    turn = reopened.turn(3, held(Answered(only), without=only.evidence[0].attribution.document_id))
    assert (turn.state, turn.message, turn.number) == ("failed", ENGLISH.say("notShown"), 3)
    assert (turn.quotes, turn.lines, turn.related, turn.understood) == (0, (), (), None)


def test_an_answer_that_was_stopped_says_so_and_shows_what_was_checked() -> None:
    begun = EvidenceFound(WRITTEN_ANSWER.evidence), EvidenceCompared(WRITTEN_ANSWER.points)
    turn = reopened.turn(1, held(*begun, SentenceWritten(WRITTEN_ANSWER.sentences[0])))
    assert (turn.state, turn.is_stopped, turn.quotes) == ("answered", True, len(WRITTEN_ANSWER.evidence))
    assert [line.text for line in turn.lines] == [WRITTEN_ANSWER.sentences[0].text]
    unwritten = reopened.turn(1, held(*begun))
    assert (unwritten.state, unwritten.is_stopped, unwritten.lines) == ("answered", True, ())


def test_a_quote_whose_document_says_something_else_by_now_is_marked() -> None:
    shown = held(Answered(CONDITIONS_ANSWER))
    first = CONDITIONS_ANSWER.evidence[0]
    marked = kept.marked(shown.answer, lambda id: None if id == first.attribution.document_id else "x" * 100_000)
    turn = reopened.turn(1, replace(shown, answer=marked))
    quotes: list[Quote] = [quote for point in (*turn.points, *turn.others) for quote in point.quotes]
    assert {quote.number for quote in quotes if quote.changed} == {1, 2, 3, 4, 5}
    assert not any(quote.changed for point in reopened.turn(1, shown).points for quote in point.quotes)
