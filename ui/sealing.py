"""What every response leaves with, refusals and failures included: the security headers of its row of the table.

Whatever else an app inside says of these, or lets other origins do, is taken off.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.types import Message, Scope, Send

from ui.route import NOTHING_ALLOWED, Route

HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-dns-prefetch-control", b"off"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (
        b"permissions-policy",
        b"accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(self), "
        b"geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()",
    ),
)
"""On every response, beside the row's own policy and caching."""

_HSTS = (b"strict-transport-security", b"max-age=31536000")
_NEVER_SENT = re.compile(
    rb"access-control-.*|server|x-powered-by|content-security-policy(?:-report-only)?|x-frame-options|"
    rb"cross-origin-.*|strict-transport-security"
)
_ANCESTORS = re.compile(r"frame-ancestors ([^;]*)")
_FRAMING = {"'none'": b"DENY", "'self'": b"SAMEORIGIN"}
_FRESH = frozenset({200, 206, 304})
"""The statuses under which a row's own caching holds."""


@dataclass(slots=True)
class Sealed:
    """A `send` that seals; afterwards `status` is the response's, 0 if none was begun."""

    send: Send
    scope: Scope
    row: Route | None
    https: bool = False
    status: int = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": self._headers(message.get("headers", ()))}
        await self.send(message)

    def _headers(self, given: object) -> list[tuple[bytes, bytes]]:
        own = self._own()
        named = {name for name, _ in own}
        kept = [
            (bytes(name), bytes(value))
            for name, value in given  # type: ignore[attr-defined]  # pairs, by the protocol
            if name.lower() not in named and not _NEVER_SENT.fullmatch(name.lower())
        ]
        return [*kept, *own, *self._crossing()]

    def _own(self) -> list[tuple[bytes, bytes]]:
        row = self.row
        policy = row.policy if row else NOTHING_ALLOWED
        policy = policy if isinstance(policy, str) else policy(self.scope)
        resource = b"cross-origin" if row and row.elsewhere else b"same-origin"
        own = [
            *HEADERS,
            (b"content-security-policy", policy.encode("ascii")),
            (b"cross-origin-resource-policy", resource),
            (b"cache-control", (row.cache if row and self.status in _FRESH else "no-store").encode("ascii")),
        ]
        if framing := _framing(policy):
            own.append((b"x-frame-options", framing))
        if self.https:
            own.append(_HSTS)
        return own

    def _crossing(self) -> list[tuple[bytes, bytes]]:
        """What lets the one origin that the row names read this, and keeps a cache from giving it to another."""
        if self.row is None or self.row.origin is None:
            return []
        reader = self.row.origin(self.scope)
        allowed = [(b"access-control-allow-origin", reader.encode("latin-1"))] if reader else []
        if reader and self.row.credentials is not None and self.row.credentials(self.scope):
            allowed.append((b"access-control-allow-credentials", b"true"))
        return [(b"vary", b"Origin"), *allowed]


def _framing(policy: str) -> bytes | None:
    """X-Frame-Options for browsers that know no frame-ancestors; it cannot name origins, so then there is none."""
    ancestors = _ANCESTORS.search(policy)
    return _FRAMING.get(ancestors[1].strip()) if ancestors else b"DENY"
