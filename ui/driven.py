"""The core's plain generators, driven from the event loop: every step in a worker thread, and always closed in one.

Closing is what ends a request to a model, and it may take a moment: never in the event loop, where all would wait, and
never left to whenever memory is tidied.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from threading import Lock
from typing import TypeVar

from anyio import CancelScope
from starlette.types import Receive

from ui.threads import Threads

T = TypeVar("T")

_STEPS = Threads()
"""Answers are bounded by their turns, and not again by threads: here as many as there are may step at once, and nothing
else on the server waits for one of them."""


async def driven(generator: Generator[T, None, None]) -> AsyncGenerator[T, None]:
    """What `generator` yields; it is closed when this is, when this ends, and when whoever awaits is cancelled.

    Leaving in the middle of a step waits for that step. Close this with `contextlib.aclosing`.
    """
    stepping = Lock()
    nothing_more = object()

    def step() -> T | object:
        with stepping:
            return next(generator, nothing_more)

    def close() -> None:
        with stepping:
            generator.close()

    try:
        while (item := await _STEPS.run(step)) is not nothing_more:
            yield item  # type: ignore[misc]  # it is no longer the mark of the end
    finally:
        with CancelScope(shield=True):
            await _STEPS.run(close)


async def unless_gone(receive: Receive, work: Callable[[], Awaitable[T]]) -> T | None:
    """What `work` gives; None, with `work` cancelled, once the client has left. `receive` has no body left to give."""
    with CancelScope() as scope:
        watching = asyncio.ensure_future(_once_gone(receive, scope.cancel))
        try:
            return await work()
        finally:
            watching.cancel()
    return None


async def _once_gone(receive: Receive, then: Callable[[], None]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    then()
