"""The library as those see it who look after it: every document, whoever may read it, what was refused, what was
removed, and where it all came from. It gives no text of any document.

A page is found among narrow rows first, by an index in its order; only its own documents are then looked up.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import PurePath
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, func, select, tuple_

from index.attributed import ATTRIBUTION, attribution
from index.document import document_id
from index.folded import folded
from index.principal import NOBODY
from index.records.store import stamp
from index.schema import documents, explained, readers
from index.shelf_tables import particulars, refusals, removals, roots
from index.shelved import (
    Counts,
    Order,
    RefusedFile,
    RefusedPage,
    Removal,
    RemovalPage,
    Root,
    ShelfPage,
    Shelved,
    State,
)
from index.snapshot import Origin
from index.visible import listed, storable


class Shelf:
    """What a library holds and why. Safe to use from several threads; each call sees one state of it, and raises
    LibraryError where it cannot be read. A cursor is text from anywhere: one that was never given leads somewhere."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def page(
        self,
        *,
        after: str | None = None,
        limit: int = 50,
        words: str = "",
        state: State | None = None,
        collection: str | None = None,
        order: Order = "uri",
    ) -> ShelfPage:
        """The first `limit` documents in `order` behind the cursor `after`, of that state and collection.

        Each of `words` stands in the title, the publisher or the uri, in any case and with any accents, and by uri is
        without case and accents too. What comes and goes meanwhile moves nothing to another page.
        """
        conditions = (*_holding(particulars.c.words, words), *_in_state(state), *_filed(collection))
        with self._reading() as connection:
            find = _by_uri if order == "uri" else _by_age
            wanted = find(after, conditions, connection).limit(max(0, limit) + 1)
            numbers = list(connection.scalars(wanted))
            found = _shelved(connection, numbers[: max(0, limit)])
            is_more = len(numbers) > limit and bool(found)
            return ShelfPage(found, _cursor(found[-1], numbers[limit - 1], order) if is_more else None)

    def document(self, document_id: str) -> Shelved | None:
        """The document of this id; None if there is none."""
        with self._reading() as connection:
            number = connection.scalar(select(documents.c.number).where(documents.c.id == storable(document_id)))
            return None if number is None else _shelved(connection, [number])[0]

    def counts(self) -> Counts:
        """How much there is of what."""
        with self._reading() as connection:
            every, hidden, refused, removed = (connection.scalar(each) or 0 for each in _COUNTS)
            return Counts(every - hidden, hidden, refused, removed)

    def refusals(self, *, after: str | None = None, limit: int = 50, words: str = "") -> RefusedPage:
        """What the last sync of each root refused, by root and name; each of `words` stands in the name, the uri or
        the reason."""
        text = func.folded(refusals.c.name + "\n" + func.coalesce(refusals.c.uri, "") + "\n" + refusals.c.reason)
        wanted = select(refusals).where(*_holding(text, words)).order_by(refusals.c.root, refusals.c.name)
        if after is not None:
            wanted = wanted.where(tuple_(refusals.c.root, refusals.c.name) > tuple_(*_pair(after)))
        with self._reading() as connection:
            rows = connection.execute(wanted.limit(max(0, limit) + 1)).all()
        files = tuple(map(_refused, rows[: max(0, limit)]))
        is_more = len(rows) > limit and bool(files)
        return RefusedPage(files, json.dumps([files[-1].root, files[-1].name]) if is_more else None)

    def removals(self, *, after: str | None = None, limit: int = 50, words: str = "") -> RemovalPage:
        """What was removed by hand and not restored, the latest first; each of `words` stands in the uri or in who
        removed it."""
        text = func.folded(removals.c.uri + "\n" + removals.c.by)
        wanted = select(removals).where(*_holding(text, words))
        wanted = wanted.order_by(removals.c.removed.desc(), removals.c.document_id.desc())
        if after is not None:
            wanted = wanted.where(tuple_(removals.c.removed, removals.c.document_id) < tuple_(*_pair(after)))
        with self._reading() as connection:
            rows = connection.execute(wanted.limit(max(0, limit) + 1)).all()
        found = tuple(map(removal, rows[: max(0, limit)]))
        is_more = len(rows) > limit and bool(found)
        last = rows[limit - 1] if is_more else None
        return RemovalPage(found, json.dumps([last.removed, last.document_id]) if last is not None else None)

    def every_removal(self) -> dict[str, Removal]:
        """All that was removed by hand and not restored, by the documents' ids."""
        with self._reading() as connection:
            return {row.document_id: removal(row) for row in connection.execute(select(removals))}

    def removed(self, document_id: str) -> Removal | None:
        """That this document was removed by hand; None if it was not, or is restored."""
        with self._reading() as connection:
            found = connection.execute(select(removals).where(removals.c.document_id == storable(document_id)))
            return next(map(removal, found), None)

    def roots(self) -> tuple[Root, ...]:
        """Where the library was synced from, in the order in which it was."""
        with self._reading() as connection:
            rows = connection.execute(select(roots).order_by(roots.c.synced, roots.c.path)).all()
        return tuple(_root(row, [other.path for other in rows]) for row in rows)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        remedy = "see to its disk and permissions, or put a backup back"
        with explained("the library cannot be read", remedy), self._engine.connect() as connection:
            yield connection


