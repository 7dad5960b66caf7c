"""The truth: written whole or not at all, seen in one state, and shown to its readers only."""

from __future__ import annotations

import multiprocessing
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from index import schema
from index import shelf_tables as _shelf  # noqa: F401
from index.document import Document
from index.errors import EmbedderChanged, InvalidDocument, LibraryBusy, LibraryError
from index.library import DATABASE, Library
from index.lock import FileLock
from index.principal import LOCAL, Principal
from index.records import tables as _people  # noqa: F401  the tables of what people leave are part of the schema
from index.scope import Scope
from index.visible import numbers_in
from index.writer import Entry
from tests.fakes import HashEmbedder
from tests.shelf import brief, entry

ALL = Scope(None)
EMBEDDER = HashEmbedder()
ANYBODY = Principal("anybody", frozenset({"public"}))


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", create=True) as opened:
        yield opened


def put(library: Library, *documents: Document) -> None:
    with library.writer() as writer:
        writer.put([entry(document, EMBEDDER) for document in documents], EMBEDDER)


def texts(library: Library) -> list[str]:
    with library.snapshot() as snapshot:
        return [stored.chunk.text for stored in snapshot.chunks(snapshot.chunk_numbers().tolist())]


def words_found(library: Library, word: str) -> int:
    with library.snapshot() as snapshot:
        return len(snapshot.keyword_hits(word, 10, ALL))


def check_keywords(library: Library) -> None:
    """FTS5's own comparison of its index with the texts it was made from."""
    connection = sqlite3.connect(library.folder / DATABASE)
    connection.execute("INSERT INTO keywords(keywords, rank) VALUES ('integrity-check', 1)")
    connection.close()


def test_what_is_written_is_read_back(library: Library) -> None:
    written = replace(
        brief("minutes", "First point.\nSecond point.", published="2024-07-03", publisher="Council", title="Minutes"),
        author="A. Clerk",
        language="en",
        readers=("council", "press"),
    )
    put(library, written)
    with library.snapshot() as snapshot:
        second = snapshot.chunks(snapshot.chunk_numbers().tolist())[1]
    assert second.chunk.text == "Second point."
    assert second.chunk.span.of(written.text) == second.chunk.text
    assert second.attribution == written.attribution
    assert second.readers == {"council", "press"}
    assert library.document(LOCAL, written.id) == written


def test_headings_and_titles_are_kept_and_found(library: Library) -> None:
    document = brief("guide", "Turn it clockwise.", title="Manual of the pump")
    plain = entry(document, EMBEDDER)
    headed = replace(plain.chunks[0], headings=("Näher betrachtet", 'The "valve"'))
    with library.writer() as writer:
        writer.put([replace(plain, chunks=(headed,))], EMBEDDER)
    with library.snapshot() as snapshot:
        assert snapshot.chunks(snapshot.chunk_numbers().tolist())[0].chunk == headed
    assert [words_found(library, word) for word in ("valve", "naher", "pumps", "engine")] == [1, 1, 1, 0]


def test_a_changed_document_is_replaced_whole(library: Library) -> None:
    put(library, brief("report", "The bridge is closed.\nThe road is open."), brief("other", "Nothing else."))
    with library.snapshot() as snapshot:
        before = snapshot.chunk_numbers()
    put(library, brief("report", "The bridge is repaired."))
    assert sorted(texts(library)) == ["Nothing else.", "The bridge is repaired."]
    assert (words_found(library, "closed"), words_found(library, "repaired")) == (0, 1)
    with library.snapshot() as snapshot:
        assert snapshot.chunks([int(before[0])]) == ()
    check_keywords(library)


def test_a_number_is_never_given_twice(library: Library) -> None:
    put(library, brief("one", "Some words."))
    with library.snapshot() as snapshot:
        first = snapshot.chunk_numbers()[-1]
    with library.writer() as writer:
        writer.remove([brief("one", "x").id])
    put(library, brief("one", "Some words."))
    with library.snapshot() as snapshot:
        assert snapshot.chunk_numbers()[-1] > first


def test_one_failure_undoes_the_whole_batch(library: Library) -> None:
    put(library, brief("kept", "The old text."))
    before = library.generation
    twice = [brief("kept", "The new text."), brief("double", "One."), brief("double", "Two.")]
    with pytest.raises(LibraryError, match="cannot be written"):
        put(library, *twice)
    assert texts(library) == ["The old text."]
    assert library.generation == before
    check_keywords(library)


