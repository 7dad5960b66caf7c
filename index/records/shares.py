"""Links to answers: made by whoever asked, for whoever is given one, until it is taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, insert, select

from index.records.conversations import KeptTurn, read_turns
from index.records.store import Store, new_id, stamp
from index.records.tables import conversations, shares, turns


@dataclass(frozen=True, slots=True)
class Share:
    """A link: its id, which cannot be guessed, the turn it leads to, and when it was made."""

    id: str
    turn: str
    made: datetime


class Shares(Store):
    """The links of one server. Whoever is not the owner of a turn, or asks in another place than it is held in, is told
    the same as if there were none. A link goes with its turn."""

    kind = "conversations"

    def link(self, owner: str, place: str, turn_id: str) -> Share | None:
        """The link to this turn of theirs, which is made if there is none yet; None if there is no such turn."""
        with self._writing() as connection:
            if connection.scalar(_turn(owner, place, turn_id)) is None:
                return None
            row = connection.execute(select(shares).where(shares.c.turn == turn_id)).one_or_none()
            if row is not None:
                return Share(row.id, row.turn, datetime.fromisoformat(row.made))
            made = Share(new_id(), turn_id, self._clock())
            connection.execute(insert(shares).values(id=made.id, turn=turn_id, made=stamp(made.made)))
        return made

    def linked(self, owner: str, place: str, turn_id: str) -> str | None:
        """The id of the link to this turn of theirs; None where there is none."""
        with self._reading() as connection:
            return connection.scalar(select(shares.c.id).where(shares.c.turn.in_(_turn(owner, place, turn_id))))

    def unlink(self, owner: str, place: str, turn_id: str) -> bool:
        """Take the link to this turn of theirs back, for good: another one made later has another id. False where there
        is none."""
        with self._writing() as connection:
            gone = delete(shares).where(shares.c.turn.in_(_turn(owner, place, turn_id)))
            return connection.execute(gone).rowcount > 0

    def find(self, id: str) -> KeptTurn | None:
        """The turn that this link leads to; None where there is none."""
        with self._reading() as connection:
            wanted = select(turns).join_from(turns, shares).where(shares.c.id == id)
            return next(iter(read_turns(connection, wanted)), None)

    def of(self, owner: str) -> tuple[Share, ...]:
        """All links to their turns, oldest first."""
        theirs = select(turns.c.id).join_from(turns, conversations).where(conversations.c.owner == owner)
        wanted = select(shares).where(shares.c.turn.in_(theirs)).order_by(shares.c.made, shares.c.id)
        with self._reading() as connection:
            rows = connection.execute(wanted).all()
        return tuple(Share(row.id, row.turn, datetime.fromisoformat(row.made)) for row in rows)


def _turn(owner: str, place: str, turn_id: str) -> Select[tuple[str]]:
    """The id of this turn of theirs."""
    theirs = conversations.c.owner == owner, conversations.c.place == place
    return select(turns.c.id).join_from(turns, conversations).where(turns.c.id == turn_id, *theirs)
