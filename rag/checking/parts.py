"""A sentence that sets sources side by side, in parts, each with the quotes of the source it names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.ground import Ground
from rag.language.entities import entity

_BETWEEN = re.compile(
    r"(?:,\s+|\s+|;\s*)(?:while|whereas|but|although|though|however,?)\s+|;\s+|,\s+and\s+(?=[A-Z])", re.IGNORECASE
)
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_OF_ALL = frozenset(("desk", "news", "times", "post", "agency", "the", "daily", "press"))
"""Words of publishers' names that tell none from another."""


def parts(claim: str, grounds: Sequence[Ground]) -> tuple[tuple[str, tuple[Ground, ...]], ...]:
    """The claim whole with all grounds; or, where it sets sources side by side, each part with its source's grounds.

    A source is named by its publisher or its speaker. A part that names none has all grounds.
    """
    pieces = [piece for piece in _BETWEEN.split(claim.strip()) if piece.strip()]
    if len(pieces) < 2 or len(grounds) < 2:
        return ((claim, tuple(grounds)),)
    named = [tuple(ground for ground in grounds if _is_named(ground, piece)) for piece in pieces]
    several = [set(each) for each in named if 0 < len(each) < len(grounds)]
    if len(several) < 2 or set.intersection(*several):
        return ((claim, tuple(grounds)),)
    return tuple((piece, mine or tuple(grounds)) for piece, mine in zip(pieces, named, strict=True))


def _is_named(ground: Ground, piece: str) -> bool:
    words = {entity(word) for word in _WORD.findall(piece) if word[0].isupper()}
    return any(not _names(source).isdisjoint(words) for source in (ground.publisher, ground.speaker) if source)


def _names(source: str) -> frozenset[str]:
    return frozenset(entity(word) for word in _WORD.findall(source) if word.casefold() not in _OF_ALL)
