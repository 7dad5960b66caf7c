"""The tables of what is known of the library beside what it answers from: how its documents came, and what did not."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from index.schema import metadata

particulars = Table(
    "particulars",
    metadata,
    Column("document", Integer, ForeignKey("documents.number", ondelete="CASCADE"), primary_key=True),
    Column("added", Text, nullable=False),
    Column("characters", Integer, nullable=False),
    Column("collection", Text),
    Column("words", Text, nullable=False),
    Column("pages", Text),
    Index("particulars_by_age", "added", "document", "words"),
    Index("particulars_by_words", "words"),
)
"""What lists say of a document beside its attribution, apart from its text so that they need not read past it: when
this version came (a moment in UTC, ISO; empty where it came before that was kept), the characters of its text, its
collection, uri, title and publisher as they are looked for (`index.folded`), and where each page of a PDF begins (a
JSON list of offsets, null for what has no pages)."""

roots = Table(
    "roots",
    metadata,
    Column("path", Text, primary_key=True),
    Column("readers", Text, nullable=False),
    Column("collection", Text),
    Column("synced", Text, nullable=False),
)
"""The folders, files and feeds that were synced, each as it was last: so that they can be synced again. `readers` is a
JSON list."""

refusals = Table(
    "refusals",
    metadata,
    Column("root", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("uri", Text),
    Column("reason", Text, nullable=False),
    Column("refused", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""What the last sync of each root did not take in, and why."""

removals = Table(
    "removals",
    metadata,
    Column("document_id", Text, primary_key=True),
    Column("uri", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("removed", Text, nullable=False),
)
"""Documents that somebody removed by hand: a sync does not bring them back until that is undone."""
