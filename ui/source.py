"""A document with the quote lit: the page behind every citation. It needs no JavaScript.

An address may name further quotes, of the same answer: they are links that light them instead, so that all that one
answer takes from a document can be read in one go.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from urllib.parse import urlsplit

from index.document import Document, Span
from ui.brief import checksum
from ui.lit import Paragraph, Piece, SourcePage, Way
from ui.wording import ENGLISH, Wording

MOST_QUOTES = 50
"""Further quotes that an address may name; the rest are not shown."""
_AT = re.compile(r"([0-9]{1,12})-([0-9]{1,12})")
_ALSO = re.compile(r"([0-9]{1,12}-[0-9]{1,12})-([0-9a-f]{12})")
_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_LINE_ENDS = re.compile(r"\n+")
_HEADING = re.compile(r"#{1,6} [^\n]*")
_PRINTED = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class _Place:
    """A stretch of the text that something is shown at: the lit quote, another one with the address that lights it, or
    the point where a page begins."""

    start: int
    end: int
    lit: bool = False
    href: str | None = None
    number: int | None = None


def missing(wording: Wording = ENGLISH) -> SourcePage:
    """The page of a document that is not there, or not the reader's to read."""
    return SourcePage(wording.say("sourceMissing"), notice=wording.say("noDocument"), wording=wording)


def page(
    document: Document,
    at: str = "",
    sum: str = "",
    also: Sequence[str] = (),
    *,
    beside: bool = False,
    wording: Wording = ENGLISH,
) -> SourcePage:
    """The page of `document` with the characters `at` ("start-end") lit, and the way to those that `also` names.

    With `sum`, the quote's checksum, a place whose text has changed since the quote was made is not lit: whatever
    stands there now was never quoted. Each of `also` is "start-end-checksum", and left out where it has changed.
    """
    span = _span(at, document)
    if span and sum and checksum(span.of(document.text)) != sum:
        span = None
    others = [each for each in _others(also, document) if not span or not each.overlaps(span)]
    places = _places(span, others, document, beside=beside)
    return SourcePage(
        title=document.title or document.uri,
        attribution=_attribution(document, wording),
        uri=document.uri,
        original=original(document.uri),
        host=urlsplit(document.uri).hostname or "" if original(document.uri) else "",
        language=document.language,
        collection=document.collection,
        page=bisect_right(document.pages, span.start) or None if span else None,
        pages=len(document.pages),
        paragraphs=tuple(_paragraphs(document, places)),
        notice="" if span or not at else wording.say("changed"),
        way=_way(places),
        beside=beside,
        wording=wording,
    )


def original(uri: str) -> str | None:
    """Where the document can be found on the web; None where its uri is no plain address there.

    Only what a browser reads as it is written, without a name or a password in it, is one.

    >>> original("https://example.org/a?b=1")
    'https://example.org/a?b=1'
    >>> original("https://user@example.org/"), original("javascript:alert(1)"), original("notes/a.txt")
    (None, None, None)
    """
    if not _PRINTED.fullmatch(uri) or "\\" in uri:
        return None
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    plain = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    return uri if plain else None


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


def _others(also: Sequence[str], document: Document) -> Iterator[Span]:
    """The quotes that stand where the address says, none over another, in the order of the text."""
    matches = [match for each in also[:MOST_QUOTES] if (match := _ALSO.fullmatch(each))]
    found = {span for match in matches if (span := _span(match[1], document)) and _stands(span, match[2], document)}
    end = 0
    for span in sorted(found):
        if span.start >= end:
            yield span
            end = span.end


def _stands(span: Span, sum: str, document: Document) -> bool:
    return checksum(span.of(document.text)) == sum


def _places(lit: Span | None, others: Iterable[Span], document: Document, *, beside: bool) -> tuple[_Place, ...]:
    """All quotes in the order of the text, each of the others with the address that lights it and keeps the rest."""
    spans = sorted([*others, *([lit] if lit else [])])
    named = {span: f"{span.start}-{span.end}-{checksum(span.of(document.text))}" for span in spans}
    return tuple(
        _Place(span.start, span.end, lit=True, number=number)
        if span == lit
        else _Place(span.start, span.end, href=_address(document.id, span, named, beside), number=number)
        for number, span in enumerate(spans, 1)
    )


def _address(document_id: str, span: Span, named: dict[Span, str], beside: bool) -> str:
    place, _, sum = named[span].rpartition("-")
    rest = "".join(f"&also={each}" for other, each in named.items() if other != span)
    return f"/source/{document_id}?at={place}&sum={sum}{rest}{'&beside=' if beside else ''}#quote"


def _way(places: Sequence[_Place]) -> Way | None:
    lit = next((at for at, place in enumerate(places) if place.lit), None)
    if lit is None or len(places) < 2:
        return None
    before = places[lit - 1].href if lit else None
    after = places[lit + 1].href if lit + 1 < len(places) else None
    return Way(lit + 1, len(places), before, after)


def _paragraphs(document: Document, places: Sequence[_Place]) -> Iterator[Paragraph]:
    """The document, each paragraph cut where a quote or a page begins or ends."""
    pages = list(document.pages)
    for part in paragraphs(document.text):
        begun = [start for start in pages if start < part.end]
        numbers = range(len(document.pages) - len(pages) + 1, len(document.pages) + 1)
        # A page that begins in the blank before a paragraph begins with it.
        breaks = {max(start, part.start): number for start, number in zip(begun, numbers, strict=False)}
        pages = pages[len(begun) :]
        pieces = tuple(_pieces(document.text, part, places, breaks))
        yield Paragraph(pieces, heading=is_heading(part.of(document.text)))


def _pieces(text: str, part: Span, places: Sequence[_Place], breaks: dict[int, int]) -> Iterator[Piece]:
    here = [place for place in places if place.start < part.end and part.start < place.end]
    edges = {edge for place in here for edge in (place.start, place.end)} | breaks.keys()
    cuts = sorted({part.start, part.end, *(edge for edge in edges if part.start < edge < part.end)})
    for start, end in pairwise(cuts):
        place = next((each for each in here if each.start <= start < each.end), None)
        piece = Piece(text[start:end], page=breaks.get(start))
        if place is None:
            yield piece
            continue
        first = start <= _opening(text, place) < end
        yield replace(piece, lit=place.lit, first=first, href=place.href, number=place.number)


def _opening(text: str, place: _Place) -> int:
    """Where its first character stands that is not blank; where it starts, if all of it is."""
    words = text[place.start : place.end]
    return place.start + (len(words) - len(words.lstrip())) % len(words)


def _attribution(document: Document, wording: Wording) -> tuple[str, ...]:
    day = wording.day(document.published) if document.published else wording.say("undated")
    return tuple(part for part in (document.publisher, document.author, day) if part)
