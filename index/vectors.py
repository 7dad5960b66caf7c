"""The vector index: Chroma over the library's vectors, as a cache that is checked, brought up to date, or made again.

Chroma holds ids and vectors only; the library stays the truth. One process owns the folder, under a lock: Chroma has
none, and several processes on one folder lose vectors without an error. Whoever cannot own it scans (see `index.scan`).
"""

from __future__ import annotations

import logging
import random
import shutil
import threading
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np

from index import manifest
from index.embed import Vectors
from index.hit import Hit
from index.library import Library
from index.lock import FileLock
from index.manifest import Manifest
from index.scan import SCAN_UP_TO, score
from index.snapshot import Generation, Numbers, Snapshot

if TYPE_CHECKING:
    from chromadb import Collection
    from chromadb.api import ClientAPI

_log = logging.getLogger(__name__)

BATCH = 5_000
"""Records of one call; Chroma refuses more than 5,461."""
PROBES = 50
"""How many chunks, drawn at random, must find themselves before an index is used."""
SAME = 1e-3
"""The cosine distance within which a vector has found itself, or its equal; rounding makes 1e-6 of it."""
MOST_REMOVED = 0.2
"""The share of vectors taken out from which on the graph is made anew: it only marks what is gone."""
EF_SEARCH = 1_000
"""Candidates that the graph's search keeps: so many that it misses next to nothing, however the graph came about."""
_NAME = "chunks"


@dataclass(frozen=True, slots=True, eq=False)
class _Open:
    """Chroma, open on a folder, and what is in it."""

    folder: Path
    client: ClientAPI
    collection: Collection
    embedder: str | None
    ids: Numbers
    removed: int
    generation: Generation


class VectorIndex:
    """Chroma's index of one library's vectors. Safe to use from several threads; a context manager that closes it.

    Making one does nothing yet. `refresh` opens, checks and updates the index, or makes it; until that has been done
    for a generation, `search` has no answer for it; nor for a library of at most `scan_up_to` chunks, where scanning is
    better and no index is kept. `sync_threshold` is how many changes Chroma logs before it rewrites its files.
    """

    def __init__(self, library: Library, *, scan_up_to: int = SCAN_UP_TO, sync_threshold: int = 1_000) -> None:
        self._library = library
        self._scan_up_to = scan_up_to
        self._root = library.folder / "chroma"
        self._manifest = self._root / "manifest.json"
        self._sync_threshold = sync_threshold
        self._owned = FileLock(self._root / "owner.lock")
        self._refreshing, self._using = threading.Lock(), threading.Lock()
        self._open: _Open | None = None
        self._ready: Generation | None = None
        self._failed: Generation | None = None

    def refresh(self) -> bool:
        """Bring the index to the library's present state, in whatever state it is. Nothing is embedded.

        False if the library is small, if another process owns the index, or if it cannot be made, which is logged.
        Takes some 7 s for 20,000 vectors if it must be made, 0.3 s if it only must be opened.
        """
        with self._refreshing, self._library.snapshot() as snapshot:
            if snapshot.chunk_count() <= self._scan_up_to:
                self._forget(snapshot)
                return False
            if self._failed == snapshot.generation:
                return False
            if self._ready == snapshot.generation:
                return True
            try:
                return self._own() and self._bring_up(snapshot)
            except failures() as error:
                _log.warning("the vector index cannot be made (%s); searching without it", error)
                self._shut()
                return False

    def holds_removed(self) -> bool:
        """Whether it is open and holds what was removed by hand since, so that it should be refreshed unasked."""
        with self._library.snapshot() as snapshot, self._using:
            return self._open is not None and self._open.generation.number < snapshot.purged()

    def search(self, vector: Vectors, limit: int, generation: Generation) -> tuple[Hit, ...] | None:
        """The `limit` chunks nearest to `vector` (d,) at `generation`, best first; the score is the cosine, 0 to 1.

        None if the index does not stand at that generation, fails, or finds fewer than there are: then scan.
        """
        with self._using:
            if self._ready != generation or self._open is None:
                return None
            wanted = min(limit, len(self._open.ids))
            try:
                hits = _query(self._open.collection, vector, wanted)
            except failures() as error:
                _log.warning("the vector index failed (%s); searching without it until it is made again", error)
                self._drop()
                return None
        return hits if len(hits) == wanted else None

    def close(self) -> None:
        """Let go of the folder; the index is as good when it is opened again."""
        with self._refreshing:
            self._shut()
            self._owned.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _own(self) -> bool:
        self._root.mkdir(mode=0o700, exist_ok=True)
        return self._owned.held or self._owned.acquire()

    def _bring_up(self, snapshot: Snapshot) -> bool:
        with self._using:
            self._ready = None
        # What cannot be made is not tried again for every question, but when the library has changed.
        self._failed = snapshot.generation
        done = (self._is_found(snapshot) and self._update(snapshot)) or self._rebuild(snapshot)
        if done:
            self._failed = None
        return done

    def _is_found(self, snapshot: Snapshot) -> bool:
        """Whether an index of an earlier or this state is open, or was left in good order and opens."""
        if self._open is not None:
            return self._open.embedder == snapshot.embedder() and snapshot.had(self._open.generation)
        left = manifest.read(self._manifest)
        folder = self._root / left.folder if left is not None else self._root
        if left is None or not (_is_of(left, snapshot) and manifest.is_intact(folder, left.files)):
            return False
        # Opening writes, so from here on the seal is broken.
        manifest.discard(self._manifest)
        try:
            client = _client(folder)
            collection = client.get_collection(_NAME, embedding_function=None)
        except failures():
            return False
        ids = np.array(left.ids, np.int64)
        self._open = _Open(folder, client, collection, left.embedder, ids, left.removed, left.generation)
        return True

    def _update(self, snapshot: Snapshot) -> bool:
        """Take out what is gone and put in what is new; false if it had better be made anew, as it has to be where
        something was removed by hand: what is taken out of a graph stays in its files."""
        if (was := self._open) is None or was.generation.number < snapshot.purged():
            return False
        current = snapshot.chunk_numbers()
        gone = was.ids[~np.isin(was.ids, current, assume_unique=True)]
        added = current[~np.isin(current, was.ids, assume_unique=True)]
        removed = was.removed + len(gone)
        if removed > MOST_REMOVED * len(current):
            return False
        manifest.discard(self._manifest)
        try:
            for part in _parts(gone):
                was.collection.delete(ids=_names(part))
            _add(was.collection, snapshot, added)
            self._open = replace(was, ids=current, removed=removed, generation=snapshot.generation)
            return self._admit(snapshot)
        except failures():
            return False

    def _forget(self, snapshot: Snapshot) -> None:
        """Remove an index that is no longer kept and holds what was removed by hand since."""
        left = manifest.read(self._manifest) if snapshot.purged() and self._root.is_dir() else None
        if left is not None and left.generation.number < snapshot.purged() and self._own():
            self._clear()

    def _clear(self) -> None:
        manifest.discard(self._manifest)
        self._shut()
        for folder in self._root.iterdir():
            if folder.is_dir():
                shutil.rmtree(folder, ignore_errors=True)

    def _rebuild(self, snapshot: Snapshot) -> bool:
        """Make the index in a new folder, and drop every other."""
        _log.info("making the vector index of %s", self._library.folder)
        self._clear()
        folder = self._root / uuid.uuid4().hex
        client = _client(folder)
        graph = {"space": "cosine", "sync_threshold": self._sync_threshold, "ef_search": EF_SEARCH}
        collection = client.create_collection(_NAME, embedding_function=None, configuration={"hnsw": graph})
        ids = snapshot.chunk_numbers()
        self._open = _Open(folder, client, collection, snapshot.embedder(), ids, 0, snapshot.generation)
        _add(collection, snapshot, ids)
        done = self._admit(snapshot)
        if not done:
            _log.warning("the vector index does not find what it holds; searching without it")
        return done

    def _admit(self, snapshot: Snapshot) -> bool:
        """Seal the index and use it, if it holds what it should and chunks drawn at random find themselves."""
        now = self._open
        if now is None or now.collection.count() != len(now.ids) or not _finds_itself(now, snapshot):
            return False
        sealed = Manifest(
            folder=now.folder.name,
            library=snapshot.library_name(),
            generation=now.generation,
            embedder=now.embedder,
            ids=tuple(now.ids.tolist()),
            removed=now.removed,
            files=manifest.seal(now.folder),
        )
        manifest.write(self._manifest, sealed)
        self._ready = now.generation
        return True

    def _shut(self) -> None:
        with self._using:
            self._drop()

    def _drop(self) -> None:
        was, self._open, self._ready = self._open, None, None
        if was is not None:
            was.client.close()


