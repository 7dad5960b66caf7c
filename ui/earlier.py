"""The turns that a page remembers, shown again with the next question only as far as whoever asks may read now.

What was once shown is no reason to show it again: rights are taken back and documents removed while a page stays open,
and somebody else may sign in on it. So each turn is kept with the documents that speak from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from index.errors import LibraryError
from index.principal import Principal
from rag import conversation, history
from ui.asking import Asked
from ui.brief import Turn

KEPT_TURNS = 30
"""Turns of a conversation that stay on the page."""
NOT_SHOWN = "This answer is not shown any more: it rests on a document that is gone, or that you may not read now."


@dataclass(frozen=True, slots=True)
class _Remembered:
    """A turn, and the documents that may speak from it: those it shows, and where it was understood from the turns
    before it, those too."""

    turn: Turn
    documents: frozenset[str]


@dataclass(frozen=True, slots=True)
class Earlier:
    """The turns of one page so far, oldest first, and the name of the principal who asked them."""

    asker: str = ""
    remembered: tuple[_Remembered, ...] = ()

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The turns as they are shown."""
        return tuple(each.turn for each in self.remembered)

    @property
    def next(self) -> int:
        """The number of the turn that follows."""
        return self.remembered[-1].turn.number + 1 if self.remembered else 1

    @property
    def told(self) -> tuple[conversation.Turn, ...]:
        """What a question may lean on: the turns that came to something, as they were understood."""
        whole = (turn for turn in self.turns if turn.state != "failed")
        return history.bounded([conversation.Turn(turn.understood or turn.question, turn.said) for turn in whole])

    def then(self, asked: Asked) -> Earlier:
        """These turns and the one after them, which is whole."""
        leans_on = self.remembered[-history.KEPT :] if asked.turn.understood else ()
        documents = asked.documents.union(*(each.documents for each in leans_on))
        return Earlier(self.asker, (*self.remembered, _Remembered(asked.turn, documents))[-KEPT_TURNS:])

    def shown_to(
        self, principal: Principal, readable: Callable[[Principal, frozenset[str]], frozenset[str]]
    ) -> Earlier:
        """What of it `principal` may see now: nothing of somebody else's, and of a turn that rests on what may not be
        read, the question. `readable` gives those of some documents that a principal may read; where it cannot, none.
        """
        if self.asker != principal.name:
            return Earlier(principal.name)
        try:
            known = readable(principal, frozenset().union(*(each.documents for each in self.remembered)))
        except LibraryError:
            known = frozenset()
        return Earlier(self.asker, tuple(_still(each, known) for each in self.remembered))


def _still(each: _Remembered, readable: frozenset[str]) -> _Remembered:
    if each.documents <= readable:
        return each
    withheld = Turn(each.turn.number, each.turn.question, "failed", as_of=each.turn.as_of, message=NOT_SHOWN)
    return _Remembered(withheld, frozenset())
