"""Two hundred readers who leave while a model writes: what they had begun ends, and nothing of it is left."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest

from index.embed import default_embedder
from rag.ask import Desk
from rag.model import Limits, Model
from rag.quote import Quoter
from rag.write import Writer
from tests.modelserver import Served, serving_process
from tests.served import serving
from tests.shelf import brief, shelf
from ui.answerer import AtDesk
from ui.app import create_app
from ui.limiting import answering
from ui.limiting.turns import Turns
from ui.serving import Site

READERS = 200
AT_ONCE = 64
PATIENT = Limits(first_seconds=120.0, whole_seconds=300.0, at_once=AT_ONCE)
QUESTION = "How long did the talks in the capital last?"
TEXT = "Talks in the capital lasted five hours, the adviser Irina Belova told reporters."
SETTLED_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Held:
    """What this process holds: threads, open files, and sockets that are connected.

    Not counted is the database: SQLite keeps the files of closed connections, and opens the next ones with them.
    """

    threads: int
    files: int
    sockets: int


def held() -> Held:
    process = psutil.Process()
    connected = [each for each in process.net_connections("tcp") if each.status == psutil.CONN_ESTABLISHED]
    databases = sum(Path(each.path).name.startswith("onrecord.sqlite3") for each in process.open_files())
    return Held(threading.active_count(), process.num_fds() - databases, len(connected))


def until(holds: Callable[[], bool], what: str) -> float:
    """Seconds until it holds."""
    start = time.perf_counter()
    while not holds():
        assert time.perf_counter() - start < SETTLED_SECONDS, what
        time.sleep(0.05)
    return time.perf_counter() - start


@pytest.fixture(scope="module")
def models() -> Iterator[Served]:
    """In a process of its own, so that all sockets counted here are the product's."""
    with serving_process() as served:
        yield served


def is_alive(address: str) -> bool:
    with urlopen(f"{address}/healthz", timeout=60) as response:
        return bool(response.status == 200)


def begin(address: str, events: bool) -> socket.socket:
    """A reader who has asked; one who takes events has seen that the model writes."""
    host, _, port = address.removeprefix("http://").partition(":")
    body = json.dumps({"question": QUESTION}).encode()
    accept = "text/event-stream" if events else "application/json"
    head = f"POST /api/v1/ask HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nAccept: {accept}\r\n"
    reader = socket.create_connection((host, int(port)), timeout=120)
    reader.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    seen = b""
    while events and b"event: writing" not in seen:
        more = reader.recv(65_536)
        assert more, "the server hung up"
        seen += more
    return reader


def site_with(turns: Turns) -> Site:
    alone = Site.alone()
    return replace(alone, limits=answering.Limits(alone.limits.rates, turns))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("events", "at_once"), [(True, READERS), (False, READERS), (False, 40)], ids=["events", "whole", "waiting"]
)
def test_two_hundred_readers_leave_nothing_behind(tmp_path: Path, models: Served, events: bool, at_once: int) -> None:
    """Also those who wait for their turn, where there are fewer turns than readers."""
    model = Model(models.url, "drip", limits=PATIENT)
    quoter = Quoter()
    turns = Turns(each=1, at_once=at_once, waiting=READERS)
    with (
        shelf(tmp_path, [brief("talks", TEXT)], default_embedder()) as corpus,
        serving(
            lambda: create_app(AtDesk(Desk(corpus, quoter, 0.0, model=model, writer=Writer(model))), site_with(turns))
        ) as address,
    ):
        with ThreadPoolExecutor(READERS) as pool:
            # Worker threads and the library's connections are made as they are needed and kept; that is no leak.
            for reader in list(pool.map(lambda _: begin(address, events=True), range(min(AT_ONCE, at_once)))):
                reader.close()
            until(lambda: model.busy == 0 and held().sockets == 0, "the first readers are still there")
            before = held()
            readers = list(pool.map(lambda _: begin(address, events), range(READERS)))
            until(lambda: (turns.taken, turns.queued) == (at_once, READERS - at_once), "not all have asked")
            until(lambda: model.busy == at_once, "not all questions are asked")
            until(lambda: models.counts().busy == min(AT_ONCE, at_once), "not all permits are used")
            during = held()
            start = time.perf_counter()
            for reader in readers:
                reader.close()
            until(lambda: model.busy == 0, "requests go on without readers")
            until(lambda: models.counts().busy == 0, "the model's server was not told")
            until(lambda: (turns.taken, turns.queued) == (0, 0), "turns are lost")
            gone = time.perf_counter() - start
        # Worker threads that have had nothing to do for ten seconds end when the next request comes.
        until(lambda: is_alive(address) and held().threads <= before.threads + 5, "threads stay")
        until(lambda: held().sockets == 0, "sockets stay open")
        after = held()
        again = begin(address, events=True)
        until(lambda: models.counts().busy == 1, "a permit was lost")
        again.close()
        until(lambda: model.busy == 0, "the last request goes on")
    model.close()
    assert during.sockets >= 2 * READERS + min(AT_ONCE, at_once)
    assert after.sockets == before.sockets == 0
    assert after.files <= before.files + 5
    assert after.threads <= before.threads + 5
    print(f"{READERS} readers, all ended {gone:.2f} s after they left: {before}, {during}, {after}")  # noqa: T201
