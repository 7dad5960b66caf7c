"""The wire forms of a chat completion: the whole of it, or its chunks; and the model that gives it."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field

from rag.answer import Usage
from ui import wire
from ui.compatible.body import MODEL
from ui.compatible.text import Mark

OWNER = "on-record"


@dataclass(frozen=True, slots=True)
class Head:
    """What all chunks of one completion have in common; `counts` says that its last chunk counts tokens."""

    counts: bool = False
    id: str = field(default_factory=lambda: f"chatcmpl-{secrets.token_hex(12)}")
    created: int = field(default_factory=lambda: int(time.time()))

    def json(self, kind: str) -> wire.Json:
        return {"id": self.id, "object": kind, "created": self.created, "model": MODEL}


def model_json(created: int) -> wire.Json:
    """The one model; `created` is when the server was started, in seconds since 1970."""
    return {"id": MODEL, "object": "model", "created": created, "owned_by": OWNER}


def completion_json(head: Head, content: str, more: wire.Json, usage: Usage | None) -> wire.Json:
    """The whole completion; `more` is what its message holds besides the text."""
    message: wire.Json = {"role": "assistant", "content": content, "refusal": None, **more}
    choice: wire.Json = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return {**head.json("chat.completion"), "choices": [choice], "usage": usage_json(usage)}


def chunk_json(head: Head, delta: wire.Json, *, finished: bool = False) -> wire.Json:
    """One piece of a completion."""
    choice: wire.Json = {
        "index": 0,
        "delta": delta,
        "logprobs": None,
        "finish_reason": "stop" if finished else None,
    }
    uncounted: wire.Json = {"usage": None} if head.counts else {}
    return {**head.json("chat.completion.chunk"), "choices": [choice], **uncounted}


def counting_json(head: Head, usage: Usage | None) -> wire.Json:
    """The chunk after the last, which counts tokens."""
    return {**head.json("chat.completion.chunk"), "choices": [], "usage": usage_json(usage)}


def annotation_json(mark: Mark) -> wire.Json:
    """A citation; its place counts characters of the text, half-open."""
    place = {"start_index": mark.start, "end_index": mark.end, "url": mark.address, "title": mark.title}
    return {"type": "url_citation", "url_citation": place}


def usage_json(usage: Usage | None) -> wire.Json | None:
    """Tokens read, written, and both; null where they could not be counted."""
    if usage is None:
        return None
    read, written = usage.prompt_tokens, usage.completion_tokens
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
