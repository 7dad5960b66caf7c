"""Sessions: what a browser is let in with after somebody was admitted once, until it ends or is used up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, insert, select

from index.principal import Principal
from index.records.store import Store, hashed, new_secret, principal_columns, principal_of, stamp
from index.records.tables import sessions

Kind = Literal["login", "attempt", "ticket", "embed"]
"""Somebody signed in here; a login under way; what opens an embedded chat once; the session of one."""

_PREFIXES: dict[str, str] = {"ticket": "ort_", "embed": "ors_"}


@dataclass(frozen=True, slots=True)
class Session:
    """Who a secret stands for and until when; `embed` is the embedded chat it is bound to, `data` what its maker wanted
    back."""

    kind: Kind
    principal: Principal
    made: datetime
    expires: datetime
    embed: str | None = None
    data: str = ""


class Sessions(Store):
    """The sessions of one server. A secret is good for its own kind only."""

    kind = "sessions"

    def begin(
        self, kind: Kind, principal: Principal, seconds: float, *, embed: str | None = None, data: str = ""
    ) -> str:
        """Begin a session of that many seconds; returns its secret, which is nowhere else.

        What has ended goes with it: anybody can begin some kinds, so there are never more than hold at once.
        """
        secret, now = new_secret(_PREFIXES.get(kind, "")), self._clock()
        values = {
            "hash": hashed(secret),
            "kind": kind,
            **principal_columns(principal),
            "reads_everything": int(principal.reads_everything),
            "embed": embed,
            "data": data,
            "made": stamp(now),
            "expires": stamp(now + timedelta(seconds=seconds)),
        }
        with self._writing() as connection:
            connection.execute(delete(sessions).where(sessions.c.expires <= stamp(now)))
            connection.execute(insert(sessions).values(**values))
        return secret

    def find(self, kind: Kind, secret: str) -> Session | None:
        """The session of this secret; None alike if there is none, it is of another kind, or it has ended."""
        with self._reading() as connection:
            row = connection.execute(select(sessions).where(*_is(kind, secret))).one_or_none()
        return self._live(row)

    def redeem(self, kind: Kind, secret: str) -> Session | None:
        """The session of this secret, which ends it: of all who try, in whatever thread or process, one succeeds."""
        with self._writing() as connection:
            row = connection.execute(delete(sessions).where(*_is(kind, secret)).returning(sessions)).one_or_none()
        return self._live(row)

    def end(self, secret: str) -> bool:
        """End the session of this secret, of whatever kind; False if there was none."""
        with self._writing() as connection:
            return connection.execute(delete(sessions).where(sessions.c.hash == hashed(secret))).rowcount > 0

    def end_all(self, principal_name: str) -> int:
        """End everything that was begun for this principal; returns how many there were."""
        with self._writing() as connection:
            return connection.execute(delete(sessions).where(sessions.c.principal == principal_name)).rowcount

    def end_embedded(self, principal_name: str) -> int:
        """End the sessions of embedded chats that were begun for this principal, and the tickets to such; returns how
        many there were. Where they are still known, a chat begins another by itself."""
        embedded = sessions.c.kind.in_(("embed", "ticket"))
        with self._writing() as connection:
            found = connection.execute(delete(sessions).where(sessions.c.principal == principal_name, embedded))
            return found.rowcount

    def of(self, principal_name: str) -> tuple[Session, ...]:
        """What was begun for this principal and has not been removed yet, oldest first; without secrets."""
        with self._reading() as connection:
            return _sessions(connection, principal_name)

    def prune(self) -> int:
        """Remove what has ended by itself; returns how many there were."""
        with self._writing() as connection:
            return connection.execute(delete(sessions).where(sessions.c.expires <= stamp(self._clock()))).rowcount

    def _live(self, row: Row[Any] | None) -> Session | None:
        return None if row is None or row.expires <= stamp(self._clock()) else _session(row)


def _is(kind: Kind, secret: str) -> tuple[Any, ...]:
    return sessions.c.hash == hashed(secret), sessions.c.kind == kind


def _sessions(connection: Connection, principal_name: str) -> tuple[Session, ...]:
    wanted = select(sessions).where(sessions.c.principal == principal_name).order_by(sessions.c.made)
    return tuple(map(_session, connection.execute(wanted)))


def _session(row: Row[Any]) -> Session:
    return Session(
        kind=row.kind,
        principal=principal_of(row, reads_everything=bool(row.reads_everything)),
        made=datetime.fromisoformat(row.made),
        expires=datetime.fromisoformat(row.expires),
        embed=row.embed,
        data=row.data,
    )
