"""The one door to passages: who asks, what is asked, and the passages that person may read.

Keyword and vector hits are fused by reciprocal rank (Cormack, Clarke and Büttcher, 2009), the other hits of the same
document lend it weight, copies of the same text are folded into one, and under an as-of date the recent comes first.
Readers are enforced here and nowhere else: what the principal may not read is never ranked, counted or returned.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from index.copies import fold
from index.corpus import Corpus, View
from index.document import Passage
from index.hit import Hit
from index.principal import Principal
from index.query import Query
from index.scope import Scope
from index.snapshot import Stored

POOL = 60
"""How many hits of each kind are fused; deeper ones weigh next to nothing under the rank constant."""
RANK_CONSTANT = 60
"""The k of reciprocal rank fusion, its authors' value."""
COMPANY = 0.15
"""The share of its document's other hits that a chunk is lent."""
HALF_LIFE_DAYS = 7
RECENCY = 0.3
"""Under an as-of date this share of a score halves with every half-life of age."""
_BEST = 2 / (RANK_CONSTANT + 1)
"""What a chunk scores that both ways of searching put first."""


@dataclass(frozen=True, slots=True)
class _Ranks:
    """Where a chunk stands in each way of searching, from 1; None where it was not found."""

    keyword: int | None
    vector: int | None

    @property
    def score(self) -> float:
        return sum(1 / (RANK_CONSTANT + rank) for rank in (self.keyword, self.vector) if rank is not None)


def search(principal: Principal, query: Query, corpus: Corpus, *, limit: int = 10) -> tuple[Passage, ...]:
    """The passages nearest to `query` that `principal` may read, best first, at most `limit`.

    A principal without reader labels gets nothing, and nothing is asked of the corpus. Raises EmbedderUnavailable.
    """
    if not (principal.reads_everything or principal.readers) or not query.text.strip() or limit < 1:
        return ()
    vector = corpus.embedder.embed_query(query.text)
    with corpus.view() as view:
        scope = _scope(principal, query, view)
        ranks = _ranks(view.keyword_hits(query.text, POOL, scope), view.vector_hits(vector, POOL, scope))
        found = tuple(stored for stored in view.chunks(ranks) if _may_read(principal, stored))
    passages = _passages(found, ranks, query.as_of)
    return fold(tuple(sorted(passages, key=lambda passage: -passage.score)), limit)


def _scope(principal: Principal, query: Query, view: View) -> Scope:
    """What this search may see.

    A document without a date meets no bound that the question names, but stays under an as-of date. Where nothing
    readable was published within the bounds, they speak of what happened, not of when it was printed, and are let go.
    """
    readers = None if principal.reads_everything else principal.readers
    bounded = Scope(readers, query.earliest, _earlier(query.latest, query.as_of), undated=False)
    if (query.earliest or query.latest) and view.holds(bounded):
        return bounded
    return Scope(readers, latest=query.as_of)


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)


def _ranks(keyword_hits: Sequence[Hit], vector_hits: Sequence[Hit]) -> dict[int, _Ranks]:
    keyword = {hit.chunk_id: rank for rank, hit in enumerate(keyword_hits, 1)}
    vector = {hit.chunk_id: rank for rank, hit in enumerate(vector_hits, 1)}
    return {chunk: _Ranks(keyword.get(chunk), vector.get(chunk)) for chunk in (*keyword, *vector)}


def _may_read(principal: Principal, stored: Stored) -> bool:
    """The same rule once more on what came back, so that a fault of an index cannot become a leak."""
    return principal.reads_everything or bool(stored.readers & principal.readers)


def _passages(found: Iterable[Stored], ranks: dict[int, _Ranks], as_of: date | None) -> tuple[Passage, ...]:
    found = tuple(found)
    totals: defaultdict[str, float] = defaultdict(float)
    for stored in found:
        totals[stored.attribution.document_id] += ranks[stored.chunk_id].score
    return tuple(
        _passage(stored, ranks[stored.chunk_id], totals[stored.attribution.document_id], as_of) for stored in found
    )


def _passage(stored: Stored, ranks: _Ranks, total: float, as_of: date | None) -> Passage:
    """The stored chunk as a passage; `total` is the score of all hits of its document, itself included."""
    lent = COMPANY * min(1.0, (total - ranks.score) / _BEST)
    score = (ranks.score / _BEST + lent) / (1 + COMPANY) * _recency(stored.attribution.published, as_of)
    return Passage(stored.chunk, stored.attribution, min(1.0, score), ranks.keyword, ranks.vector)


def _recency(published: date | None, as_of: date | None) -> float:
    """The weight of a publication date for one who asks as of a day: 1 on that day, falling; 1 without such a day."""
    if as_of is None:
        return 1.0
    if published is None:
        return 1.0 - RECENCY
    fresh: float = 0.5 ** ((as_of - published).days / HALF_LIFE_DAYS)
    return 1.0 - RECENCY + RECENCY * fresh
