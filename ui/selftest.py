"""Before a server says where it is: somebody unknown asks it, through the whole app, and must be refused.

The settings are refused if they would open the server, and the guard if it is wrong is found by its tests; this is for
what neither sees, such as an app put together otherwise. The requests come from an address that is no machine's
(RFC 5737) and claim by headers to be somebody.
"""

from __future__ import annotations

import json
from collections.abc import MutableMapping
from typing import Any

from starlette.types import ASGIApp, Message, Scope

from index.errors import OnRecordError

NOWHERE = ("192.0.2.1", 1)
REFUSED = frozenset({303, 401, 403})
CLAIMS = (("x-forwarded-user", "root"), ("x-forwarded-for", "127.0.0.1"), ("x-real-ip", "127.0.0.1"))
QUESTION = json.dumps({"question": "Is anybody let in?"}).encode()
REQUESTS = (
    ("GET", "/"),
    ("GET", "/config"),
    ("GET", "/api/v1/documents"),
    ("POST", "/api/v1/ask"),
    ("POST", "/gradio_api/queue/join"),
)


class LetsAnybodyIn(OnRecordError):
    """Somebody unknown was not refused."""


async def require_refusal(app: ASGIApp) -> None:
    """Raise LetsAnybodyIn if `app` answers one of a stranger's requests with anything but a refusal."""
    for method, path in REQUESTS:
        status = await _status(app, method, path)
        if status not in REFUSED:
            raise LetsAnybodyIn(
                f"a request of somebody unknown for {path} was answered with {status} and not refused, so the server "
                "would be open to everybody and does not start; reinstall On Record"
            )


async def _status(app: ASGIApp, method: str, path: str) -> int:
    statuses: list[int] = []
    body = QUESTION if method == "POST" else b""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(int(message["status"]))

    await app(_request(method, path, body), receive, send)
    return statuses[0] if statuses else 0


def _request(method: str, path: str, body: bytes) -> Scope:
    headers = [("host", "127.0.0.1"), ("content-type", "application/json"), ("content-length", str(len(body))), *CLAIMS]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers],
        "client": NOWHERE,
        "server": ("127.0.0.1", 0),
    }
