"""Small real libraries for tests: documents in, an open corpus out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from index.corpus import Corpus
from index.document import Document, Span
from index.embed import Embedder
from index.library import Library
from index.snapshot import Origin
from index.writer import Entry
from tests.fakes import HashEmbedder


def brief(
    uri: str,
    text: str,
    *,
    published: str | None = None,
    readers: Iterable[str] = ("public",),
    publisher: str | None = None,
    title: str | None = None,
    collection: str | None = None,
) -> Document:
    """A document of one paragraph a line, as tests write them."""
    day = date.fromisoformat(published) if published else None
    return Document(
        uri, text, uri, tuple(readers), title=title, publisher=publisher, published=day, collection=collection
    )


@contextmanager
def shelf(folder: Path, documents: Iterable[Document], embedder: Embedder | None = None) -> Iterator[Corpus]:
    """A library of `documents`, one chunk a line, opened for search."""
    embedder = embedder or HashEmbedder()
    with Library.open(folder, create=True) as library, library.writer() as writer:
        writer.put([entry(document, embedder) for document in documents], embedder)
    with Corpus.open(folder, embedder) as corpus:
        yield corpus


def entry(document: Document, embedder: Embedder) -> Entry:
    """What is written of `document`: one chunk a line."""
    chunks = tuple(document.chunk(span, ordinal) for ordinal, span in enumerate(_lines(document.text)))
    origin = Origin(document.uri, document.uri, document.uri, document.content_hash)
    return Entry(document, origin, chunks, embedder.embed_documents([chunk.text for chunk in chunks]))


def _lines(text: str) -> Iterator[Span]:
    start = 0
    for line in text.split("\n"):
        if line:
            yield Span(start, start + len(line))
        start += len(line) + 1
