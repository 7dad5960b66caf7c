"""From a request to whoever sent it. The guard asks once for each request; whatever answers it looks at the caller
that the guard put there, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.types import Scope

from ui.access.bearer import Bearer
from ui.access.cookies import Cookie
from ui.access.local import local
from ui.access.proxyheader import ProxyHeader
from ui.caller import Caller

if TYPE_CHECKING:
    from index.records.records import Records
    from rag.serving import ServingSettings

Identify = Callable[[Scope], Caller | None]
"""From a request to its caller; None is nobody, who gets what is open to anyone. Raises NotAdmitted for a credential
that is bad: it never counts for less instead."""

SESSION_COOKIE = "onrecord"
"""The name of the cookie of somebody who has signed in, before what https puts in front of it."""


def identify(settings: ServingSettings, records: Records) -> Identify:
    """How `settings` have it: a key or an embedded chat's session wherever one is sent, and else their own means.

    Both are looked at, so that a forged header is refused whatever comes with it.
    """
    embeds = [name for name, embed in settings.embeds.items() if embed.enabled]
    # A proxy may ask its users for a password, and pass on how they gave it.
    others = ("basic",) if settings.identity == "header" else ()
    bearer = Bearer(records, embeds, ours_only=settings.identity != "local", others=others)
    means = _means(settings, records)

    def caller(scope: Scope) -> Caller | None:
        told = means(scope)
        return bearer(scope) or told

    return caller


def session_cookie(settings: ServingSettings) -> Cookie:
    """The cookie of somebody who has signed in here."""
    return Cookie(SESSION_COOKIE, secure=(settings.public_url or "").startswith("https:"))


def _means(settings: ServingSettings, records: Records) -> Identify:
    match settings.identity:
        case "local":
            return local
        case "header":
            return ProxyHeader.of(settings)
        case "oidc":
            return SignedIn(session_cookie(settings), records)
        case "keys":
            return _nobody


class SignedIn:
    """From a request to whoever signed in with this browser. A session that has ended is nobody's: they sign in again.

    It is looked up at every request, so that one that was ended is over at once.
    """

    def __init__(self, cookie: Cookie, records: Records) -> None:
        self._cookie = cookie
        self._records = records

    def __call__(self, scope: Scope) -> Caller | None:
        secret = self._cookie.read(scope)
        session = self._records.sessions.find("login", secret) if secret else None
        return Caller(session.principal, by="login", called=session.data or None) if session else None


def _nobody(scope: Scope) -> None:
    return None
