"""Where a link would lead: its host as it can be read, and an address that may be followed, put together anew.

What a browser would make of a tricky address does not matter, as it never gets it: it is parsed here, strictly, and
given on only where nothing in it is left to be understood in two ways.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

_ADDRESS = re.compile(r"(?:(?P<scheme>[a-z][a-z0-9+.-]*):)?//(?P<authority>[^/?#\\]*)(?P<rest>.*)", re.IGNORECASE)
_AUTHORITY = re.compile(r"(?P<host>[^\s:@%\\\[\]]+)(?::(?P<port>[0-9]{1,5}))?")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
# Letters that the two standards for names beyond ASCII write differently, so that they could lead to two places.
_AMBIGUOUS = re.compile("[\u00df\u03c2\u1e9e\u200c\u200d]")
_REST = re.compile(r"(?:[/?#][A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*)?")
_UNRESERVED = "%/?#[]@!$&'()*+,;=:~"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link wants to lead: its host as it can be shown, and an address of the same host that is safe to follow,
    None for anything but plain https."""

    host: str
    href: str | None


def canonical(authority: str) -> str | None:
    """The host, with its port unless that is 443, as a browser writes it; None for what is no plain name.

    >>> canonical("Bücher.Example:443"), canonical("wiki.corp:8443"), canonical("me@wiki.corp")
    ('xn--bcher-kva.example', 'wiki.corp:8443', None)
    """
    found = _AUTHORITY.fullmatch(authority.strip())
    if found is None or _AMBIGUOUS.search(found["host"]):
        return None
    try:
        name = found["host"].encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    port = int(found["port"] or 443)
    if not _NAME.fullmatch(name) or not 0 < port < 65_536:
        return None
    return name if port == 443 else f"{name}:{port}"


def target(address: str) -> Target | None:
    """Where a link to `address` would lead; None where no host is named, as in `javascript:…` or `/path`."""
    found = _ADDRESS.fullmatch(address)
    if found is None or not found["authority"]:
        return None
    host = canonical(found["authority"])
    if host is None:
        return Target(found["authority"].rpartition("@")[2] or found["authority"], None)
    rest = quote(found["rest"], safe=_UNRESERVED)
    followable = (found["scheme"] or "").lower() == "https" and "\\" not in address and _REST.fullmatch(rest)
    return Target(host, f"https://{host}{rest}" if followable else None)
