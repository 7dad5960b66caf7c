"""What readers say of their answers, with what they had been shown."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    needed = ("verdict", "comment", "principal", "readers", "question", "understood", "history", "status", "sentences")
    made = ("embedder", "evidence_model", "model", "prompts")
    op.create_table(
        "feedback",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("answer", sa.Text, nullable=False, unique=True),
        sa.Column("given", sa.Text, nullable=False),
        *[sa.Column(name, sa.Text, nullable=False) for name in needed],
        sa.Column("reads_everything", sa.Integer, nullable=False),
        sa.Column("as_of", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("generation", sa.Integer),
        sa.Column("answerable", sa.Float),
        sa.Column("threshold", sa.Float),
        *[sa.Column(name, sa.Text) for name in made],
        sqlite_autoincrement=True,
    )
    op.create_index("feedback_by_state", "feedback", ["state", "verdict"])
    op.create_table(
        "feedback_evidence",
        sa.Column("feedback", sa.Integer, sa.ForeignKey("feedback.number", ondelete="CASCADE"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        *[sa.Column(name, sa.Integer, nullable=False) for name in ("number", "start", "end")],
        *[sa.Column(name, sa.Text, nullable=False) for name in ("document_id", "uri", "quote")],
        sqlite_with_rowid=False,
    )
