"""How much a reader's own choice left out of an answer, and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outside:
    """Documents near the question that the reader's choice left out, and how many of them for which reason.

    `later` and `earlier` lie beyond its dates, `undated` have none where a range was chosen, `publishers` are those of
    others than the chosen, by name, and `collections` counts those in none that was chosen; one document may be left
    out for several reasons. `ids` are theirs, to judge again later whether they may be read; no face shows them.
    """

    documents: int = 0
    later: int = 0
    earlier: int = 0
    undated: int = 0
    publishers: tuple[str, ...] = ()
    collections: int = 0
    ids: frozenset[str] = frozenset()
