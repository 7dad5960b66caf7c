"""A quote that was shown to its runs of text, those lit that a case expects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from evals.case import Case, Quoted
from evals.observed import Shown
from evals.reading.phrases import Folded


@dataclass(frozen=True, slots=True)
class Lit:
    """A run of a quote's text."""

    text: str
    lit: bool = False


def marked(shown: Shown, case: Case) -> tuple[Lit, ...]:
    """All of the quote, with the words lit that the case expects to be quoted or said."""
    length = len(shown.quote)
    marks = bytearray(length)
    for start, end in (*_quoted(shown, case), *_said(shown, case)):
        for at in range(max(0, start), min(length, end)):
            marks[at] = 1
    edges = [0, *(at for at in range(1, length) if marks[at] != marks[at - 1]), length]
    return tuple(Lit(shown.quote[start:end], bool(marks[start])) for start, end in pairwise(edges) if end)


def _quoted(shown: Shown, case: Case) -> Iterator[tuple[int, int]]:
    text = Folded(shown.quote)
    for expected in case.expected.quotes:
        if _is_from(shown, expected):
            if expected.text:
                yield from text.occurrences(expected.text)
            elif expected.start is not None and expected.end is not None:
                yield expected.start - shown.start, expected.end - shown.start


def _said(shown: Shown, case: Case) -> Iterator[tuple[int, int]]:
    text = Folded(shown.quote, casefold=True)
    for phrase in (phrase for fact in case.expected.says for phrase in fact):
        yield from text.occurrences(phrase)


def _is_from(shown: Shown, expected: Quoted) -> bool:
    return expected.document is None or f"/{shown.uri}".endswith(f"/{expected.document}")
