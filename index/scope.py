"""What one search may see: the readers' labels and the dates, as the library filters by them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Scope:
    """Documents that hold one of `readers` and were published from `earliest` to `latest`, both included.

    `readers` None is every document, for the local mode only; an empty set is none. `undated` says whether documents
    without a date stay when there is a date bound.
    """

    readers: frozenset[str] | None
    earliest: date | None = None
    latest: date | None = None
    undated: bool = True

    @property
    def everything(self) -> bool:
        """True if nothing is filtered at all."""
        return self.readers is None and self.earliest is None and self.latest is None
