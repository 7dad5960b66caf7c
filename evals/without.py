"""A library as if some of its documents were not there: a copy of it without them, gone after use.

Vectors are in the library, so nothing is embedded again; the library itself is only read.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from evals.observe import Observatory
from index.corpus import Corpus
from index.document import document_id
from index.errors import LibraryError
from index.library import DATABASE, Library
from rag.ask import Desk


@dataclass(slots=True)
class _Copy:
    """An open copy, and how many cases are being asked of it now."""

    at: Observatory
    held: ExitStack
    using: int = 0


class Libraries:
    """Observatories of the library of `desk` and of what it would be without some documents. Safe to use from several
    threads; a context manager that takes the copies away at its end.

    A copy is made when it is first asked for, and of those that nobody is using the newest `keep` stay: the disk holds
    few copies of a large library if its cases come in the order of what they are without.
    """

    def __init__(self, desk: Desk, stopping: threading.Event | None = None, *, keep: int = 1) -> None:
        self._whole = Observatory.at(desk, stopping)
        self._keep = keep
        self._copies: OrderedDict[frozenset[str], _Copy] = OrderedDict()
        self._lock = threading.Lock()

    @contextmanager
    def without(self, uris: Sequence[str]) -> Iterator[Observatory]:
        """The library without these documents, while the block lasts; raises LibraryError if it cannot be copied."""
        if not uris:
            yield self._whole
            return
        document_ids = frozenset(map(document_id, uris))
        with self._lock:
            copy = self._copies.get(document_ids) or self._made(document_ids)
            self._copies[document_ids] = copy
            self._copies.move_to_end(document_ids)
            copy.using += 1
        try:
            yield copy.at
        finally:
            with self._lock:
                copy.using -= 1
                self._take_away(self._keep)

    def close(self) -> None:
        """Take away every copy that is not in use."""
        with self._lock:
            self._take_away(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _take_away(self, keep: int) -> None:
        idle = [ids for ids, copy in self._copies.items() if not copy.using]
        for ids in idle[: max(0, len(idle) - keep)]:
            self._copies.pop(ids).held.close()

    def _made(self, document_ids: frozenset[str]) -> _Copy:
        desk = self._whole.desk
        with ExitStack() as undo:
            folder = undo.enter_context(_folder())
            _copy(desk.corpus.library.folder / DATABASE, folder / DATABASE)
            with Library.open(folder) as library, library.writer() as writer:
                writer.remove(document_ids)
            corpus = undo.enter_context(Corpus.open(folder, desk.corpus.embedder))
            at = Observatory.at(replace(desk, corpus=corpus, attached=()), self._whole.stopping)
            return _Copy(at, undo.pop_all())


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder that only its owner may read."""
    try:
        folder = TemporaryDirectory(prefix="onrecord-without-")
    except OSError as error:
        raise LibraryError(
            f"the library cannot be copied ({error.strerror}); make room where temporary files are"
        ) from error
    with folder as path:
        yield Path(path)


def _copy(source: Path, target: Path) -> None:
    """Copy a library's file as it stands, while others may read and write it."""
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as of,
            closing(sqlite3.connect(target)) as to,
        ):
            of.backup(to)
    except sqlite3.Error as error:
        raise LibraryError(f"the library cannot be copied ({error}); make room where temporary files are") from error
