"""Changes to the library: each call is one transaction, done whole or not at all, and one generation."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, Insert, delete, func, insert, select, text, update

from index import shelf_notes
from index.document import Chunk, Document
from index.embed import Embedder, Vectors
from index.errors import EmbedderChanged, InvalidDocument
from index.folded import folded
from index.records.store import present, stamp
from index.schema import chunks, documents, embedders, explained, generations, readers, vectors
from index.shelf_notes import Withdrawn
from index.shelf_tables import particulars
from index.shelved import RefusedFile, Removal, Root
from index.snapshot import Origin
from index.titled import RECIPE
from index.visible import listed

MERGED = 1_000
"""Pages of the keyword index, of 4 kB, that one step of its merging writes."""
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """A document to write, with what search needs of it: its chunks, and their vectors (chunks, dimensions).

    `replaces` names other documents that go when this one comes, such as the one this file held under another uri.
    """

    document: Document
    origin: Origin
    chunks: tuple[Chunk, ...]
    vectors: Vectors
    replaces: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.chunks) != len(self.vectors):
            raise ValueError(f"{len(self.chunks)} chunks and {len(self.vectors)} vectors of {self.document.uri}")
        check_storable(self.document)


def check_storable(document: Document) -> None:
    """Raise InvalidDocument for what a database alters: SQL text ends at a NUL, and UTF-8 has no lone surrogates.

    A normalised text has neither.
    """
    said = (document.text, document.uri, document.title, document.publisher, document.author, document.collection)
    if any(_UNSTORABLE.search(one) for one in (*said, *document.readers) if one):
        raise InvalidDocument("it holds characters that no text has (NUL or half a pair); save it as UTF-8")


class Writer:
    """What writes the library; made by `Library.writer`, which holds the write lock meanwhile."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, entries: Sequence[Entry], embedder: Embedder) -> None:
        """Write documents, each in place of its older version.

        Raises EmbedderChanged if the library's vectors are another embedder's, LibraryError if it cannot be written.
        """
        with self._change() as connection:
            number = self._current_embedder(connection, embedder)
            gone = {entry.document.id for entry in entries} | {old for entry in entries for old in entry.replaces}
            _delete(connection, gone)
            for entry in entries:
                _insert(connection, entry, number)

    def withdraw(self, document_ids: Iterable[str], by: str) -> tuple[Withdrawn, ...]:
        """Remove documents by hand, so that no sync brings them back, and give those that were there.

        What they were found by stands in the files until `forget_words` and `Library.overwrite_removed`.
        """
        with self._change() as connection:
            found = shelf_notes.withdrawn(connection, document_ids, by)
            shelf_notes.note_removals(connection, [one.removal for one in found])
            if found:
                shelf_notes.note_purge(connection, _next_generation(connection))
            _delete(connection, [one.removal.document_id for one in found])
        return found

    def forget_words(self) -> None:
        """Take the words of what was removed out of the keyword index, which only marks them as gone: by making it one
        piece, in steps short enough that others can write in between."""
        pages = -MERGED
        while self._merge_words(pages):
            pages = MERGED

    def restore(self, name: str) -> Removal | None:
        """Let a sync bring back the document of this id or uri; None if it was not removed by hand."""
        with self._note() as connection:
            return shelf_notes.forget_removal(connection, name)

    def note_roots(self, roots: Iterable[Root]) -> None:
        """Note where the library is synced from, and how."""
        with self._note() as connection:
            for root in roots:
                shelf_notes.note_root(connection, root)

    def note_refusals(self, refused: Mapping[str, Sequence[RefusedFile]]) -> None:
        """Note what the syncs of these roots refused, in place of what was refused there before."""
        with self._note() as connection:
            for root, files in refused.items():
                shelf_notes.note_refusals(connection, root, files)

    def remove(self, document_ids: Iterable[str]) -> None:
        """Remove documents with all that search knows of them; what is not there is passed over."""
        with self._change() as connection:
            _delete(connection, document_ids)

    def add_vectors(self, ids: Sequence[int], matrix: Vectors, embedder: Embedder) -> None:
        """Keep the vectors (n, d) that `embedder` made of these chunks, beside those in use."""
        with self._change() as connection:
            number = register(connection, embedder, is_current=False)
            connection.execute(insert(vectors), vector_rows(ids, matrix, number))

    def adopt(self, embedder: Embedder) -> None:
        """Use the vectors that `embedder` made, which must be there for every chunk, and drop all others."""
        with self._change() as connection:
            number = register(connection, embedder, is_current=False)
            connection.execute(update(embedders).values(is_current=embedders.c.number == number))
            connection.execute(delete(vectors).where(vectors.c.embedder != number))

    def _merge_words(self, pages: int) -> bool:
        """One step, of about so many pages; below 0 it is the first of those that leave one piece. False when done."""
        with self._note() as connection:
            before = connection.scalar(_CHANGES)
            connection.execute(_MERGE_WORDS, {"pages": pages})
            # As SQLite's documentation has it: a step that changes less than two rows has found nothing to do.
            return bool(connection.scalar(_CHANGES) - before >= 2)

    def _current_embedder(self, connection: Connection, embedder: Embedder) -> int:
        row = connection.execute(select(embedders).where(embedders.c.is_current == 1)).one_or_none()
        if row is None:
            return register(connection, embedder, is_current=True)
        if row.fingerprint != vector_fingerprint(embedder):
            raise EmbedderChanged(CHANGED)
        return int(row.number)

    @contextmanager
    def _change(self) -> Iterator[Connection]:
        """A transaction that makes a new generation."""
        with self._note() as connection:
            yield connection
            connection.execute(insert(generations).values(token=uuid.uuid4().hex))

    @contextmanager
    def _note(self) -> Iterator[Connection]:
        """A transaction that changes nothing that search sees."""
        with (
            explained("the library cannot be written", "see to its disk and permissions, and run this again"),
            self._engine.connect().execution_options(writing=True) as connection,
            connection.begin(),
        ):
            yield connection


