"""A question as the search understands it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from index.within import EVERYTHING, Within


@dataclass(frozen=True, slots=True)
class Query:
    """The words to search for, and the dates that bound it; all dates are inclusive.

    `as_of` hides what was published later and prefers what is recent to it. `earliest` and `latest` are bounds that
    the question itself names ("in June 2024"); a document without a date cannot meet them and is left out, whereas
    under `as_of` alone it stays, shown as undated. `within` is the reader's own choice, which always holds.
    """

    text: str
    as_of: date | None = None
    earliest: date | None = None
    latest: date | None = None
    within: Within = EVERYTHING
