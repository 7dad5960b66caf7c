"""How a served library holds out: forty slow answers under way, and twenty readers who ask, read and ask again.

The server is `onrecord serve` in a process of its own, as a person runs it, with the example briefs and a scripted
model that takes 300 ms to its first word; what is measured over those is ours. The readers' half minute is short, to be
part of every bench; BENCH_SECONDS=300 in the environment makes it the five minutes that count.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import numpy as np
import psutil

from evals.speed.figure import Figure
from evals.speed.readers import Read, asked, events, read
from index.embed import default_embedder
from index.library import Library
from index.sync import sync

EXAMPLES = Path("examples/briefing")
QUESTIONS = Path("examples/questions.txt")
SLOW = 40
PROBES = 400
PAUSE = 0.02
READERS = 20
FIRST_WORD = 300.0
THINKING = (5.0, 15.0)
"""Seconds between an answer and the reader's next question."""
SECONDS = float(os.environ.get("BENCH_SECONDS", "30"))


@dataclass(frozen=True, slots=True)
class Process:
    """A program under way: the address that it printed, and how much memory it holds."""

    address: str
    pid: int

    @property
    def megabytes(self) -> float:
        """Resident memory."""
        return float(psutil.Process(self.pid).memory_info().rss) / 2**20


def measure() -> Iterator[Figure]:
    """The figures of this section."""
    questions = [line for line in QUESTIONS.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    with TemporaryDirectory() as folder, started("-m", "evals.modelserver") as models:
        library = Path(folder) / "library"
        with Library.open(library, create=True) as opened:
            sync([EXAMPLES], opened, default_embedder())
        slow = {"ONRECORD_MODEL": "drip", "ONRECORD_MODEL_AT_ONCE": str(SLOW), "ONRECORD_MODEL_SECONDS": "600"}
        with _serving(library, models, slow) as server:
            yield from _held_open(server, questions[0])
        with _serving(library, models, {"ONRECORD_MODEL": f"honest-first{FIRST_WORD:.0f}"}) as server:
            yield from _read_by_many(server, questions)


@contextmanager
def _serving(library: Path, models: Process, settings: Mapping[str, str]) -> Iterator[Process]:
    environment = {**settings, "ONRECORD_MODEL_URL": models.address}
    with started("-m", "ui.cli", "serve", "--port", "0", "--library", str(library), environment=environment) as server:
        yield server


@contextmanager
def started(*arguments: str, environment: Mapping[str, str] | None = None) -> Iterator[Process]:
    """This Python with these arguments, once it has printed the address that it serves at, until the block ends."""
    command = [sys.executable, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})}) as one:
        try:
            line = one.stdout.readline() if one.stdout else ""
            address = next((word for word in line.split() if word.startswith("http://")), None)
            if address is None:
                raise RuntimeError(f"{' '.join(command)} did not start")
            yield Process(address, one.pid)
        finally:
            one.terminate()


def _held_open(server: Process, question: str) -> Iterator[Figure]:
    """Readers whose answers come one word at a time, and all the while somebody asks whether the server lives."""
    with ExitStack() as stack:
        written = [threading.Event() for _ in range(SLOW)]
        pool = stack.enter_context(ThreadPoolExecutor(SLOW))
        ended = threading.Event()
        stack.callback(ended.set)
        reading = [pool.submit(_read_slowly, server.address, question, event, ended) for event in written]
        begun = sum(event.wait(60) for event in written)
        times = [_alive(server.address) for _ in range(PROBES)]
        still = sum(not each.done() for each in reading)
        half, most = np.percentile(times, (50, 99))
        yield Figure("answers held open", begun, "answers", at_least=SLOW)
        yield Figure("of them still open after the probes", still, "answers", at_least=SLOW)
        yield Figure(f"/healthz meanwhile, {PROBES} times, p50", float(half), "ms")
        yield Figure(f"/healthz meanwhile, {PROBES} times, p99", float(most), "ms", at_most=100)


def _read_slowly(address: str, question: str, written: threading.Event, ended: threading.Event) -> None:
    with asked(address, question) as response:
        for name, _ in events(response):
            if name == "writing":
                written.set()
            if ended.is_set():
                return


def _alive(address: str) -> float:
    """Milliseconds of one check, connection and all."""
    time.sleep(PAUSE)
    connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
    start = time.perf_counter()
    connection.request("GET", "/healthz")
    alive = connection.getresponse().status == 200
    took = (time.perf_counter() - start) * 1000
    connection.close()
    return took if alive else float("nan")


def _read_by_many(server: Process, questions: Sequence[str]) -> Iterator[Figure]:
    started = server.megabytes
    for question in questions:
        read(server.address, question)
    warm = server.megabytes
    until = time.monotonic() + SECONDS
    with ThreadPoolExecutor(READERS) as pool:
        reading = [pool.submit(_reader, server.address, questions, until, seed) for seed in range(READERS)]
        early = _memory_at(server, until - SECONDS * 2 / 3)
        reads = [each for one in reading for each in one.result()]
    yield from _figures(reads)
    yield Figure("memory at the start", started, "MiB")
    yield Figure("memory after each question once", warm, "MiB")
    yield Figure("memory after a third of the time", early, "MiB")
    yield Figure("memory at the end", server.megabytes, "MiB")
    yield Figure("growth in the last two thirds", server.megabytes / early, "times", at_most=1.05)


def _memory_at(server: Process, moment: float) -> float:
    time.sleep(max(0.0, moment - time.monotonic()))
    return server.megabytes


def _reader(address: str, questions: Sequence[str], until: float, seed: int) -> list[Read]:
    """Think, ask, read, and again, until it is time."""
    chance, reads = random.Random(seed), []
    pause = chance.uniform(0, THINKING[0])
    while time.monotonic() + pause < until:
        time.sleep(pause)
        reads.append(read(address, chance.choice(questions)))
        pause = chance.uniform(*THINKING)
    return reads


def _figures(reads: Sequence[Read]) -> Iterator[Figure]:
    yield Figure(f"answers to {READERS} readers in {SECONDS:.0f} s", len(reads), "answers")
    failed = [each.error for each in reads if each.error]
    yield Figure("errors" + (f" ({failed[0]})" if failed else ""), len(failed), "errors", at_most=0)
    yield from _spread("time to evidence", [each.evidence for each in reads if each.evidence is not None], None)
    first = [each.first - FIRST_WORD for each in reads if each.first is not None]
    yield from _spread("first word, beyond the model's 300 ms", first, 150)


def _spread(name: str, times: Sequence[float], at_most: float | None) -> Iterator[Figure]:
    half, most = np.percentile(times, (50, 95)) if times else (float("nan"), float("nan"))
    yield Figure(f"{name}, p50", float(half), "ms")
    yield Figure(f"{name}, p95", float(most), "ms", at_most=at_most)
