"""From a request to whoever sent it. The guard asks once for each request; whatever answers it looks at the caller
that the guard put there, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import Scope

from ui.caller import Caller

Identify = Callable[[Scope], Caller | None]
"""From a request to its caller; None is nobody, who gets what is open to anyone. Raises NotAdmitted for a credential
that is bad: it never counts for less instead."""
