"""Near-duplicates: the same text printed twice, whole or with small edits, is one passage.

A text that differs in a figure, a date or a "not" is no copy but a correction, and stays, however like the other; so
does one that has another name in its place. Names that are only spelled differently make no difference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Self

from index.document import Passage

_SHINGLE = 5
"""Words in a row; five seldom repeat by chance."""
_SHARED = 0.8
"""From this share of the shorter text's shingles on, two passages are copies."""
_SPELLED_ALIKE = 0.7
"""The likeness, as difflib has it, from which two names are one: Lugansk and Luhansk, Kiev and Kyiv."""
_WORD = re.compile(r"\w+(?:[.,’']\w+)*")
_TELLING = frozenset(
    """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion trillion
    half quarter third first second double twice no not never none nobody nothing neither nor without cannot
    monday tuesday wednesday thursday friday saturday sunday""".split()  # noqa: SIM905 - a list of words reads as one
)
"""Words that make another statement of the same sentence."""


@dataclass(frozen=True, slots=True)
class _Print:
    """What tells copies: a text's shingles, its figures, weekdays and negations, its words, and those of them that
    are written with a capital."""

    shingles: frozenset[int]
    telling: frozenset[str]
    words: frozenset[str]
    names: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Self:
        written = _WORD.findall(text)
        words = [word.casefold() for word in written]
        shingles = (tuple(words[at : at + _SHINGLE]) for at in range(max(1, len(words) - _SHINGLE + 1)))
        names = frozenset(word.casefold() for word in written if word[0].isupper())
        return cls(frozenset(map(hash, shingles)), frozenset(filter(_tells, words)), frozenset(words), names)

    def copies(self, other: Self) -> bool:
        shorter, longer = sorted((self, other), key=lambda text: len(text.shingles))
        if len(shorter.shingles & longer.shingles) < _SHARED * len(shorter.shingles):
            return False
        if self._renames(other):
            return False
        excerpt = len(shorter.shingles) < _SHARED * len(longer.shingles)
        return shorter.telling <= longer.telling if excerpt else shorter.telling == longer.telling

    def _renames(self, other: Self) -> bool:
        """Whether each has a name that the other has not, in any spelling."""
        mine, theirs = self.names - other.words, other.names - self.words
        return _unlike(mine, theirs) and _unlike(theirs, mine)


def fold(passages: tuple[Passage, ...], limit: int) -> tuple[Passage, ...]:
    """The first `limit` passages of `passages` that are no copy of one before.

    Of several copies the one published first stands, since the others repeat it, in the place of the best ranked.
    Once there are `limit`, only copies to the letter are still looked for.
    """
    kept: list[Passage] = []
    prints: list[_Print] = []
    place: dict[str, int] = {}
    for passage in passages:
        text = passage.chunk.text
        twin = place.get(text)
        if twin is None and len(kept) < limit:
            mine = _Print.of(text)
            twin = next((at for at, theirs in enumerate(prints) if mine.copies(theirs)), None)
            if twin is None:
                place[text] = len(kept)
                kept.append(passage)
                prints.append(mine)
        if twin is not None:
            kept[twin] = _earlier(kept[twin], passage)
    return tuple(kept)


def _unlike(names: frozenset[str], others: frozenset[str]) -> bool:
    """Whether one of the names is spelled like none of the others, of which there are some."""
    return bool(others) and any(not get_close_matches(name, others, n=1, cutoff=_SPELLED_ALIKE) for name in names)


def _tells(word: str) -> bool:
    return word in _TELLING or word.endswith(("n't", "n’t")) or any(sign.isdecimal() for sign in word)


def _earlier(first: Passage, second: Passage) -> Passage:
    """The one published first, with the better score of the two; a date stands before none."""
    dates = first.attribution.published, second.attribution.published
    if dates[1] is None or (dates[0] is not None and dates[0] <= dates[1]):
        return first
    return replace(second, score=max(first.score, second.score))
