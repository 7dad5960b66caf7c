"""A pooled index in memory for fitting and measuring evidence selection: BM25 and the embedder, fused by rank.

It stands in for a library so that thousands of questions can be asked against parts of a pool; the fusion is the one
of the search, the permissions and dates are not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set

import numpy as np
from numpy.typing import NDArray

from index.document import Document, Passage
from index.embed import MiniLM
from index.split import split
from index.titled import titled
from rag.terms import content_words, stem, words

_FUSION = 60
"""The constant of reciprocal rank fusion (Cormack, Clarke and Buettcher 2009)."""
_SATURATION, _LENGTH = 1.2, 0.75
"""BM25's k1 and b at their usual values."""


class Pool:
    """All chunks of `documents`, ready to be searched."""

    def __init__(self, documents: Sequence[Document], encoder: MiniLM) -> None:
        pairs = [(document, chunk) for document in documents for chunk in split(document)]
        self._encoder = encoder
        self._chunks = [chunk for _, chunk in pairs]
        self._documents = [document for document, _ in pairs]
        texts = [titled(document.title, chunk.headings, chunk.text) for document, chunk in pairs]
        self._vectors = encoder.embed_documents(texts)
        self._counts = [Counter(stem(word) for word in words(text)) for text in texts]
        self._length = np.array([sum(count.values()) for count in self._counts], np.float64)
        self._holding = Counter(term for count in self._counts for term in count)

    def search(self, question: str, without: Set[str] = frozenset(), limit: int = 10) -> tuple[Passage, ...]:
        """The best passages for a question, of documents whose uri is not in `without`."""
        keywords = self._keywords(question)
        keyword_rank, vector_rank = _ranks(keywords), _ranks(self._vectors @ self._encoder.embed_query(question))
        fused = np.where(keywords > 0, 1 / (_FUSION + keyword_rank), 0.0) + 1 / (_FUSION + vector_rank)
        allowed = [row for row in np.argsort(-fused, kind="stable") if self._documents[row].uri not in without]
        return tuple(
            Passage(
                self._chunks[row],
                self._documents[row].attribution,
                min(1.0, float(fused[row]) * _FUSION / 2),
                int(keyword_rank[row]),
                int(vector_rank[row]),
            )
            for row in allowed[:limit]
        )

    def _keywords(self, question: str) -> NDArray[np.float64]:
        """BM25 of each chunk."""
        scores = np.zeros(len(self._chunks))
        norm = _SATURATION * (1 - _LENGTH + _LENGTH * self._length / self._length.mean())
        for term in {stem(word) for word in content_words(question)} & self._holding.keys():
            frequency = np.array([count.get(term, 0) for count in self._counts], np.float64)
            held = self._holding[term]
            rarity = np.log(1 + (len(self._chunks) - held + 0.5) / (held + 0.5))
            scores += rarity * frequency * (_SATURATION + 1) / (frequency + norm)
        return scores


def _ranks(scores: NDArray[np.floating]) -> NDArray[np.int64]:
    """Each score's place from 1, highest first, ties in their order."""
    ranks = np.empty(len(scores), np.int64)
    ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return ranks
