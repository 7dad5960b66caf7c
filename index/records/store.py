"""What the stores of the records have in common: short transactions, moments as text, principals as columns, secrets.

A secret is 256 random bits, given out once. Only its SHA-256 is kept and looked up by an index, so that neither the
file nor the time that a comparison takes tells anything of it; being random, it needs no slower hash.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import Connection, Engine, Row, Table
from sqlalchemy.dialects import postgresql, sqlite

from index.principal import Principal
from index.records.failing import explained
from index.schema import PATIENCE

Clock = Callable[[], datetime]
"""Gives the present moment, aware of its zone."""

_REMEDY = "see to the library's disk and permissions, or wait until a long change of it is done"
_REMEDY_ELSEWHERE = "see to the PostgreSQL server that records_url names"


def present() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


class Store:
    """One kind of records in the database of `engine`. Each call of a store is one short transaction by itself, so it
    can be used from several threads and processes at once; it raises LibraryError where the database cannot be read or
    written. Of those that write the same kind, one writes at a time."""

    kind: ClassVar[str]
    """The kind of records, as whoever writes them waits for others."""

    def __init__(self, engine: Engine, clock: Clock = present) -> None:
        self._engine = engine
        self._clock = clock
        self._is_sqlite = engine.dialect.name == "sqlite"
        self._remedy = _REMEDY if self._is_sqlite else _REMEDY_ELSEWHERE

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with explained("the records cannot be read", self._remedy), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with (
            explained("the records cannot be written", self._remedy),
            self._engine.connect().execution_options(writing=self.kind) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def _writing_at_once(self) -> Iterator[Connection]:
        """A transaction that waits for no other, but raises sqlalchemy's own OperationalError at once."""
        with self._engine.connect().execution_options(writing=self.kind, at_once=True) as connection:
            driver: Any = connection.connection.driver_connection
            if self._is_sqlite:
                driver.execute("PRAGMA busy_timeout=0")
            try:
                with connection.begin():
                    yield connection
            finally:
                if self._is_sqlite:
                    driver.execute(f"PRAGMA busy_timeout={PATIENCE}")

    def _inserting(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """An insertion that can say what to do where the row is there already."""
        return sqlite.insert(table) if self._is_sqlite else postgresql.insert(table)


def stamp(moment: datetime) -> str:
    """`moment` in UTC as text of one length, so that moments compare as texts do.

    >>> stamp(datetime(2026, 11, 23, 9, 30, tzinfo=UTC))
    '2026-11-23T09:30:00.000000Z'
    """
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def moment(text: str | None) -> datetime | None:
    """The moment that `stamp` wrote; None for none."""
    return None if text is None else datetime.fromisoformat(text)


def new_id() -> str:
    """A name that is given once and cannot be guessed: 128 random bits in hex."""
    return secrets.token_hex(16)


def new_secret(prefix: str = "") -> str:
    """`prefix` and 256 random bits that can stand in a URL or a header."""
    return f"{prefix}{secrets.token_urlsafe(32)}"


def hashed(secret: str) -> str:
    """The SHA-256 of a secret, in hex; of whatever somebody may send as one."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def labels(held: frozenset[str] | None) -> str | None:
    """A set of labels as a JSON list; None for None, which is all of them."""
    return None if held is None else json.dumps(sorted(held))


def unlabelled(text: str | None) -> frozenset[str] | None:
    """The set that `labels` wrote."""
    return None if text is None else frozenset(json.loads(text))


def principal_columns(principal: Principal) -> dict[str, object]:
    """The columns that hold a principal whole, but for `reads_everything`."""
    return {
        "principal": principal.name,
        "readers": labels(principal.readers),
        "collections": labels(principal.collections),
    }


def principal_of(row: Row[Any], *, reads_everything: bool = False) -> Principal:
    """The principal that `principal_columns` wrote."""
    readers = unlabelled(row.readers) or frozenset()
    return Principal(row.principal, readers, reads_everything, unlabelled(row.collections))
