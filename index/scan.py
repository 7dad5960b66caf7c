"""Search by vectors, exactly: one matrix of all vectors, and one product with it.

Measured on two cores with 272 questions and MiniLM's vectors of sentences, 60 hits each: over 20,000 vectors the scan
takes 0.8 ms and 31 MB, over 100,000 it takes 3.6 ms. Chroma's graph takes 2.1 ms over 20,000 and misses 5 hits in 100
as it comes, or 3.1 ms and 4 in 1,000 with `ef_search` 400 (1,000 is set); importing it takes 0.8 s. So it is kept
by what serves, and by the sync of a large library. Everything else scans: short commands, searches restricted to
readers or dates, which must be exact, and any search while Chroma's folder is made or another process has it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from index.embed import Vectors
from index.hit import Hit
from index.scope import Scope
from index.snapshot import Generation, Numbers, Snapshot

Mask = NDArray[np.bool_]

SCAN_UP_TO = 100_000
"""Chunks up to which a sync keeps no graph: about where the scan takes as long as the graph does."""
MASKS = 64
"""Scopes whose rows are kept; each takes a byte a chunk."""


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """All vectors of one generation: `ids` (n,) rising, `documents` (n,) their documents' numbers, `vectors` (n, d)."""

    generation: Generation
    embedder: str | None
    ids: Numbers
    documents: Numbers
    vectors: Vectors
    masks: dict[Scope, Mask] = field(init=False, default_factory=dict, repr=False)
    """The rows that a scope admits, kept for the next search in it: who asks twice has the same readers."""

    def search(self, vector: Vectors, limit: int, within: Mask | None = None) -> tuple[Hit, ...]:
        """The `limit` chunks nearest to `vector` (d,), best first, among the rows where `within` (n,) is true.

        Scores are cosines, those below 0 taken as 0. Fewer hits only if there are fewer chunks; chunks that are
        equally near come in the order of their ids.
        """
        rows = np.arange(len(self.ids)) if within is None else np.flatnonzero(within)
        if not len(rows) or limit < 1:
            return ()
        # With most rows allowed the whole product is cheaper than copying the allowed rows out.
        few = 4 * len(rows) < len(self.ids)
        cosines = self.vectors[rows] @ vector if few else (self.vectors @ vector)[rows]
        best = _largest(cosines, limit)
        return tuple(Hit(int(self.ids[rows[at]]), score(float(cosines[at]))) for at in best)

    def within(self, scope: Scope, snapshot: Snapshot) -> Mask:
        """(n,) true for the chunks that `scope` admits, as `snapshot` says, which must be of this generation."""
        mask = self.masks.get(scope)
        if mask is None:
            mask = np.isin(self.documents, snapshot.document_numbers(scope))
            if len(self.masks) >= MASKS:
                self.masks.clear()
            self.masks[scope] = mask
        return mask


def score(cosine: float) -> float:
    """A cosine as a score: 0 to 1, and opposite meanings are as far as none in common."""
    return min(1.0, max(0.0, cosine))


def _largest(values: NDArray[np.float32], limit: int) -> Numbers:
    """The positions of the `limit` largest values, largest first; among equals the lowest position first."""
    if limit < len(values):
        threshold = np.partition(values, len(values) - limit)[len(values) - limit]
        candidates = np.flatnonzero(values >= threshold)
    else:
        candidates = np.arange(len(values))
    order = np.argsort(-values[candidates], kind="stable")[:limit]
    found: Numbers = candidates[order]
    return found


def load(snapshot: Snapshot, previous: Matrix | None) -> Matrix:
    """The matrix of `snapshot`, made from `previous` where that spares reading: ids rise and their vectors stay."""
    if previous is not None and previous.generation == snapshot.generation:
        return previous
    embedder = snapshot.embedder()
    if (
        previous is None
        or not len(previous.ids)
        or previous.embedder != embedder
        or not snapshot.had(previous.generation)
    ):
        return Matrix(snapshot.generation, embedder, *snapshot.vectors())
    ids, owners, added = snapshot.vectors(above=int(previous.ids[-1]))
    kept = np.isin(previous.ids, snapshot.chunk_numbers())
    if not len(ids) and kept.all():
        return replace(previous, generation=snapshot.generation)
    return Matrix(
        snapshot.generation,
        embedder,
        np.concatenate([previous.ids[kept], ids]),
        np.concatenate([previous.documents[kept], owners]),
        np.concatenate([previous.vectors[kept], added.reshape(len(ids), previous.vectors.shape[1])]),
    )
