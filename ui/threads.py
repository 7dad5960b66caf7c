"""Worker threads for work that blocks, a number of its own for each kind, so that none waits behind another's."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

T = TypeVar("T")


class Threads:
    """Room for `at_once` pieces of work, or for as many as come; the rest wait in order. For one event loop."""

    def __init__(self, at_once: int | None = None) -> None:
        self._limiter = CapacityLimiter(math.inf if at_once is None else at_once)

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` gives, or raises. It is waited for even by who is cancelled meanwhile."""
        return await to_thread.run_sync(work, limiter=self._limiter)
