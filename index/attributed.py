"""From a row of documents to whose words they are."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Row

from index.document import Attribution
from index.schema import documents

ATTRIBUTION = tuple(
    documents.c[name] for name in ("id", "uri", "title", "publisher", "author", "published", "language")
)
"""The columns that an attribution is made of."""


def attribution(row: Row[Any]) -> Attribution:
    """Whose words a row with the columns of ATTRIBUTION is."""
    return Attribution(row.id, row.uri, row.title, row.publisher, row.author, day(row.published), row.language)


def day(text: str | None) -> date | None:
    """A day as the library keeps it."""
    return None if text is None else date.fromisoformat(text)
