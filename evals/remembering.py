"""An embedder that reads no text twice, for a measurement that makes many libraries of nearly the same documents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.embed import Embedder, Vectors


class Remembering:
    """The vectors of another embedder, each kept for as long as this one lives: the same, whatever is asked with it."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}

    @property
    def fingerprint(self) -> str:
        """That of the other, since the vectors are."""
        return self._embedder.fingerprint

    @property
    def dimensions(self) -> int:
        return self._embedder.dimensions

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """As the other embeds them; only what is new is given to it."""
        new = list(dict.fromkeys(text for text in texts if text not in self._known))
        if new:
            self._known.update(zip(new, self._embedder.embed_documents(new), strict=True))
        return np.stack([self._known[text] for text in texts]) if texts else self._embedder.embed_documents(())

    def embed_query(self, text: str) -> Vectors:
        """Questions are not kept."""
        return self._embedder.embed_query(text)
