"""Whose an open page is. Gradio knows pages by names that their browsers make up, and gives whoever says such a name
the conversation and the answers that go with it; here a name belongs to the first who uses it, and to nobody else.
"""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.bodies import replayed
from ui.caller import principal_of

REMEMBERED = 20_000
"""Names that are remembered; of those before gradio itself has long forgotten what went with them."""
_BEAT = re.compile(r"/gradio_api/heartbeat/(\w+)")
_DATA = "/gradio_api/queue/data"
_JOIN = "/gradio_api/queue/join"


class OwnPages:
    """`app`, which is gradio's, for each person's own pages."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._owners: OrderedDict[str, str] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        names: list[str] = []
        if scope["type"] == "http":
            names, receive = await _named(scope, receive)
        if all(self._is_theirs(name, principal_of(scope).name) for name in names):
            await self._app(scope, receive, send)
        else:
            refusal = PlainTextResponse("This page is somebody else's; load it again.\n", 403)
            await refusal(scope, receive, send)

    def _is_theirs(self, page: str, who: str) -> bool:
        owner = self._owners.setdefault(page, who)
        self._owners.move_to_end(page)
        if len(self._owners) > REMEMBERED:
            self._owners.popitem(last=False)
        return owner == who


async def _named(scope: Scope, receive: Receive) -> tuple[list[str], Receive]:
    """The pages that a request names, and the same request to be read again."""
    if beat := _BEAT.fullmatch(scope["path"]):
        return [beat[1]], receive
    if scope["path"] == _DATA:
        return parse_qs(scope.get("query_string", b"").decode("latin-1")).get("session_hash", []), receive
    if scope["path"] == _JOIN:
        body = await Request(scope, receive).body()
        return _in_body(body), replayed(body, receive)
    return [], receive


def _in_body(body: bytes) -> list[str]:
    """Gradio itself refuses what is no JSON object."""
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        return []
    return [str(fields["session_hash"])] if isinstance(fields, dict) and "session_hash" in fields else []
