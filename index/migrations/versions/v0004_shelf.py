"""When documents came and how long they are, where they are read from, what was refused and what was removed; shared
answers; and what a verdict is about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

# When they came nobody knows any more. `folded` is index.folded's, which every connection of ours has.
_PARTICULARS_OF_WHAT_IS_THERE = """
INSERT INTO particulars (document, added, characters, collection, words)
SELECT number, '', length(text), collection,
       folded(uri || char(10) || coalesce(title, '') || char(10) || coalesce(publisher, ''))
FROM documents
"""


def upgrade() -> None:
    _shelf()
    op.create_table(
        "shares",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("turn", sa.Text, sa.ForeignKey("turns.id", ondelete="CASCADE"), nullable=False, unique=True),
        sa.Column("made", sa.Text, nullable=False),
    )
    op.create_index("turns_by_document", "turn_documents", ["document_id"])
    op.add_column("feedback", sa.Column("reason", sa.Text))
    op.add_column("feedback", sa.Column("about", sa.Integer))
    op.add_column("feedback", sa.Column("leans_on", sa.Text))
    op.create_index("feedback_by_document", "feedback_evidence", ["document_id"])


def _shelf() -> None:
    op.create_table(
        "particulars",
        sa.Column("document", sa.Integer, sa.ForeignKey("documents.number", ondelete="CASCADE"), primary_key=True),
        sa.Column("added", sa.Text, nullable=False),
        sa.Column("characters", sa.Integer, nullable=False),
        sa.Column("collection", sa.Text),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("pages", sa.Text),
    )
    op.create_index("particulars_by_age", "particulars", ["added", "document", "words"])
    op.create_index("particulars_by_words", "particulars", ["words"])
    op.execute(_PARTICULARS_OF_WHAT_IS_THERE)
    op.create_index("documents_by_publisher", "documents", ["publisher"])
    op.create_table(
        "roots",
        sa.Column("path", sa.Text, primary_key=True),
        sa.Column("readers", sa.Text, nullable=False),
        sa.Column("collection", sa.Text),
        sa.Column("synced", sa.Text, nullable=False),
    )
    op.create_table(
        "refusals",
        sa.Column("root", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("uri", sa.Text),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("refused", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "removals",
        sa.Column("document_id", sa.Text, primary_key=True),
        sa.Column("uri", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("removed", sa.Text, nullable=False),
    )
