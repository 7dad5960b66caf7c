"""How much of an expected span stands in the quotes that were shown, counted in characters of one document."""

from __future__ import annotations

from collections.abc import Iterable

from evals.case import Span
from evals.observed import Shown

COVERS = 0.8
"""The share of a span's characters that must be shown for it to count: a quote chosen by sentences may leave out a word
at an end, but not a clause."""
BEARS = 0.5
"""The share of the shorter of the two that a quote and a span must have in common for the quote to bear on it: a
sentence of a longer span does, a sentence that only touches it does not."""


def covered(span: Span, shown: Iterable[Shown]) -> float:
    """The share of the span's characters, 0 to 1, that stand in exact quotes of its document, however many of them."""
    parts = sorted(part for each in shown if (part := _common(span, each)) is not None)
    total, done = 0, span.start
    for start, end in parts:
        total += max(0, end - max(start, done))
        done = max(done, end)
    return total / (span.end - span.start)


def is_covered(places: Iterable[Span], shown: Iterable[Shown]) -> bool:
    """Whether expected words are shown in one of the places where they stand."""
    kept = tuple(shown)
    return any(covered(place, kept) >= COVERS for place in places)


def bears(shown: Shown, places: Iterable[Span]) -> bool:
    """Whether a quote and one of the places are for a good part the same words."""
    return any(_share_of_shorter(shown, place) >= BEARS for place in places)


def _share_of_shorter(shown: Shown, place: Span) -> float:
    part = _common(place, shown)
    if part is None:
        return 0.0
    return (part[1] - part[0]) / min(place.end - place.start, shown.end - shown.start)


def _common(span: Span, shown: Shown) -> tuple[int, int] | None:
    """The characters that both hold; None where there are none, or the quote is not the document's text."""
    if not shown.exact or shown.document_id != span.document_id:
        return None
    start, end = max(span.start, shown.start), min(span.end, shown.end)
    return (start, end) if start < end else None
