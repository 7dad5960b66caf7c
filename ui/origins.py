"""Where a request says that it comes from and goes to: its host, its origin, and whether a page of ours sent it."""

from __future__ import annotations

import re

from starlette.types import Scope

from ui.access.fields import sent

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9-]+(?:\.[a-z0-9-]+)*)\.?(?::\d{1,5})?")


def host(scope: Scope) -> str:
    """The host a request names, without its port; nothing if it names none, several, or nonsense."""
    hosts = sent(scope, "host")
    match = _HOST.fullmatch(hosts[0].decode("latin-1").lower()) if len(hosts) == 1 else None
    return match[1] if match else ""


def origin(scope: Scope) -> str | None:
    """The one origin that a request names; None if it names none or several."""
    named = sent(scope, "origin")
    return named[0].decode("latin-1") if len(named) == 1 else None


def from_own_page(scope: Scope, own: str | None) -> bool:
    """Whether this unsafe request was sent by our own page, or by no page at all; `own` is our origin, if it is known.

    Browsers say so in Sec-Fetch-Site, and where they do not (plain http off loopback) in Origin, which is compared
    with Host. A request with neither comes from no browser, so no other site can have made one send it.
    """
    if sites := sent(scope, "sec-fetch-site"):
        return all(site in (b"same-origin", b"none") for site in sites)
    hosts = sent(scope, "host")
    origins = (value.decode("latin-1") for value in sent(scope, "origin"))
    return all(each == own or each.partition("://")[2].encode("latin-1") == hosts[0] for each in origins)


def is_ambiguous(scope: Scope) -> bool:
    """Whether where the request ends could be read in two ways, by a proxy in one and here in the other."""
    lengths, encodings = sent(scope, "content-length"), sent(scope, "transfer-encoding")
    return len(lengths) > 1 or len(encodings) > 1 or bool(lengths and encodings)
