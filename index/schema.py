"""The library's tables, and the connection to them.

One SQLite file holds the truth: documents with their readers, chunks as spans of a document's text, and a vector for
each chunk. `migrations/` makes and changes the tables; the definitions here are what queries are written against, and
a test holds the two together.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    inspect,
    text,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import QueuePool

from index.errors import LibraryError
from index.folded import folded

HEAD = "0005"
"""The newest migration. Comparing it with the file's own spares an up-to-date library the import of alembic."""

PATIENCE = 10_000
"""Milliseconds that a transaction waits for others to end."""

metadata = MetaData()

meta = Table("meta", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))
"""`library`: the name that tells this library from every other."""

generations = Table(
    "generations",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("token", Text, nullable=False),
    sqlite_autoincrement=True,
)
"""One row for each committed change. A cache that remembers number and token of the state it was made from knows
whether this library ever was in that state: after a backup is put back, numbers come again and tokens do not."""

embedders = Table(
    "embedders",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("fingerprint", Text, nullable=False, unique=True),
    Column("dimensions", Integer, nullable=False),
    Column("is_current", Integer, nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("uri", Text, nullable=False),
    Column("title", Text),
    Column("publisher", Text),
    Column("author", Text),
    Column("published", Text),
    Column("language", Text),
    Column("content_hash", Text, nullable=False),
    Column("origin_path", Text, nullable=False),
    Column("origin_uri", Text, nullable=False),
    Column("origin_name", Text, nullable=False),
    Column("origin_fingerprint", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("collection", Text),
    Index("documents_by_origin", "origin_path", "origin_uri"),
    Index("documents_by_date", "published"),
    Index("documents_by_collection", "collection"),
    Index("documents_by_publisher", "publisher"),
    Index("documents_by_choice", "published", "publisher", "collection"),
    Index("documents_by_uri", "uri", "title", "publisher"),
    sqlite_autoincrement=True,
)
"""`published` is an ISO date, so that dates compare as text. The origin columns say what a document was read from, to
recognise an unchanged file without reading it again. The columns before `text` are read without it;
`collection`, behind it, is looked up by its index, and `publisher` by its own where documents are chosen by it."""

readers = Table(
    "readers",
    metadata,
    Column("document", Integer, ForeignKey("documents.number", ondelete="CASCADE"), primary_key=True),
    Column("label", Text, primary_key=True),
    Index("readers_by_label", "label", "document"),
    sqlite_with_rowid=False,
)

chunks = Table(
    "chunks",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("document", Integer, ForeignKey("documents.number", ondelete="CASCADE"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("headings", Text, nullable=False),
    UniqueConstraint("document", "ordinal"),
    sqlite_autoincrement=True,
)
"""An id is never used twice, so an outdated index can name a chunk that is gone, but never a wrong one. `headings` is
a JSON list."""

vectors = Table(
    "vectors",
    metadata,
    Column("chunk", Integer, ForeignKey("chunks.id", ondelete="CASCADE"), primary_key=True),
    Column("embedder", Integer, ForeignKey("embedders.number"), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)
"""Little-endian float32 of unit length. Two embedders' vectors stand side by side only while re-embedding."""

feedback = Table(
    "feedback",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("answer", Text, nullable=False, unique=True),
    Column("given", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("principal", Text, nullable=False),
    Column("readers", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("understood", Text, nullable=False),
    Column("history", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("sentences", Text, nullable=False),
    Column("reads_everything", Integer, nullable=False),
    Column("as_of", Text),
    Column("state", Text, nullable=False),
    Column("generation", Integer),
    Column("answerable", Float),
    Column("threshold", Float),
    Column("embedder", Text),
    Column("evidence_model", Text),
    Column("model", Text),
    Column("prompts", Text),
    Column("reason", Text),
    Column("about", Integer),
    Column("leans_on", Text),
    Index("feedback_by_state", "state", "verdict"),
    sqlite_autoincrement=True,
)
"""`given` is a moment in UTC, ISO. `readers` and `sentences` are JSON lists, `history` one of pairs. It refers to no
document, so it outlives them; the columns from `generation` to `prompts` are empty where the writing was stopped.
`reason` is what a thumb down is about, and `about` the number of the quote it is about, each where that was said;
`leans_on` is a JSON list of the documents that fed the turns of `history`, null where that is not known."""

feedback_evidence = Table(
    "feedback_evidence",
    metadata,
    Column("feedback", Integer, ForeignKey("feedback.number", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("document_id", Text, nullable=False),
    Column("uri", Text, nullable=False),
    Column("quote", Text, nullable=False),
    Index("feedback_by_document", "document_id"),
    sqlite_with_rowid=False,
)
"""What was shown, in its order; `number` is 0 for a passage that was offered as related."""


@contextmanager
def explained(what: str, remedy: str) -> Iterator[None]:
    """Raise what the database raises as a LibraryError: `what` went wrong, why, and the remedy."""
    try:
        yield
    except DatabaseError as error:
        raise LibraryError(f"{what} ({error.orig}); {remedy}") from error


def connect(path: Path) -> Engine:
    """An engine on the SQLite file at `path`. Transactions begin as reading ones, and as writing ones if the
    connection's execution option `writing` is set."""
    return _prepared(create_engine(f"sqlite:///{path}", max_overflow=-1))


def connect_memory() -> Engine:
    """An engine on an empty database in memory, which ends with it. It is its one connection's own, and threads use
    that in turn."""
    taking_turns = create_engine(
        "sqlite://", poolclass=QueuePool, pool_size=1, max_overflow=0, connect_args={"check_same_thread": False}
    )
    return _prepared(taking_turns)


def _prepared(engine: Engine) -> Engine:
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: DBAPIConnection, _record: object) -> None:
    # Python's sqlite3 begins transactions by rules of its own, and none before a SELECT; ours are explicit.
    connection.isolation_level = None
    cast(sqlite3.Connection, connection).create_function("folded", 1, folded, deterministic=True)
    cursor = connection.cursor()
    # What is deleted is overwritten, or a conversation that was removed would still stand in the file's free pages.
    for pragma in (
        f"busy_timeout={PATIENCE}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"
    ):  # fmt: skip
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def empty_log(engine: Engine) -> bool:
    """Move what the database's log holds into its file, and empty it: what is deleted stands in the log until then.
    False if others were reading it for too long, for whom it has to stay."""
    with engine.connect() as connection:
        # Past sqlalchemy, which would begin a transaction, in which no log can be emptied.
        driver: Any = connection.connection.driver_connection
        try:
            # Nobody can write meanwhile, so it waits for readers less long than a writer would wait for it.
            driver.execute(f"PRAGMA busy_timeout={PATIENCE // 10}").close()
            ((is_busy, _, _),) = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except sqlite3.DatabaseError as error:
            raise LibraryError(f"the database's log cannot be emptied ({error}); see to the library's disk") from error
        finally:
            driver.execute(f"PRAGMA busy_timeout={PATIENCE}").close()
    return not is_busy


def create_file(path: Path) -> None:
    """An empty file that only its owner may read; SQLite gives its side files the same mode."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))


def version(engine: Engine) -> str | None:
    """The migration the file stands at; None if it holds no library. Raises LibraryError for what is no database."""
    what = f"{engine.url.database} cannot be read"
    with explained(what, "name the folder of a library"), engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


def migrate(engine: Engine) -> None:
    """Bring the tables to HEAD in one transaction: all of it is done, or nothing. Raises LibraryError."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with (
        explained(f"the tables of {engine.url.database} cannot be brought up to date", "put a backup back"),
        engine.connect().execution_options(writing=True) as connection,
        connection.begin(),
    ):
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
