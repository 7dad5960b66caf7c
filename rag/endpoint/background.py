"""Work that waits for the network, in one event loop in one thread of its own, read piece by piece from any other."""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from collections.abc import Callable, Coroutine, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

Piece = TypeVar("Piece")
Emit = Callable[[Piece], None]
Work = Callable[[Emit[Piece]], Coroutine[Any, Any, None]]

CANCEL_SECONDS = 1.0
"""How long a reader who leaves waits for the request's connection to be closed."""
NAME_THREADS = 4
"""Threads that look up names of hosts and load libraries, which cannot be done in the loop."""


def pieces(work: Work[Piece], every: float) -> Generator[Piece | None, None, None]:
    """What `work` emits as it comes, and None whenever `every` seconds went by without anything.

    Raises what `work` raises, after what it had emitted, and Stopped if it was cancelled. Closing the iterator cancels
    the work and comes back when that is done.
    """
    job = _Job(work)
    try:
        while True:
            try:
                piece = job.queue.get(timeout=every)
            except Empty:
                yield None
                continue
            if isinstance(piece, _Over):
                if piece.error is not None:
                    raise piece.error
                return
            yield piece
    finally:
        job.cancel()


def schedule(make: Callable[[], Coroutine[Any, Any, None]]) -> Future[None] | None:
    """Have a coroutine run in the background; None, and nothing, where there is none yet or the process is ending."""
    loop = _BACKGROUND.running
    return None if loop is None else asyncio.run_coroutine_threadsafe(make(), loop)


class Stopped(Exception):
    """The work was cancelled, and not by its reader."""


@dataclass(frozen=True, slots=True)
class _Over:
    error: BaseException | None


class _Job(Generic[Piece]):
    def __init__(self, work: Work[Piece]) -> None:
        self.queue: SimpleQueue[Piece | _Over] = SimpleQueue()
        self._work = work
        self._done = threading.Event()
        self._task: asyncio.Task[None] | None = None
        self._loop = _BACKGROUND.loop
        self._loop.call_soon_threadsafe(self._start)

    def cancel(self) -> None:
        if self._done.is_set():
            return
        self._loop.call_soon_threadsafe(self._cancel)
        # Garbage collection may close an iterator in the very thread that would have to do the work.
        if threading.current_thread() is not _BACKGROUND.thread:
            self._done.wait(CANCEL_SECONDS)

    def _start(self) -> None:
        self._task = self._loop.create_task(self._work(self.queue.put))
        self._task.add_done_callback(self._ended)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.queue.put(_Over(Stopped() if task.cancelled() else task.exception()))
        self._done.set()


class _Background:
    """Starts when it is first needed, once a process."""

    def __init__(self) -> None:
        self._starting = threading.Lock()
        self._process: int | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.thread: threading.Thread | None = None

    @property
    def running(self) -> asyncio.AbstractEventLoop | None:
        usable = self._loop is not None and self._process == os.getpid() and not self._loop.is_closed()
        return self._loop if usable else None

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        with self._starting:
            if (loop := self.running) is None:
                loop = self._loop = self._started()
            return loop

    def _started(self) -> asyncio.AbstractEventLoop:
        loop = asyncio.new_event_loop()
        loop.set_default_executor(ThreadPoolExecutor(NAME_THREADS, thread_name_prefix="onrecord-model"))
        self._process = os.getpid()
        self.thread = threading.Thread(target=_run, args=(loop,), name="onrecord-model", daemon=True)
        self.thread.start()
        atexit.register(self._stop, loop, self.thread)
        return loop

    @staticmethod
    def _stop(loop: asyncio.AbstractEventLoop, thread: threading.Thread) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(loop.stop)
            thread.join(CANCEL_SECONDS)


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


_BACKGROUND = _Background()
