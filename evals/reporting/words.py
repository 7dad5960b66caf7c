"""Two texts to the words that they share and those in which they differ."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["kept", "deleted", "inserted"]

MOST_PAIRS = 100_000
"""Pairs of equal words at most that are weighed against each other; texts with more differ as wholes. Two texts of
1,500 English words have about as many, and the comparison stays under a second."""
SHORTEST_KEPT = 4
"""Characters; less than this between two differences is part of them, or a changed sentence reads as confetti."""
_WORD = re.compile(r"(\[\d+(?:, \d+)*\]|\w+|[^\w\s])(\s*)")
"""A word, the numbers that a sentence cites, or a sign."""
_SPACE = re.compile(r"\s*")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that stands in both (`kept`), only in the old (`deleted`) or only in the new (`inserted`)."""

    kind: Kind
    text: str

    @property
    def parts(self) -> tuple[str, str, str]:
        """The white space that leads, what can be seen, and the white space after it."""
        seen = self.text.strip()
        lead = self.text.find(seen)
        return self.text[:lead], seen, self.text[lead + len(seen) :]


@dataclass(frozen=True, slots=True)
class _Word:
    """A word or a sign, and the white space after it."""

    word: str
    space: str

    @property
    def text(self) -> str:
        return self.word + self.space


def differing(before: str, after: str) -> tuple[Piece, ...]:
    """What became of `before`: kept and deleted pieces together are `before`, kept and inserted ones are `after`."""
    pieces = tuple(_joined(_pieces(_words(before), _words(after))))
    return tuple(_joined(_calmed(pieces)))


def _words(text: str) -> tuple[_Word, ...]:
    """All of `text`; white space at its beginning is a word of its own."""
    lead = _SPACE.match(text)
    first = lead.group() if lead else ""
    words = tuple(_Word(*found.groups()) for found in _WORD.finditer(text, len(first)))
    return (_Word(first, ""), *words) if first else words


def _pieces(before: tuple[_Word, ...], after: tuple[_Word, ...]) -> Iterator[Piece]:
    old, new = tuple(each.word for each in before), tuple(each.word for each in after)
    for same, i, j, k, m in _spans(old, new):
        if same:
            for one, other in zip(before[i:j], after[k:m], strict=True):
                yield from _kept(one, other)
        else:
            yield Piece("deleted", "".join(each.text for each in before[i:j]))
            yield Piece("inserted", "".join(each.text for each in after[k:m]))


def _kept(one: _Word, other: _Word) -> Iterator[Piece]:
    """The same word in both, whose white space may differ."""
    if one.space == other.space:
        yield Piece("kept", one.text)
    else:
        yield from (Piece("kept", one.word), Piece("deleted", one.space), Piece("inserted", other.space))


def _spans(old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[tuple[bool, int, int, int, int]]:
    """Whether the words are the same, from where to where in the old, and in the new; all of both, in order."""
    begin = _same_from_start(old, new)
    end = _same_from_start(old[begin:][::-1], new[begin:][::-1])
    middle = old[begin : len(old) - end], new[begin : len(new) - end]
    yield True, 0, begin, 0, begin
    for same, i, j, k, m in _middle(*middle):
        yield same, begin + i, begin + j, begin + k, begin + m
    yield True, len(old) - end, len(old), len(new) - end, len(new)


def _same_from_start(one: Sequence[str], other: Sequence[str]) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _middle(old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[tuple[bool, int, int, int, int]]:
    counted, weighed = Counter(old), Counter(new)
    if sum(count * weighed[word] for word, count in counted.items()) > MOST_PAIRS:
        yield False, 0, len(old), 0, len(new)
        return
    for what, *where in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        i, j, k, m = where
        yield what == "equal", i, j, k, m


def _calmed(pieces: tuple[Piece, ...]) -> Iterator[Piece]:
    """The same, with scraps between two differences counted to both of them."""
    for at, piece in enumerate(pieces):
        inside = 0 < at < len(pieces) - 1
        if piece.kind == "kept" and inside and len(piece.text.strip()) < SHORTEST_KEPT:
            yield from (Piece("deleted", piece.text), Piece("inserted", piece.text))
        else:
            yield piece


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """The same, with one deleted and one inserted piece at most between two kept ones, and none empty."""
    held: dict[Kind, str] = {"kept": "", "deleted": "", "inserted": ""}
    for piece in pieces:
        if piece.text:
            changing = bool(held["deleted"] or held["inserted"])
            if changing == (piece.kind == "kept"):  # from what differs to what is kept, or back
                yield from _released(held)
            held[piece.kind] += piece.text
    yield from _released(held)


def _released(held: dict[Kind, str]) -> Iterator[Piece]:
    for kind, text in tuple(held.items()):
        if text:
            yield Piece(kind, text)
        held[kind] = ""
