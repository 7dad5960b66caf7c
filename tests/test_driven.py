"""Plain generators in the event loop: each step in a worker thread, closed whenever and wherever it is left."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Generator
from contextlib import aclosing
from dataclasses import dataclass, field

import pytest
from starlette.types import Message

from ui.driven import driven, unless_gone


@dataclass
class Counting:
    """Counts up, `pause` seconds a step, and remembers where it ran and that it was closed."""

    pause: float = 0.0
    threads: set[str] = field(default_factory=set)
    inside: bool = False
    closed: threading.Event = field(default_factory=threading.Event)

    def steps(self, until: int = 1_000_000) -> Generator[int, None, None]:
        try:
            for number in range(until):
                self._work()
                yield number
        finally:
            assert not self.inside, "closed in the middle of a step"
            self.threads.add(threading.current_thread().name)
            self.closed.set()

    def _work(self) -> None:
        self.inside = True
        self.threads.add(threading.current_thread().name)
        time.sleep(self.pause)
        self.inside = False


def test_every_item_comes_in_order_from_another_thread() -> None:
    counting = Counting()

    async def run() -> list[int]:
        async with aclosing(driven(counting.steps(5))) as items:
            return [item async for item in items]

    assert asyncio.run(run()) == [0, 1, 2, 3, 4]
    assert counting.closed.is_set()
    assert threading.current_thread().name not in counting.threads


def test_leaving_early_closes_it_in_a_worker_thread() -> None:
    counting = Counting()

    async def run() -> None:
        async with aclosing(driven(counting.steps())) as items:
            async for item in items:
                if item == 3:
                    break
        assert counting.closed.is_set(), "it is closed before anything else happens"

    asyncio.run(run())
    assert threading.current_thread().name not in counting.threads


def test_cancelling_waits_for_the_step_and_then_closes() -> None:
    counting = Counting(pause=0.1)

    async def take() -> None:
        async with aclosing(driven(counting.steps())) as items:
            async for _ in items:
                pass

    async def run() -> None:
        task = asyncio.ensure_future(take())
        await asyncio.sleep(0.15)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
    assert counting.closed.is_set()


def test_an_error_comes_out_as_itself() -> None:
    def broken() -> Generator[int, None, None]:
        yield 1
        raise KeyError("gone")

    async def run() -> None:
        async with aclosing(driven(broken())) as items:
            async for _ in items:
                pass

    with pytest.raises(KeyError, match="gone"):
        asyncio.run(run())


def test_none_is_an_item_like_any_other() -> None:
    def nothing() -> Generator[None, None, None]:
        yield None
        yield None

    async def run() -> list[None]:
        async with aclosing(driven(nothing())) as items:
            return [item async for item in items]

    assert asyncio.run(run()) == [None, None]


async def leaving(after: float) -> Message:
    await asyncio.sleep(after)
    return {"type": "http.disconnect"}


def test_work_is_cancelled_once_the_client_has_left() -> None:
    counting = Counting(pause=0.02)

    async def work() -> int:
        async with aclosing(driven(counting.steps())) as items:
            return len([item async for item in items])

    async def run() -> int | None:
        return await unless_gone(lambda: leaving(0.1), work)

    assert asyncio.run(run()) is None
    assert counting.closed.is_set()


def test_work_that_ends_first_gives_its_result_and_its_error_is_its_own() -> None:
    async def work() -> str:
        return "done"

    async def fail() -> str:
        raise KeyError("gone")

    async def run() -> None:
        assert await unless_gone(lambda: leaving(60), work) == "done"
        with pytest.raises(KeyError, match="gone"):
            await unless_gone(lambda: leaving(60), fail)
        await asyncio.sleep(0)
        assert len(asyncio.all_tasks()) == 1, "nobody waits for the client any more"

    asyncio.run(run())


def test_only_leaving_is_leaving() -> None:
    said = iter([{"type": "http.request"}, {"type": "http.request"}])

    async def receive() -> Message:
        message = next(said, None)
        return message if message is not None else await leaving(60)

    async def work() -> str:
        await asyncio.sleep(0.05)
        return "done"

    async def run() -> str | None:
        return await unless_gone(receive, work)

    assert asyncio.run(run()) == "done"
