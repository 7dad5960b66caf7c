"""A document with the quote lit: the page behind every citation. It needs no JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.document import Document, Span
from ui.brief import UNDATED, checksum, long_date
from ui.render import Paragraph, Piece, SourcePage

MISSING = SourcePage(
    title="No such document",
    notice="There is no document at this address, or you may not read it; ask again to get an address that works.",
)
_AT = re.compile(r"([0-9]{1,12})-([0-9]{1,12})")
_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_LINE_ENDS = re.compile(r"\n+")
_HEADING = re.compile(r"#{1,6} [^\n]*")


def page(document: Document, at: str = "", sum: str = "", *, beside: bool = False) -> SourcePage:
    """The page of `document` with the characters `at` ("start-end") lit.

    With `sum`, the quote's checksum, a place whose text has changed since the quote was made is not lit: whatever
    stands there now was never quoted.
    """
    span = _span(at, document)
    if span and sum and checksum(span.of(document.text)) != sum:
        span = None
    return SourcePage(
        title=document.title or document.uri,
        attribution=_attribution(document),
        uri=document.uri,
        language=document.language,
        paragraphs=tuple(_paragraph(document.text, part, span) for part in paragraphs(document.text)),
        notice="" if span or not at else "The document has changed since it was quoted here; ask again.",
        beside=beside,
    )


def paragraphs(text: str) -> Iterator[Span]:
    """Where the paragraphs of `text` stand: between blank lines, or between lines if it has no blank ones."""
    separator = _BLANK_LINES if _BLANK_LINES.search(text.strip()) else _LINE_ENDS
    start = 0
    for match in (*separator.finditer(text), None):
        end = match.start() if match else len(text)
        if text[start:end].strip():
            yield Span(start, end)
        start = match.end() if match else end


def is_heading(paragraph: str) -> bool:
    """Whether a paragraph is a heading and nothing else."""
    return bool(_HEADING.fullmatch(paragraph))


def _span(at: str, document: Document) -> Span | None:
    match = _AT.fullmatch(at)
    if not match:
        return None
    start, end = int(match[1]), int(match[2])
    return Span(start, end) if start < end <= len(document.text) else None


def _paragraph(text: str, part: Span, lit: Span | None) -> Paragraph:
    return Paragraph(tuple(_pieces(text, part, lit)), heading=is_heading(part.of(text)))


def _pieces(text: str, part: Span, lit: Span | None) -> Iterator[Piece]:
    """One paragraph's text, cut where the light begins and ends."""
    if lit is None or not lit.overlaps(part):
        yield Piece(part.of(text))
        return
    start, end = max(part.start, lit.start), min(part.end, lit.end)
    yield Piece(text[part.start : start])
    yield Piece(text[start:end], lit=True, first=not text[lit.start : start].strip())
    yield Piece(text[end : part.end])


def _attribution(document: Document) -> tuple[str, ...]:
    day = long_date(document.published) if document.published else UNDATED
    return tuple(part for part in (document.publisher, document.author, day) if part)
