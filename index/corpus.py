"""What search works on: the library, its vectors, and the embedder that made them, opened as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Self

from index import scan
from index.document import Document
from index.embed import Embedder, Vectors
from index.hit import Hit
from index.keeper import Keeper
from index.library import Library
from index.principal import Principal
from index.scope import Scope
from index.snapshot import Snapshot, Stored
from index.vectors import VectorIndex


class View:
    """The corpus at one moment; everything asked of one view is answered from one state of the library."""

    def __init__(self, corpus: Corpus, snapshot: Snapshot) -> None:
        self._corpus = corpus
        self._snapshot = snapshot

    @property
    def generation(self) -> int:
        return self._snapshot.generation.number

    def holds(self, scope: Scope) -> bool:
        """Whether any document is in `scope`."""
        return self._snapshot.holds(scope)

    def keyword_hits(self, question: str, limit: int, scope: Scope) -> tuple[Hit, ...]:
        """The chunks in `scope` that hold words of `question`, best first; the score is BM25's, above 0."""
        return self._snapshot.keyword_hits(question, limit, scope)

    def vector_hits(self, vector: Vectors, limit: int, scope: Scope) -> tuple[Hit, ...]:
        """The chunks in `scope` nearest to `vector` (d,), best first; the score is the cosine, 0 to 1.

        There are `limit` of them unless the scope holds fewer.
        """
        if scope.everything and (hits := self._corpus.indexed(self._snapshot, vector, limit)) is not None:
            return hits
        matrix = self._corpus.matrix(self._snapshot)
        if scope.everything:
            return matrix.search(vector, limit)
        return matrix.search(vector, limit, matrix.within(scope, self._snapshot))

    def chunks(self, ids: Iterable[int]) -> tuple[Stored, ...]:
        """The chunks of these ids in their order, each with its attribution and readers."""
        return self._snapshot.chunks(ids)


QUESTIONS = 16
"""Questions whose vectors are kept: one is searched for more than once where its reader narrows what it is asked of."""


class Corpus:
    """A library opened for search with the embedder that made its vectors. Safe to use from several threads.

    `keeper` tends the vector index of a large library, for processes that live long; without one every search scans.
    """

    def __init__(self, library: Library, embedder: Embedder, keeper: Keeper | None = None) -> None:
        self.library = library
        self.embedder = embedder
        self._keeper = keeper
        self._matrix: scan.Matrix | None = None
        self._embedded = lru_cache(QUESTIONS)(lambda embedder, text: self.embedder.embed_query(text))

    @classmethod
    def open(
        cls, folder: Path, embedder: Embedder, *, serving: bool = False, scan_up_to: int = scan.SCAN_UP_TO
    ) -> Self:
        """Open the library in `folder`, at once; with `serving` the vector index of one of more than `scan_up_to`
        chunks is brought up to date in the background, and used when it is.

        Raises LibraryError if there is no library, EmbedderChanged if its vectors are another embedder's.
        """
        with ExitStack() as undo:
            library = undo.enter_context(Library.open(folder))
            library.require(embedder)
            undo.pop_all()
        return cls(library, embedder, Keeper(VectorIndex(library, scan_up_to=scan_up_to)) if serving else None)

    @property
    def generation(self) -> int:
        """The number of the library's state; it rises with every committed change."""
        return self.library.generation.number

    @contextmanager
    def view(self) -> Iterator[View]:
        """The corpus as it stands now, for as long as the block lasts."""
        with self.library.snapshot() as snapshot:
            yield View(self, snapshot)

    def document(self, principal: Principal, document_id: str) -> Document | None:
        """The document if `principal` may read it; None alike if they may not and if there is none."""
        return self.library.document(principal, document_id)

    def indexed(self, snapshot: Snapshot, vector: Vectors, limit: int) -> tuple[Hit, ...] | None:
        """The vector index's hits among all chunks, None while there is none for this state of the library."""
        return None if self._keeper is None else self._keeper.search(vector, limit, snapshot.generation)

    def embedded(self, question: str) -> Vectors:
        """The vector (d,) of a question; not to be changed. Raises EmbedderUnavailable."""
        return self._embedded(id(self.embedder), question)

    def matrix(self, snapshot: Snapshot) -> scan.Matrix:
        """All vectors as of `snapshot`, kept for the next question."""
        matrix = scan.load(snapshot, self._matrix)
        self._matrix = matrix
        return matrix

    def close(self) -> None:
        if self._keeper is not None:
            self._keeper.close()
        self._matrix = None
        self.library.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
