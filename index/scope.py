"""What one search may see: the readers' labels, the collections and the dates, as the library filters by them.

Wherever a principal comes to documents, `Scope.of` says which ones: search, document, listing and history alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Self

from index.principal import Principal


@dataclass(frozen=True, slots=True)
class Scope:
    """Documents that hold one of `readers`, are in one of `collections` and were published from `earliest` to `latest`,
    both included.

    `readers` None is every document, for the local mode only; an empty set is none. `collections` None is every
    document too; otherwise one without a collection is left out. `undated` says whether documents without a date stay
    when there is a date bound.
    """

    readers: frozenset[str] | None
    earliest: date | None = None
    latest: date | None = None
    undated: bool = True
    collections: frozenset[str] | None = None

    @classmethod
    def of(
        cls, principal: Principal, earliest: date | None = None, latest: date | None = None, *, undated: bool = True
    ) -> Self:
        """What `principal` may read, within these dates."""
        readers = None if principal.reads_everything else principal.readers
        return cls(readers, earliest, latest, undated, principal.collections)

    @property
    def everything(self) -> bool:
        """True if nothing is filtered at all."""
        return self.readers is None and self.collections is None and self.earliest is None and self.latest is None

    @property
    def nothing(self) -> bool:
        """True if no document can be in it, so that nothing need be asked."""
        return self.readers == frozenset() or self.collections == frozenset()

    def admits(self, readers: frozenset[str], collection: str | None, published: date | None) -> bool:
        """Whether a document with these readers, of this collection and day, is in it.

        The same rule as `index.visible.admitted` gives to SQL, written a second time to check the first.
        """
        if self.readers is not None and self.readers.isdisjoint(readers):
            return False
        if self.collections is not None and collection not in self.collections:
            return False
        if published is None:
            return self.undated or (self.earliest is None and self.latest is None)
        return (self.earliest or published) <= published <= (self.latest or published)