CHANGED = "this library was embedded by another embedder; run `onrecord sync --re-embed`, or configure the former one"


def vector_fingerprint(embedder: Embedder) -> str:
    """What two vectors must share to be compared: the embedder, and how its texts are made."""
    return f"{embedder.fingerprint}+{RECIPE}"


def register(connection: Connection, embedder: Embedder, *, is_current: bool) -> int:
    """The number of `embedder` in the library, entered if it is new."""
    fingerprint = vector_fingerprint(embedder)
    known: int | None = connection.scalar(select(embedders.c.number).where(embedders.c.fingerprint == fingerprint))
    if known is not None:
        return known
    values = {"fingerprint": fingerprint, "dimensions": embedder.dimensions, "is_current": int(is_current)}
    return _inserted(connection, insert(embedders).values(values))


def _next_generation(connection: Connection) -> int:
    return 1 + (connection.scalar(select(func.max(generations.c.number))) or 0)


def _inserted(connection: Connection, statement: Insert) -> int:
    """The number of the one row that `statement` inserts."""
    key = connection.execute(statement).inserted_primary_key
    return int(key[0]) if key else 0


_FORGET_WORDS = text(
    "INSERT INTO keywords(keywords, rowid, title, headings, text) VALUES ('delete', :id, :title, :headings, :text)"
)
_MERGE_WORDS = text("INSERT INTO keywords(keywords, rank) VALUES ('merge', :pages)")
_CHANGES = text("SELECT total_changes()")
_LEARN_WORDS = text("INSERT INTO keywords(rowid, title, headings, text) VALUES (:id, :title, :headings, :text)")


def _delete(connection: Connection, document_ids: Iterable[str]) -> None:
    gone = documents.c.id.in_(listed(sorted(document_ids)))
    for document in connection.execute(select(documents).where(gone)).all():
        owned = connection.execute(select(chunks).where(chunks.c.document == document.number)).all()
        forgotten = [_words(row.id, document.title, row.headings, document.text[row.start : row.end]) for row in owned]
        if forgotten:
            connection.execute(_FORGET_WORDS, forgotten)
    connection.execute(delete(documents).where(gone))


def _insert(connection: Connection, entry: Entry, embedder: int) -> None:
    number = _insert_document(connection, entry)
    first = 1 + (connection.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = 'chunks'")) or 0)
    rows = [_chunk_row(chunk, first + at, number) for at, chunk in enumerate(entry.chunks)]
    if not rows:
        return
    connection.execute(insert(chunks), rows)
    words = [
        _words(first + at, entry.document.title, rows[at]["headings"], chunk.text)
        for at, chunk in enumerate(entry.chunks)
    ]
    connection.execute(_LEARN_WORDS, words)
    matrix = np.ascontiguousarray(entry.vectors, "<f4")
    connection.execute(insert(vectors), vector_rows(range(first, first + len(rows)), matrix, embedder))


def vector_rows(ids: Iterable[int], matrix: NDArray[np.float32], embedder: int) -> list[dict[str, int | bytes]]:
    """Rows of the table `vectors`."""
    return [
        {"chunk": chunk, "embedder": embedder, "vector": vector.astype("<f4").tobytes()}
        for chunk, vector in zip(ids, matrix, strict=True)
    ]


def _insert_document(connection: Connection, entry: Entry) -> int:
    document, origin = entry.document, entry.origin
    values = {
        "id": document.id,
        "uri": document.uri,
        "title": document.title,
        "publisher": document.publisher,
        "author": document.author,
        "published": None if document.published is None else document.published.isoformat(),
        "language": document.language,
        "content_hash": document.content_hash,
        "origin_path": origin.path,
        "origin_uri": origin.uri,
        "origin_name": origin.name,
        "origin_fingerprint": origin.fingerprint,
        "text": document.text,
        "collection": document.collection,
    }
    number = _inserted(connection, insert(documents).values(values))
    connection.execute(insert(particulars).values(_particulars(document, number)))
    labels = [{"document": number, "label": label} for label in dict.fromkeys(document.readers)]
    connection.execute(insert(readers), labels)
    return number


def _particulars(document: Document, number: int) -> dict[str, object]:
    return {
        "document": number,
        "added": stamp(present()),
        "characters": len(document.text),
        "collection": document.collection,
        "words": folded("\n".join((document.uri, document.title or "", document.publisher or ""))),
        "pages": json.dumps(document.pages) if document.pages else None,
    }


def _chunk_row(chunk: Chunk, chunk_id: int, document: int) -> dict[str, int | str]:
    return {
        "id": chunk_id,
        "document": document,
        "ordinal": chunk.ordinal,
        "start": chunk.span.start,
        "end": chunk.span.end,
        "headings": json.dumps(chunk.headings, ensure_ascii=False),
    }


def _words(chunk_id: int, title: str | None, headings: object, text: str) -> dict[str, object]:
    return {"id": chunk_id, "title": title, "headings": headings, "text": text}
