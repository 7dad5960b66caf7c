"""Cutting what is too long, where that hurts least."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from index.document import Span

_CLAUSE = re.compile(r"[;:,؛،—–](?=\s)|[，；：、]")
_SPACES = re.compile(r"\s+")
_JOINERS = frozenset("\u200d\ufe0e\ufe0f")


def halves(text: str, span: Span) -> tuple[Span, ...]:
    """A span of two or more characters in two, cut at a clause or a word near its middle if there is one."""
    quarter = (span.end - span.start) // 4
    cut = _cut(text, span.start + quarter, span.end - max(1, quarter))
    return tuple(part for part in (_stripped(text, span.start, cut), _stripped(text, cut, span.end)) if part)


def bounded(text: str, start: int, end: int, longest: int) -> Iterator[Span]:
    """What stands from `start` to `end` without outer white space, in spans of at most `longest` characters."""
    span = _stripped(text, start, end)
    while span and span.end - span.start > longest:
        cut = _cut(text, span.start + longest // 2, span.start + longest)
        yield Span(span.start, len(text[span.start : cut].rstrip()) + span.start)
        rest = _SPACES.match(text, cut)
        span = Span(rest.end() if rest else cut, span.end)
    if span:
        yield span


def _stripped(text: str, start: int, end: int) -> Span | None:
    part = text[start:end]
    first = end - len(part.lstrip())
    return Span(first, start + len(part.rstrip())) if first < end else None


def _cut(text: str, earliest: int, latest: int) -> int:
    """Where to cut what is too long, behind `earliest` and at the latest at `latest`: behind the last clause or word
    that ends there, else before the last whole character."""
    for pattern in (_CLAUSE, _SPACES):
        found = [match.end() for match in pattern.finditer(text, earliest, latest)]
        if found:
            return found[-1]
    cut = latest
    while cut > earliest and _joins(text, cut):
        cut -= 1
    return cut if cut > earliest else latest


def _joins(text: str, at: int) -> bool:
    """Whether the characters on either side of `at` are parts of one that is seen."""
    return unicodedata.category(text[at])[0] == "M" or text[at] in _JOINERS or text[at - 1] in _JOINERS
