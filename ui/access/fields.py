"""Header fields as a request sent them: every one, in order, as bytes."""

from __future__ import annotations

from starlette.types import Scope


def sent(scope: Scope, name: str) -> tuple[bytes, ...]:
    """The values of all header fields of that name, whatever the case of its letters."""
    wanted = name.lower().encode("ascii")
    return tuple(value for key, value in scope.get("headers", ()) if key.lower() == wanted)
