"""Collections of documents; conversations, API keys, sessions and counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("documents", sa.Column("collection", sa.Text))
    op.create_index("documents_by_collection", "documents", ["collection"])
    op.create_index("documents_by_uri", "documents", ["uri", "title", "publisher"])
    _conversations()
    _admission()
    _counts()


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _id(name: str = "id") -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=True)


def _conversations() -> None:
    op.create_table("conversations", _id(), *_text("owner", "place", "title", "begun", "changed"))
    op.create_index("conversations_by_owner", "conversations", ["owner", "place", "changed"])
    op.create_index("conversations_by_age", "conversations", ["changed"])
    op.create_table(
        "turns",
        _id(),
        sa.Column("conversation", sa.Text, sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        *_text("asked", "question"),
        sa.Column("as_of", sa.Text),
        *_text("answer"),
        sa.UniqueConstraint("conversation", "position"),
    )
    op.create_table(
        "turn_documents",
        sa.Column("turn", sa.Text, sa.ForeignKey("turns.id", ondelete="CASCADE"), primary_key=True),
        _id("document_id"),
        sqlite_with_rowid=False,
    )


def _admission() -> None:
    op.create_table(
        "keys",
        _id(),
        *_text("name"),
        sa.Column("hash", sa.Text, nullable=False, unique=True),
        *_text("principal", "readers"),
        *[sa.Column(name, sa.Text) for name in ("collections", "uses")],
        *_text("made"),
        *[sa.Column(name, sa.Text) for name in ("expires", "used", "revoked")],
    )
    op.create_index("keys_by_name", "keys", ["name"])
    op.create_table(
        "sessions",
        _id("hash"),
        *_text("kind", "principal", "readers"),
        sa.Column("reads_everything", sa.Integer, nullable=False),
        *[sa.Column(name, sa.Text) for name in ("collections", "embed")],
        *_text("data", "made", "expires"),
    )
    op.create_index("sessions_by_principal", "sessions", ["principal"])
    op.create_index("sessions_by_end", "sessions", ["expires"])


def _counts() -> None:
    op.create_table("spent", _id(), *_text("until"))
    op.create_index("spent_by_end", "spent", ["until"])
    op.create_table(
        "counters",
        _id("key"),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("expires", sa.Float, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("counters_by_end", "counters", ["expires"])
