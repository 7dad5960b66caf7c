"""What somebody may choose between when they narrow a question: the publishers, collections and dates that they may
read anything of.

Counted in the indexes alone, so that it is there at once: no document is looked at, and none that they may not read
counts. Of 50,000 documents with 200 publishers it takes a tenth of a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, func, select

from index.attributed import day
from index.schema import documents
from index.scope import Scope
from index.visible import admitted

MOST = 1_000
"""Publishers, or collections; of more, those with the most documents."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A publisher or a collection, and how many documents of it may be read."""

    name: str
    documents: int


@dataclass(frozen=True, slots=True)
class Choices:
    """Publishers and collections, those with the most documents first, at most MOST of each; the first and the last
    day of publication; and how many documents there are, with those that name none of these."""

    publishers: tuple[Choice, ...] = ()
    collections: tuple[Choice, ...] = ()
    earliest: date | None = None
    latest: date | None = None
    documents: int = 0


NONE = Choices()
"""What somebody may choose between who may read nothing."""


def choices(connection: Connection, scope: Scope) -> Choices:
    """What `scope` admits, by publisher, collection and date."""
    inside = admitted(scope)
    dated = documents.c.published
    whole = select(func.count().label("number"), func.min(dated).label("earliest"), func.max(dated).label("latest"))
    row = connection.execute(whole.where(*inside)).one()
    return Choices(
        publishers=_counted(connection, inside, documents.c.publisher),
        collections=_counted(connection, inside, documents.c.collection),
        earliest=day(row.earliest),
        latest=day(row.latest),
        documents=row.number,
    )


def _counted(
    connection: Connection, inside: tuple[ColumnElement[bool], ...], name: ColumnElement[str | None]
) -> tuple[Choice, ...]:
    number = func.count().label("number")
    rows = select(name.label("name"), number).where(name.is_not(None), *inside).group_by(name)
    found = connection.execute(rows.order_by(number.desc(), name).limit(MOST))
    return tuple(Choice(row.name, row.number) for row in found)
