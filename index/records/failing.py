"""What a database raises, as a sentence: what went wrong, why, and the remedy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from index.errors import LibraryError


@contextmanager
def explained(what: str, remedy: str) -> Iterator[None]:
    """Raise what the database, its driver or the way to it raises as a LibraryError."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        raise LibraryError(f"{what} ({_reason(error)}); {remedy}") from error


def _reason(error: SQLAlchemyError | OSError) -> str:
    """The reason in the database's own words, without the statement that failed."""
    if not isinstance(error, DBAPIError) or error.orig is None:
        return _words(error)
    told = error.orig.args[0] if error.orig.args else None
    if isinstance(told, dict):
        return str(told.get("M", "no reason given"))  # the message of a PostgreSQL error, as pg8000 has it
    return _words(error.orig.__cause__ or error.orig)


def _words(error: BaseException) -> str:
    told = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return told.strip().rstrip(".") or type(error).__name__
