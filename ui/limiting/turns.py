"""Who is answered now and who waits: a few answers at once, fewer for each person, and a queue with an end.

Whoever asks takes a turn and keeps it until the answer has left or they have. Of those who wait, the first goes next
whose own answers are not all under way, so that nobody's many questions hold up somebody's one.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from ui.limiting.turned_away import Crowded

LONGEST_WAIT = 60.0
"""Seconds that a question waits for its turn."""
COME_BACK = 10
"""Seconds after which somebody who found the queue full should ask again: about as long as a written answer takes."""
SHARE = 4
"""One person holds at most one place of so many in the queue, but always as many as they have turns."""


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    who: str
    each: int
    turn: asyncio.Future[None]


class Turns:
    """The turns of one server, in its event loop: `each` person's, `at_once` in all, `waiting` in the queue."""

    def __init__(self, *, each: int, at_once: int, waiting: int, longest_wait: float = LONGEST_WAIT) -> None:
        self.each = each
        self.at_once = at_once
        self.waiting = waiting
        self.longest_wait = longest_wait
        self._under_way: Counter[str] = Counter()
        self._queue: list[_Waiting] = []

    @property
    def taken(self) -> int:
        """Answers under way."""
        return self._under_way.total()

    @property
    def places(self) -> int:
        """Questions that are answered or wait at most."""
        return self.at_once + self.waiting

    @property
    def queued(self) -> int:
        """Questions that wait."""
        return len(self._queue)

    @asynccontextmanager
    async def turn(self, who: str, *, alone: bool = False) -> AsyncIterator[None]:
        """A turn for `who`, for as long as the block lasts; `alone` if the server is theirs, and so are all its turns.

        Raises Crowded if there is no place in the queue, or if no turn came in time.
        """
        each = self.at_once if alone else min(self.each, self.at_once)
        if self._is_free(who, each):
            self._under_way[who] += 1
        else:
            self._find_a_place(who, self.waiting if alone else max(each, self.waiting // SHARE))
            await self._wait(who, each)
        try:
            yield
        finally:
            self._give_back(who)

    def _is_free(self, who: str, each: int) -> bool:
        """Whether `who` may go now; nobody is overtaken, for whoever may go does not wait."""
        return self.taken < self.at_once and self._under_way[who] < each

    async def _wait(self, who: str, each: int) -> None:
        waiting = _Waiting(who, each, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        has_turn = False
        try:
            async with asyncio.timeout(self.longest_wait):
                await waiting.turn
            has_turn = True
        except TimeoutError as error:
            raise Crowded(
                "No answer could be begun in time, as many are under way; ask again in a moment.", COME_BACK
            ) from error
        finally:
            if not has_turn:
                self._leave(waiting)

    def _find_a_place(self, who: str, places: int) -> None:
        if len(self._queue) >= self.waiting:
            raise Crowded("Too many questions are waiting already; ask again in a moment.", COME_BACK)
        if sum(waiting.who == who for waiting in self._queue) >= places:
            raise Crowded(
                "Too many of your own questions are waiting already; ask again when some are answered.", COME_BACK
            )

    def _leave(self, waiting: _Waiting) -> None:
        if waiting in self._queue:
            self._queue.remove(waiting)
        elif not waiting.turn.cancelled():
            self._give_back(waiting.who)  # the turn came in the moment in which whoever asked left

    def _give_back(self, who: str) -> None:
        self._under_way[who] -= 1
        if not self._under_way[who]:
            del self._under_way[who]
        for waiting in list(self._queue):
            if not waiting.turn.done() and self._is_free(waiting.who, waiting.each):
                self._queue.remove(waiting)
                self._under_way[waiting.who] += 1
                waiting.turn.set_result(None)