def test_removing_leaves_nothing_behind(library: Library) -> None:
    put(library, brief("gone", "A secret word: xylophone."), brief("stays", "Another."))
    with library.writer() as writer:
        writer.remove([brief("gone", "x").id, "never there"])
    assert words_found(library, "xylophone") == 0
    check_keywords(library)
    connection = sqlite3.connect(library.folder / DATABASE)
    left = {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}
    connection.close()
    assert left == dict.fromkeys(TABLES, 1)


TABLES = ("documents", "chunks", "vectors", "readers", "keywords_docsize")


def test_the_generation_rises_with_changes_only(library: Library) -> None:
    numbers = [library.generation.number]
    for number in range(3):
        put(library, brief(f"{number}", "text"))
        texts(library)
        numbers.append(library.generation.number)
    assert numbers == [0, 1, 2, 3]


def test_a_snapshot_sees_one_state(library: Library) -> None:
    put(library, brief("report", "Old words."))
    with library.snapshot() as snapshot:
        put(library, brief("report", "New words."))
        assert [one.chunk.text for one in snapshot.chunks(snapshot.chunk_numbers().tolist())] == ["Old words."]
        assert len(snapshot.keyword_hits("old", 5, ALL)) == 1
        assert snapshot.keyword_hits("new", 5, ALL) == ()
        assert snapshot.generation.number == 1
    assert texts(library) == ["New words."]


def test_documents_are_shown_to_their_readers_only(library: Library) -> None:
    put(library, brief("open", "For all."), brief("closed", "For some.", readers=("board",)))
    closed = brief("closed", "x").id
    assert library.document(ANYBODY, brief("open", "x").id) is not None
    assert library.document(ANYBODY, closed) is None
    assert library.document(ANYBODY, "no such document") is None
    assert library.document(Principal("nobody", frozenset()), closed) is None
    assert library.document(Principal("chair", frozenset({"board"})), closed) is not None
    assert library.document(LOCAL, closed) is not None


def test_a_second_writer_is_turned_away_at_once_and_readers_are_not(library: Library) -> None:
    put(library, brief("one", "Some text."))
    with library.writer(), Library.open(library.folder) as other:
        assert texts(other) == ["Some text."]
        with pytest.raises(LibraryBusy, match=r"process \d+ is writing"), other.writer():
            pass
    with library.writer():
        pass


def _hold(path: Path, is_held: multiprocessing.synchronize.Event) -> None:
    lock = FileLock(path)
    lock.acquire()
    is_held.set()
    multiprocessing.Event().wait(60)


def test_a_killed_holder_lets_go(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    is_held = context.Event()
    holder = context.Process(target=_hold, args=(tmp_path / "lock", is_held))
    holder.start()
    assert is_held.wait(30)
    lock = FileLock(tmp_path / "lock")
    assert not lock.acquire()
    assert lock.holder() == str(holder.pid)
    holder.kill()
    holder.join()
    assert lock.acquire()
    lock.release()


def test_the_folder_is_private(tmp_path: Path) -> None:
    with Library.open(tmp_path / "new" / "library", create=True) as library:
        put(library, brief("one", "text"))
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in library.folder.iterdir()}
        assert stat.S_IMODE(library.folder.stat().st_mode) == 0o700
    assert set(modes.values()) == {0o600}


