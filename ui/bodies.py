"""The body of a request: of a kind that no foreign form can send, read whole, and not larger than it may be."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from starlette.types import Message, Receive, Scope

from ui.access.fields import sent
from ui.refused import Refused
from ui.route import Route

LARGEST_BODY = 128 * 1024
"""Bytes; the longest text to check is 20,000 characters, of six bytes each where JSON escapes them."""
SLOWEST_BODY = 30.0
"""Seconds within which a body has come."""


async def whole(scope: Scope, receive: Receive, row: Route, largest: int = LARGEST_BODY) -> Receive:
    """The request's body, read: a `receive` that gives it once, and after that what the client still says.

    Raises Refused for a body of the wrong kind, one that is too large, with the rest left unread, and one that does
    not come.
    """
    _require_kind(scope, row)
    too_large = Refused(413, f"The request is larger than {largest} bytes; send less.", {"connection": "close"})
    if any(not length.isdigit() or int(length) > largest for length in sent(scope, "content-length")):
        raise too_large
    try:
        async with asyncio.timeout(SLOWEST_BODY):
            body = await _read(receive, largest)
    except TimeoutError as error:
        raise Refused(408, "The body of the request did not come in time; send it again.") from error
    if body is None:
        raise too_large
    return replayed(body, receive)


def _require_kind(scope: Scope, row: Route) -> None:
    """Foreign forms send neither JSON nor, from an origin that is listed, anything at all; DELETE needs no body."""
    kinds = tuple(value.decode("latin-1").partition(";")[0].strip().lower() for value in sent(scope, "content-type"))
    if scope["method"] == "DELETE" and not kinds and not _has_body(scope):
        return
    if row.origin is not None and kinds != ("text/plain",):
        raise Refused(415, "The body is not plain text; send it with Content-Type: text/plain.")
    if row.form and kinds == ("application/x-www-form-urlencoded",):
        return
    if row.origin is None and kinds != ("application/json",):
        raise Refused(415, "The body is not JSON; send it with Content-Type: application/json.")


def _has_body(scope: Scope) -> bool:
    return bool(sent(scope, "transfer-encoding")) or any(length != b"0" for length in sent(scope, "content-length"))


async def _read(receive: Receive, largest: int) -> bytes | None:
    """The whole body; None once it is larger than `largest`."""
    body = bytearray()
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > largest:
            return None
    return bytes(body)


def replayed(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives `body` once, and after that what the client still says."""
    first: Iterator[Message] = iter(({"type": "http.request", "body": body, "more_body": False},))

    async def again() -> Message:
        return next(first, None) or await receive()

    return again
