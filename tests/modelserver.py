"""The scripted model server for tests: real HTTP, in a thread, or in a process where sockets are counted."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.request import ProxyHandler, build_opener

from evals.modelserver.server import ModelServer

PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Counts:
    """What the server counted, by the model's name; see evals.modelserver.server.Stats."""

    requests: dict[str, int]
    answered: dict[str, int]
    cancelled: dict[str, int]
    open: int
    connections: int
    busy: int
    seen: list[dict[str, Any]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Served:
    """A running server; `url` is what a client is given as its base URL."""

    url: str

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://").removesuffix("/v1")

    def counts(self) -> Counts:
        """What it has counted so far; `open` holds the connection that asks, too."""
        opener = build_opener(ProxyHandler({}))
        with opener.open(f"http://{self.host}/stats", timeout=PATIENCE) as answer:
            return Counts(**json.load(answer))

    def requests(self, model: str) -> int:
        return self.counts().requests.get(model, 0)

    def until(self, holds: Callable[[Counts], bool], seconds: float = PATIENCE) -> float:
        """Seconds until `holds` of the counts; fails when it takes longer than `seconds`."""
        start = time.perf_counter()
        while not holds(counts := self.counts()):
            assert time.perf_counter() - start < seconds, counts
            time.sleep(0.01)
        return time.perf_counter() - start


@contextmanager
def serving() -> Iterator[Served]:
    """A server in a thread of this process."""
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, str]] = Future()

    async def run() -> None:
        server, leave = ModelServer(), asyncio.Event()
        url = await server.start()
        started.set_result((asyncio.get_running_loop(), leave, url))
        await leave.wait()
        await server.stop()

    thread = threading.Thread(target=asyncio.run, args=(run(),), name="modelserver")
    thread.start()
    loop, leave, url = started.result(PATIENCE)
    try:
        yield Served(url)
    finally:
        loop.call_soon_threadsafe(leave.set)
        thread.join(PATIENCE)
        assert not thread.is_alive()


@contextmanager
def serving_process() -> Iterator[Served]:
    """A server in a process of its own, started as a person starts it."""
    command = [sys.executable, "-m", "evals.modelserver", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Served(process.stdout.readline().strip())
        finally:
            process.terminate()
