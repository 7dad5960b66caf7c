"""What may be used once, such as the id of a signed token, and was."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete

from index.records.store import Store, stamp
from index.records.tables import spent


class Spent(Store):
    """Ids that are used up."""

    kind = "spent"

    def spend(self, id: str, until: datetime) -> bool:
        """Use this id up; False if it was. Of all who try, in whatever thread or process, one succeeds.

        `until` is when what it belongs to ends by itself, with all leeway that is given there: it is forgotten then.
        """
        row = self._inserting(spent).values(id=id, until=stamp(until)).on_conflict_do_nothing()
        with self._writing() as connection:
            return connection.execute(row).rowcount > 0

    def prune(self) -> int:
        """Forget what has ended by itself; returns how many there were."""
        with self._writing() as connection:
            return connection.execute(delete(spent).where(spent.c.until <= stamp(self._clock()))).rowcount
