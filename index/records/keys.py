"""API keys: made once and shown once, found again by their secret, and revoked."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, or_, select, update
from sqlalchemy.exc import DBAPIError

from index.errors import LibraryError
from index.principal import Principal
from index.records.store import (
    Store,
    hashed,
    labels,
    moment,
    new_id,
    new_secret,
    principal_columns,
    principal_of,
    stamp,
    unlabelled,
)
from index.records.tables import keys

PREFIX = "ork_"
"""What the secret of a key begins with, so that one in the wrong place is known for what it is."""
LONGEST_NAME = 64
"""Characters."""
NOTED_EVERY = timedelta(minutes=1)
"""How exactly it is kept when a key was used last."""

_NAME = re.compile(rf"(?=.{{1,{LONGEST_NAME}}}$)\w+(?:[ .@-]+\w+)*")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret. `uses` is what it is good for, None for everything; `expires` is None where it holds
    until it is revoked, `used` is when it was used last, to the minute."""

    id: str
    name: str
    principal: Principal
    uses: frozenset[str] | None
    made: datetime
    expires: datetime | None = None
    used: datetime | None = None
    revoked: datetime | None = None

    def is_good(self, now: datetime) -> bool:
        """Whether it lets anybody in at that moment."""
        return self.revoked is None and (self.expires is None or self.expires > now)


class Keys(Store):
    """The API keys of one library."""

    kind = "keys"

    def make(
        self,
        name: str,
        principal: Principal,
        uses: frozenset[str] | None = None,
        expires: datetime | None = None,
    ) -> tuple[ApiKey, str]:
        """Make a key; returns it and its secret, which is nowhere else.

        Raises LibraryError if the name is none, or that of a key that is not revoked. A principal who reads everything
        is for the person at this machine alone: ValueError.
        """
        if principal.reads_everything:
            raise ValueError("a key never reads everything")
        if not _NAME.fullmatch(name):
            raise LibraryError(
                f"{name!r} is no name for a key; use letters and digits, {LONGEST_NAME} at most, with spaces, dots, "
                "dashes and at signs between"
            )
        key = ApiKey(new_id()[:12], name, principal, uses, self._clock(), expires)
        secret = new_secret(PREFIX)
        self._insert(key, hashed(secret))
        return key, secret

    def find(self, secret: str) -> ApiKey | None:
        """The key of this secret; None alike if there is none, it has expired, or it is revoked."""
        if not secret.startswith(PREFIX):
            return None
        now = self._clock()
        wanted = select(keys).where(
            keys.c.hash == hashed(secret),
            keys.c.revoked.is_(None),
            or_(keys.c.expires.is_(None), keys.c.expires > stamp(now)),
        )
        with self._reading() as connection:
            row = connection.execute(wanted).one_or_none()
        if row is None:
            return None
        key = _key(row)
        if key.used is None or now - key.used >= NOTED_EVERY:
            self._note_use(key.id, now)
        return key

    def list(self) -> tuple[ApiKey, ...]:
        """All keys, those that are no longer good too, oldest first."""
        with self._reading() as connection:
            return tuple(map(_key, connection.execute(select(keys).order_by(keys.c.made, keys.c.id))))

    def revoke(self, id_or_name: str) -> ApiKey | None:
        """Revoke the key of this id or name, from the next request on; None if there is none that was not revoked."""
        named = select(keys.c.id).where(or_(keys.c.id == id_or_name, keys.c.name == id_or_name))
        with self._writing() as connection:
            # What is the id of one and the name of another is taken for the id.
            id = connection.scalar(named.where(keys.c.revoked.is_(None)).order_by(keys.c.id != id_or_name).limit(1))
            revoked = update(keys).where(keys.c.id == id).values(revoked=stamp(self._clock())).returning(keys)
            row = connection.execute(revoked).one_or_none()
        return None if row is None else _key(row)

    def delete_all(self, principal_name: str) -> int:
        """Remove the keys of this principal, and with them that there were any; returns how many."""
        with self._writing() as connection:
            return connection.execute(delete(keys).where(keys.c.principal == principal_name)).rowcount

    def _insert(self, key: ApiKey, secret_hash: str) -> None:
        values = {
            "id": key.id,
            "name": key.name,
            "hash": secret_hash,
            **principal_columns(key.principal),
            "uses": labels(key.uses),
            "made": stamp(key.made),
            "expires": None if key.expires is None else stamp(key.expires),
        }
        taken = select(keys.c.id).where(keys.c.name == key.name, keys.c.revoked.is_(None))
        with self._writing() as connection:
            if connection.scalar(taken) is not None:
                raise LibraryError(f"there is a key named {key.name}; revoke it first, or give this one another name")
            connection.execute(insert(keys).values(**values))

    def _note_use(self, id: str, now: datetime) -> None:
        # A key is as good while another process writes for long, or the disk is full: when it was used is not worth
        # waiting for.
        with suppress(DBAPIError, OSError), self._writing_at_once() as connection:
            connection.execute(update(keys).where(keys.c.id == id).values(used=stamp(now)))


def _key(row: Row[Any]) -> ApiKey:
    made = datetime.fromisoformat(row.made)
    uses = unlabelled(row.uses)
    return ApiKey(
        row.id, row.name, principal_of(row), uses, made, moment(row.expires), moment(row.used), moment(row.revoked)
    )
