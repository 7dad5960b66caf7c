"""A document as its page shows it: paragraphs cut where a quote is lit, where another begins, and where a page does."""

from __future__ import annotations

from dataclasses import dataclass

from ui.wording import ENGLISH, Wording


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a document's text, lit or not; `first` is where the lit part begins.

    `href` lights it instead: it is another quote of the same answer, the one of this `number` in the document's order.
    `page` is the page that begins before it, None where none does.
    """

    text: str
    lit: bool = False
    first: bool = False
    href: str | None = None
    number: int | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a document; its text is all there, also the marks that make it a heading. `near` says that the
    lit quote stands in it."""

    pieces: tuple[Piece, ...]
    heading: bool = False

    @property
    def near(self) -> bool:
        return any(piece.lit for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Way:
    """Where the lit quote stands among those that one answer has in this document, from 1, and the way to the ones
    before and after it in the text."""

    position: int
    count: int
    previous: str | None
    next: str | None


@dataclass(frozen=True, slots=True)
class SourcePage:
    """A document to be shown. `original` is where it can be found on the web, as it says itself, and `host` whose that
    is. `page` is the one that the quote stands on, of `pages`, where it has pages. `beside`: in the pane of the
    conversation, so without a way back. `wording` is the reader's language."""

    title: str
    attribution: tuple[str, ...] = ()
    uri: str = ""
    original: str | None = None
    host: str = ""
    language: str | None = None
    collection: str | None = None
    page: int | None = None
    pages: int = 0
    paragraphs: tuple[Paragraph, ...] = ()
    notice: str = ""
    way: Way | None = None
    beside: bool = False
    wording: Wording = ENGLISH

    @property
    def lit(self) -> bool:
        return any(paragraph.near for paragraph in self.paragraphs)
