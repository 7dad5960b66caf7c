"""What stands before every route, ours and gradio's: a plain ASGI layer around the whole app.

A request passes if its host is one of ours, its path and method are on the list of open routes, it was not sent by
another site, somebody we know sent it who may do that, its body is small JSON, and, if it costs an answer, it is within
its limits and its turn has come. Anything else is answered here, in one sentence. Every response, refusals and failures
included, leaves with the security headers of its route and without any permission for other origins but the one that
its row names. Decisions look at `scope["path"]`, never at a URL put together from the Host header.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import AsyncExitStack
from functools import partial
from urllib.parse import quote

from starlette.types import ASGIApp, Receive, Scope, Send

from index.errors import OnRecordError
from ui.access.errors import NotAdmitted
from ui.audit.noted import with_noted
from ui.auditing import Auditor, Handled
from ui.bodies import LARGEST_BODY, measured, whole
from ui.caller import Caller, with_caller
from ui.discreet import spared
from ui.driven import unless_gone
from ui.limiting.turned_away import TurnedAway
from ui.origins import LOOPBACK_HOSTS, from_own_page, host, is_ambiguous, origin
from ui.refused import Refused
from ui.route import SAFE_METHODS, Route
from ui.sealing import Sealed
from ui.serving import Site
from ui.threads import Threads

# Headers by which a client could tell the app that it is somewhere else.
_NEVER_READ = re.compile(rb"x-forwarded-.*|forwarded|x-gradio-.*|x-direct-url|x-original-.*|x-rewrite-url")
CLIENT_GONE = 499
"""The status that nobody reads."""
IDENTIFYING = 8
"""Requests whose sender is looked up at once: milliseconds, of the database where they have a session or a key. What
anyone may ask, such as whether the server lives, does not wait behind what only callers may."""


class Guard:
    """The ASGI app that stands in front of `app`; `routes` are all that is open of it."""

    def __init__(self, app: ASGIApp, site: Site, *, routes: Iterable[Route], largest_body: int = LARGEST_BODY) -> None:
        self.app = app
        self.site = site
        self.routes = tuple(routes)
        self.hosts = LOOPBACK_HOSTS | site.names
        self.largest_body = largest_body
        self._threads = {"caller": Threads(IDENTIFYING), "anyone": Threads(IDENTIFYING)}
        self._auditor = Auditor(site.audit, questions=site.audit_questions)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    def row(self, path: str) -> Route | None:
        """The first row that `path` is in; None if it is shut."""
        return next((row for row in self.routes if row.path.fullmatch(path)), None)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        row = self.row(scope["path"])
        handled = Handled(with_noted(scope), row)
        sealed = Sealed(send, scope, row, https=self.site.is_https or scope.get("scheme") == "https")
        try:
            await self._answer(handled, receive, sealed)
        finally:
            handled.status = sealed.status
            await self._auditor.tell(handled)

    async def _answer(self, handled: Handled, receive: Receive, send: Send) -> None:
        async with AsyncExitStack() as turn:
            try:
                scope, receive = await self._passed(handled, receive, turn)
            except Refused as refused:
                handled.refused = refused.status != 303
                await refused.response(handled.scope["path"])(handled.scope, receive, send)
            else:
                await self.app(scope, receive, send)

    async def _passed(self, handled: Handled, receive: Receive, turn: AsyncExitStack) -> tuple[Scope, Receive]:
        """The request as the app is to see it, its caller on it and its body read. Raises Refused if it does not pass.

        A question has its turn when this returns, until `turn` is closed.
        """
        scope = handled.scope
        row = self._open(scope, handled.row)
        caller = handled.caller = await self._caller(scope, row)
        if caller is not None:
            self._require_use(caller, row)
            scope = with_caller(scope, caller)
        again = receive
        if scope["method"] not in SAFE_METHODS:
            again = await self._body(scope, receive, row)
        if row.asks:
            await self._its_turn(caller, receive, turn)
        elif row.use is not None and caller is not None:
            await self._reading(caller)
        return _cleaned(scope), again

    async def _body(self, scope: Scope, receive: Receive, row: Route) -> Receive:
        if not row.uploads:
            return await whole(scope, receive, row, self.largest_body)
        largest = self.site.keeper.largest if self.site.keeper else self.largest_body
        return measured(scope, receive, row, largest)

    def _open(self, scope: Scope, row: Route | None) -> Route:
        """The row, if everything that can be told from the request's head is in order, but for who sent it."""
        name = host(scope)
        if name not in self.hosts and not (name and row and row.any_host):
            raise Refused(400, "The Host header names another server; use the address that the server printed.")
        if is_ambiguous(scope):
            raise Refused(400, "The request gives its length twice; send it once.", {"connection": "close"})
        if row is None:
            raise Refused(404, "There is no such page; questions are asked at /.")
        method = scope["method"]
        if method not in row.methods:
            raise Refused(405, "This address is not asked that way.", {"allow": ", ".join(sorted(row.methods))})
        if method not in SAFE_METHODS:
            self._sent_by(scope, row)
        return row

    def _sent_by(self, scope: Scope, row: Route) -> None:
        """Refuse what another site's page sent, unless the row is there for its origin, and then for that alone."""
        if row.origin is None and not from_own_page(scope, self.site.origin):
            raise Refused(403, "The request comes from another site; send it from this server's own page.")
        if row.origin is not None and (origin(scope) is None or row.origin(scope) != origin(scope)):
            raise Refused(403, "The request comes from a page that is not listed here; see to the embed's origins.")

    async def _caller(self, scope: Scope, row: Route) -> Caller | None:
        """Who sent it. Where anyone may ask, a credential that has ended counts for none; a forged one never passes."""
        try:
            caller = await self._threads[row.who].run(partial(self._identify, scope, row))
        except OnRecordError as error:
            raise Refused(503, f"{spared(error) if self.site.is_discreet else error}.") from error
        except NotAdmitted as error:
            if row.who == "caller" or error.status == 400:
                raise _not_admitted(error) from error
            return None
        if caller is None and row.who == "caller":
            raise self._stranger(scope, row)
        return caller

    def _identify(self, scope: Scope, row: Route) -> Caller | None:
        if row.who == "caller" and not self._auditor.is_ready():
            raise Refused(503, "The audit log cannot be written, so nothing is answered; see to the server's disk.")
        return self.site.identify(scope)

    def _require_use(self, caller: Caller, row: Route) -> None:
        if not caller.may(row.use):
            raise Refused(403, f"This credential is not good for {row.use}; use one that is.")

    def _stranger(self, scope: Scope, row: Route) -> Refused:
        if row.is_page and self.site.login and scope["method"] in SAFE_METHODS:
            query = scope.get("query_string", b"").decode("latin-1")
            asked_for = scope["path"] + (f"?{query}" if query else "")
            return Refused(303, "", {"location": f"{self.site.login}?next={quote(asked_for, safe='/')}"})
        return _not_admitted(self.site.stranger)

    async def _reading(self, caller: Caller) -> None:
        try:
            await self.site.limits.reading(caller)
        except TurnedAway as error:
            raise Refused.turned_away(error) from error
        except OnRecordError as error:
            raise Refused(503, f"{error}.") from error

    async def _its_turn(self, caller: Caller | None, receive: Receive, turn: AsyncExitStack) -> None:
        if caller is None:
            raise RuntimeError("a route that costs an answer is open to anyone; its row must say `caller`")

        async def entered() -> bool:
            await turn.enter_async_context(self.site.limits.answering(caller))
            return True

        try:
            has_turn = await unless_gone(receive, entered)
        except TurnedAway as error:
            raise Refused.turned_away(error) from error
        except OnRecordError as error:
            raise Refused(503, f"{spared(error) if self.site.is_discreet else error}.") from error
        if not has_turn:
            raise Refused(CLIENT_GONE, "Whoever asked has left.")


def _not_admitted(error: NotAdmitted) -> Refused:
    return Refused(error.status, str(error), {"www-authenticate": "Bearer"} if error.status == 401 else None)


def _cleaned(scope: Scope) -> Scope:
    headers = [(name, value) for name, value in scope["headers"] if not _NEVER_READ.fullmatch(name.lower())]
    return {**scope, "headers": headers}
