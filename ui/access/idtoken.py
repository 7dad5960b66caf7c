"""Who signed in, as an id token says it (OpenID Connect Core 1.0, section 3.1.3.7): issued by this provider, for this
client, for this very attempt, just now."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from index.principal import Principal, person
from ui.access import signed
from ui.access.naming import LONGEST, group_names, user_name

LEEWAY = 60
"""Seconds by which the provider's clock may differ from ours."""
OLDEST = 600
"""Seconds ago that a token can have been issued; it is fetched for a code that lives shorter."""

_SAYS = "the identity provider"


@dataclass(frozen=True, slots=True)
class Expected:
    """Who must have issued a token, for whom and for which attempt, and the claims of the user and the groups."""

    issuer: str
    client: str
    nonce: str
    user: str
    groups: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who signed in, and what a page may call them."""

    principal: Principal
    called: str


def who(token: str, key: signed.Key, expected: Expected, now: float) -> Person:
    """Whom `token` is about, if it is signed by `key` and as `expected`. Raises signed.BadToken, or NotAdmitted for
    claims of the user that cannot be used."""
    said = signed.claims(token, key)
    _addressed(said, expected)
    signed.within(said, now, LEEWAY)
    issued = signed.moment(said, "iat")
    if issued is None or issued < now - OLDEST - LEEWAY:
        raise signed.BadToken("was not issued just now")
    # The user of a token must not be somebody whom others can become: an address that nobody has checked is that.
    if expected.user == "email" and said.get("email_verified") is not True:
        raise signed.BadToken("holds an email address that the provider has not verified")
    user = user_name(signed.text(said, expected.user), _SAYS)
    groups = group_names(_listed(said.get(expected.groups)), _SAYS)
    return Person(person(user, groups), _called(said, user))


def _addressed(said: Mapping[str, Any], expected: Expected) -> None:
    if said.get("iss") != expected.issuer:
        raise signed.BadToken("is from another issuer")
    audience = said.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if expected.client not in audiences:
        raise signed.BadToken("is for another client")
    # One for several clients must have been given to this one, and so must one that says to whom it was given.
    party = said.get("azp")
    if party != expected.client and (party is not None or len(audiences) > 1):
        raise signed.BadToken("was given to another client")
    nonce = said.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), expected.nonce.encode()):
        raise signed.BadToken("is for another attempt to sign in")


def _listed(groups: object) -> object:
    """Some providers send a single group as a text."""
    return [groups] if isinstance(groups, str) else groups


def _called(said: Mapping[str, Any], user: str) -> str:
    names = (said.get(each) for each in ("name", "preferred_username", "email"))
    return next((name.strip()[:LONGEST] for name in names if isinstance(name, str) and name.strip()), user)
