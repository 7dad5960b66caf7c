"""What the reader's own choice left out: documents near the question that they may read, and why each was left out.

The same question is searched for once more, in all that they may read. Whoever narrows a question learns so that there
was more, how much and where, and never a word of it. What they may not read is no part of this.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, Self

from index.corpus import Corpus
from index.principal import Principal
from index.query import Query
from index.search import nearest
from index.snapshot import Stored
from index.within import EVERYTHING
from rag.outside import Outside

NEAREST = 10
"""Passages looked at. What comes after them is hardly what whoever asked would have been shown."""
Reason = Literal["later", "earlier", "undated", "publisher", "collection"]


def is_narrowed(query: Query) -> bool:
    """Whether the reader chose anything, the day to answer for included."""
    return query.as_of is not None or not query.within.is_everything


def left_out(principal: Principal, chosen: Query, queries: tuple[Query, ...], corpus: Corpus) -> Outside:
    """What the reader's choice, as `chosen` has it, left out of the passages nearest to each of `queries`."""
    free = tuple(replace(query, as_of=None, within=EVERYTHING) for query in queries)
    found = (stored for query in free for stored in nearest(principal, query, corpus, limit=NEAREST))
    first = {stored.attribution.document_id: stored for stored in reversed(tuple(found))}
    return _counted(tuple(each for stored in reversed(first.values()) if (each := _LeftOut.of(stored, chosen)).why))


@dataclass(frozen=True, slots=True)
class _LeftOut:
    """A document and the reasons for which it was left out; none if it was not."""

    id: str
    publisher: str | None
    why: frozenset[Reason]

    @classmethod
    def of(cls, stored: Stored, chosen: Query) -> Self:
        said, within = stored.attribution, chosen.within
        held: dict[Reason, bool] = {
            "later": _is_later(said.published, chosen.as_of, within.latest),
            "earlier": said.published is not None and within.earliest is not None and said.published < within.earliest,
            "undated": said.published is None and (within.earliest or within.latest) is not None,
            "publisher": within.publishers is not None and said.publisher not in within.publishers,
            "collection": within.collections is not None and stored.collection not in within.collections,
        }
        return cls(said.document_id, said.publisher, frozenset(reason for reason, holds in held.items() if holds))


def _is_later(published: date | None, *bounds: date | None) -> bool:
    return published is not None and any(bound is not None and published > bound for bound in bounds)


def _counted(left_out: tuple[_LeftOut, ...]) -> Outside:
    """The documents by the reasons; publishers in the order of nearness."""
    times = Counter(reason for each in left_out for reason in each.why)
    named = (each.publisher for each in left_out if "publisher" in each.why)
    return Outside(
        documents=len(left_out),
        later=times["later"],
        earlier=times["earlier"],
        undated=times["undated"],
        publishers=tuple(dict.fromkeys(filter(None, named))),
        collections=times["collection"],
        ids=frozenset(each.id for each in left_out),
    )