def test_what_is_no_library_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="there is no library"):
        Library.open(tmp_path)
    (tmp_path / DATABASE).touch()
    with pytest.raises(LibraryError, match="holds no library yet"):
        Library.open(tmp_path)
    (tmp_path / DATABASE).write_bytes(b"this is no database, but it is long enough to look like one" * 20)
    with pytest.raises(LibraryError, match="cannot be read"):
        Library.open(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(LibraryError, match="no library can be made"):
        Library.open(tmp_path / "file" / "below", create=True)


def test_a_newer_library_is_left_alone(library: Library) -> None:
    connection = sqlite3.connect(library.folder / DATABASE)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    with pytest.raises(LibraryError, match="newer On Record"):
        Library.open(library.folder)


def test_migrations_end_at_the_tables_that_queries_are_written_against(library: Library) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == schema.HEAD

    def is_ours(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
        return kind != "table" or not str(name).startswith("keywords")

    engine = schema.connect(library.folder / DATABASE)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": is_ours})
        assert compare_metadata(context, schema.metadata) == []
    engine.dispose()


def test_dates_publishers_and_collections_are_read_from_one_index(library: Library) -> None:
    wire, wiki = frozenset({"Wire"}), frozenset({"wiki"})
    scope = Scope(None, earliest=date(2024, 1, 1), undated=False, collections=wiki, publishers=wire)
    engine = schema.connect(library.folder / DATABASE)
    with engine.connect() as connection:
        asked = numbers_in(scope).compile(engine, compile_kwargs={"literal_binds": True})
        steps = [row.detail for row in connection.execute(text(f"EXPLAIN QUERY PLAN {asked}"))]
    engine.dispose()
    assert [each for each in steps if "documents" in each] == [
        "SEARCH documents USING COVERING INDEX documents_by_choice (published>?)"
    ]


def test_a_failed_migration_leaves_nothing(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / DATABASE)
    connection.execute("CREATE TABLE keywords (in_the_way)")
    connection.close()
    with pytest.raises(LibraryError, match="cannot be brought up to date"):
        Library.open(tmp_path, create=True)
    connection = sqlite3.connect(tmp_path / DATABASE)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("keywords",)]
    connection.close()


def test_opening_what_is_up_to_date_does_without_alembic(library: Library) -> None:
    program = f"""
import sys; from pathlib import Path; from index.library import Library
Library.open(Path({str(library.folder)!r})).close()
sys.exit('alembic' in sys.modules or 'chromadb' in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_library_that_cannot_be_read_or_written_says_so(library: Library) -> None:
    put(library, brief("one", "text"))
    connection = sqlite3.connect(library.folder / DATABASE)
    connection.execute("DROP TABLE chunks")
    connection.close()
    with pytest.raises(LibraryError, match=r"cannot be read .*chunks.*; see to its disk"):
        texts(library)
    with pytest.raises(LibraryError, match=r"cannot be written .*chunks.*; see to its disk"):
        put(library, brief("two", "text"))


def test_opening_and_closing_leaks_nothing(library: Library) -> None:
    put(library, brief("one", "text"))

    def open_files() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    before = open_files()
    for _ in range(30):
        with Library.open(library.folder) as other:
            put(other, brief("one", "other text"))
            texts(other)
    assert open_files() <= before + 1


def test_another_embedder_is_refused_with_the_remedy(library: Library) -> None:
    library.require(EMBEDDER)
    put(library, brief("one", "text"))
    library.require(EMBEDDER)
    other = HashEmbedder(name="other")
    with pytest.raises(EmbedderChanged, match="sync --re-embed"):
        library.require(other)
    with library.writer() as writer, pytest.raises(EmbedderChanged):
        writer.put([entry(brief("two", "text"), other)], other)
    assert texts(library) == ["text"]


@pytest.mark.parametrize("text", ["a\0b", "half of \ud83d a pair"])
def test_text_that_the_database_would_alter_is_refused(text: str) -> None:
    with pytest.raises(InvalidDocument):
        entry(brief("odd", text), EMBEDDER)
    with pytest.raises(InvalidDocument):
        entry(brief("odd", "text", title=text), EMBEDDER)


def test_chunks_and_vectors_go_together() -> None:
    whole = entry(brief("one", "One.\nTwo."), EMBEDDER)
    with pytest.raises(ValueError, match="2 chunks and 1 vectors"):
        Entry(whole.document, whole.origin, whole.chunks, whole.vectors[:1])


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """One library for all examples of a property: making one takes longer than using it."""
    with Library.open(tmp_path_factory.mktemp("shared") / "library", create=True) as opened:
        yield opened


@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")).filter(str.strip))
def test_any_text_comes_back_as_it_was(shared: Library, text: str) -> None:
    put(shared, brief("any", text))
    with shared.snapshot() as snapshot:
        stored = snapshot.chunks(snapshot.chunk_numbers().tolist())
        document = snapshot.document(brief("any", text).id, ALL)
    assert document is not None
    assert document.text == text
    assert [one.chunk.text for one in stored] == [line for line in text.split("\n") if line]
    assert all(one.chunk.span.of(text) == one.chunk.text for one in stored)
    check_keywords(shared)
