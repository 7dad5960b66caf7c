"""The values of the corpus: a document, its chunks, and the spans that point into it.

Every offset counts characters of one document's normalised text, half-open, as Python slices do. A span is worth
something only together with the document it points into, so chunks are made by their document and by nothing else.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from index.errors import InvalidDocument


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters `start` to `end` (not included) of one document's text.

    >>> Span(2, 4).of("abcdef")
    'cd'
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a span needs 0 <= start < end, not {self.start} and {self.end}")

    def of(self, text: str) -> str:
        return text[self.start : self.end]

    def shifted(self, by: int) -> Span:
        return Span(self.start + by, self.end + by)

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Attribution:
    """Whose words a passage is, as far as the document itself says; what it does not say is None, never a guess."""

    document_id: str
    uri: str
    title: str | None = None
    publisher: str | None = None
    author: str | None = None
    published: date | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A text with its origin and its readers.

    `content_hash` is the version: the SHA-256 of what the text and the attribution were read from. `readers` are the
    labels of those who may read it; the label `public` is everybody, `nobody` is nobody. `collection` is the part of
    the library that it is in, if any; it says where to look, not whose words these are, so no attribution has it.
    `text` is already normalised. `pages` are the offsets in it where each page begins, none where it has no pages.
    """

    uri: str
    text: str
    content_hash: str
    readers: tuple[str, ...]
    title: str | None = None
    publisher: str | None = None
    author: str | None = None
    published: date | None = None
    language: str | None = None
    collection: str | None = None
    pages: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not self.uri:
            raise InvalidDocument("a document has no uri; name one")
        if not self.text.strip():
            raise InvalidDocument(f"{self.uri} has no text; leave it out")
        if not self.readers or not all(self.readers):
            raise InvalidDocument(f"{self.uri} names no reader; say who may read it, for instance public")
        if list(self.pages) != sorted(self.pages) or not all(0 <= start <= len(self.text) for start in self.pages):
            raise ValueError(f"the pages of {self.uri} do not begin one after another within its text")

    @property
    def id(self) -> str:
        return document_id(self.uri)

    @property
    def attribution(self) -> Attribution:
        return Attribution(
            document_id=self.id,
            uri=self.uri,
            title=self.title,
            publisher=self.publisher,
            author=self.author,
            published=self.published,
            language=self.language,
        )

    def chunk(self, span: Span, ordinal: int, headings: tuple[str, ...] = ()) -> Chunk:
        """The chunk at `span`: the only way to make one, so its text is this document's text there."""
        return Chunk(self.id, span, ordinal, span.of(self.text), headings)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a document that is searched as one; `ordinal` counts a document's chunks from 0."""

    document_id: str
    span: Span
    ordinal: int
    text: str
    headings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.text) != self.span.end - self.span.start:
            raise ValueError(f"the text of chunk {self.ordinal} is not its document's text at {self.span}")


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk that was found for a question, and how.

    `score` is 0 to 1, higher is better, comparable within one search only. The ranks count from 1; None says that
    this way of searching did not find it.
    """

    chunk: Chunk
    attribution: Attribution
    score: float
    keyword_rank: int | None = None
    vector_rank: int | None = None

    def __post_init__(self) -> None:
        if not 0.0 <= self.score <= 1.0:
            raise ValueError(f"a passage's score is 0 to 1, not {self.score}")


def document_id(uri: str) -> str:
    """The id of the document at `uri`: stable across syncs and machines, since it is made of the uri alone."""
    return hashlib.sha256(uri.encode("utf-8", "surrogatepass")).hexdigest()[:32]
