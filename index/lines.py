"""Lines to blocks: where a line break ends a sentence whatever the words say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

LINE = re.compile(r"[^\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029]+")
_ITEM = re.compile(
    r"\s*(?:[-*+•·‣▪●○◦–—]\s|(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})[.)]\s|\([\da-z]{1,4}\)\s|#{1,6}\s|>|\||={3}|-{3})"
)
_HEADING = re.compile(r"\s*#{1,6}\s")
_FIRST_WORD = re.compile(r"\s*(\S{1,40})")

_IN_MIDDLE = re.compile(
    r"\s(?:a|an|the|of|to|in|on|at|by|for|from|with|and|or|but|that|which|who|as|than|into|between|its|their|his|her)$"
)
"""A line that ends in a word that no sentence or heading ends in."""
_NARROWEST = 30
_WIDEST = 120
"""Characters in a line of text that is wrapped at a width; a longer line is a paragraph."""


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str


def blocks(text: str) -> Iterator[tuple[int, int]]:
    """The parts of a text that no sentence crosses, as start and end, in order: paragraphs, or their single lines
    where these are not plainly one text wrapped at a width."""
    for lines in _paragraphs(text):
        yield from _blocks_of(lines)


def _paragraphs(text: str) -> Iterator[list[_Line]]:
    """Lines with no blank line between them."""
    paragraph: list[_Line] = []
    for match in LINE.finditer(text):
        line = _Line(match.start(), match.end(), match.group())
        if paragraph and text[paragraph[-1].end : line.start] not in ("\n", "\r\n", "\r"):
            yield paragraph
            paragraph = []
        if not line.text.isspace():
            paragraph.append(line)
        elif paragraph:
            yield paragraph
            paragraph = []
    if paragraph:
        yield paragraph


def _blocks_of(lines: list[_Line]) -> Iterator[tuple[int, int]]:
    width = max(len(line.text.rstrip()) for line in lines) if len(lines) > 2 else 0
    start = lines[0].start
    for line, following in pairwise(lines):
        if not _goes_on(line.text.rstrip(), following.text, width):
            yield start, line.end
            start = following.start
    yield start, lines[-1].end


def _goes_on(line: str, following: str, width: int) -> bool:
    """Whether `following` continues `line`, the longest line of their paragraph having `width` characters (0: too few
    lines to tell)."""
    if len(line) < _NARROWEST or _ITEM.match(following) or _HEADING.match(line):
        return False
    word = _FIRST_WORD.match(following)
    if word is None:
        return False
    if _IN_MIDDLE.search(line) or (word[1][0].islower() and line[-1].isalnum()):
        return True
    if len(line) > _WIDEST:
        return False
    if word[1][0].islower() or line.endswith(","):
        return True
    wrapped = _NARROWEST < width <= _WIDEST
    return wrapped and len(line) + 1 + len(word[1]) > 0.85 * width
