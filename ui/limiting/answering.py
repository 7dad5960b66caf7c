"""What stands before every answer: how often its reader may ask, and whose turn it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from ui.caller import Caller
from ui.limiting.rates import Rates
from ui.limiting.turns import Turns
from ui.threads import Threads


class Limits:
    """The limits of one server: every way of asking goes through `answering`."""

    def __init__(self, rates: Rates, turns: Turns) -> None:
        self.rates = rates
        self.turns = turns
        self._threads = Threads(4)

    @asynccontextmanager
    async def answering(self, caller: Caller) -> AsyncIterator[None]:
        """A turn for the caller's question, counted, for as long as the block lasts.

        Raises TurnedAway if there is none for it, and LibraryError if it cannot be counted.
        """
        await self._threads.run(partial(self.rates.count, caller))
        async with self.turns.turn(caller.key or caller.principal.name, alone=caller.by == "loopback"):
            yield

    async def reading(self, caller: Caller) -> None:
        """Count a request of the caller that costs no answer. Raises as `answering` does."""
        await self._threads.run(partial(self.rates.count_reading, caller))
