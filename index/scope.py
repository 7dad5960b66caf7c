"""What one search may see: readers' labels, collections, publishers and dates, as the library filters by them.

Wherever a principal comes to documents, `Scope.of` says which ones: search, document, listing and history alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Self

from index.principal import Principal
from index.within import EVERYTHING, Within


@dataclass(frozen=True, slots=True)
class Scope:
    """Documents that hold one of `readers`, are in one of `collections`, by one of `publishers`, and were published
    from `earliest` to `latest`, both included.

    `readers` None is every document, for the local mode only; an empty set is none. `collections` and `publishers` None
    is every document too; otherwise one without a collection, or a publisher, is left out. `undated` says whether
    documents without a date stay when there is a date bound.
    """

    readers: frozenset[str] | None
    earliest: date | None = None
    latest: date | None = None
    undated: bool = True
    collections: frozenset[str] | None = None
    publishers: frozenset[str] | None = None

    @classmethod
    def of(
        cls,
        principal: Principal,
        earliest: date | None = None,
        latest: date | None = None,
        *,
        undated: bool = True,
        within: Within = EVERYTHING,
    ) -> Self:
        """What `principal` may read, within these dates and of what the reader chose.

        A range of dates that the reader chose leaves out what has no date, whatever `undated` says.
        """
        return cls(
            readers=None if principal.reads_everything else principal.readers,
            earliest=_bound(max, earliest, within.earliest),
            latest=_bound(min, latest, within.latest),
            undated=undated and within.earliest is None and within.latest is None,
            collections=_common(principal.collections, within.collections),
            publishers=within.publishers,
        )

    @property
    def everything(self) -> bool:
        """True if nothing is filtered at all."""
        bounds = (self.readers, self.collections, self.publishers, self.earliest, self.latest)
        return all(bound is None for bound in bounds)

    @property
    def nothing(self) -> bool:
        """True if no document can be in it, so that nothing need be asked."""
        return frozenset() in (self.readers, self.collections, self.publishers)

    def admits(
        self, readers: frozenset[str], collection: str | None, publisher: str | None, published: date | None
    ) -> bool:
        """Whether a document with these readers, of this collection, publisher and day, is in it.

        The same rule as `index.visible.admitted` gives to SQL, written a second time to check the first.
        """
        if self.readers is not None and self.readers.isdisjoint(readers):
            return False
        if self.collections is not None and collection not in self.collections:
            return False
        if self.publishers is not None and publisher not in self.publishers:
            return False
        if published is None:
            return self.undated or (self.earliest is None and self.latest is None)
        return (self.earliest or published) <= published <= (self.latest or published)


def _bound(tighter: Callable[[Iterable[date]], date], *days: date | None) -> date | None:
    """The tighter of these bounds; None where there is none."""
    known = [day for day in days if day is not None]
    return tighter(known) if known else None


def _common(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """What is in both, where None is everything."""
    if one is None or other is None:
        return other if one is None else one
    return one & other
