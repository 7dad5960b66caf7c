"""What somebody may read of the library, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from index.attributed import ATTRIBUTION, attribution
from index.document import Attribution
from index.folded import folded
from index.schema import documents
from index.scope import Scope
from index.visible import admitted, in_collections, storable


@dataclass(frozen=True, slots=True)
class Listed:
    """A document in a list: whose words it is and the collection it is in. Who else may read it is not told."""

    attribution: Attribution
    collection: str | None


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of documents in the order of their uris; `next` asks for the page after it, None where there is none."""

    documents: tuple[Listed, ...]
    next: str | None


NOTHING = Listing((), None)
"""The whole list of somebody who may read nothing."""


def listing(
    connection: Connection, scope: Scope, after: str | None, limit: int, words: str, collection: str | None
) -> Listing:
    """The first `limit` documents of `scope` behind the uri `after`; see `Library.listing`."""
    rows = connection.execute(_page(scope, after, words, collection).limit(limit + 1)).all()
    found = tuple(Listed(attribution(row), row.collection) for row in rows[:limit])
    return Listing(found, found[-1].attribution.uri if found and len(rows) > limit else None)


def _page(scope: Scope, after: str | None, words: str, collection: str | None) -> Select[Any]:
    wanted = select(*ATTRIBUTION, documents.c.collection).where(*admitted(scope), *_named(words))
    if collection is not None:
        wanted = wanted.where(in_collections((storable(collection),)))
    if after is not None:
        wanted = wanted.where(documents.c.uri > storable(after))
    return wanted.order_by(documents.c.uri)


def _named(words: str) -> tuple[ColumnElement[bool], ...]:
    """That each of `words` stands in the title, the publisher or the uri."""
    title, publisher = (func.coalesce(column, "") for column in (documents.c.title, documents.c.publisher))
    text = func.folded(documents.c.uri + "\n" + title + "\n" + publisher)
    return tuple(func.instr(text, word) > 0 for word in folded(storable(words)).split())
