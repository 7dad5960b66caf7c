"""Signing in: an attempt is begun, the provider is asked, and its answer to that very attempt, once and in the same
browser, becomes a session.

The attempt's secret is the `state` that goes to the provider and comes back. It is bound to the browser by a cookie
whose hash the attempt holds, so that nobody can be signed in by a link that somebody else made.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from index.principal import Principal
from ui.access import idtoken, signed
from ui.access.errors import NotAdmitted
from ui.access.idtoken import Expected, Person
from ui.access.provider import Provider, Refused

if TYPE_CHECKING:
    from index.records.sessions import Sessions

ATTEMPT_SECONDS = 600
LONGEST_NEXT = 2000
"""Characters of the address that somebody is taken to."""
NOBODY = Principal("nobody", frozenset())
"""Whose an attempt is until it has succeeded."""

_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f-\uffff]*")
_UNKNOWN = "This attempt to sign in is unknown, was finished before or took too long; sign in again."


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is kept of an attempt: the browser's hash, what the id token and the provider must be shown, and where to go
    then."""

    browser: str
    nonce: str
    verifier: str
    next: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that has begun: its secret, the name of its principal, and where its owner wanted to go."""

    secret: str
    name: str
    next: str


class SignIn:
    """Signing in at `provider`, which sends people back to `redirect`; a session holds for `seconds`.

    `user` and `groups` are the claims that name them.
    """

    def __init__(
        self,
        provider: Provider,
        sessions: Sessions,
        redirect: str,
        seconds: float,
        *,
        user: str = "sub",
        groups: str = "groups",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._provider = provider
        self._sessions = sessions
        self._redirect = redirect
        self._seconds = seconds
        self._user = user
        self._groups = groups
        self._clock = clock

    def begin(self, next: str, browser: str) -> str:
        """Begin an attempt of the browser with this cookie; returns where it goes. Raises BadProvider."""
        self._provider.described()
        attempt = Attempt(_hash(browser), secrets.token_urlsafe(24), secrets.token_urlsafe(48), local_path(next))
        state = self._sessions.begin("attempt", NOBODY, ATTEMPT_SECONDS, data=json.dumps(asdict(attempt)))
        return self._provider.sign_in_url(self._redirect, state, attempt.nonce, attempt.verifier)

    def finish(self, answer: Mapping[str, str], browser: str | None) -> SignedIn:
        """What the provider's `answer` comes to: the fields of the address to which it sent the browser.

        Raises NotAdmitted for an answer to no attempt of this browser or one that lets nobody in, and BadProvider.
        """
        attempt = self._redeemed(answer.get("state", ""), browser)
        found = self._found(answer, attempt)
        secret = self._sessions.begin("login", found.principal, self._seconds, data=found.called)
        return SignedIn(secret, found.principal.name, attempt.next)

    def _redeemed(self, state: str, browser: str | None) -> Attempt:
        """The attempt of this state, which is over by this, unless it is another browser's."""
        held = self._sessions.find("attempt", state)
        if held is None:
            raise NotAdmitted(401, _UNKNOWN)
        if browser is None or not hmac.compare_digest(Attempt(**json.loads(held.data)).browser, _hash(browser)):
            raise NotAdmitted(401, "This attempt to sign in was begun in another browser; sign in again in this one.")
        held = self._sessions.redeem("attempt", state)
        if held is None:
            raise NotAdmitted(401, _UNKNOWN)
        return Attempt(**json.loads(held.data))

    def _found(self, answer: Mapping[str, str], attempt: Attempt) -> Person:
        said = answer.get("iss")
        if said != self._provider.issuer and (said is not None or self._provider.described().names_itself):
            raise NotAdmitted(401, "The answer is not from the identity provider that was asked; sign in again.")
        if "error" in answer:
            raise NotAdmitted(403, "The identity provider let nobody in; sign in again, or ask who runs it.")
        if not answer.get("code"):
            raise NotAdmitted(400, "The answer of the identity provider has no code; sign in again.")
        try:
            return self._who(self._provider.id_token(answer["code"], self._redirect, attempt.verifier), attempt)
        except Refused:
            raise NotAdmitted(401, "The identity provider refused the code, which holds once; sign in again.") from None
        except signed.BadToken as error:
            raise NotAdmitted(401, f"The provider's token {error}; sign in again, or see to it there.") from None

    def _who(self, token: str, attempt: Attempt) -> Person:
        key = self._provider.key(signed.header(token))
        if key is None:
            raise signed.BadToken("is signed by no key that the provider publishes for that")
        expected = Expected(self._provider.issuer, self._provider.client, attempt.nonce, self._user, self._groups)
        return idtoken.who(token, key, expected, self._clock())


def local_path(next: str) -> str:
    """`next` if it is an address of this server without its host, and else `/`; never back to signing in or out.

    >>> local_path("/check?text=1"), local_path("//evil.example"), local_path("https://evil.example")
    ('/check?text=1', '/', '/')
    """
    if len(next) > LONGEST_NEXT or not _LOCAL.fullmatch(next):
        return "/"
    parts = urlsplit(next)
    is_ours = not parts.scheme and not parts.netloc and not re.match(r"/log(?:in|out)(?:/|$)", parts.path)
    return next if is_ours else "/"


def _hash(browser: str) -> str:
    return hashlib.sha256(browser.encode()).hexdigest()
