"""Model servers that already listen on this machine, noticed at their usual ports and offered, never used unasked.

All that is ever sent is `GET /v1/models` to 127.0.0.1. Whatever does not answer that as OpenAI's protocol has it, with
at least one model, is something else and is not mentioned.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from time import monotonic

USUAL = (("Ollama", 11434), ("LM Studio", 1234), ("llama.cpp", 8080), ("vLLM", 8000))
"""What listens where unless told otherwise, by each one's own documentation."""
OWNERS = {"library": "Ollama", "organization_owner": "LM Studio", "llamacpp": "llama.cpp", "vllm": "vLLM"}
"""What each writes as the owner of its models, which tells better than the port."""
OURS = "onrecord"
"""The owner of what this program itself offers at /v1/models."""
LARGEST = 2**20
"""Bytes of an answer; a list of a thousand models is a tenth of it."""
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Nearby:
    """A model server on this machine: `server` is what it seems to be, `models` are never none."""

    server: str
    url: str
    models: tuple[str, ...]


def nearby(places: Sequence[tuple[str, int]] = USUAL, *, seconds: float = 0.5) -> tuple[Nearby, ...]:
    """The model servers at these ports of 127.0.0.1, in this order, all asked at once and given `seconds` in all."""
    found: dict[int, Nearby] = {}
    end = monotonic() + seconds

    def ask(server: str, port: int) -> None:
        if (there := _asked(server, port, end)) is not None:
            found[port] = there

    # Daemons: one that is kept waiting by whatever listens there must not keep this program from ending.
    threads = [threading.Thread(target=ask, args=place, daemon=True) for place in places]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, end - monotonic()))
    return tuple(found[port] for _, port in places if port in found)


def offer(found: Sequence[Nearby]) -> str | None:
    """One line that says what is there and how to choose it; None where there is nothing."""
    if not found:
        return None
    first, *others = found
    names = ", ".join(first.models[:SHOWN]) + (", …" if len(first.models) > SHOWN else "")
    more = f" (and {' and '.join(each.server for each in others)})" if others else ""
    return f"{first.server} listens here{more}, with {names}: `onrecord model use {first.url}` lets it write answers"


def _asked(server: str, port: int, end: float) -> Nearby | None:
    connection = HTTPConnection("127.0.0.1", port, timeout=max(0.05, end - monotonic()))
    try:
        connection.request("GET", "/v1/models", headers={"Accept": "application/json"})
        answer = connection.getresponse()
        if answer.status != 200:
            return None
        models = _models(answer.read(LARGEST + 1))
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()
    owners = {owner for _, owner in models}
    if not models or OURS in owners:
        return None
    known = next((OWNERS[owner] for owner in sorted(owners) if owner in OWNERS), server)
    return Nearby(known, f"http://127.0.0.1:{port}/v1", tuple(name for name, _ in models))


def _models(answer: bytes) -> tuple[tuple[str, str], ...]:
    """Name and owner of each model; none where the answer is not a list of models."""
    if len(answer) > LARGEST:
        return ()
    try:
        listed = json.loads(answer)["data"]
        return tuple((str(each["id"]), str(each.get("owned_by", ""))) for each in listed if isinstance(each["id"], str))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return ()
