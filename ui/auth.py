"""Who is asking. The guard finds out once for each request; whatever answers it looks here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address

from starlette.types import Scope

from index.principal import LOCAL, Principal

Identify = Callable[[Scope], Principal | None]
"""From a request to its principal; None is nobody, who gets nothing."""

_KEY = "onrecord.principal"


def local(scope: Scope) -> Principal | None:
    """The person at this machine: whoever connects from loopback, and nobody else.

    Judged by the address of the connection itself; no header can claim it. A request without an address is nobody's.
    """
    peer = scope.get("client")
    return LOCAL if peer and _is_loopback(str(peer[0])) else None


def with_principal(scope: Scope, principal: Principal) -> Scope:
    """The same request with its principal on it."""
    return {**scope, _KEY: principal}


def principal_of(scope: Scope) -> Principal:
    """The principal that the guard put on this request; KeyError if none did, so that nothing answers unguarded."""
    principal = scope[_KEY]
    if not isinstance(principal, Principal):
        raise KeyError(_KEY)
    return principal


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
