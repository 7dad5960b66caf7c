"""Near-duplicates: the same text printed twice, whole or with small edits, is one passage."""

from __future__ import annotations

import re
from dataclasses import replace

from index.document import Passage

_SHINGLE = 5
"""Words in a row; five seldom repeat by chance."""
_SHARED = 0.8
"""From this share of the shorter text's shingles on, two passages are copies."""
_WORD = re.compile(r"\w+")


def fold(passages: tuple[Passage, ...], limit: int) -> tuple[Passage, ...]:
    """The first `limit` passages of `passages` that are no copy of one before.

    Of several copies the one published first stands, since the others repeat it, in the place of the best ranked.
    """
    kept: list[Passage] = []
    shingles: list[frozenset[int]] = []
    for passage in passages:
        mine = _shingles(passage.chunk.text)
        twin = next((at for at, theirs in enumerate(shingles) if _are_copies(mine, theirs)), None)
        if twin is not None:
            kept[twin] = _earlier(kept[twin], passage)
        elif len(kept) < limit:
            kept.append(passage)
            shingles.append(mine)
    return tuple(kept)


def _shingles(text: str) -> frozenset[int]:
    words = [word.casefold() for word in _WORD.findall(text)]
    return frozenset(hash(tuple(words[at : at + _SHINGLE])) for at in range(max(1, len(words) - _SHINGLE + 1)))


def _are_copies(one: frozenset[int], other: frozenset[int]) -> bool:
    return len(one & other) >= _SHARED * min(len(one), len(other))


def _earlier(first: Passage, second: Passage) -> Passage:
    """The one published first, with the better score of the two; a date stands before none."""
    dates = first.attribution.published, second.attribution.published
    if dates[1] is None or (dates[0] is not None and dates[0] <= dates[1]):
        return first
    return replace(second, score=max(first.score, second.score))
