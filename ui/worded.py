"""Gradio's description of its page, in the language of whoever loads it.

Gradio makes it once, for everybody, and its browser part lays the page out from it. So it is made with keys where words
are, and each reader's copy gets theirs: nothing is renamed after it could be seen.
"""

from __future__ import annotations

import json
import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.wording import Wording, wording_of

_KEY = re.compile(rb"\{\{(\w{1,40})\}\}")
_CONFIG = "/config"


def keyed(key: str) -> str:
    """What stands for the words of this key until they are known.

    >>> keyed("ask")
    '{{ask}}'
    """
    return f"{{{{{key}}}}}"


class Worded:
    """`app`, which is gradio's, with the keys in its description replaced by the reader's words."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != _CONFIG:
            await self._app(scope, receive, send)
            return
        whole = _Whole(wording_of(scope), send)
        # What is compressed could not be read here.
        headers = [(name, value) for name, value in scope["headers"] if name.lower() != b"accept-encoding"]
        await self._app({**scope, "headers": headers}, receive, whole)


class _Whole:
    """Holds a response back until it is whole, and sends it in one piece, worded."""

    def __init__(self, wording: Wording, send: Send) -> None:
        self._wording = wording
        self._send = send
        self._start: Message = {}
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if not message.get("more_body"):
            body = _KEY.sub(self._words, self._body)
            headers = [each for each in self._start["headers"] if each[0].lower() != b"content-length"]
            await self._send({**self._start, "headers": [*headers, (b"content-length", str(len(body)).encode())]})
            await self._send({"type": "http.response.body", "body": body})

    def _words(self, found: re.Match[bytes]) -> bytes:
        """The words as they stand inside a JSON string; what is no key of ours stays, for it is somebody's text."""
        key = found[1].decode()
        if key not in self._wording.words:
            return found[0]
        return json.dumps(self._wording.say(key))[1:-1].encode()
