"""The pages of signing in and out: `/login`, where the provider sends people back, and `/logout`.

A session's secret is in its cookie and nowhere else. It is new at each sign-in, whatever the browser had before, and
ends in the server's records when its owner signs out.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ui import render
from ui.access.cookies import Cookie
from ui.access.errors import NotAdmitted
from ui.access.identity import session_cookie
from ui.access.metadata import BadProvider
from ui.access.signin import ATTEMPT_SECONDS, SignIn
from ui.answerer import Answerer
from ui.audit.noted import noted
from ui.caller import Caller, known
from ui.limiting.turned_away import TurnedAway
from ui.render import SignPage
from ui.route import SAFE_METHODS, Route
from ui.threads import Threads

if TYPE_CHECKING:
    from index.records.records import Records
    from rag.serving import ServingSettings
    from ui.serving import Site
from ui.wording import Wording, wording_of

CALLBACK = "/login/callback"
"""The path to which a provider sends people back; together with the public address it is registered there."""
ATTEMPT_COOKIE = "onrecord-attempt"
POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
AT_ONCE = 8
"""People who are signed in or on their way at once. The provider may take seconds for each, and anybody can begin, so
nothing else waits behind them."""
STYLES = tuple(Path(__file__).parent.parent / "static" / name for name in ("ink.css", "sign.css"))

_GET = frozenset({"GET"})
ROUTES = (
    Route(re.compile("/login"), _GET, who="anyone", policy=POLICY),
    Route(re.compile(CALLBACK), _GET, who="anyone", policy=POLICY),
    Route(re.compile(r"/login/style\.css"), who="anyone", cache="no-cache"),
    Route(re.compile("/logout"), SAFE_METHODS | {"POST"}, who="anyone", policy=POLICY, form=True),
)

_log = logging.getLogger(__name__)


class Login:
    """Signing in and out with this browser: what is asked of the provider, and the two cookies."""

    def __init__(self, sign_in: SignIn, records: Records, session: Cookie, attempt: Cookie, seconds: int) -> None:
        self._sign_in = sign_in
        self._records = records
        self._session = session
        self._attempt = attempt
        self._seconds = seconds

    @classmethod
    def of(cls, settings: ServingSettings, records: Records) -> Login | None:
        """As these settings have it; None where people do not sign in here."""
        if settings.identity != "oidc" or settings.oidc_secret is None or settings.public_url is None:
            return None
        from ui.access.provider import Provider

        secret = settings.oidc_secret.get_secret_value()
        provider = Provider(settings.oidc_issuer or "", settings.oidc_client or "", secret)
        seconds = int(settings.session_hours * 3600)
        redirect = f"{settings.public_url}{CALLBACK}"
        sign_in = SignIn(
            provider, records.sessions, redirect, seconds, user=settings.oidc_user, groups=settings.oidc_groups
        )
        attempt = Cookie(ATTEMPT_COOKIE, secure=settings.public_url.startswith("https:"))
        return cls(sign_in, records, session_cookie(settings), attempt, seconds)

    def begin(self, request: Request) -> Response:
        """To the provider, and from there back to `next`."""
        # The same for all attempts of a browser, so that two tabs can be signed in at once.
        browser = self._attempt.read(request.scope) or secrets.token_urlsafe(24)
        response = RedirectResponse(self._sign_in.begin(request.query_params.get("next", "/"), browser), 303)
        self._attempt.put(response, browser, ATTEMPT_SECONDS)
        return response

    def finish(self, request: Request) -> Response:
        """Back from the provider: in, or not."""
        fields = request.query_params.multi_items()
        if len(dict(fields)) != len(fields):
            raise NotAdmitted(400, "The answer of the identity provider says something twice; sign in again.")
        entered = self._sign_in.finish(dict(fields), self._attempt.read(request.scope))
        noted(request.scope).action = f"signed in {entered.name}"
        if before := self._session.read(request.scope):
            self._end(before)
        response = RedirectResponse(entered.next, 303)
        self._session.put(response, entered.secret, self._seconds)
        return response

    def leave(self, request: Request) -> Response:
        """Out: the session ends here, and the browser forgets it."""
        secret = self._session.read(request.scope)
        if secret and self._end(secret):
            noted(request.scope).action = "signed out"
        response = RedirectResponse("/logout", 303)
        self._session.drop(response)
        return response

    def _end(self, secret: str) -> bool:
        """End the session of this secret, with the embedded chats that it opened: they would go on as whoever has left.
        False if there was none."""
        sessions = self._records.sessions
        held = sessions.find("login", secret)
        if not sessions.end(secret):
            return False
        if held is not None:
            sessions.end_embedded(held.principal.name)
        return True


def add(app: FastAPI, answerer: Answerer, site: Site) -> None:
    """Put the pages on `app`, which is only done where people sign in here."""
    login = site.sign_in
    if login is None:
        raise RuntimeError("nobody signs in here")

    rates, threads = site.limits.rates, Threads(AT_ONCE)

    def counted(request: Request) -> Response:
        rates.count_sign_in(request.client.host if request.client else None)
        return login.begin(request)

    @app.get("/login")
    async def begin(request: Request) -> Response:
        return await threads.run(partial(_told, counted, request))

    @app.get(CALLBACK)
    async def finish(request: Request) -> Response:
        return await threads.run(partial(_told, login.finish, request))

    @app.post("/logout")
    def leave(request: Request) -> Response:
        return login.leave(request)

    @app.api_route("/logout", methods=["GET", "HEAD"])
    def leaving(request: Request) -> Response:
        return HTMLResponse(render.sign_page(_leaving(known(request.scope)), wording_of(request.scope)))

    @app.api_route("/login/style.css", methods=["GET", "HEAD"])
    def style() -> Response:
        return Response("\n".join(each.read_text(encoding="utf-8") for each in STYLES), media_type="text/css")


def _told(step: Callable[[Request], Response], request: Request) -> Response:
    """What `step` answers, or a page that says why it cannot."""
    wording = wording_of(request.scope)
    try:
        return step(request)
    except NotAdmitted as error:
        return _failed(str(error), error.status, wording)
    except TurnedAway as error:
        return _failed(str(error), error.status, wording, {"retry-after": str(error.seconds)})
    except BadProvider as error:
        _log.warning("Nobody can sign in: %s.", error)
        return _failed("The identity provider cannot be asked now; try again in a minute.", 503, wording)


def _failed(sentence: str, status: int, wording: Wording, headers: Mapping[str, str] | None = None) -> Response:
    page = SignPage("Not signed in", sentence, failed=True)
    return HTMLResponse(render.sign_page(page, wording), status, headers)


def _leaving(caller: Caller | None) -> SignPage:
    if caller is None or caller.by != "login":
        return SignPage(
            "Signed out", "Nobody is signed in here with this browser. Your identity provider may still know it."
        )
    sentence = f"You are signed in as {caller.name}."
    return SignPage("Sign out", sentence, can_leave=True, link="/", label="backToQuestions")
