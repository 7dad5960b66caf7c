"""The library: the truth about documents, chunks, vectors and who may read them, in one SQLite file in a folder.

Everything else in the folder can be made again from that file: the keyword index lives in it, and Chroma's folder
beside it is a cache. Many processes may read at once; one writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Engine

from index import schema
from index.choices import NONE, Choices
from index.document import Document
from index.embed import Embedder
from index.errors import EmbedderChanged, LibraryBusy, LibraryError
from index.feedback import FeedbackBook
from index.listing import NOTHING, Listing
from index.lock import FileLock
from index.principal import Principal
from index.records.records import Records
from index.scope import Scope
from index.shelf import Shelf
from index.snapshot import Generation, Snapshot
from index.writer import CHANGED, Writer, vector_fingerprint

DATABASE = "onrecord.sqlite3"


class Library:
    """An open library. Safe to use from several threads; a context manager that closes it."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self.folder = folder
        self._engine = engine

    @staticmethod
    def open(folder: Path, *, create: bool = False) -> Library:
        """Open the library in `folder`, or make one there if `create`; an older version's tables are migrated.

        Raises LibraryError if there is none or it is a newer version's, LibraryBusy if it must be made or migrated
        while another process writes.
        """
        path = folder / DATABASE
        if not create and not path.is_file():
            raise LibraryError(f"there is no library in {folder}; make one with `onrecord sync PATH`")
        if create:
            _create(path)
        with ExitStack() as undo:
            library = undo.enter_context(Library(folder, schema.connect(path)))
            library._bring_up_to_date(create)
            undo.pop_all()
        return library

    @property
    def generation(self) -> Generation:
        """The state that a question asked now would see."""
        with self.snapshot() as snapshot:
            return snapshot.generation

    @property
    def shelf(self) -> Shelf:
        """What it holds, for those who look after it."""
        return Shelf(self._engine)

    @property
    def feedback(self) -> FeedbackBook:
        """What readers said of their answers."""
        return FeedbackBook(self._engine)

    @property
    def records(self) -> Records:
        """What people leave: conversations, API keys, sessions and counts."""
        return Records(self._engine)

    def overwrite_removed(self) -> bool:
        """See to it that of what was removed nothing is left in the library's files. False if another process was
        reading for so long that its log has to stay; raises LibraryError."""
        return schema.empty_log(self._engine)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """The library as it stands now, for as long as the block lasts; raises LibraryError if it cannot be read."""
        remedy = "see to its disk and permissions, or put a backup back"
        with schema.explained("the library cannot be read", remedy), self._engine.connect() as connection:
            yield Snapshot(connection)

    @contextmanager
    def writer(self) -> Iterator[Writer]:
        """What changes the library, under the write lock; raises LibraryBusy at once if another holds it."""
        with FileLock(self.folder / "write.lock") as lock:
            if not self._acquired(lock):
                raise LibraryBusy(
                    f"process {lock.holder()} is writing to {self.folder}; wait until it is done and run this again"
                )
            yield Writer(self._engine)

    def document(self, principal: Principal, document_id: str) -> Document | None:
        """The document if `principal` may read it; None alike if they may not and if there is none."""
        scope = Scope.of(principal)
        if scope.nothing:
            return None
        with self.snapshot() as snapshot:
            return snapshot.document(document_id, scope)

    def readable(self, principal: Principal, ids: Iterable[str]) -> frozenset[str]:
        """Those of the documents `ids` that are there and `principal` may read."""
        scope = Scope.of(principal)
        if scope.nothing:
            return frozenset()
        with self.snapshot() as snapshot:
            return snapshot.readable(ids, scope)

    def listing(
        self,
        principal: Principal,
        *,
        after: str | None = None,
        limit: int = 50,
        words: str = "",
        collection: str | None = None,
    ) -> Listing:
        """The first `limit` documents behind the uri `after` that `principal` may read, in the order of their uris.

        Each of `words` stands in the title, the publisher or the uri, in any case and with any accents. `collection`
        narrows the list to that one. Stable: what comes and goes meanwhile moves nothing to another page.
        """
        scope = Scope.of(principal)
        if scope.nothing or limit < 1:
            return NOTHING
        with self.snapshot() as snapshot:
            return snapshot.listing(scope, after, limit, words, collection)

    def choices(self, principal: Principal) -> Choices:
        """What `principal` may choose between when they narrow a question."""
        scope = Scope.of(principal)
        if scope.nothing:
            return NONE
        with self.snapshot() as snapshot:
            return snapshot.choices(scope)

    def require(self, embedder: Embedder) -> None:
        """Raise EmbedderChanged if the vectors here are another embedder's."""
        with self.snapshot() as snapshot:
            if snapshot.embedder() not in (None, vector_fingerprint(embedder)):
                raise EmbedderChanged(CHANGED)

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _acquired(self, lock: FileLock) -> bool:
        try:
            return lock.acquire()
        except OSError as error:
            raise LibraryError(
                f"the library in {self.folder} cannot be written ({error.strerror}); see to its disk and permissions"
            ) from error

    def _bring_up_to_date(self, create: bool) -> None:
        found = schema.version(self._engine)
        if found == schema.HEAD:
            return
        if found is None and not create:
            raise LibraryError(f"{self.folder} holds no library yet; make one with `onrecord sync PATH`")
        if found is not None and found > schema.HEAD:
            raise LibraryError(f"the library in {self.folder} was written by a newer On Record; update this one")
        with self.writer():
            schema.migrate(self._engine)


def _create(path: Path) -> None:
    try:
        schema.create_file(path)
    except OSError as error:
        raise LibraryError(
            f"no library can be made in {path.parent} ({error.strerror}); name another folder"
        ) from error
