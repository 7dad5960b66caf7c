"""Files to library: what is new or changed is read, split, embedded and written; what is unchanged is left alone.

Reading runs ahead in a thread while this one embeds. Documents are committed in order, some seconds' work at a time
and each whole, so that a killed sync has lost at most those seconds and the next goes on where it ended.
"""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.ahead import ahead
from index.candidate import Candidate
from index.document import Chunk, Document
from index.embed import Embedder
from index.errors import InvalidDocument, Refused
from index.library import Library
from index.principal import NOBODY, PUBLIC
from index.read import Reader
from index.records.store import present
from index.reembed import embed_again
from index.shelved import Root
from index.split import split
from index.survey import Survey, origin
from index.sync_report import FileResult, Progress, Silence, SyncReport
from index.titled import titled
from index.vectors import VectorIndex
from index.writer import Entry, Writer, check_storable

SECONDS = 1.5
"""What one commit's embedding should take: the work that a kill can cost, against the wait for the disk."""
FEWEST, MOST = 64, 2_048
"""Chunks of one commit, at first and at most; sorted by length they leave an embedder little padding."""
AHEAD = 4_000_000
"""Characters of documents that wait to be embedded before reading pauses."""
HIDDEN = "nobody may read it; say who may in the file, in sources.csv or with --readers"
SLICE = 512
"""Chunks of one call of the embedder, so that a book shows progress and can be interrupted."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A candidate that was read and split, or why it was not."""

    candidate: Candidate
    document: Document | None
    chunks: tuple[Chunk, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class _Ready:
    """A document to write. `known` holds the vectors that its older version has for the same texts."""

    candidate: Candidate
    document: Document
    chunks: tuple[Chunk, ...]
    texts: tuple[str, ...]
    known: dict[str, NDArray[np.float32]]
    predecessors: tuple[str, ...]

    @property
    def missing(self) -> list[str]:
        return [text for text in self.texts if text not in self.known]


def sync(
    paths: Sequence[Path],
    library: Library,
    embedder: Embedder,
    *,
    readers: tuple[str, ...] = (PUBLIC,),
    collection: str | None = None,
    prune: bool = False,
    re_embed: bool = False,
    progress: Progress | None = None,
    index: VectorIndex | None = None,
    apart: Sequence[str] = (),
    noted: bool = True,
) -> SyncReport:
    """Bring the files, folders and feeds at `paths` into `library`; with `prune`, remove what is gone from there.

    `readers` may read what names none itself, and `collection` is that of what names none; unless `noted` is false the
    library notes both with each path, to be synced so again. What is at or below `apart`, which are real paths, is left
    as it is, and so is the library's own folder where it lies below one of `paths`. With `re_embed` the vectors of
    another embedder are first replaced by `embedder`'s, all at once when all are made. In the end the changes are
    brought to `index`, if it is given and no other process owns it. A file that cannot be taken in is a result, not an
    error.

    Raises LibraryBusy at once if another process writes, EmbedderChanged if the library's vectors are another
    embedder's, and EmbedderUnavailable or LibraryError in the middle; what was committed by then is kept.
    """
    started = time.monotonic()
    progress = progress or Silence()
    generation = library.generation
    with library.writer() as writer:
        renewed = embed_again(library, writer, embedder, progress) if re_embed else 0
        library.require(embedder)
        with library.snapshot() as snapshot:
            held = snapshot.held()
        apart = (*apart, *_own(library, paths))
        roots = tuple(Root(os.path.realpath(path), readers, collection, present(), apart) for path in paths)
        if noted:
            writer.note_roots(roots)
        removals = library.shelf.every_removal()
        survey = Survey(paths, held, readers, collection, removals=removals, apart=apart)
        work = _Sync(library, writer, embedder, progress, survey)
        work.settle_known()
        work.write_changed()
        if prune:
            work.prune()
        if noted:
            writer.note_refusals(survey.noted_refusals())
    if index is not None and library.generation != generation:
        index.refresh()
    with library.snapshot() as snapshot:
        hidden = snapshot.hidden()
    seconds = time.monotonic() - started
    return SyncReport(tuple(work.results), work.chunks, renewed + work.embedded, seconds, hidden)


class _Sync:
    """One run of `sync`: its survey, and what it has done so far."""

    def __init__(
        self, library: Library, writer: Writer, embedder: Embedder, progress: Progress, survey: Survey
    ) -> None:
        self._library, self._writer, self._embedder = library, writer, embedder
        self._progress, self._survey = progress, survey
        self._window = FEWEST
        self.results: list[FileResult] = []
        self.chunks = self.embedded = 0

    def settle_known(self) -> None:
        self._progress.found(self._survey.total)
        for result in self._survey.settled:
            self._settle(result)

    def write_changed(self) -> None:
        reading = ahead(_read(self._survey), weight=_characters, most=AHEAD)
        with closing(reading):
            for batch in self._batches(reading):
                self._write(batch)

    def prune(self) -> None:
        gone = tuple(self._survey.gone())
        if gone:
            self._writer.remove(held.document_id for held in gone)
        for held in gone:
            self._settle(FileResult(held.origin.name, held.uri, "removed"))
        for path in self._survey.unfound():
            reason = "nothing to read was found there, so nothing was pruned; check that the folder is the right one"
            self._settle(self._survey.refusal(str(path), None, reason, path))

    def _batches(self, reading: Iterator[_Read]) -> Iterator[list[_Ready]]:
        batch: list[_Ready] = []
        load = 0
        for read in reading:
            ready = self._prepared(read)
            if ready is None:
                continue
            batch.append(ready)
            load += len(ready.missing) or 1
            if load >= self._window:
                yield batch
                batch, load = [], 0
        if batch:
            yield batch

    def _prepared(self, read: _Read) -> _Ready | None:
        """What is to be written, or None after settling what is not."""
        uri = read.document.uri if read.document else read.candidate.uri
        reason = read.reason or self._survey.refuse(read.candidate, uri)
        if reason is not None or read.document is None:
            self._settle(self._survey.refused_as(read.candidate, uri, reason or ""))
            return None
        predecessors = self._survey.predecessors(read.candidate, uri)
        texts = tuple(titled(read.document.title, chunk.headings, chunk.text) for chunk in read.chunks)
        return _Ready(read.candidate, read.document, read.chunks, texts, self._known(predecessors), predecessors)

    def _known(self, predecessors: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        if not predecessors:
            return {}
        with self._library.snapshot() as snapshot:
            found = [pair for document_id in predecessors for pair in snapshot.embedded(document_id)]
        return {
            titled(stored.attribution.title, stored.chunk.headings, stored.chunk.text): vector
            for stored, vector in found
        }

    def _write(self, batch: Sequence[_Ready]) -> None:
        vectors = self._embed([text for ready in batch for text in ready.missing])
        entries, start = [], 0
        for ready in batch:
            end = start + len(ready.missing)
            entries.append(_entry(ready, vectors[start:end]))
            start = end
        self._writer.put(entries, self._embedder)
        self.chunks += sum(len(ready.chunks) for ready in batch)
        for ready in batch:
            name, uri = ready.candidate.name, ready.document.uri
            reason = HIDDEN if ready.document.readers == (NOBODY,) else None
            self._settle(FileResult(name, uri, "changed" if ready.predecessors else "added", reason))

    def _embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(texts, dimensions); the next commit is sized by the time that this one took."""
        started = time.monotonic()
        parts = [np.empty((0, self._embedder.dimensions), np.float32)]
        for at in range(0, len(texts), SLICE):
            parts.append(self._embedder.embed_documents(texts[at : at + SLICE]))
            self.embedded += len(parts[-1])
            self._progress.embedded(len(parts[-1]))
        if texts:
            rate = len(texts) / max(time.monotonic() - started, 1e-6)
            self._window = int(min(MOST, max(FEWEST, rate * SECONDS)))
        return np.concatenate(parts)

    def _settle(self, result: FileResult) -> None:
        self.results.append(result)
        self._progress.done(result)


def _own(library: Library, paths: Sequence[Path]) -> tuple[str, ...]:
    """The library's folder: its log is no feed, and what was added is read as its table says and not as a folder around
    it. Nothing where one of `paths` is in there, since that is meant."""
    own = os.path.realpath(library.folder)
    return () if any(Path(os.path.realpath(path)).is_relative_to(own) for path in paths) else (own,)


def _read(survey: Survey) -> Generator[_Read]:
    with Reader() as reader:
        for candidate in survey.candidates():
            yield _read_one(reader, candidate)


def _read_one(reader: Reader, candidate: Candidate) -> _Read:
    try:
        document = reader.read(candidate)
        check_storable(document)
        chunks = split(document)
    except (Refused, InvalidDocument) as error:
        return _Read(candidate, None, reason=str(error))
    if not chunks:
        return _Read(candidate, None, reason="all of its text is page furniture; leave it out")
    return _Read(candidate, document, chunks)


def _characters(read: _Read) -> int:
    return len(read.document.text) if read.document else 0


def _entry(ready: _Ready, embedded: NDArray[np.float32]) -> Entry:
    """The document with its vectors in order, those known and those just `embedded`."""
    fresh = iter(embedded)
    vectors = [ready.known[text] if text in ready.known else next(fresh) for text in ready.texts]
    return Entry(
        ready.document,
        origin(ready.candidate),
        ready.chunks,
        np.stack(vectors),
        tuple(one for one in ready.predecessors if one != ready.document.id),
    )
