"""Our cookies: how they are named, set, taken away and read.

On https they are `__Host-` cookies, which a browser takes only from this very host, over https, for all its paths; so
none can be planted by a neighbour. On plain http, which is loopback only, there is no such thing.
"""

from __future__ import annotations

import re

from starlette.responses import Response
from starlette.types import Scope

from ui.access.errors import NotAdmitted
from ui.access.fields import sent

_VALUE = re.compile(r"[A-Za-z0-9_-]{1,128}")


class Cookie:
    """One cookie of ours; `secure` on https. Scripts cannot read it, and other sites' pages send it with plain links
    only."""

    def __init__(self, name: str, *, secure: bool) -> None:
        self.name = f"__Host-{name}" if secure else name
        self._secure = secure

    def put(self, response: Response, value: str, seconds: int) -> None:
        """Set it for that long."""
        response.set_cookie(
            self.name, value, max_age=seconds, path="/", secure=self._secure, httponly=True, samesite="lax"
        )

    def drop(self, response: Response) -> None:
        """Take it away."""
        response.delete_cookie(self.name, path="/", secure=self._secure, httponly=True, samesite="lax")

    def read(self, scope: Scope) -> str | None:
        """Its value; None if there is none, or one that we never set. Raises NotAdmitted if it is there twice."""
        pairs = (each.partition(b"=") for line in sent(scope, "cookie") for each in line.split(b";"))
        found = [value.strip() for name, _, value in pairs if name.strip().decode("latin-1") == self.name]
        if len(found) > 1:
            raise NotAdmitted(400, f"The cookie {self.name} is there more than once; clear this site's cookies.")
        value = found[0].decode("latin-1") if found else ""
        return value if _VALUE.fullmatch(value) else None