# A document always has a reader, so that one whom `nobody` reads, and no one else, is hidden.
_FOR_NOBODY = particulars.c.document.in_(select(readers.c.document).where(readers.c.label == NOBODY))
_FOR_SOMEBODY = (
    select(readers.c.document).where(readers.c.document == particulars.c.document, readers.c.label != NOBODY).exists()
)
_HIDDEN = _FOR_NOBODY & ~_FOR_SOMEBODY
_COUNTS = (
    select(func.count()).select_from(documents),
    select(func.count()).select_from(particulars).where(_HIDDEN),
    select(func.count()).select_from(refusals),
    select(func.count()).select_from(removals),
)
_ROWS: Select[Any] = select(
    documents.c.number,
    *ATTRIBUTION,
    *(documents.c[f"origin_{part}"] for part in ("path", "uri", "name", "fingerprint")),
    particulars.c.added,
    particulars.c.characters,
    particulars.c.collection,
).join_from(documents, particulars)


# Both walk an index in its order: where much is found that ends soon, and where nothing is it takes 50,000 looks. The
# words of a document, which begin with its uri, stand in both, so that they are looked for in one place.
def _by_uri(after: str | None, conditions: Sequence[ColumnElement[bool]], connection: Connection) -> Select[Any]:
    order = particulars.c.words, particulars.c.document
    wanted = select(particulars.c.document).where(*conditions).order_by(*order)
    if after is None:
        return wanted
    number = select(documents.c.number).where(documents.c.id == document_id(storable(after))).scalar_subquery()
    last = connection.execute(select(*order).where(particulars.c.document == number)).one_or_none()
    return wanted.where(tuple_(*order) > (tuple_(folded(storable(after)), 0) if last is None else tuple_(*last)))


def _by_age(after: str | None, conditions: Sequence[ColumnElement[bool]], connection: Connection) -> Select[Any]:
    order = particulars.c.added, particulars.c.document
    wanted = select(particulars.c.document).where(*conditions).order_by(*(column.desc() for column in order))
    if after is None:
        return wanted
    added, _, number = storable(after).partition("_")
    return wanted.where(tuple_(*order) < tuple_(added, int(number[:18]) if number[:18].isdecimal() else 0))


def _cursor(last: Shelved, number: int, order: Order) -> str:
    if order == "uri":
        return last.attribution.uri
    return f"{stamp(last.added) if last.added else ''}_{number}"


def _holding(text: ColumnElement[str], words: str) -> tuple[ColumnElement[bool], ...]:
    """That each of `words` stands in `text`, which is folded."""
    return tuple(func.instr(text, word) > 0 for word in folded(storable(words)).split())


def _in_state(state: State | None) -> tuple[ColumnElement[bool], ...]:
    if state is None:
        return ()
    return (_HIDDEN,) if state == "hidden" else (_FOR_SOMEBODY,)


def _filed(collection: str | None) -> tuple[ColumnElement[bool], ...]:
    return () if collection is None else (particulars.c.collection == storable(collection),)


def _shelved(connection: Connection, numbers: Sequence[int]) -> tuple[Shelved, ...]:
    """The documents of these numbers, in their order."""
    rows = {row.number: row for row in connection.execute(_ROWS.where(documents.c.number.in_(listed(numbers))))}
    labels: dict[int, list[str]] = {number: [] for number in numbers}
    held = select(readers).where(readers.c.document.in_(listed(numbers))).order_by(readers.c.label)
    for row in connection.execute(held):
        labels[row.document].append(row.label)
    return tuple(_one(rows[number], tuple(labels[number])) for number in numbers)


def _one(row: Row[Any], labels: tuple[str, ...]) -> Shelved:
    return Shelved(
        attribution=attribution(row),
        collection=row.collection,
        readers=labels,
        added=_moment(row.added) if row.added else None,
        characters=row.characters,
        state="hidden" if labels == (NOBODY,) else "searchable",
        origin=Origin(row.origin_path, row.origin_uri, row.origin_name, row.origin_fingerprint),
    )


def _refused(row: Row[Any]) -> RefusedFile:
    return RefusedFile(row.root, row.name, row.uri, row.reason, _moment(row.refused))


def removal(row: Row[Any]) -> Removal:
    """The removal that a row of the table says."""
    return Removal(row.document_id, row.uri, row.by, _moment(row.removed))


def _root(row: Row[Any], every: Sequence[str]) -> Root:
    below = tuple(path for path in every if path != row.path and PurePath(path).is_relative_to(row.path))
    return Root(row.path, tuple(json.loads(row.readers)), row.collection, _moment(row.synced), below)


def _pair(cursor: str) -> tuple[str, str]:
    """The two texts of a cursor that is a JSON list; of anything else, what leads to the beginning."""
    try:
        first, second = json.loads(cursor)
    except (ValueError, TypeError, RecursionError):
        return "", ""
    return storable(str(first)), storable(str(second))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
