"""Counts of what was asked for in a span of time, that hold across restarts and for all processes together."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import Column, delete, select

from index.records.store import Store
from index.records.tables import counters

Number = TypeVar("Number", int, float)


class Counters(Store):
    """Counts by key; each lives from its first addition for the span named there, and then begins again. Those that
    have ended go with the next addition, whosever it is."""

    kind = "counters"

    def add(self, key: str, amount: int, seconds: float) -> int:
        """Add to the count of this key and give what it is now; a new one ends in that many seconds."""
        now = self._clock().timestamp()
        given = self._inserting(counters).values(key=key, count=amount, expires=now + seconds)
        added = given.on_conflict_do_update(
            index_elements=[counters.c.key], set_={"count": counters.c["count"] + given.excluded["count"]}
        )
        with self._writing() as connection:
            connection.execute(delete(counters).where(counters.c.expires <= now))
            return int(connection.execute(added.returning(counters.c["count"])).scalar_one())

    def count(self, key: str) -> int:
        """The count of this key; 0 where there is none any more."""
        return int(self._find(key, counters.c["count"]) or 0)

    def expires(self, key: str) -> float:
        """When the count of this key ends, in seconds since 1970; now where there is none."""
        found = self._find(key, counters.c.expires)
        return self._clock().timestamp() if found is None else float(found)

    def clear(self, key: str) -> None:
        """Begin the count of this key again."""
        with self._writing() as connection:
            connection.execute(delete(counters).where(counters.c.key == key))

    def prune(self) -> int:
        """Remove the counts that have ended; returns how many there were."""
        with self._writing() as connection:
            now = self._clock().timestamp()
            return connection.execute(delete(counters).where(counters.c.expires <= now)).rowcount

    def _find(self, key: str, column: Column[Number]) -> Number | None:
        live = counters.c.key == key, counters.c.expires > self._clock().timestamp()
        with self._reading() as connection:
            return connection.scalar(select(column).where(*live))
