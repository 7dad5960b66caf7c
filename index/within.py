"""What a reader wants an answer from: dates and publishers and collections of their own choice.

It narrows what they may read and never widens it. Other than a date that the question names, it is never let go.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Within:
    """Documents published from `earliest` to `latest`, both included, by one of `publishers`, in one of `collections`.

    None is no bound. A document without a date is in no range of dates, one without a publisher or a collection in no
    choice of them. An empty choice is nothing, so it is refused.
    """

    earliest: date | None = None
    latest: date | None = None
    publishers: frozenset[str] | None = None
    collections: frozenset[str] | None = None

    def __post_init__(self) -> None:
        if self.publishers == frozenset() or self.collections == frozenset():
            raise ValueError("a choice of no publisher or no collection leaves nothing to answer from")
        if self.earliest and self.latest and self.earliest > self.latest:
            raise ValueError("the range of dates ends before it begins")

    @property
    def is_everything(self) -> bool:
        """Whether it bounds nothing."""
        return self == EVERYTHING


EVERYTHING = Within()
