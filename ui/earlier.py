"""What an open page remembers of its conversation, and the turns of it that are shown again.

The turns themselves are in the library, and what of them is shown is decided there anew each time, for whoever asks
now: rights are taken back and documents removed while a page stays open, and somebody else may sign in on it. The page
itself remembers only turns that the library does not hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache

from index.errors import LibraryError
from index.principal import Principal
from index.records.conversations import KeptTurn
from index.records.store import new_id
from ui import kept, reopened
from ui.answerer import Answerer
from ui.brief import Turn
from ui.kept import ShownTurn, Texts
from ui.running import Running
from ui.wording import ENGLISH, Wording

KEPT_TURNS = 30
"""Turns of a conversation that are shown on its page, the newest."""


@dataclass(frozen=True, slots=True)
class Loose:
    """A turn that the library does not hold, behind `after` that it does: one that came to nothing and shows nothing
    of any document, or one that could not be kept."""

    after: int
    turn: Turn | KeptTurn


@dataclass(frozen=True, slots=True)
class Earlier:
    """The conversation of one page: who asks in it, its id, and the turns that only the page has. `is_opened` says that
    the page has been given what its address names."""

    asker: str = ""
    conversation: str = field(default_factory=new_id)
    loose: tuple[Loose, ...] = ()
    is_opened: bool = False

    def of(self, principal: Principal) -> Earlier:
        """The same for whom it belongs to; for anybody else, one that is begun."""
        return self if self.asker == principal.name else Earlier(principal.name, is_opened=self.is_opened)

    def then(self, running: Running, turn: Turn, after: int) -> Earlier:
        """With the answer that is over, `turn`, behind `after` kept ones: nothing more where the library has it."""
        answering = running.answering
        if answering.is_kept:
            return self
        so_far = answering.so_far
        unkept = so_far and running.talk.told(answering.question, so_far, answering.link_hosts)
        return self.but(unkept or turn, after)

    def but(self, turn: Turn | KeptTurn, after: int) -> Earlier:
        """With a turn that the library does not hold."""
        if isinstance(turn, Turn):
            # How it was understood may repeat what other turns had from their documents.
            turn = replace(turn, understood=None)
        return replace(self, loose=(*self.loose, Loose(after, turn))[-KEPT_TURNS:])


@dataclass(frozen=True, slots=True)
class Before:
    """The turns of a page as somebody may see them now, oldest first and numbered from 1; of a long conversation the
    newest, with `hidden` before them. `kept` of all are in the library, and `documents` speak from what is shown."""

    turns: tuple[Turn, ...] = ()
    kept: int = 0
    hidden: int = 0
    documents: frozenset[str] = frozenset()

    @property
    def next(self) -> int:
        """The number of the turn that follows."""
        return self.turns[-1].number + 1 if self.turns else 1


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at a page, in which language, and where links may lead for them."""

    answerer: Answerer
    principal: Principal
    wording: Wording = ENGLISH
    link_hosts: tuple[str, ...] = ()

    def readable(self, ids: frozenset[str]) -> frozenset[str]:
        """Those that they may read now; where that cannot be told, none."""
        try:
            return self.answerer.readable(self.principal, ids)
        except LibraryError:
            return frozenset()

    def before(self, earlier: Earlier, held: tuple[KeptTurn, ...]) -> Before:
        """What the page shows of its turns, `held` being those that the library has."""
        told = tuple(_in_order(earlier, kept.shown(held, self.readable), self.readable))
        shown = told[-KEPT_TURNS:]
        hidden = len(told) - len(shown)
        texts = _texts(self.answerer, self.principal)
        again = (self._again(earlier, texts, number, turn) for number, turn in enumerate(shown, start=hidden + 1))
        fed = (kept.fed(turn.answer) for turn in shown if isinstance(turn, ShownTurn))
        return Before(tuple(again), len(held), hidden, frozenset().union(*fed))

    def _again(self, earlier: Earlier, texts: Texts, number: int, turn: Turn | ShownTurn) -> Turn:
        if isinstance(turn, Turn):
            return replace(turn, number=number)
        marked = replace(turn, answer=kept.marked(turn.answer, texts))
        again = reopened.turn(
            number, marked, self.wording, link_hosts=self.link_hosts, conversation=earlier.conversation
        )
        is_loose = any(each.turn == turn.turn for each in earlier.loose)
        return replace(again, id=None, conversation=None) if is_loose else again


def _in_order(earlier: Earlier, held: tuple[ShownTurn, ...], readable: kept.Readable) -> Iterator[Turn | ShownTurn]:
    """The turns of the library with those of the page where they belong; those behind more than there are, last."""
    for number in range(len(held) + 1):
        for each in earlier.loose:
            if each.after == number or (number == len(held) and each.after > number):
                yield from (each.turn,) if isinstance(each.turn, Turn) else kept.shown((each.turn,), readable)
        yield from held[number : number + 1]


def _texts(answerer: Answerer, principal: Principal) -> Texts:
    @cache
    def text(id: str) -> str | None:
        found = answerer.document(principal, id)
        return found.text if found else None

    return text
