"""What an agent sends around its calls, as JSON-RPC 2.0 and the protocol have it; what is wrong with it is told in one
sentence, and never in the words of whatever reads it afterwards.

What cannot be a message is refused here. What the SDK refuses keeps its code and its data, by which programs find a
version they share, and gets a sentence of ours.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import HTTPException
from starlette.responses import Response
from starlette.types import Message, Send

from ui import wire
from ui.failures import sentence
from ui.routes.refusal import parsed

PARSE_ERROR, INVALID_REQUEST = -32700, -32600
_LONGEST = 100
"""Characters of a name that is repeated."""
_UNKNOWN, _INTERNAL = -32601, -32603
_TAKES = {
    "tools/call": "the name of a tool, and its arguments as an object, as tools/list has them",
    "tools/list": "nothing, or a cursor as text",
    "initialize": "protocolVersion as text, capabilities as an object, and clientInfo with a name and a version",
}
"""What the params of a method are."""


@dataclass(frozen=True, slots=True)
class Versions:
    """The protocol's versions that are spoken, the oldest first: those that agree on one in `initialize`, and those
    whose every request names its own."""

    agreed: tuple[str, ...]
    named: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a message, by its JSON-RPC code; `id` is the message's, None where it has none that counts."""

    code: int
    sentence: str
    id: str | int | None = None

    def response(self) -> Response:
        """The error as JSON-RPC has it."""
        error = {"code": self.code, "message": sentence(self.sentence)}
        body = wire.dumps({"jsonrpc": "2.0", "id": self.id, "error": error})
        return Response(body, 400, media_type="application/json")


def opened(body: bytes) -> Mapping[str, Any] | Wrong:
    """The message in a body: a request, a notification or a response."""
    try:
        value = parsed(body)
    except HTTPException as error:
        return Wrong(PARSE_ERROR, str(error.detail))
    if isinstance(value, list):
        return Wrong(INVALID_REQUEST, "the body is a list of messages, and one is taken at a time; send each by itself")
    if not isinstance(value, dict):
        return Wrong(INVALID_REQUEST, "the body is no JSON-RPC message; send one as a JSON object")
    wrong = _wrong(value)
    return value if wrong is None else Wrong(INVALID_REQUEST, wrong, value["id"] if _has_id(value) else None)


def _wrong(message: Mapping[str, Any]) -> str | None:
    if message.get("jsonrpc") != "2.0":
        return 'the message is not of JSON-RPC 2.0; send "jsonrpc": "2.0" in it'
    if "id" in message and not _has_id(message):
        return "the id of the message is neither a text nor a whole number; give one of those"
    if "method" not in message and not ("id" in message and ("result" in message or "error" in message)):
        return "the message has no method; name one, as tools/list"
    if "method" in message and not isinstance(message["method"], str):
        return "the method is no text; name one, as tools/list"
    if not isinstance(message.get("params", {}), dict):
        return "the params of the message are no object; send them by name"
    return None


def _has_id(message: Mapping[str, Any]) -> bool:
    return isinstance(message.get("id"), str | int) and not isinstance(message["id"], bool)


class Worded:
    """A `send` for the answer to one message, which gives an error in it our sentence; `version` is the protocol's that
    the request names, None for none, and `spoken` are those there are."""

    def __init__(self, send: Send, message: Mapping[str, Any], version: str | None, spoken: Versions) -> None:
        self._send, self._message, self._version, self._spoken = send, message, version, spoken
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, event: Message) -> None:
        if event["type"] == "http.response.start" and _is_json(event):
            self._start = event
        elif self._start is None:
            await self._send(event)
        else:
            self._body += event.get("body", b"")
            if not event.get("more_body"):
                await self._end(self._start)

    async def _end(self, start: Message) -> None:
        body = self._said(self._body, int(start["status"]))
        others = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
        await self._send({**start, "headers": [*others, (b"content-length", str(len(body)).encode())]})
        await self._send({"type": "http.response.body", "body": body, "more_body": False})

    def _said(self, body: bytes, status: int) -> bytes:
        answer = json.loads(body) if body else None
        if not isinstance(answer, dict) or "error" not in answer:
            return body
        answer["error"]["message"] = sentence(self._sentence(int(answer["error"]["code"]), status))
        return wire.dumps(answer).encode()

    def _sentence(self, code: int, status: int) -> str:
        method = str(self._message.get("method", ""))[:_LONGEST]
        spoken = (*self._spoken.agreed, *self._spoken.named)
        if self._version is not None and self._version not in spoken:
            shown = self._version[:_LONGEST]
            return f"version {shown!r} of the protocol is not spoken here; speak one of {', '.join(spoken)}"
        if status == 406:
            return "the request does not accept application/json; send Accept: application/json, text/event-stream"
        if code == _UNKNOWN:
            return f"there is no method {method!r} here; list the tools with tools/list and use tools/call"
        if code == _INTERNAL:
            return f"something went wrong with {method!r}; send it again"
        takes = _TAKES.get(method) if self._version not in self._spoken.named else None
        if takes is not None:
            return f"the params of {method} are not what the protocol has; send {takes}"
        written = self._version or self._spoken.agreed[-1]
        return f"{method!r} is not sent as the protocol has it; send it as version {written} describes it"


def _is_json(start: Message) -> bool:
    kinds = [value for name, value in start["headers"] if name.lower() == b"content-type"]
    return any(kind.startswith(b"application/json") for kind in kinds)
