"""What programs and pages are sent that holds sentences of ours: in English, and in the reader's language beside it.

A program that asks for no other language is given English alone, as ever. Where the Accept-Language header, or the
choice on the page, names another that the pages speak, each object with a sentence of ours has a field `said` too: the
same in that language, by the name of the field that has the English.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from ui import wire
from ui.remark import worded
from ui.wording import LANGUAGES, Wording, wording_of

FIELDS = frozenset({"error", "notice", "reason", "reasons"})
"""The fields of our JSON that hold a sentence of ours, or a list of them."""


class Told(Response):
    """The response that gives this object."""

    media_type = "application/json"

    def __init__(self, value: wire.Json, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(wire.dumps(value), status, headers)
        self._value = value

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wording = wording_of(scope)
        if wording.language != LANGUAGES[0]:
            self.body = self.render(wire.dumps(with_said(self._value, wording)))
            self.headers["content-length"] = str(len(self.body))
        await super().__call__(scope, receive, send)


class ToldAsText(PlainTextResponse):
    """The response that is one sentence of ours, in the language of whoever reads it."""

    def __init__(self, sentence: str, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{sentence}\n", status, headers)
        self._sentence = sentence

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.body = self.render(f"{worded(self._sentence, wording_of(scope))}\n")
        self.headers["content-length"] = str(len(self.body))
        await super().__call__(scope, receive, send)


def with_said(value: wire.Json, wording: Wording) -> wire.Json:
    """The object, and each in it, with its sentences in this language beside the English."""
    if wording.language == LANGUAGES[0]:
        return value
    return cast("wire.Json", _with_said(value, wording))


def _with_said(value: object, wording: Wording) -> object:
    if isinstance(value, list | tuple):
        return [_with_said(each, wording) for each in value]
    if not isinstance(value, dict):
        return value
    inner = {name: _with_said(each, wording) for name, each in value.items()}
    said = {name: _in(each, wording) for name, each in value.items() if name in FIELDS}
    changed = {name: each for name, each in said.items() if each is not None and each != value[name]}
    return {**inner, "said": changed} if changed else inner


def _in(value: object, wording: Wording) -> str | list[str] | None:
    """A sentence, or several, in this language; None where it is neither."""
    if isinstance(value, str):
        return worded(value, wording)
    if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
        return [worded(each, wording) for each in value]
    return None
