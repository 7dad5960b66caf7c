"""What people leave in the library, by kind."""

from __future__ import annotations

from sqlalchemy import Engine

from index.records import tables
from index.records.conversations import Conversations
from index.records.counters import Counters
from index.records.keys import Keys
from index.records.sessions import Sessions
from index.records.shares import Shares
from index.records.spent import Spent
from index.records.store import Clock, present
from index.schema import connect_memory, metadata


class Records:
    """Conversations, links to their answers, API keys, sessions, what is used up, and counts. Safe to use from several
    threads, and while other processes use them and a sync writes: each call is a short transaction by itself, for which
    the library's write lock is not taken. Each raises LibraryError where the database cannot be read or written."""

    def __init__(self, engine: Engine, clock: Clock = present) -> None:
        self._engine = engine
        self.conversations = Conversations(engine, clock)
        self.shares = Shares(engine, clock)
        self.keys = Keys(engine, clock)
        self.sessions = Sessions(engine, clock)
        self.spent = Spent(engine, clock)
        self.counters = Counters(engine, clock)

    @staticmethod
    def at(url: str, clock: Clock = present) -> Records:
        """Those on the PostgreSQL server that `url` names; raises LibraryError. They are to be closed."""
        from index.records.postgres import connect

        return Records(connect(url), clock)

    @staticmethod
    def in_memory(clock: Clock = present) -> Records:
        """Records that end with the process: for an app without a library."""
        engine = connect_memory()
        metadata.create_all(engine, tables.ALL)
        return Records(engine, clock)

    def close(self) -> None:
        """Let go of the database: for records that are not a library's own."""
        self._engine.dispose()
