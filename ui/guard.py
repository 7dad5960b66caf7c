"""What stands before every route, ours and gradio's: a plain ASGI layer around the whole app.

A request passes if its host is one of ours, its path and method are on the list of open routes, it was not sent by
another site, its body is small JSON, and somebody we know sent it. Anything else is answered here, in one sentence.
Every response, refusals and failures included, leaves with the security headers of its route and without any
permission for other origins. Decisions look at `scope["path"]`, never at a URL put together from the Host header.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.access.errors import NotAdmitted
from ui.access.identity import Identify
from ui.caller import Caller, with_caller
from ui.route import NOTHING_ALLOWED, SAFE_METHODS, Route

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
LARGEST_BODY = 128 * 1024
"""Bytes; the longest text to check is 20,000 characters, of six bytes each where JSON escapes them."""
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-dns-prefetch-control", b"off"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (
        b"permissions-policy",
        b"accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(self), "
        b"geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()",
    ),
)
"""On every response, beside the route's own policy and caching."""

_HSTS = (b"strict-transport-security", b"max-age=31536000")
_NEVER_SENT = re.compile(rb"access-control-.*|server|x-powered-by|content-security-policy|x-frame-options")
# Headers by which a client could tell the app that it is somewhere else; no proxy is trusted yet.
_NEVER_READ = re.compile(rb"x-forwarded-.*|forwarded|x-gradio-.*|x-direct-url|x-original-.*|x-rewrite-url")
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9-]+(?:\.[a-z0-9-]+)*)\.?(?::\d{1,5})?")


@dataclass(frozen=True, slots=True)
class Refusal:
    """The answer to a request that does not pass."""

    status: int
    sentence: str
    headers: dict[str, str] = field(default_factory=dict)


class Guard:
    """The ASGI app that stands in front of `app`; `hosts` are the names it is reached by, besides loopback."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        routes: Iterable[Route],
        identify: Identify,
        hosts: Iterable[str] = (),
        largest_body: int = LARGEST_BODY,
    ) -> None:
        self.app = app
        self.routes = tuple(routes)
        self.identify = identify
        self.hosts = LOOPBACK_HOSTS | {host.strip().lower() for host in hosts} - {""}
        self.largest_body = largest_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self._route(scope)
        sealed = _sealed(send, scope, route)
        checked = self._check(scope, route)
        if isinstance(checked, Caller) and scope["method"] not in SAFE_METHODS:
            body = await _body(receive, self.largest_body)
            if body is None:
                checked = Refusal(413, f"The request is larger than {self.largest_body} bytes; send less.")
            else:
                receive = _replayed(body, receive)
        if isinstance(checked, Refusal):
            response = PlainTextResponse(checked.sentence + "\n", checked.status, checked.headers)
            await response(scope, receive, sealed)
        else:
            await self.app(with_caller(_cleaned(scope), checked), receive, sealed)

    def _route(self, scope: Scope) -> Route | None:
        path = scope["path"]
        return next((route for route in self.routes if route.path.fullmatch(path)), None)

    def _check(self, scope: Scope, route: Route | None) -> Caller | Refusal:
        """Who is asking, if everything that can be told from the request's head is in order."""
        method = scope["method"]
        if _host(scope) not in self.hosts:
            return Refusal(400, "The Host header names another server; use the address that the server printed.")
        if route is None:
            return Refusal(404, "There is no such page; questions are asked at /.")
        if method not in route.methods:
            return Refusal(405, "This address is not asked that way.", {"allow": ", ".join(sorted(route.methods))})
        if method not in SAFE_METHODS and not _from_own_page(scope):
            return Refusal(403, "The request comes from another site; send it from this server's own page.")
        if method not in SAFE_METHODS and not _is_json(scope):
            return Refusal(415, "The body is not JSON; send it with Content-Type: application/json.")
        return self._caller(scope)

    def _caller(self, scope: Scope) -> Caller | Refusal:
        try:
            caller = self.identify(scope)
        except NotAdmitted as error:
            return Refusal(error.status, str(error))
        return caller or Refusal(403, "This server answers only the machine it runs on; ask from there.")


def _values(scope: Scope, name: bytes) -> tuple[str, ...]:
    return tuple(value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name)


def _host(scope: Scope) -> str:
    """The host a request names, without its port; nothing if it names none, several, or nonsense."""
    hosts = _values(scope, b"host")
    match = _HOST.fullmatch(hosts[0].lower()) if len(hosts) == 1 else None
    return match[1] if match else ""


def _from_own_page(scope: Scope) -> bool:
    """Whether this unsafe request was sent by our own page, or by no page at all.

    Browsers say so in Sec-Fetch-Site, and where they do not (plain http off loopback) in Origin, which is compared
    with Host. A request with neither comes from no browser, so no other site can have made one send it.
    """
    if sites := _values(scope, b"sec-fetch-site"):
        return all(site in ("same-origin", "none") for site in sites)
    hosts = _values(scope, b"host")
    return all(origin.partition("://")[2] == hosts[0] for origin in _values(scope, b"origin"))


def _is_json(scope: Scope) -> bool:
    types = _values(scope, b"content-type")
    return len(types) == 1 and types[0].partition(";")[0].strip().lower() == "application/json"


def _cleaned(scope: Scope) -> Scope:
    headers = [(name, value) for name, value in scope["headers"] if not _NEVER_READ.fullmatch(name.lower())]
    return {**scope, "headers": headers}


async def _body(receive: Receive, largest: int) -> bytes | None:
    """The whole body; None once it is larger than `largest`, with the rest left unread."""
    body = bytearray()
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > largest:
            return None
    return bytes(body)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives `body` once, and after that what the client still says: that it has gone."""
    first: Iterator[Message] = iter(({"type": "http.request", "body": body, "more_body": False},))

    async def again() -> Message:
        return next(first, None) or await receive()

    return again


def _sealed(send: Send, scope: Scope, route: Route | None) -> Callable[[Message], Awaitable[None]]:
    """A `send` that puts the security headers on the response, and takes off what must not leave."""

    async def seal(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [
                (name, value) for name, value in message.get("headers", ()) if not _NEVER_SENT.fullmatch(name.lower())
            ]
            message = {**message, "headers": _with_security(kept, scope, route, message["status"])}
        await send(message)

    return seal


def _with_security(
    kept: list[tuple[bytes, bytes]], scope: Scope, route: Route | None, status: int
) -> list[tuple[bytes, bytes]]:
    policy = route.policy if route else NOTHING_ALLOWED
    policy = policy if isinstance(policy, str) else policy(scope)
    cache = route.cache if route and status in (200, 206, 304) else "no-store"
    framing = b"SAMEORIGIN" if "frame-ancestors 'self'" in policy else b"DENY"
    own = [
        *HEADERS,
        (b"content-security-policy", policy.encode("ascii")),
        (b"x-frame-options", framing),
        (b"cache-control", cache.encode("ascii")),
    ]
    if scope.get("scheme") == "https":
        own.append(_HSTS)
    named = {name for name, _ in own}
    return [(name, value) for name, value in kept if name.lower() not in named] + own
