"""A small library of documents that are already in memory, for a measurement that needs many of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from index.corpus import Corpus
from index.document import Document
from index.embed import Embedder
from index.library import Library
from index.snapshot import Origin
from index.split import split
from index.titled import titled
from index.writer import Entry


@contextmanager
def bookshelf(documents: Sequence[Document], embedder: Embedder) -> Iterator[Corpus]:
    """The documents, split and embedded as `sync` does it, in a folder that is gone afterwards."""
    with TemporaryDirectory() as folder:
        with Library.open(Path(folder), create=True) as library, library.writer() as writer:
            writer.put([_entry(document, embedder) for document in documents], embedder)
        with Corpus.open(Path(folder), embedder) as corpus:
            yield corpus


def _entry(document: Document, embedder: Embedder) -> Entry:
    chunks = split(document)
    vectors = embedder.embed_documents([titled(document.title, chunk.headings, chunk.text) for chunk in chunks])
    return Entry(document, Origin(document.uri, document.uri, document.uri, document.content_hash), chunks, vectors)
