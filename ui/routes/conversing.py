"""A question of a kept conversation: what was said before it, and the keeping of what is answered.

The place of a conversation is reserved in the library before its first question is answered, and nobody is shown it
before its first turn is kept. So whoever deletes it meanwhile, from whatever process, has it stay deleted: no turn is
kept where there is no place for it. Its questions are answered one at a time: one that comes while another is being
answered waits a little, for a reader may stop an answer and ask on at once, and is then told so.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from fastapi import HTTPException
from starlette.concurrency import run_in_threadpool

from index.errors import LibraryError
from index.records.conversations import Conversations, KeptTurn
from index.records.store import new_id
from rag import history
from rag.conversation import Turn
from rag.question import Question
from ui import kept, within
from ui.answerer import Answerer
from ui.caller import Caller
from ui.keeping import SoFar
from ui.kept import ShownTurn
from ui.routes.asked import NEW
from ui.routes.refusal import ANSWERING, FULL, NO_CONVERSATION

PATIENCE = 5.0
"""Seconds that a question waits for the one before it in its conversation."""
MOST_TURNS = 100
"""Turns of a conversation; all of them are read for each."""
_LOOK = 0.05
"""Seconds between looks whether the question before has ended."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Where:
    """Whose conversations, and in which embedded chat; empty for the server's own pages and for programs."""

    owner: str
    place: str


def where(caller: Caller) -> Where:
    """Where what this caller leaves is kept."""
    return Where(caller.principal.name, caller.embed or "")


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation as one question of it needs it: the ids, and what may be told of the turns before, oldest first.

    `turn` is the id that this question's turn will have.
    """

    conversations: Conversations
    where: Where
    id: str
    turn: str
    is_new: bool
    before: tuple[ShownTurn, ...] = ()

    @property
    def history(self) -> tuple[Turn, ...]:
        """The turns that the question is understood from."""
        return history.bounded(kept.earlier(self.before))

    @property
    def leans_on(self) -> frozenset[str]:
        """The ids of the documents that fed those turns, and so may speak from how the question is understood."""
        return frozenset(one for each in self.before[-history.KEPT :] for one in each.documents)

    def told(self, question: Question, so_far: SoFar, link_hosts: Iterable[str]) -> KeptTurn | None:
        """What there is to keep of what the question was answered; None if there is nothing."""
        answer = so_far.json(link_hosts)
        if answer is None:
            return None
        answer |= {"scope": within.written(question.within)}
        told = kept.kept(answer, self.leans_on if so_far.is_understood else frozenset(), so_far.left_out)
        return KeptTurn(self.turn, datetime.now(UTC), question.text, question.as_of, told, so_far.documents)

    def keep(self, question: Question, so_far: SoFar, link_hosts: Iterable[str]) -> bool:
        """Keep what the question was answered; False if there is nothing to keep, or the conversation was deleted.

        A library that cannot be written is told to the log: the answer itself is there, and is worth more.
        """
        turn = self.told(question, so_far, link_hosts)
        if turn is None:
            return False
        try:
            return self.conversations.add(self.where.owner, self.id, turn)
        except LibraryError:
            _log.exception("an answer was given and could not be kept")
            return False

    def leave(self) -> None:
        """Give the place of a conversation back that nothing was kept in."""
        if self.is_new:
            try:
                self.conversations.release(self.where.owner, self.id)
            except LibraryError:
                _log.exception("the place of a conversation stays reserved until what is old is removed")


class Conversing:
    """The conversations of one app, in which questions take turns: through whichever of its faces they come, for all
    of them share `reserved`, the conversations that are being answered in."""

    def __init__(
        self,
        answerer: Answerer,
        conversations: Conversations,
        patience: float = PATIENCE,
        reserved: set[tuple[Where, str]] | None = None,
    ) -> None:
        self._answerer = answerer
        self._conversations = conversations
        self._patience = patience
        self._answering = set() if reserved is None else reserved

    async def open(self, caller: Caller, conversation: str, *, anew: bool = False) -> Talk:
        """The conversation of this id, or a new one, for one question; to be given to `close` whatever happens. `anew`
        begins one of this id where there is none: only for ids that the server itself has made.

        Raises HTTPException: 404 if there is none of theirs here, 409 if it is being answered in or has no room.
        """
        here, id = where(caller), new_id() if conversation == NEW else conversation
        await self._turn(here, id)
        with ExitStack() as undo:
            undo.callback(self._answering.discard, (here, id))
            talk = await run_in_threadpool(partial(self._opened, caller, here, id, conversation == NEW, anew))
            undo.pop_all()
            return talk

    def close(self, talk: Talk) -> None:
        """Let the next question of the conversation come."""
        self._answering.discard((talk.where, talk.id))

    async def _turn(self, here: Where, id: str) -> None:
        for _ in range(int(self._patience / _LOOK)):
            if (here, id) not in self._answering:
                break
            await asyncio.sleep(_LOOK)
        if (here, id) in self._answering:
            raise HTTPException(409, ANSWERING)
        self._answering.add((here, id))

    def _opened(self, caller: Caller, here: Where, id: str, is_new: bool, anew: bool) -> Talk:
        held = None if is_new else self._conversations.find(here.owner, here.place, id)
        if held is None and (is_new or anew):
            self._reserve(here, id)
            return Talk(self._conversations, here, id, new_id(), is_new=True)
        if held is None:
            raise HTTPException(404, NO_CONVERSATION)
        if len(held.turns) >= MOST_TURNS:
            raise HTTPException(409, FULL)
        before = kept.shown(held.turns, partial(self._answerer.readable, caller.principal))
        return Talk(self._conversations, here, id, new_id(), is_new=False, before=before)

    def _reserve(self, here: Where, id: str) -> None:
        try:
            self._conversations.reserve(here.owner, here.place, id)
        except LibraryError:
            _log.exception("a conversation cannot be begun, and what is answered in it will not be kept")
