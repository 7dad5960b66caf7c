"""Who sent a request and by what right, as the guard found out before any route saw it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from starlette.types import Scope

from index.principal import USER, Principal

Means = Literal["loopback", "header", "login", "key", "embed"]
"""How somebody is known: by being at this machine, by a proxy's word, by having signed in here, by an API key, or by
the session of an embedded chat."""
Use = Literal["ask", "search", "documents", "history", "feedback", "library"]
"""What a route is for, and so what an API key can be limited to. `ask` is also checking a text, and `library` what
librarians do."""

_KEY = "onrecord.caller"


@dataclass(frozen=True, slots=True)
class Caller:
    """A principal and how they are known.

    `uses` limits what the caller may do, None for everything that a person may. `key` is the id of the API key and
    `embed` the name of the embedded chat that the request comes through, None where there is none. `called` is what a
    page may call them, None where nothing is known but the principal's name.
    """

    principal: Principal
    by: Means
    uses: frozenset[Use] | None = None
    key: str | None = None
    embed: str | None = None
    called: str | None = None

    @property
    def name(self) -> str:
        """What a page calls them."""
        return self.called or self.principal.name.removeprefix(USER)

    def may(self, use: Use | None) -> bool:
        """Whether this caller may do that; None is what everybody who is known may."""
        return use is None or self.uses is None or use in self.uses


def with_caller(scope: Scope, caller: Caller) -> Scope:
    """The same request with its caller on it."""
    return {**scope, _KEY: caller}


def caller_of(scope: Scope) -> Caller:
    """The caller that the guard put on this request; KeyError if none did, so that nothing answers unguarded."""
    caller = scope[_KEY]
    if not isinstance(caller, Caller):
        raise KeyError(_KEY)
    return caller


def known(scope: Scope) -> Caller | None:
    """The caller where a route is open to everybody; None for somebody nobody knows."""
    caller = scope.get(_KEY)
    return caller if isinstance(caller, Caller) else None


def signed_in(scope: Scope) -> str:
    """What to call whoever has signed in here and can sign out again; empty for everybody else."""
    caller = known(scope)
    return caller.name if caller and caller.by == "login" else ""


def principal_of(scope: Scope) -> Principal:
    """The principal of the request's caller; KeyError as with `caller_of`."""
    return caller_of(scope).principal
