"""Documents, readers, chunks, vectors, and the keyword index over the chunks."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_CHUNK_TEXTS = """
CREATE VIEW chunk_texts AS
SELECT chunks.id AS id, documents.title AS title, chunks.headings AS headings,
       substr(documents.text, chunks.start + 1, chunks."end" - chunks.start) AS text
FROM chunks JOIN documents ON documents.number = chunks.document
"""

# English words are cut to their stems and letters lose their accents, in the index as in the question. The index holds
# no text of its own: the view above gives it back from the documents.
_KEYWORDS = """
CREATE VIRTUAL TABLE keywords USING fts5(
    title, headings, text,
    content = 'chunk_texts', content_rowid = 'id', tokenize = 'porter unicode61 remove_diacritics 2'
)
"""


def upgrade() -> None:
    _create_bookkeeping()
    _create_documents()
    _create_chunks()
    for statement in (_CHUNK_TEXTS, _KEYWORDS):
        op.execute(statement)


def _create_bookkeeping() -> None:
    meta = op.create_table(
        "meta", sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text, nullable=False)
    )
    op.bulk_insert(meta, [{"key": "library", "value": uuid.uuid4().hex}])
    op.create_table(
        "generations",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("token", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "embedders",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("fingerprint", sa.Text, nullable=False, unique=True),
        sa.Column("dimensions", sa.Integer, nullable=False),
        sa.Column("is_current", sa.Integer, nullable=False),
    )


def _create_documents() -> None:
    described = [sa.Column(name, sa.Text) for name in ("title", "publisher", "author", "published", "language")]
    origin = ("content_hash", "origin_path", "origin_uri", "origin_name", "origin_fingerprint")
    op.create_table(
        "documents",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("uri", sa.Text, nullable=False),
        *described,
        *[sa.Column(name, sa.Text, nullable=False) for name in origin],
        sa.Column("text", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("documents_by_origin", "documents", ["origin_path", "origin_uri"])
    op.create_index("documents_by_date", "documents", ["published"])
    op.create_table(
        "readers",
        sa.Column("document", sa.Integer, sa.ForeignKey("documents.number", ondelete="CASCADE"), primary_key=True),
        sa.Column("label", sa.Text, primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("readers_by_label", "readers", ["label", "document"])


def _create_chunks() -> None:
    op.create_table(
        "chunks",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("document", sa.Integer, sa.ForeignKey("documents.number", ondelete="CASCADE"), nullable=False),
        *[sa.Column(name, sa.Integer, nullable=False) for name in ("ordinal", "start", "end")],
        sa.Column("headings", sa.Text, nullable=False),
        sa.UniqueConstraint("document", "ordinal"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "vectors",
        sa.Column("chunk", sa.Integer, sa.ForeignKey("chunks.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("embedder", sa.Integer, sa.ForeignKey("embedders.number"), primary_key=True),
        sa.Column("vector", sa.LargeBinary, nullable=False),
    )
