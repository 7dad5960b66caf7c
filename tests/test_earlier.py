"""What a page shows again of its earlier turns: nothing that its reader may not read any more, nor of others'."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from index.errors import LibraryError
from index.principal import Principal, person
from index.records.conversations import KeptTurn
from rag.answer import Answer
from rag.events import Answered, Understood
from tests.newsroom import CONDITIONS_ANSWER, DOCUMENTS, EVIDENCE, NOTES, SUMMIT, WIRE, Newsroom
from ui import kept, unfolding
from ui.brief import Turn
from ui.earlier import KEPT_TURNS, Before, Earlier, Viewer
from ui.keeping import SoFar
from ui.render import turns as rendered
from ui.wording import ENGLISH

ANN = person("ann")
FED = {each.id for each in (NOTES, SUMMIT, WIRE)}


@dataclass
class Shelf(Newsroom):
    """A newsroom of whose documents some are gone."""

    gone: frozenset[str] = frozenset()
    read: Callable[[Iterable[str]], frozenset[str]] = field(default=frozenset)

    def readable(self, principal: Principal, ids: Iterable[str]) -> frozenset[str]:
        return self.read(ids) - self.gone


def answered(number: int, question: str, answer: Answer = CONDITIONS_ANSWER, *leans_on: str) -> KeptTurn:
    """A turn as the library has it; one that leans on others was understood from them."""
    so_far = SoFar(question)
    if leans_on:
        so_far = so_far.after(Understood(answer.question))
    so_far = so_far.after(Answered(answer if leans_on else replace(answer, question=question)))
    told = so_far.json()
    assert told is not None
    kept_as = kept.kept(told, frozenset(leans_on))
    return KeptTurn(f"t{number}", datetime(2025, 9, number, tzinfo=UTC), question, None, kept_as, so_far.documents)


def shown(
    held: Iterable[KeptTurn], *, without: Iterable[str] = (), earlier: Earlier | None = None, shelf: Shelf | None = None
) -> Before:
    shelf = shelf or Shelf(gone=frozenset(without))
    return Viewer(shelf, ANN).before(earlier or Earlier(ANN.name), tuple(held))


def words_of(document: str) -> list[str]:
    """What nothing may say once this document may not be read."""
    found = next(each for each in DOCUMENTS if each.id == document)
    quotes = [each.quote for each in EVIDENCE if each.attribution.document_id == document]
    return [*quotes, *filter(None, (found.title,)), document]


def test_who_may_still_read_it_all_sees_it_all() -> None:
    before = shown([answered(1, "What are the conditions?"), answered(2, "And then?")])
    assert [(turn.number, turn.state, turn.quotes, turn.notice) for turn in before.turns] == [
        (1, "answered", 5, None),
        (2, "answered", 5, None),
    ]
    assert (before.next, before.kept, before.hidden) == (3, 2, 0)
    assert before.documents == {each.attribution.document_id for each in EVIDENCE}


@pytest.mark.parametrize("gone", sorted({each.attribution.document_id for each in EVIDENCE}))
def test_of_a_turn_nothing_is_left_that_came_from_what_may_not_be_read(gone: str) -> None:
    before = shown([answered(1, "First?"), answered(2, "Second?")], without=[gone])
    html = rendered(before.turns)
    assert html.count("First?") == html.count("Second?") == 1
    assert [turn.notice for turn in before.turns] == [ENGLISH.say("removed")] * 2
    assert not [words for words in words_of(gone) if words in html]
    assert gone not in before.documents


def test_where_all_of_it_is_gone_the_question_is_left() -> None:
    before = shown([answered(1, "First?")], without=[each.id for each in DOCUMENTS])
    [turn] = before.turns
    assert (turn.question, turn.state, turn.message) == ("First?", "failed", ENGLISH.say("notShown"))
    assert (turn.quotes, turn.lines, turn.related, before.documents) == (0, (), (), frozenset())


def test_what_was_understood_from_such_a_turn_goes_with_it() -> None:
    leaning = answered(2, "And they?", CONDITIONS_ANSWER, "somewhere else")
    _, turn = shown([answered(1, "First?"), leaning]).turns
    assert turn.understood == CONDITIONS_ANSWER.question
    _, turn = shown([answered(1, "First?"), leaning], without=["somewhere else"]).turns
    assert (turn.understood, turn.notice) == (None, ENGLISH.say("removed"))


def test_somebody_else_on_the_same_page_begins_anew() -> None:
    mine = Earlier().of(ANN)
    assert mine.of(ANN) is mine
    theirs = mine.of(person("bob"))
    assert theirs.asker == "user:bob"
    assert theirs.conversation != mine.conversation
    failed = mine.but(unfolding.failed(Turn(1, "First?", "searching"), "It broke."), 0)
    assert failed.of(person("bob")).loose == ()


def test_nothing_is_shown_while_it_cannot_be_told_what_may_be_read() -> None:
    def broken(ids: Iterable[str]) -> frozenset[str]:
        raise LibraryError("the library is on a disk that is gone; mount it and ask again")

    [turn] = shown([answered(1, "First?")], shelf=Shelf(read=broken)).turns
    assert turn.message == ENGLISH.say("notShown")


def test_a_turn_that_showed_no_document_stays_where_it_was() -> None:
    failed = unfolding.failed(Turn(7, "Second?", "searching", understood="What the first told?"), "It broke.")
    earlier = Earlier(ANN.name).but(failed, 1)
    before = shown([answered(1, "First?"), answered(2, "Third?")], earlier=earlier, without=FED)
    assert [(turn.number, turn.question) for turn in before.turns] == [(1, "First?"), (2, "Second?"), (3, "Third?")]
    assert before.turns[1] == replace(failed, number=2, understood=None)
    deleted = shown([], earlier=earlier)
    assert [turn.question for turn in deleted.turns] == ["Second?"], (
        "the conversation is gone, the failure is the page's"
    )


def test_a_turn_that_could_not_be_kept_is_shown_like_any_other_but_has_no_address() -> None:
    earlier = Earlier(ANN.name).but(answered(1, "First?"), 0)
    [turn] = shown([], earlier=earlier).turns
    assert (turn.question, turn.quotes, turn.id, turn.conversation) == ("First?", 5, None, None)
    [turn] = shown([], earlier=earlier, without=[SUMMIT.id]).turns
    assert turn.notice == ENGLISH.say("removed")


def test_a_kept_turn_is_named_by_its_conversation() -> None:
    earlier = Earlier(ANN.name)
    [turn] = shown([answered(1, "First?")], earlier=earlier).turns
    assert (turn.id, turn.conversation) == ("t1", earlier.conversation)


@pytest.mark.parametrize("turns", [KEPT_TURNS, KEPT_TURNS + 5])
def test_so_many_turns_stay_and_are_counted_on(turns: int) -> None:
    one = answered(1, "First?")
    before = shown([replace(one, id=f"t{number}") for number in range(turns)])
    assert (len(before.turns), before.next, before.hidden) == (KEPT_TURNS, turns + 1, turns - KEPT_TURNS)
    assert before.turns[-1].id == f"t{turns - 1}"


def test_a_quote_whose_document_has_changed_is_marked() -> None:
    class Rewritten(Shelf):
        def document(self, principal: Principal, document_id: str) -> None:
            return None

    [turn] = shown([answered(1, "First?")], shelf=Rewritten()).turns
    assert all(quote.changed for point in turn.points for quote in point.quotes)
    [turn] = shown([answered(1, "First?")]).turns
    assert not any(quote.changed for point in turn.points for quote in point.quotes)
