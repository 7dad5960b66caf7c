"""A library of one labelled set, for fitting and measuring evidence selection through the product's own search.

Each document has a reader label of its own, so that a question can be asked as somebody who may not read some of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from index.corpus import Corpus
from index.document import Document, Passage
from index.embed import Embedder
from index.library import Library
from index.principal import Principal
from index.query import Query
from index.search import search
from index.snapshot import Origin
from index.split import split
from index.titled import titled
from index.writer import Entry


class Pool:
    """The documents of one set, opened for search."""

    def __init__(self, corpus: Corpus, uris: frozenset[str]) -> None:
        self._corpus = corpus
        self._uris = uris

    def search(self, question: str, without: Set[str] = frozenset(), limit: int = 20) -> tuple[Passage, ...]:
        """The best passages for a question, of documents whose uri is not in `without`."""
        principal = Principal("measurement", self._uris - without)
        return search(principal, Query(question), self._corpus, limit=limit)


@contextmanager
def pool(documents: Sequence[Document], embedder: Embedder) -> Iterator[Pool]:
    """A library of `documents` in a folder that is gone afterwards."""
    with TemporaryDirectory() as folder:
        with Library.open(Path(folder), create=True) as library, library.writer() as writer:
            writer.put([_entry(document, embedder) for document in documents], embedder)
        with Corpus.open(Path(folder), embedder) as corpus:
            yield Pool(corpus, frozenset(document.uri for document in documents))


def _entry(document: Document, embedder: Embedder) -> Entry:
    own = replace(document, readers=(document.uri,))
    chunks = split(own)
    vectors = embedder.embed_documents([titled(own.title, chunk.headings, chunk.text) for chunk in chunks])
    return Entry(own, Origin(own.uri, own.uri, own.uri, own.content_hash), chunks, vectors)
