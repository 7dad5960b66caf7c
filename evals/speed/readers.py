"""A reader as a program: asks a served question for server-sent events, and notes when what came."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from time import perf_counter
from urllib.parse import urlsplit

PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Read:
    """One answer as it came, in milliseconds from the question on: its evidence, the first word of its prose that was
    shown, and its end; `first` is None where it had no prose. `error` says why there is none of it."""

    evidence: float | None = None
    first: float | None = None
    whole: float | None = None
    error: str | None = None


def read(address: str, question: str) -> Read:
    """Ask, and read the answer to its end."""
    start, evidence, first = perf_counter(), None, None
    try:
        with asked(address, question) as response:
            if response.status != 200:
                return Read(error=f"status {response.status}: {response.read(300).decode()}")
            for name, data in events(response):
                now = (perf_counter() - start) * 1000
                if name == "evidence" and evidence is None:
                    evidence = now
                if first is None and _is_prose(name, data):
                    first = now
                if name == "answer":
                    return Read(evidence, first, now)
                if name == "error":
                    return Read(error=str(data))
    except OSError as error:
        return Read(error=str(error))
    return Read(error="the answer broke off")


@contextmanager
def asked(address: str, question: str) -> Iterator[HTTPResponse]:
    """The response to a question, for as long as the block lasts; then its reader is gone."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
    try:
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        connection.request("POST", "/api/v1/ask", json.dumps({"question": question}), headers)
        yield connection.getresponse()
    finally:
        connection.close()


def events(response: HTTPResponse) -> Iterator[tuple[str, dict[str, object]]]:
    """The events as they come: name and data."""
    name = ""
    while line := response.readline():
        field, _, value = line.decode("utf-8").rstrip("\n").partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


def _is_prose(name: str, data: dict[str, object]) -> bool:
    """Whether this event shows that the model has written: `writing` comes before its first word, too."""
    return name in ("sentence", "dropped") or (name == "writing" and data["words"] != 0)
