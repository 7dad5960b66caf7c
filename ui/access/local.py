"""The person at this machine, known by where the connection comes from."""

from __future__ import annotations

from ipaddress import ip_address

from starlette.types import Scope

from index.principal import LOCAL
from ui.access.fields import sent
from ui.caller import Caller

HERE = Caller(LOCAL, by="loopback")
PASSED_ON = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
"""What a proxy adds. Behind one on this machine, everybody would connect from loopback."""


def local(scope: Scope) -> Caller | None:
    """The person at this machine: whoever connects from loopback, and nobody else.

    Judged by the address of the connection itself; no header can claim it. A request without an address is nobody's,
    and so is one that says that a proxy passed it on.
    """
    peer = scope.get("client")
    is_here = peer and _is_loopback(str(peer[0])) and not any(sent(scope, name) for name in PASSED_ON)
    return HERE if is_here else None


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
