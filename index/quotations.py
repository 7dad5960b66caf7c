"""Quotation marks and brackets, paired."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

_MARKS = re.compile(r"``|''|[\"'“”„‟«»‹›‘’()\[\]{}「」『』（）]")
_CLOSES = {"“": "”", "«": "»", "‹": "›", "„": "“", "‘": "’", "``": "''"}
_CLOSES |= {"(": ")", "[": "]", "{": "}", "「": "」", "『": "』", "（": "）"}
_CLITIC = re.compile(r"'(?:s|re|ll|d|ve|m|t|em|til|cause)\b|'\d", re.IGNORECASE)
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Pair:
    """An opening mark at `start`, and its closing mark from `closing` to `end`."""

    start: int
    closing: int
    end: int


@dataclass(frozen=True, slots=True)
class _Open:
    mark: str
    start: int


def pairs(text: str, start: int, end: int) -> tuple[Pair, ...]:
    """The marks between `start` and `end` that belong together, in the order in which they close.

    A mark without its partner is left out. At most eight are held open at a time, which bounds the time taken on a
    text made of nothing but opening marks.
    """
    return tuple(_pairs(text, start, end))


def _pairs(text: str, start: int, end: int) -> Iterator[Pair]:
    held: deque[_Open] = deque(maxlen=_DEEPEST)
    for match in _MARKS.finditer(text, start, end):
        if _CLITIC.match(text, match.start()):
            continue
        mark = match.group()
        before = text[match.start() - 1] if match.start() > start else " "
        after = text[match.end()] if match.end() < end else " "
        opener = _partner(held, mark, before, after)
        if opener is not None:
            while held.pop() is not opener:
                pass
            yield Pair(opener.start, match.start(), match.end())
        elif _may_open(mark, before, after):
            held.append(_Open(mark, match.start()))


def _partner(held: deque[_Open], mark: str, before: str, after: str) -> _Open | None:
    """The open mark that this one closes, if it closes any."""
    leans_on = not after.isspace() and before.isspace()
    if (mark in "\"'" and leans_on) or (mark in "'’" and after.isalnum()):
        return None
    return next((one for one in reversed(held) if _CLOSES.get(one.mark, one.mark) == mark), None)


def _may_open(mark: str, before: str, after: str) -> bool:
    if mark in "\"'":
        return not before.isalnum()
    return mark in _CLOSES
