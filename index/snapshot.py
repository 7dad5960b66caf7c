"""The library as it stood at one moment: whatever is committed meanwhile, one question sees one state."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, Select, func, select

from index import choices as choosing
from index import keywords
from index import listing as lists
from index.attributed import ATTRIBUTION, attribution, day
from index.document import Attribution, Chunk, Document, Span
from index.embed import Vectors
from index.hit import Hit
from index.principal import NOBODY
from index.schema import chunks, documents, embedders, generations, meta, readers, vectors
from index.scope import Scope
from index.shelf_tables import particulars
from index.visible import admitted, listed, numbers_in

Numbers = NDArray[np.int64]

PURGED = "purged"
"""The row of `meta` that names the generation in which a document was last removed by hand."""


@dataclass(frozen=True, slots=True)
class Generation:
    """A state of the library. The number rises with every change; the token tells states of one number apart, which a
    backup put back can make."""

    number: int
    token: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A chunk as the library holds it, with whose words it is, who may read it and the collection it is in."""

    chunk_id: int
    chunk: Chunk
    attribution: Attribution
    readers: frozenset[str]
    collection: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """What a document was read from, to know it again unread: the file, and the candidate in it by its uri and the
    fingerprint of all that the document was made of. `name` is how reports name it."""

    path: str
    uri: str
    name: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Held:
    """A document of the library by where it came from, without its text."""

    document_id: str
    uri: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Version:
    """Which version of a document there is, and who may read it; `readers` are sorted."""

    uri: str
    content_hash: str
    readers: tuple[str, ...]


