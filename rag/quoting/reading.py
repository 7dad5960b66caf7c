"""Sentences as the encoder reads them after their title, kept in memory while they are wanted."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.embed import MiniLM
from rag.quoting.relevance import Tokens, unit

KEPT = 1_500
"""Sentences kept: 16-bit, about 45 word pieces of 384 figures each, so 50 MB at most in practice."""
LONGEST_TITLE = 120
"""Characters; what is above the sentence must not crowd it out of what the encoder reads."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text's word pieces as unit vectors: `titled` with its title's before, `own` without."""

    own: Tokens
    titled: Tokens


class Reader:
    """Reads (title, text) pairs. The pair is the key, so what is kept is right for any library and generation."""

    def __init__(self, encoder: MiniLM, kept: int = KEPT) -> None:
        self._encoder = encoder
        self._most = kept
        self._kept: OrderedDict[tuple[str, str], tuple[NDArray[np.float16], int]] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, title: str, text: str) -> Reading:
        return self.read_all([(title, text)])[0]

    def read_all(self, pairs: Sequence[tuple[str, str]]) -> list[Reading]:
        """One reading for each pair, in order; those not kept are encoded together."""
        with self._lock:
            known = {pair: self._kept[pair] for pair in pairs if pair in self._kept}
        fresh = list(dict.fromkeys(pair for pair in pairs if pair not in known))
        known.update(self._encode(fresh))
        with self._lock:
            for pair in pairs:
                self._kept[pair] = known[pair]
                self._kept.move_to_end(pair)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return [_reading(*known[pair]) for pair in pairs]

    def _encode(self, pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], tuple[NDArray[np.float16], int]]:
        """Each pair's vectors in 16 bits and how many of them are the title's. They are rounded before first use, so
        that a kept sentence and a fresh one are the same."""
        if not pairs:
            return {}
        above = [f"{title[:LONGEST_TITLE]}. " if title else "" for title, _ in pairs]
        states = self._encoder.token_vectors([head + text for head, (_, text) in zip(above, pairs, strict=True)])
        lengths = [len(pieces) for pieces in self._encoder.word_pieces(above)]
        return {
            pair: (unit(state).astype(np.float16), length)
            for pair, state, length in zip(pairs, states, lengths, strict=True)
        }


def _reading(vectors: NDArray[np.float16], title: int) -> Reading:
    titled = vectors.astype(np.float32)
    own = titled[title:]
    return Reading(own if len(own) else titled, titled)
