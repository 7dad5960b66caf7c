"""The tables of what people leave behind. Times are ISO moments in UTC, which compare as text; lists are JSON.

Text compares by its code points, in PostgreSQL too, where it would else be sorted as its database's language does.
"""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, Table, UniqueConstraint
from sqlalchemy import Text as AnyText

from index.schema import metadata

Text = AnyText().with_variant(AnyText(collation="C"), "postgresql")

conversations = Table(
    "conversations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("begun", Text, nullable=False),
    Column("changed", Text, nullable=False),
    Index("conversations_by_owner", "owner", "place", "changed"),
    Index("conversations_by_age", "changed"),
)
"""`owner` is the name of a principal, `place` the embedded chat it was held in, empty for the server's own pages."""

turns = Table(
    "turns",
    metadata,
    Column("id", Text, primary_key=True),
    Column("conversation", Text, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("asked", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("as_of", Text),
    Column("answer", Text, nullable=False),
    UniqueConstraint("conversation", "position"),
)
"""`answer` is the JSON of what was answered."""

turn_documents = Table(
    "turn_documents",
    metadata,
    Column("turn", Text, ForeignKey("turns.id", ondelete="CASCADE"), primary_key=True),
    Column("document_id", Text, primary_key=True),
    Index("turns_by_document", "document_id"),
    sqlite_with_rowid=False,
)
"""What fed an answer; it refers to no document, so that it outlives them."""

shares = Table(
    "shares",
    metadata,
    Column("id", Text, primary_key=True),
    Column("turn", Text, ForeignKey("turns.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("made", Text, nullable=False),
)
"""Answers that whoever asked has made a link to; the id cannot be guessed."""

keys = Table(
    "keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("hash", Text, nullable=False, unique=True),
    Column("principal", Text, nullable=False),
    Column("readers", Text, nullable=False),
    Column("collections", Text),
    Column("uses", Text),
    Column("made", Text, nullable=False),
    Column("expires", Text),
    Column("used", Text),
    Column("revoked", Text),
    Index("keys_by_name", "name"),
)
"""API keys, of which only the SHA-256 is kept."""

sessions = Table(
    "sessions",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("principal", Text, nullable=False),
    Column("readers", Text, nullable=False),
    Column("reads_everything", Integer, nullable=False),
    Column("collections", Text),
    Column("embed", Text),
    Column("data", Text, nullable=False),
    Column("made", Text, nullable=False),
    Column("expires", Text, nullable=False),
    Index("sessions_by_principal", "principal"),
    Index("sessions_by_end", "expires"),
)
"""What a browser was let in with, of which only the SHA-256 is kept; `data` is what its maker wants back."""

spent = Table(
    "spent",
    metadata,
    Column("id", Text, primary_key=True),
    Column("until", Text, nullable=False),
    Index("spent_by_end", "until"),
)
"""What can be used once and was, until it would have ended by itself."""

counters = Table(
    "counters",
    metadata,
    Column("key", Text, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("expires", Float, nullable=False),
    Index("counters_by_end", "expires"),
    sqlite_with_rowid=False,
)
"""How often something was asked for in a span of time; `expires` is in seconds since 1970."""

ALL = (conversations, turns, turn_documents, shares, keys, sessions, spent, counters)
"""Each after those that it refers to."""
