"""What an identity provider says of itself (OpenID Connect Discovery 1.0), checked before any of it is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from rag.exposure import is_loopback

WELL_KNOWN = "/.well-known/openid-configuration"
WANTED_SCOPES = ("openid", "profile", "email")
"""What every provider knows; `groups` is asked for as well where the provider says that it knows it."""


class BadProvider(Exception):
    """Why nobody can sign in at the provider now: one sentence for the server's log. No secret is in it."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """Where the provider is asked for what. `post_secret`: the client's secret goes into the body, not into a header.
    `names_itself`: it sends its own name back with every answer (RFC 9207)."""

    issuer: str
    authorize: str
    token: str
    keys: str
    scopes: tuple[str, ...]
    post_secret: bool
    names_itself: bool


def metadata(document: Mapping[str, Any], issuer: str) -> Metadata:
    """What `document` says, if it is that of `issuer` and everything in it is as private as the issuer.

    Raises BadProvider.
    """
    if document.get("issuer") != issuer:
        raise BadProvider(f"what {issuer} says of itself names another issuer; set oidc_issuer exactly as it is there")
    known = document.get("scopes_supported")
    groups = ("groups",) if isinstance(known, list) and "groups" in known else ()
    ways = document.get("token_endpoint_auth_methods_supported")
    basic = not isinstance(ways, list) or "client_secret_basic" in ways or "client_secret_post" not in ways
    return Metadata(
        issuer,
        _address(document, "authorization_endpoint", issuer),
        _address(document, "token_endpoint", issuer),
        _address(document, "jwks_uri", issuer),
        (*WANTED_SCOPES, *groups),
        post_secret=not basic,
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
    )


def is_private(url: str) -> bool:
    """Whether nobody on the way reads or changes what goes to `url`: https, or http that stays on this machine."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    )


def _address(document: Mapping[str, Any], name: str, issuer: str) -> str:
    """An address of the provider. One on this machine is believed only of a provider that is there itself."""
    value = document.get(name)
    if not isinstance(value, str) or not is_private(value):
        raise BadProvider(f"what {issuer} says of itself has no https address as its {name}; see to the provider")
    if value.startswith("http:") and not issuer.startswith("http:"):
        raise BadProvider(f"what {issuer} says of itself has no https address as its {name}; see to the provider")
    return value
