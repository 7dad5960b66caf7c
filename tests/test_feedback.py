"""What readers say: kept whole, beside a sync and many at once, and no concern of search or of the documents."""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from multiprocessing.synchronize import Event as Flag
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import given
from hypothesis import strategies as st

from index import schema
from index.errors import LibraryBusy, LibraryError
from index.feedback import LONGEST_COMMENT, Exchange, Feedback, Kept, Made, ShownQuote, plain
from index.library import DATABASE, Library
from index.lock import FileLock
from index.principal import LOCAL, Principal
from index.reembed import embed_again
from index.sync_report import Silence
from index.vectors import VectorIndex
from tests.fakes import HashEmbedder
from tests.shelf import brief, entry

EMBEDDER = HashEmbedder()
OPENING = brief("notices/opening.md", "The archive opens at nine.\nIt closes at five.")
BARE = Feedback("answer-1", "down", LOCAL, "When does it open?", "When does it open?", "abstained")
FULL = Feedback(
    answer="answer-2",
    verdict="down",
    principal=Principal("ann@desk", frozenset({"public", "desk", "press"})),
    question="And when does it close?",
    understood="When does the archive close?",
    status="answered",
    comment="It closes at six since May.",
    as_of=date(2026, 5, 2),
    history=(Exchange("When does the archive open?", "The archive opens at nine."), Exchange("Who runs it?")),
    shown=(
        ShownQuote(1, OPENING.id, OPENING.uri, 27, 45, "It closes at five."),
        ShownQuote(2, OPENING.id, OPENING.uri, 0, 26, "The archive opens at nine."),
        ShownQuote(0, OPENING.id, OPENING.uri, 0, 45, OPENING.text),
    ),
    sentences=("It closes at five.",),
    made=Made(7, 0.93, 0.5, "embedder-1", "evidence-1", "model-1", "prompts-1"),
    reason="wrong_source",
    about=2,
    leans_on=frozenset({OPENING.id}),
)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", create=True) as opened:
        put(opened, "first")
        yield opened


def put(library: Library, *uris: str, embedder: HashEmbedder = EMBEDDER) -> None:
    with library.writer() as writer:
        writer.put([entry(brief(uri, f"{OPENING.text}\nThis is {uri}."), embedder) for uri in uris], embedder)


def kept(library: Library, number: int) -> Kept:
    found = library.feedback.find(number)
    assert found
    return found


def test_all_of_it_comes_back_and_the_moment_in_utc(library: Library) -> None:
    noon = datetime(2026, 11, 23, 12, 30, 5, tzinfo=timezone(timedelta(hours=3)))
    number = library.feedback.give(FULL, noon)
    assert kept(library, number) == Kept(number, datetime(2026, 11, 23, 9, 30, 5, tzinfo=UTC), "open", FULL)
    bare = library.feedback.give(BARE)
    assert kept(library, bare).feedback == BARE
    assert abs(kept(library, bare).when - datetime.now(UTC)) < timedelta(minutes=1)
    assert library.feedback.find(99) is None


def test_one_answer_has_one_verdict_and_the_last_counts(library: Library) -> None:
    first = library.feedback.give(FULL)
    library.feedback.settle(first, "dismissed")
    again = replace(FULL, comment="And at four on Fridays.", shown=FULL.shown[:1])
    assert library.feedback.give(again) == first
    assert [each.feedback for each in library.feedback.open()] == [again], "new words are to be read"
    library.feedback.give(replace(again, verdict="up"))
    assert library.feedback.open() == ()
    assert library.feedback.give(BARE) == first + 1


def test_open_are_the_thumbs_down_of_which_nothing_has_become(library: Library) -> None:
    numbers = [library.feedback.give(replace(BARE, answer=name)) for name in "abc"]
    library.feedback.give(replace(BARE, answer="d", verdict="up"))
    assert [each.number for each in library.feedback.open()] == numbers
    library.feedback.settle(numbers[0], "taken")
    library.feedback.settle(numbers[2], "dismissed")
    assert [each.number for each in library.feedback.open()] == numbers[1:2]
    assert kept(library, numbers[0]).state == "taken"
    with pytest.raises(LibraryError, match=r"no feedback 99; `onrecord eval draft` lists"):
        library.feedback.settle(99, "taken")


