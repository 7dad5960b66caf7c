"""How long it takes to look through everything that one person ever asked: 2,000 conversations of three turns, over the
API as the page asks for it. The answers are real ones, to the example questions, kept again and again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from http.client import HTTPConnection
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from urllib.parse import quote, urlsplit

import numpy as np

from evals.speed.figure import Figure
from evals.speed.serving import EXAMPLES, QUESTIONS, Process, started
from index.embed import default_embedder
from index.library import Library
from index.principal import LOCAL
from index.records.conversations import KeptTurn
from index.records.store import new_id
from index.sync import sync

CONVERSATIONS = 2_000
TURNS = 3
TIMES = 9
"""How often each is asked for."""
BOUND = 1_000.0
"""Milliseconds, of a search that has to look at everything."""
PAGES = {
    "first page of the history": "",
    "search that finds the newest": "&words=1999",
    "search that finds the oldest alone": "&words=" + quote("Gespräch 17 harbour-of-zürich"),
    "search that finds nothing": "&words=nosuchword",
    "search in answers that finds most": "&words=ministry",
}


def measure() -> Iterator[Figure]:
    """The figures of this section."""
    with TemporaryDirectory() as folder, Library.open(Path(folder), create=True) as library:
        sync([EXAMPLES], library, default_embedder())
        with started("-m", "ui.cli", "serve", "--port", "0", "--library", folder) as server:
            kept = tuple(_answered(server, library))
            _fill(library, kept)
            yield Figure("kept of an answer", float(np.mean([len(each.answer) for each in kept])), "bytes")
            for name, more in PAGES.items():
                times = [_milliseconds(server, f"/api/v1/history?limit=20{more}") for _ in range(TIMES)]
                yield Figure(f"{name}, p50", float(np.median(times)), "ms", at_most=BOUND)


def _answered(server: Process, library: Library) -> Iterator[KeptTurn]:
    """The example questions' answers as they are kept."""
    for question in islice((line for line in QUESTIONS.read_text("utf-8").splitlines() if line[:1] not in "#"), 6):
        body = json.dumps({"question": question, "conversation": "new"})
        told = json.loads(_sent(server, "POST", "/api/v1/ask", body))
        if turn := library.records.conversations.turn(LOCAL.name, told["turn"]):
            yield turn


def _fill(library: Library, kept: tuple[KeptTurn, ...]) -> None:
    conversations, answers = library.records.conversations, cycle(kept)
    for number in range(CONVERSATIONS):
        place = "harbour-of-Zürich" if number == 17 else "of the desk"
        begun = conversations.begin(LOCAL.name, "", f"Gespräch {number} {place}")
        for turn in islice(answers, TURNS):
            conversations.add(LOCAL.name, begun.id, replace(turn, id=new_id()))


def _milliseconds(server: Process, path: str) -> float:
    start = perf_counter()
    _sent(server, "GET", path)
    return (perf_counter() - start) * 1000


def _sent(server: Process, method: str, path: str, body: str | None = None) -> bytes:
    connection = HTTPConnection(urlsplit(server.address).netloc, timeout=120)
    connection.request(method, path, body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    told = response.read()
    connection.close()
    if response.status != 200:
        raise RuntimeError(f"{method} {path}: {response.status} {told[:200]!r}")
    return told