class Snapshot:
    """Reads of one state of the library, in one transaction of the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        newest = connection.execute(select(generations).order_by(generations.c.number.desc()).limit(1)).one_or_none()
        self.generation = Generation(0, "") if newest is None else Generation(newest.number, newest.token)

    def library_name(self) -> str:
        """What tells this library from every other."""
        return str(self._connection.scalar(select(meta.c.value).where(meta.c.key == "library")))

    def had(self, generation: Generation) -> bool:
        """Whether this library's past holds `generation`."""
        token = select(generations.c.token).where(generations.c.number == generation.number)
        return self._connection.scalar(token) == generation.token

    def purged(self) -> int:
        """The generation in which a document was last removed by hand; 0 if none was. A copy of the vectors from before
        holds its vectors still, whatever was deleted from it since."""
        return int(self._connection.scalar(select(meta.c.value).where(meta.c.key == PURGED)) or 0)

    def embedder(self) -> str | None:
        """The fingerprint of what the vectors were made by; None while there are none."""
        current = select(embedders.c.fingerprint).where(embedders.c.is_current == 1)
        return self._connection.scalar(current)

    def keyword_hits(self, question: str, limit: int, scope: Scope) -> tuple[Hit, ...]:
        return keywords.find(self._connection, question, limit, scope)

    def chunks(self, ids: Iterable[int]) -> tuple[Stored, ...]:
        """The chunks of these numbers, in their order; numbers of chunks that are gone are left out."""
        wanted = list(ids)
        rows = self._connection.execute(_CHUNKS.where(chunks.c.id.in_(listed(wanted)))).all()
        numbers = {row.number for row in rows}
        texts, labels = self._texts(numbers), self._readers(numbers)
        found = {row.chunk_id: _stored(row, *texts[row.number], labels[row.number]) for row in rows}
        return tuple(found[chunk_id] for chunk_id in wanted if chunk_id in found)

    def document(self, document_id: str, scope: Scope) -> Document | None:
        """The document, whole, if `scope` admits it; None alike if it does not and if there is none."""
        wanted = _DOCUMENTS.where(documents.c.id == document_id, *admitted(scope))
        row = self._connection.execute(wanted).one_or_none()
        return None if row is None else _document(row, self._readers({row.number})[row.number])

    def readable(self, ids: Iterable[str], scope: Scope) -> frozenset[str]:
        """Those of the documents `ids` that `scope` admits."""
        wanted = select(documents.c.id).where(documents.c.id.in_(listed(ids)), *admitted(scope))
        return frozenset(self._connection.scalars(wanted))

    def listing(self, scope: Scope, after: str | None, limit: int, words: str, collection: str | None) -> lists.Listing:
        """One page of the documents that `scope` admits; see `Library.listing`."""
        return lists.listing(self._connection, scope, after, limit, words, collection)

    def choices(self, scope: Scope) -> choosing.Choices:
        """What `scope` admits, by publisher, collection and date."""
        return choosing.choices(self._connection, scope)

    def documents(self, scope: Scope) -> Iterator[Document]:
        """Every document that `scope` admits, whole, in the order of their uris; not all are held at once."""
        labels = self._readers(self.document_numbers(scope).tolist())
        wanted = _DOCUMENTS.where(*admitted(scope)).order_by(documents.c.uri, documents.c.number)
        rows = self._connection.execute(wanted.execution_options(yield_per=100))
        return (_document(row, labels[row.number]) for row in rows)

    def holds(self, scope: Scope) -> bool:
        """Whether `scope` admits any document."""
        return self._connection.scalar(numbers_in(scope).limit(1)) is not None

    def document_numbers(self, scope: Scope) -> Numbers:
        """The numbers of the documents that `scope` admits, without an order."""
        return self._numbers(numbers_in(scope))

    def hidden(self) -> int:
        """How many documents nobody may read."""
        shown = select(readers.c.document).where(readers.c.label != NOBODY)
        return self._connection.scalar(select(func.count()).where(documents.c.number.not_in(shown))) or 0

    def chunk_count(self) -> int:
        """How many chunks there are."""
        return self._connection.scalar(select(func.count()).select_from(chunks)) or 0

    def chunk_numbers(self) -> Numbers:
        """The ids of all chunks that have a vector, rising."""
        return np.sort(self._numbers(select(vectors.c.chunk).where(vectors.c.embedder == _CURRENT)))

    def vectors(self, above: int = 0) -> tuple[Numbers, Numbers, Vectors]:
        """Of all chunks with an id higher than `above`, rising: ids, numbers of their documents, vectors (n, d)."""
        wanted = vectors.c.embedder == _CURRENT, vectors.c.chunk > above
        count = self._connection.scalar(select(func.count()).select_from(vectors).where(*wanted)) or 0
        dimensions = self._connection.scalar(select(embedders.c.dimensions).where(embedders.c.is_current == 1)) or 0
        ids, owners = np.empty(count, np.int64), np.empty(count, np.int64)
        matrix = np.empty((count, dimensions), np.float32)
        # Row by row into one block, so that a large library is not held twice.
        rows = self._connection.execute(_VECTORS.where(*wanted).execution_options(yield_per=1_000))
        for at, (chunk, document, vector) in enumerate(rows):
            ids[at], owners[at], matrix[at] = chunk, document, np.frombuffer(vector, "<f4")
        return ids, owners, matrix

    def vectors_of(self, ids: Numbers) -> Vectors:
        """The vectors (n, d) of these chunks, in their order; each must have one."""
        wanted = select(vectors.c.chunk, vectors.c.vector).where(
            vectors.c.embedder == _CURRENT, vectors.c.chunk.in_(listed(ids.tolist()))
        )
        found = {row.chunk: row.vector for row in self._connection.execute(wanted)}
        return np.frombuffer(b"".join(found[one] for one in ids.tolist()), "<f4").reshape(len(ids), -1)

    def unembedded(self, fingerprint: str, limit: int) -> tuple[Stored, ...]:
        """The first `limit` chunks that have no vector by the embedder of this fingerprint."""
        theirs = select(embedders.c.number).where(embedders.c.fingerprint == fingerprint).scalar_subquery()
        done = select(vectors.c.chunk).where(vectors.c.embedder == theirs)
        lacking = select(chunks.c.id).where(chunks.c.id.not_in(done)).order_by(chunks.c.id).limit(limit)
        return self.chunks(self._connection.scalars(lacking))

    def held(self) -> tuple[Held, ...]:
        """Every document by its origin."""
        return tuple(_held(row) for row in self._connection.execute(_HELD))

    def versions(self) -> tuple[Version, ...]:
        """Every document's version and readers, by uri."""
        rows = self._connection.execute(_VERSIONS).all()
        labels = self._readers({row.number for row in rows})
        return tuple(Version(row.uri, row.content_hash, tuple(sorted(labels[row.number]))) for row in rows)

    def embedded(self, document_id: str) -> tuple[tuple[Stored, NDArray[np.float32]], ...]:
        """A document's chunks with their vectors, to use again where a new version has the same text."""
        owned = select(vectors.c.chunk, vectors.c.vector).join_from(vectors, chunks).join_from(chunks, documents)
        owned = owned.where(documents.c.id == document_id, vectors.c.embedder == _CURRENT)
        found = {row.chunk: np.frombuffer(row.vector, "<f4") for row in self._connection.execute(owned)}
        return tuple((stored, found[stored.chunk_id]) for stored in self.chunks(found))

    def _numbers(self, statement: Select[tuple[int]]) -> Numbers:
        return np.fromiter(self._connection.scalars(statement), np.int64)

    def _texts(self, numbers: Iterable[int]) -> dict[int, tuple[str, str | None]]:
        """Each document's text, and the collection that stands behind it."""
        # Whole texts, cut here: SQLite's substr walks each text from its start for each chunk, and is half as fast.
        wanted = documents.c.number.in_(listed(numbers))
        held = select(documents.c.number, documents.c.text, documents.c.collection).where(wanted)
        return {row.number: (row.text, row.collection) for row in self._connection.execute(held)}

    def _readers(self, numbers: Iterable[int]) -> dict[int, frozenset[str]]:
        held: dict[int, set[str]] = {number: set() for number in numbers}
        for row in self._connection.execute(select(readers).where(readers.c.document.in_(listed(held)))):
            held[row.document].add(row.label)
        return {number: frozenset(labels) for number, labels in held.items()}


