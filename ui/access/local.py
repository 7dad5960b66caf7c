"""The person at this machine, known by where the connection comes from."""

from __future__ import annotations

from ipaddress import ip_address

from starlette.types import Scope

from index.principal import LOCAL
from ui.caller import Caller

HERE = Caller(LOCAL, by="loopback")


def local(scope: Scope) -> Caller | None:
    """The person at this machine: whoever connects from loopback, and nobody else.

    Judged by the address of the connection itself; no header can claim it. A request without an address is nobody's.
    """
    peer = scope.get("client")
    return HERE if peer and _is_loopback(str(peer[0])) else None


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