DIRECTIONS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@given(comment=st.text(max_size=LONGEST_COMMENT + 200) | st.text(st.sampled_from(f"a \x00\ud83d\r\n\x85{DIRECTIONS}")))
def test_any_words_are_kept_without_what_no_one_can_read(shared: Library, comment: str) -> None:
    found = kept(shared, shared.feedback.give(replace(BARE, comment=comment))).feedback.comment
    assert len(found) <= LONGEST_COMMENT
    assert not [each for each in found if unicodedata.category(each) in ("Cc", "Cs") and each != "\n"]
    assert not set(found) & set(DIRECTIONS)
    unseen = ("Cc", "Cs", "Zl", "Zp")
    readable = [each for each in comment if unicodedata.category(each) not in unseen and each not in DIRECTIONS]
    cut = "".join(readable).split()
    assert "".join(cut).startswith("".join(found.split()))
    assert plain(found) == found


@given(text=st.text(st.characters(categories=["L", "Cc", "Cs"]), min_size=1))
def test_no_question_nor_label_breaks_the_database(shared: Library, text: str) -> None:
    said = replace(
        BARE,
        question=text,
        understood=text,
        history=(Exchange(text, text),),
        sentences=(text,),
        principal=Principal(text, frozenset({text, "public"})),
    )
    found = kept(shared, shared.feedback.give(said)).feedback
    assert found.question == found.history[0].answer == found.sentences[0] == plain(text)
    assert found.principal.readers == {plain(text), "public"}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.open(tmp_path_factory.mktemp("shared") / "library", create=True) as opened:
        yield opened


def test_neither_the_generation_nor_the_vector_index_notices(library: Library) -> None:
    index = VectorIndex(library, scan_up_to=0, sync_threshold=100)
    index.refresh()
    before = library.generation
    library.feedback.settle(library.feedback.give(FULL), "taken")
    assert library.generation == before
    assert index.search(EMBEDDER.embed_query("archive"), 3, library.generation) is not None, "the index went stale"
    index.close()


def test_it_outlives_what_becomes_of_the_documents(library: Library) -> None:
    number = library.feedback.give(FULL)
    put(library, "first", "second")
    other = HashEmbedder(name="other")
    with library.writer() as writer:
        assert embed_again(library, writer, other, Silence()) > 0
    assert kept(library, number).feedback == FULL
    with library.writer() as writer:
        writer.remove([brief("first", "x").id, brief("second", "x").id])
    assert kept(library, number).feedback == FULL


def _sync(folder: Path, is_writing: Flag, enough: Flag) -> None:
    """What a sync does to the library, all under the write lock: one commit after another."""
    with Library.open(folder) as library, library.writer() as writer:
        for number in range(1_000):
            writer.put([entry(brief(f"{number % 5}-{part}", OPENING.text), EMBEDDER) for part in range(40)], EMBEDDER)
            is_writing.set()
            if enough.is_set():
                return


def test_many_readers_are_heard_while_another_process_syncs(library: Library) -> None:
    context = multiprocessing.get_context("spawn")
    is_writing, enough = context.Event(), context.Event()
    syncing = context.Process(target=_sync, args=(library.folder, is_writing, enough))
    syncing.start()
    try:
        assert is_writing.wait(60)
        with pytest.raises(LibraryBusy), library.writer():
            pass
        given, failures = _heard(library, readers=6, each=5)
    finally:
        enough.set()
        syncing.join(60)
    assert (failures, syncing.exitcode) == ([], 0)
    assert len(set(given)) == 30
    assert {each.feedback.answer for each in library.feedback.open()} == {
        f"{r}-{n}" for r in range(6) for n in range(5)
    }


