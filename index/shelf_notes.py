"""What the library notes of itself beside its documents: where it was synced from, what was refused, what was removed.

Each is done in the transaction of whoever calls it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from sqlalchemy import Connection, delete, insert, select, update

from index.records.store import present, stamp
from index.schema import documents, meta
from index.shelf import removal
from index.shelf_tables import refusals, removals, roots
from index.shelved import RefusedFile, Removal, Root
from index.snapshot import PURGED
from index.visible import listed, storable


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A document that was removed by hand: the file it was read from, and the text it had, to find what repeats it."""

    removal: Removal
    path: Path
    text: str = field(repr=False)


def note_root(connection: Connection, root: Root) -> None:
    """Note that `root` is synced so from now on, and with it all that was once synced below it in another way, but for
    what it leaves apart."""
    path = storable(root.path)
    for below in connection.scalars(select(roots.c.path)).all():
        if below == path or (PurePath(below).is_relative_to(path) and not _is_below(below, root.apart)):
            connection.execute(delete(roots).where(roots.c.path == below))
            if below != path:
                connection.execute(delete(refusals).where(refusals.c.root == below))
    values = {"path": path, "readers": json.dumps(root.readers), "collection": root.collection}
    connection.execute(insert(roots).values(**values, synced=stamp(root.synced)))


def note_refusals(connection: Connection, root: str, files: Iterable[RefusedFile]) -> None:
    """Note what the last sync of `root` refused, in place of what the one before did."""
    connection.execute(delete(refusals).where(refusals.c.root == storable(root)))
    rows = {storable(file.name): _refusal_row(file) for file in files}
    if rows:
        connection.execute(insert(refusals), list(rows.values()))


def note_removals(connection: Connection, removed: Sequence[Removal]) -> None:
    """Note that these were removed by hand; to be followed by the change of the library that removes them."""
    ids = [one.document_id for one in removed]
    connection.execute(delete(removals).where(removals.c.document_id.in_(listed(ids))))
    if removed:
        connection.execute(insert(removals), [_removal_row(one) for one in removed])


def note_purge(connection: Connection, generation: int) -> None:
    """Note that a copy of the vectors from before `generation` may hold what was removed by hand."""
    if not connection.execute(update(meta).where(meta.c.key == PURGED).values(value=str(generation))).rowcount:
        connection.execute(insert(meta).values(key=PURGED, value=str(generation)))


def forget_removal(connection: Connection, name: str) -> Removal | None:
    """Forget that the document of this id or uri was removed, so that a sync may bring it back; None if it was not."""
    is_it = (removals.c.document_id == storable(name)) | (removals.c.uri == storable(name))
    row = connection.execute(select(removals).where(is_it).limit(1)).one_or_none()
    if row is None:
        return None
    connection.execute(delete(removals).where(removals.c.document_id == row.document_id))
    return removal(row)


def withdrawn(connection: Connection, document_ids: Iterable[str], by: str) -> tuple[Withdrawn, ...]:
    """Those of the documents that are there, as they will be when they are removed now."""
    columns = documents.c.id, documents.c.uri, documents.c.origin_path, documents.c.text
    wanted = select(*columns).where(documents.c.id.in_(listed([storable(id) for id in document_ids])))
    now = present()
    return tuple(
        Withdrawn(Removal(row.id, row.uri, by, now), Path(row.origin_path), row.text)
        for row in connection.execute(wanted.order_by(documents.c.uri))
    )


def _is_below(path: str, others: Iterable[str]) -> bool:
    return any(PurePath(path).is_relative_to(other) for other in others)


def _refusal_row(file: RefusedFile) -> dict[str, str | None]:
    return {
        "root": storable(file.root),
        "name": storable(file.name),
        "uri": None if file.uri is None else storable(file.uri),
        "reason": storable(file.reason),
        "refused": stamp(file.refused),
    }


def _removal_row(one: Removal) -> dict[str, str]:
    by, removed = storable(one.by), stamp(one.removed)
    return {"document_id": one.document_id, "uri": storable(one.uri), "by": by, "removed": removed}
