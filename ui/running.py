"""Answers that run apart from whoever watches them: a page that is loaded again, or has lost its connection, finds its
answer where it is by now.

An answer's events are kept until it is over and a little longer, and each who watches is given all of them from the
first. Nobody watching for a while ends the answer, and with it what it has asked of a model. Only whoever asked can
watch, and only as the reader they were when they asked. All of this belongs to one event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, aclosing
from functools import partial
from typing import TYPE_CHECKING

from rag.events import Event
from ui import failures
from ui.driven import driven
from ui.limiting.turned_away import TurnedAway

if TYPE_CHECKING:
    from index.principal import Principal
    from ui.routes.answering import Answering
    from ui.routes.conversing import Talk, Where

GRACE = 10.0
"""Seconds that a page's answer goes on without anybody watching: as long as loading the page again takes, at most."""
LINGER = 30.0
"""Seconds that the events of an answer which is over can still be had."""
SIGN = 0.5
"""Seconds after which a watcher is told that there is nothing new, and so can see in time that nobody looks."""


class Running:
    """An answer under way. `answering` is its question with all that it takes to answer it; its conversation is there.

    Once it `is_over`, `failure` is the sentence that tells why it failed, empty where it did not.
    """

    def __init__(
        self, answering: Answering, around: AbstractAsyncContextManager[None], *, grace: float, first: float
    ) -> None:
        """`first` are the seconds that it waits for whoever watches it first, `grace` those for the next."""
        self.answering = answering
        self.grace = grace
        self.is_over = False
        self.failure = ""
        self._events: list[Event] = []
        self._watching: set[asyncio.Event] = set()
        self._last_look: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._task = self._loop.create_task(self._run(around))
        self._task.add_done_callback(self._over)
        self._alone_for(first)

    @property
    def talk(self) -> Talk:
        """The conversation that it is an answer in."""
        if self.answering.talk is None:
            raise RuntimeError("an answer that is in no conversation cannot be found again")
        return self.answering.talk

    def stop(self) -> None:
        """End it now, and what it has begun; what is checked stays. Nothing once it is over."""
        if not self._task.done():
            # Not before its first step: what is around it is to be entered, and so left.
            self._loop.call_soon(self._task.cancel)

    async def ended(self) -> None:
        """Wait until it is over, and all that it had begun."""
        await asyncio.wait([self._task])

    async def watch(self) -> AsyncGenerator[tuple[Event, ...], None]:
        """Its events from the first, those that are there together; none of them is a sign of life. It ends when the
        answer is over. Close it with `contextlib.aclosing`."""
        news, shown = asyncio.Event(), 0
        self._watching.add(news)
        try:
            while True:
                news.clear()
                is_over, new = self.is_over, tuple(self._events[shown:])
                shown += len(new)
                if new or not is_over:
                    yield new
                if is_over:
                    return
                await _within(news, SIGN)
        finally:
            self._watching.discard(news)
            self._alone_for(self.grace)

    async def _run(self, around: AbstractAsyncContextManager[None]) -> None:
        async with around, aclosing(driven(self.answering.events())) as events:
            async for event in events:
                self._events.append(event)
                self._tell()

    def _over(self, task: asyncio.Task[None]) -> None:
        self.is_over = True
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception):
            self.failure = str(error) if isinstance(error, TurnedAway) else failures.told(error)
        if self._last_look:
            self._last_look.cancel()
        self._tell()

    def _tell(self) -> None:
        for news in self._watching:
            news.set()

    def _alone_for(self, seconds: float) -> None:
        """If nobody is watching, whoever comes within so many seconds finds it still under way."""
        if not self._watching and not self._task.done():
            if self._last_look:
                self._last_look.cancel()
            self._last_look = self._loop.call_later(seconds, self._end_if_alone)

    def _end_if_alone(self) -> None:
        if not self._watching:
            self.stop()


class Answers:
    """The answers of one server that are under way in conversations, and those that were a moment ago."""

    def __init__(self, grace: float = GRACE, linger: float = LINGER) -> None:
        self.grace = grace
        self.linger = linger
        self.reserved: set[tuple[Where, str]] = set()
        self._running: dict[str, Running] = {}

    def begin(
        self, answering: Answering, around: AbstractAsyncContextManager[None], *, grace: float | None = None
    ) -> Running:
        """Begin this answer, all of it within `around`; without a `grace` of its own it has the page's."""
        running = Running(answering, around, grace=self.grace if grace is None else grace, first=self.grace)
        self._running[running.talk.turn] = running
        running._task.add_done_callback(partial(self._forget_later, running.talk.turn))
        return running

    def turn(self, turn: str, where: Where, principal: Principal) -> Running | None:
        """The answer of this turn, where this principal has asked for it here and it is under way, or was just now."""
        running = self._running.get(turn)
        is_theirs = running and (running.talk.where, running.answering.principal) == (where, principal)
        return running if is_theirs else None

    def conversation(self, id: str, where: Where, principal: Principal) -> Running | None:
        """The newest such answer in this conversation."""
        turns = (turn for turn, running in reversed(self._running.items()) if running.talk.id == id)
        return next((running for turn in turns if (running := self.turn(turn, where, principal))), None)

    def end(self) -> None:
        """End all that are under way."""
        for running in tuple(self._running.values()):
            running.stop()

    def _forget_later(self, turn: str, task: asyncio.Task[None]) -> None:
        task.get_loop().call_later(self.linger, self._running.pop, turn, None)


async def _within(news: asyncio.Event, seconds: float) -> None:
    """Wait for the news, at most so long."""
    try:
        async with asyncio.timeout(seconds):
            await news.wait()
    except TimeoutError:
        pass
