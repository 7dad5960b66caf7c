"""Which documents fed which kept turns: how much rests on a document, and its words out of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, or_, select, update

from index.records.store import Store, moment
from index.records.tables import turn_documents, turns
from index.visible import storable

Rewrite = Callable[[str, str], str]
"""From a turn's question and the JSON kept of its answer to the JSON to keep instead."""
AT_ONCE = 100
"""Turns that one transaction rewrites, so that others can write in between; and documents looked for in one look."""


@dataclass(frozen=True, slots=True)
class Fed:
    """How many kept turns, whoever's, something of a document was shown in, and when the last of them was asked."""

    turns: int
    last: datetime | None


class FedTurns(Store):
    """The kept turns by the documents that fed them, of everybody."""

    def fed(self, document_id: str) -> Fed:
        """What rests on this document: counts only, since whose they are is nobody else's concern."""
        named = turn_documents.c.document_id == storable(document_id).replace("\x00", "")
        wanted = select(func.count(), func.max(turns.c.asked)).join_from(turn_documents, turns).where(named)
        with self._reading() as connection:
            count, last = connection.execute(wanted).one()
        return Fed(count, moment(last))

    def rewrite(self, document_ids: Iterable[str], change: Rewrite) -> int:
        """Keep of every turn that rests on one of these documents, or names it, what `change` makes of it, and no
        longer that they fed it; returns how many there were."""
        ids = sorted(id for id in set(document_ids) if id == storable(id) and "\x00" not in id)
        found = sorted({turn for some in _parts(ids) for turn in self._naming(some)})
        for some in _parts(found):
            self._rewrite(some, ids, change)
        return len(found)

    def _naming(self, ids: Sequence[str]) -> Sequence[str]:
        """The turns that these documents fed, or that name one of them in what is kept of their answer."""
        fed = select(turn_documents.c.turn).where(turn_documents.c.document_id.in_(ids))
        named = select(turns.c.id).where(or_(*(turns.c.answer.contains(id, autoescape=True) for id in ids)))
        with self._reading() as connection:
            return connection.scalars(fed.union(named)).all()

    def _rewrite(self, found: Sequence[str], ids: Sequence[str], change: Rewrite) -> None:
        with self._writing() as connection:
            wanted = select(turns.c.id, turns.c.question, turns.c.answer).where(turns.c.id.in_(found))
            for row in connection.execute(wanted).all():
                kept = storable(change(row.question, row.answer))
                connection.execute(update(turns).where(turns.c.id == row.id).values(answer=kept))
            for some in _parts(ids):
                no_longer = turn_documents.c.turn.in_(found), turn_documents.c.document_id.in_(some)
                connection.execute(delete(turn_documents).where(*no_longer))


def _parts(names: Sequence[str]) -> Iterator[Sequence[str]]:
    return (names[at : at + AT_ONCE] for at in range(0, len(names), AT_ONCE))