_CURRENT = select(embedders.c.number).where(embedders.c.is_current == 1).scalar_subquery()
_VECTORS = (
    select(vectors.c.chunk, chunks.c.document, vectors.c.vector).join_from(vectors, chunks).order_by(vectors.c.chunk)
)
_CHUNKS = select(
    chunks.c.id.label("chunk_id"),
    chunks.c.ordinal,
    chunks.c.start,
    chunks.c.end,
    chunks.c.headings,
    documents.c.number,
    *ATTRIBUTION,
).join_from(chunks, documents)
_DOCUMENTS: Select[Any] = select(documents, particulars.c.pages).join_from(documents, particulars, isouter=True)
_VERSIONS: Select[Any] = select(documents.c.number, documents.c.uri, documents.c.content_hash).order_by(documents.c.uri)
_HELD: Select[Any] = select(
    documents.c.id,
    documents.c.uri,
    *[documents.c[f"origin_{part}"].label(part) for part in ("path", "name", "fingerprint")],
    documents.c.origin_uri.label("candidate"),
)


def _stored(row: Row[Any], text: str, collection: str | None, labels: frozenset[str]) -> Stored:
    span = Span(row.start, row.end)
    chunk = Chunk(row.id, span, row.ordinal, span.of(text), tuple(json.loads(row.headings)))
    return Stored(row.chunk_id, chunk, attribution(row), labels, collection)


def _document(row: Row[Any], labels: frozenset[str]) -> Document:
    return Document(
        uri=row.uri,
        text=row.text,
        content_hash=row.content_hash,
        readers=tuple(sorted(labels)),
        title=row.title,
        publisher=row.publisher,
        author=row.author,
        published=day(row.published),
        language=row.language,
        collection=row.collection,
        pages=tuple(json.loads(row.pages)) if row.pages else (),
    )


def _held(row: Row[Any]) -> Held:
    return Held(row.id, row.uri, Origin(row.path, row.candidate, row.name, row.fingerprint))