def _heard(library: Library, readers: int, each: int) -> tuple[list[int], list[LibraryError]]:
    """The numbers that so many readers got, all at once, and what failed."""
    numbers: list[int] = []
    failures: list[LibraryError] = []
    together = threading.Barrier(readers)

    def say(reader: int) -> None:
        together.wait()
        try:
            numbers.extend(library.feedback.give(replace(FULL, answer=f"{reader}-{number}")) for number in range(each))
        except LibraryError as error:
            failures.append(error)

    threads = [threading.Thread(target=say, args=(reader,)) for reader in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return numbers, failures


def test_a_transaction_of_the_sync_is_waited_for(library: Library) -> None:
    holding = sqlite3.connect(library.folder / DATABASE, isolation_level=None, check_same_thread=False)
    holding.execute("BEGIN IMMEDIATE")
    letting_go = threading.Timer(0.3, holding.commit)
    letting_go.start()
    assert kept(library, library.feedback.give(BARE)).feedback == BARE
    letting_go.join()
    holding.close()


def test_what_cannot_be_kept_is_one_sentence_and_nothing_of_it_stays(library: Library) -> None:
    damaged = sqlite3.connect(library.folder / DATABASE)
    damaged.execute(
        "CREATE TRIGGER full BEFORE INSERT ON feedback_evidence "
        "BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END"
    )
    damaged.commit()
    damaged.close()
    with pytest.raises(
        LibraryError, match=r"^your feedback cannot be kept \(database or disk is full\); send it again"
    ):
        library.feedback.give(FULL)
    assert library.feedback.open() == ()
    assert library.feedback.give(BARE)


# Read and removed by who gave it, and by age.


def test_what_somebody_gave_is_read_and_removed_by_their_name_alone(library: Library) -> None:
    mine = library.feedback.give(FULL)
    library.feedback.settle(mine, "taken")
    others = library.feedback.give(replace(BARE, principal=Principal("ann@desk2", FULL.principal.readers)))
    assert [each.number for each in library.feedback.of("ann@desk")] == [mine]
    assert library.feedback.delete_all("ann@desk") == 1
    assert library.feedback.delete_all("ann@desk") == 0
    assert library.feedback.of("ann@desk") == ()
    assert kept(library, others).feedback.answer == BARE.answer
    database = sqlite3.connect(library.folder / DATABASE)
    assert database.execute("SELECT count(*) FROM feedback_evidence").fetchone() == (0,)
    database.close()


def test_a_name_is_looked_up_as_it_is_kept(library: Library) -> None:
    odd = Principal("a\x00nn\ud83d", frozenset({"public"}))
    library.feedback.give(replace(BARE, principal=odd))
    assert [each.feedback.principal.name for each in library.feedback.of(odd.name)] == ["ann"]
    assert library.feedback.delete_all(odd.name) == 1


def test_what_is_older_than_a_moment_is_removed_whatever_became_of_it(library: Library) -> None:
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    ages = {age: library.feedback.give(replace(BARE, answer=f"{age}"), noon - timedelta(days=age)) for age in range(4)}
    library.feedback.settle(ages[3], "dismissed")
    in_tokyo = (noon - timedelta(days=1)).astimezone(timezone(timedelta(hours=9)))
    assert library.feedback.prune(in_tokyo) == 2
    assert [each.number for each in library.feedback.open()] == [ages[0], ages[1]]
    assert library.feedback.find(ages[3]) is None


# Libraries of before.


@pytest.fixture
def old(tmp_path: Path, library: Library) -> Path:
    """A library as the first version made them, with documents in it."""
    folder = tmp_path / "old"
    schema.create_file(folder / DATABASE)
    engine = schema.connect(folder / DATABASE)
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    copied = sqlite3.connect(folder / DATABASE)
    copied.execute("ATTACH ? AS new", [str(library.folder / DATABASE)])
    for table in ("generations", "embedders", "documents", "readers", "chunks", "vectors"):
        held = ", ".join(f'"{row[1]}"' for row in copied.execute(f"PRAGMA main.table_info({table})"))
        copied.execute(f"INSERT INTO main.{table} ({held}) SELECT {held} FROM new.{table}")
    copied.commit()
    copied.close()
    return folder


def test_an_older_library_is_brought_up_to_date_with_all_it_holds(old: Path) -> None:
    with Library.open(old) as library:
        assert library.generation.number == 1
        assert library.document(LOCAL, brief("first", "x").id) is not None
        assert kept(library, library.feedback.give(FULL)).feedback == FULL
        put(library, "second")
    with Library.open(old) as library:
        assert len(library.feedback.open()) == 1


def test_an_older_library_that_is_being_written_is_left_until_that_is_done(old: Path) -> None:
    with FileLock(old / "write.lock") as lock:
        assert lock.acquire()
        with pytest.raises(LibraryBusy, match="is writing"):
            Library.open(old)
    Library.open(old).close()


def test_an_older_library_that_cannot_be_written_says_so(old: Path) -> None:
    (old / "write.lock").unlink(missing_ok=True)
    (old / "write.lock").mkdir()
    with pytest.raises(LibraryError, match=r"cannot be written \(Is a directory\); see to its disk and permissions"):
        Library.open(old)
