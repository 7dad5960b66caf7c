"""The body of a request: of a kind that no foreign form can send, read whole, and not larger than it may be; a file is
given on as it comes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

from starlette.types import Message, Receive, Scope

from ui.access.fields import sent
from ui.refused import Refused
from ui.route import Route

LARGEST_BODY = 128 * 1024
"""Bytes; the longest text to check is 20,000 characters, of six bytes each where JSON escapes them."""
SLOWEST_BODY = 30.0
"""Seconds within which a body has come."""
SLOWEST_FILE = 900.0
"""Seconds within which a file has come; 50 MiB take that long at half a megabit a second."""
SLOWEST_PART = 30.0
"""Seconds between two parts of a file."""
FILE = "application/octet-stream"
"""How a file is sent, whatever is in it: no foreign form can send this."""
_TOO_SLOW = "The body of the request did not come in time; send it again."


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
        raise Refused(408, _TOO_SLOW) from error
    if body is None:
        raise too_large
    return replayed(body, receive)


def measured(scope: Scope, receive: Receive, row: Route, largest: int) -> Receive:
    """A `receive` that gives the request's body as it comes; raises Refused, when it is called, once that is more than
    `largest` bytes or too slow. Raises Refused at once for a body of the wrong kind or one that says it is larger."""
    _require_kind(scope, row)
    too_large = Refused(413, f"The file is larger than {largest:,} bytes; add a smaller one.", {"connection": "close"})
    if any(not length.isdigit() or int(length) > largest for length in sent(scope, "content-length")):
        raise too_large
    ends, taken, is_over = time.monotonic() + SLOWEST_FILE, 0, False

    async def again() -> Message:
        nonlocal taken, is_over
        if is_over:
            return await receive()
        try:
            async with asyncio.timeout(max(0.0, min(SLOWEST_PART, ends - time.monotonic()))):
                message = await receive()
        except TimeoutError as error:
            raise Refused(408, _TOO_SLOW, {"connection": "close"}) from error
        taken += len(message.get("body", b""))
        if taken > largest:
            raise too_large
        is_over = not message.get("more_body", False)
        return message

    return again


def _require_kind(scope: Scope, row: Route) -> None:
    """Foreign forms send neither JSON nor, from an origin that is listed, anything at all; DELETE needs no body."""
    kinds = tuple(value.decode("latin-1").partition(";")[0].strip().lower() for value in sent(scope, "content-type"))
    if scope["method"] == "DELETE" and not kinds and not _has_body(scope):
        return
    if row.uploads and kinds != (FILE,):
        raise Refused(415, f"The body is not a file; send its bytes with Content-Type: {FILE}.")
    if row.origin is not None and kinds != ("text/plain",):
        raise Refused(415, "The body is not plain text; send it with Content-Type: text/plain.")
    if row.form and kinds == ("application/x-www-form-urlencoded",):
        return
    if row.origin is None and not row.uploads and kinds != ("application/json",):
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
