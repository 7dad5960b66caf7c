"""What a page shows again of its earlier turns: nothing that its reader may not read any more, nor of others'."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from index.errors import LibraryError
from index.principal import Principal, person
from tests.newsroom import ABSTENTION, CONDITIONS_ANSWER, NOTES, SUMMIT, WIRE
from ui import unfolding
from ui.asking import Asked
from ui.brief import Turn
from ui.earlier import KEPT_TURNS, NOT_SHOWN, Earlier

ANN = person("ann")
Readable = Callable[[Principal, frozenset[str]], frozenset[str]]


def everything(principal: Principal, ids: frozenset[str]) -> frozenset[str]:
    return ids


def without(*gone: str) -> Readable:
    return lambda principal, ids: ids - set(gone)


def answered(number: int, question: str, *documents: str, understood: str | None = None) -> Asked:
    turn = unfolding.finished(Turn(number, question, "searching", understood=understood), CONDITIONS_ANSWER)
    return Asked(replace(turn, understood=understood), whole=True, documents=frozenset(documents))


def page(*asked: Asked, of: Principal = ANN) -> Earlier:
    earlier = Earlier().shown_to(of, everything)
    for each in asked:
        earlier = earlier.then(each)
    return earlier


def withheld(earlier: Earlier) -> list[int]:
    return [turn.number for turn in earlier.turns if turn.message == NOT_SHOWN]


def test_who_may_still_read_it_all_sees_it_all() -> None:
    earlier = page(answered(1, "What are the conditions?", "a", "b"), answered(2, "And then?", "c"))
    assert earlier.shown_to(ANN, everything) == earlier
    assert earlier.next == 3


def test_of_a_turn_that_rests_on_what_may_not_be_read_the_question_is_left() -> None:
    earlier = page(answered(1, "First?", "a", "b"), answered(2, "Second?", "c")).shown_to(ANN, without("b"))
    first, second = earlier.turns
    assert first == Turn(1, "First?", "failed", message=NOT_SHOWN)
    assert second.state == "answered"
    assert [turn.question for turn in earlier.told] == ["Second?"]
    assert withheld(earlier.shown_to(ANN, everything)) == [1]


def test_what_was_understood_from_such_a_turn_goes_with_it() -> None:
    earlier = page(
        answered(1, "First?", "a"),
        answered(2, "And they?", "b", understood="And what do the envoys of a say?"),
        answered(3, "And it?", "c", understood="And what does the envoys' paper say?"),
        answered(4, "Fourth?", "d"),
    )
    assert withheld(earlier.shown_to(ANN, without("a"))) == [1, 2, 3]
    assert withheld(earlier.shown_to(ANN, without("b"))) == [2, 3]


def test_somebody_else_on_the_same_page_begins_anew() -> None:
    earlier = page(answered(1, "First?", "a")).shown_to(person("bob"), everything)
    assert earlier == Earlier("user:bob")
    assert (earlier.next, earlier.told) == (1, ())


def test_nothing_is_shown_while_it_cannot_be_told_what_may_be_read() -> None:
    def broken(principal: Principal, ids: frozenset[str]) -> frozenset[str]:
        raise LibraryError("the library is on a disk that is gone; mount it and ask again")

    assert withheld(page(answered(1, "First?", "a")).shown_to(ANN, broken)) == [1]


def test_a_turn_that_showed_no_document_stays() -> None:
    failed = Asked(unfolding.failed(Turn(1, "First?", "searching"), "It broke."), whole=True)
    assert page(failed).shown_to(ANN, without()).turns == (failed.turn,)


def test_turns_are_told_as_they_were_understood_and_failures_are_not() -> None:
    whole = answered(1, "And then?", understood=CONDITIONS_ANSWER.question)
    failed = Asked(unfolding.failed(Turn(2, "broken", "searching"), "It broke."), whole=True)
    abstained = Asked(unfolding.finished(Turn(3, "Brazil?", "searching"), ABSTENTION), whole=True)
    first, second = page(whole, failed, abstained).told
    assert (first.question, first.answer) == (CONDITIONS_ANSWER.question, whole.turn.said)
    assert (second.question, second.answer) == (ABSTENTION.question, "")


@pytest.mark.parametrize("turns", [KEPT_TURNS, KEPT_TURNS + 5])
def test_so_many_turns_stay_and_are_counted_on(turns: int) -> None:
    documents = (NOTES.id, SUMMIT.id, WIRE.id)
    earlier = page(*(answered(number, f"{number}?", *documents) for number in range(1, turns + 1)))
    assert (len(earlier.turns), earlier.next) == (KEPT_TURNS, turns + 1)