def failures() -> tuple[type[Exception], ...]:
    """What Chroma raises when it cannot do what is asked: its own errors, and those of the files below it."""
    from chromadb.errors import ChromaError

    return ChromaError, ValueError, RuntimeError, OSError


def _client(folder: Path) -> ClientAPI:
    import chromadb
    from chromadb.config import Settings

    folder.mkdir(mode=0o700, exist_ok=True)
    return chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False, _env_file=None))


def _is_of(left: Manifest, snapshot: Snapshot) -> bool:
    """Whether what was left is this library's, of a state it had, and of the vectors it has."""
    same = (left.library, left.embedder) == (snapshot.library_name(), snapshot.embedder())
    return same and snapshot.had(left.generation)


def _add(collection: Collection, snapshot: Snapshot, ids: Numbers) -> None:
    for part in _parts(ids):
        collection.add(ids=_names(part), embeddings=snapshot.vectors_of(part))


def _query(collection: Collection, vector: Vectors, limit: int) -> tuple[Hit, ...]:
    if limit < 1:
        return ()
    found = collection.query(query_embeddings=[vector], n_results=limit, include=["distances"])
    pairs = zip(found["ids"][0], found["distances"][0], strict=True)
    return tuple(Hit(int(name), score(1.0 - distance)) for name, distance in pairs)


def _finds_itself(now: _Open, snapshot: Snapshot) -> bool:
    drawn = np.array(random.sample(now.ids.tolist(), min(PROBES, len(now.ids))), np.int64)
    if not len(drawn):
        return True
    found = now.collection.query(query_embeddings=snapshot.vectors_of(drawn), n_results=1, include=["distances"])
    return all(distances and distances[0] < SAME for distances in found["distances"])


def _parts(ids: Numbers) -> Iterator[Numbers]:
    return (ids[at : at + BATCH] for at in range(0, len(ids), BATCH))


def _names(ids: Numbers) -> Sequence[str]:
    return [str(number) for number in ids.tolist()]
