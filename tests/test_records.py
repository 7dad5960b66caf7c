"""What people leave: theirs alone, for as long as it holds, and given back whole."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import schema
from index.errors import LibraryError
from index.library import DATABASE, Library
from index.principal import LOCAL, Principal, person
from index.records.conversations import LONGEST_TITLE, KeptTurn
from index.records.records import Records
from index.records.sessions import Kind
from index.records.store import stamp
from tests.clock import NOON, Clock

ALICE = Principal("user:alice", frozenset({"public", "user:alice", "press"}), collections=frozenset({"wiki", "mail"}))
TURN = KeptTurn(
    id="turn-1",
    asked=NOON,
    question="When does the archive open?",
    as_of=date(2026, 5, 2),
    answer='{"sentences": ["It opens at nine. \\u2014 \\"nine\\""]}',
    documents=frozenset({"d1", "d2"}),
)

SHARED = Records.in_memory()
"""For the examples of a property."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    Library.open(tmp_path / "library", create=True).close()
    return tmp_path / "library" / DATABASE


@pytest.fixture(params=["in a file", "in memory", pytest.param("on PostgreSQL", marks=pytest.mark.slow)])
def records(request: pytest.FixtureRequest, clock: Clock, tmp_path: Path) -> Iterator[Records]:
    if request.param == "on PostgreSQL":
        shared = Records.at(request.getfixturevalue("postgres").emptied(), clock)
        yield shared
        shared.close()
        return
    if request.param == "in memory":
        yield Records.in_memory(clock)
        return
    engine = schema.connect(request.getfixturevalue("file"))
    yield Records(engine, clock)
    engine.dispose()


# Conversations.


def test_a_conversation_comes_back_as_it_was_kept(records: Records, clock: Clock) -> None:
    begun = records.conversations.begin("user:alice", "wiki", " The\n archive\x00 ")
    assert (begun.title, begun.begun, begun.changed, begun.turns) == ("The archive", NOON, NOON, 0)
    clock.turn_on(minutes=1)
    in_tokyo = replace(TURN, asked=NOON.astimezone(timezone(timedelta(hours=9))))
    assert records.conversations.add("user:alice", begun.id, in_tokyo)
    second = replace(TURN, id="turn-2", question="And close?", as_of=None, documents=frozenset())
    assert records.conversations.add("user:alice", begun.id, second)
    held = records.conversations.find("user:alice", "wiki", begun.id)
    assert held is not None
    assert held.conversation == replace(begun, changed=clock.now, turns=2)
    assert held.turns == (TURN, second)
    assert held.turns[0].asked.tzinfo is UTC
    assert records.conversations.turn("user:alice", "turn-2") == second
    assert records.conversations.holding("user:alice", "wiki", "turn-2") == held
    assert records.conversations.of("user:alice") == (held,)


def test_nobody_sees_anothers_nor_ones_own_in_another_place(records: Records) -> None:
    mine = records.conversations.begin("user:alice", "wiki", "Mine")
    records.conversations.add("user:alice", mine.id, TURN)
    for owner, place in (("user:bob", "wiki"), ("user:alice", ""), ("user:alice", "other"), ("", "wiki")):
        assert records.conversations.find(owner, place, mine.id) is None
        assert records.conversations.list(owner, place, limit=9) == ()
        assert not records.conversations.rename(owner, place, mine.id, "Taken")
        assert not records.conversations.delete(owner, place, mine.id)
        assert records.conversations.holding(owner, place, TURN.id) is None
        assert records.conversations.delete_all(owner, place) == 0
    for owner in ("user:bob", "user:ALICE", "user:alice%", ""):
        assert records.conversations.turn(owner, TURN.id) is None
        assert not records.conversations.add(owner, mine.id, replace(TURN, id="turn-2"))
        assert records.conversations.of(owner) == ()
        assert records.conversations.delete_all(owner) == 0
    held = records.conversations.find("user:alice", "wiki", mine.id)
    assert held is not None
    assert (held.conversation.title, held.turns) == ("Mine", (TURN,))


def test_a_turn_is_kept_once(records: Records, clock: Clock) -> None:
    first, other = (records.conversations.begin("user:alice", "", title) for title in "ab")
    assert records.conversations.add("user:alice", first.id, TURN)
    clock.turn_on(hours=1)
    for conversation in (first, other):
        assert not records.conversations.add("user:alice", conversation.id, replace(TURN, answer="{}"))
    assert records.conversations.turn("user:alice", TURN.id) == TURN
    assert [each.changed for each in records.conversations.list("user:alice", "", limit=9)] == [NOON, NOON]


def test_conversations_are_listed_from_the_last_changed_in_pages(records: Records, clock: Clock) -> None:
    begun = []
    for number in range(7):
        begun.append(records.conversations.begin("user:alice", "", f"{number}"))
        if number % 2:  # two of each moment, so that the cursor has to tell them apart
            clock.turn_on(seconds=1)
    records.conversations.add("user:alice", begun[0].id, TURN)
    pages, before = [], None
    while page := records.conversations.list("user:alice", "", limit=2, before=before):
        pages.append(page)
        before = page[-1].cursor
    found = [each.id for page in pages for each in page]
    assert [len(page) for page in pages] == [2, 2, 2, 1]
    assert sorted(found) == sorted(each.id for each in begun)
    assert set(found[:2]) == {begun[0].id, begun[6].id}, "what has a new turn comes first"
    assert all(letter.isalnum() or letter in "-_.:" for letter in pages[0][0].cursor)
    gone = pages[1][0]
    assert records.conversations.delete("user:alice", "", gone.id)
    after = records.conversations.list("user:alice", "", limit=9, before=gone.cursor)
    assert [each.id for each in after] == found[3:], "a cursor holds when what it names is gone"


@pytest.mark.parametrize("cursor", ["", "_", "x", "9", "'; --", "\ud83d_\x00", "é" * 3000])
def test_what_is_no_cursor_leads_nowhere_else(records: Records, cursor: str) -> None:
    mine = records.conversations.begin("user:alice", "", "Mine")
    records.conversations.begin("user:bob", "", "His")
    assert records.conversations.list("user:alice", "", limit=9, before=cursor) in ((), (mine,))


def test_a_conversation_is_renamed_and_its_title_cut(records: Records) -> None:
    mine = records.conversations.begin("user:alice", "", "x" * 500)
    assert len(mine.title) == LONGEST_TITLE
    assert records.conversations.rename("user:alice", "", mine.id, "New\r\n\u202ename\ud83d")
    (found,) = records.conversations.list("user:alice", "", limit=1)
    assert found.title == "New name"


def test_a_conversation_that_is_reserved_is_none_until_its_first_turn_names_it(records: Records) -> None:
    conversations, id = records.conversations, "a" * 32
    conversations.reserve("ann", "", id)
    conversations.reserve("bob", "", id)  # it is Ann's already
    for found in (conversations.list, conversations.leaf):
        assert found("ann", "", limit=9) == ()
    assert (conversations.ids("ann", ""), conversations.of("ann"), conversations.find("ann", "", id)) == ((), (), None)
    assert not conversations.rename("ann", "", id, "Mine")
    conversations.release("bob", id)
    assert not conversations.add("bob", id, TURN)
    assert conversations.add("ann", id, TURN)
    conversations.release("ann", id)
    conversations.reserve("ann", "", id)
    assert [(each.title, each.turns) for each in conversations.list("ann", "", limit=9)] == [(TURN.question, 1)]


def test_no_turn_is_added_where_a_reserved_conversation_was_removed(records: Records, clock: Clock) -> None:
    conversations, id = records.conversations, "a" * 32
    kept = conversations.begin("bob", "", "Kept")
    later = clock.now + timedelta(days=1)
    removals: tuple[Callable[[], bool], ...] = (
        lambda: conversations.delete("ann", "", id),
        lambda: conversations.delete_all("ann", "") == 1,
        lambda: conversations.release("ann", id),
        lambda: conversations.prune_reserved(clock.now) == 0 and conversations.prune_reserved(later) == 1,
    )
    for remove in removals:
        conversations.reserve("ann", "", id)
        assert remove()
        assert not conversations.add("ann", id, TURN)
    assert conversations.find("bob", "", kept.id)


def test_what_is_removed_goes_with_its_turns_and_nothing_else(records: Records) -> None:
    kept = records.conversations.begin("user:alice", "", "Kept")
    records.conversations.add("user:alice", kept.id, TURN)
    gone = [records.conversations.begin("user:alice", place, "Gone") for place in ("wiki", "wiki", "intranet")]
    for number, each in enumerate(gone):
        records.conversations.add("user:alice", each.id, replace(TURN, id=f"gone-{number}"))
    assert records.conversations.delete("user:alice", "wiki", gone[0].id)
    assert not records.conversations.delete("user:alice", "wiki", gone[0].id)
    assert records.conversations.delete_all("user:alice", "wiki") == 1
    assert [records.conversations.turn("user:alice", f"gone-{number}") for number in range(2)] == [None, None]
    assert [held.conversation.title for held in records.conversations.of("user:alice")] == ["Kept", "Gone"]
    assert records.conversations.delete_all("user:alice") == 2
    assert records.conversations.turn("user:alice", TURN.id) is None


def test_what_was_changed_last_too_long_ago_is_pruned(records: Records, clock: Clock) -> None:
    old, again = (records.conversations.begin("user:alice", "", title) for title in ("Old", "Again"))
    clock.turn_on(days=10)
    new = records.conversations.begin("user:bob", "", "New")
    records.conversations.add("user:alice", again.id, TURN)
    assert records.conversations.prune(NOON) == 0
    assert records.conversations.prune(NOON + timedelta(seconds=1)) == 1
    assert records.conversations.find("user:alice", "", old.id) is None
    assert records.conversations.find("user:alice", "", again.id) is not None
    assert records.conversations.find("user:bob", "", new.id) is not None


@given(text=st.text(st.characters(categories=["L", "Cc", "Cs", "P"])))
def test_no_question_nor_answer_breaks_the_database(text: str) -> None:
    mine = SHARED.conversations.begin("user:alice", "", text)
    turn = replace(TURN, id=mine.id, question=text, answer=json.dumps({"x": text}, ensure_ascii=False))
    assert SHARED.conversations.add("user:alice", mine.id, turn)
    found = SHARED.conversations.turn("user:alice", turn.id)
    assert found is not None
    said = json.loads(found.answer)["x"]
    assert said == text.encode("utf-8", "replace").decode(), "an answer is kept to the letter, but for half pairs"


def test_pages_come_with_their_turns_and_ids_in_the_order_they_were_begun(records: Records, clock: Clock) -> None:
    kept, begun = records.conversations, []
    for number in range(5):
        begun.append(kept.begin("user:alice", "", f"{number}"))
        for part in range(number):
            turn = replace(TURN, id=f"{number}-{part}", documents=frozenset({f"d{part}"}))
            assert kept.add("user:alice", begun[-1].id, turn)
        clock.turn_on(seconds=1)
    kept.begin("user:bob", "", "His")
    kept.begin("user:alice", "wiki", "Elsewhere")
    assert kept.ids("user:alice", "") == tuple(each.id for each in begun)
    first = kept.leaf("user:alice", "", limit=3)
    second = kept.leaf("user:alice", "", limit=3, before=first[-1].conversation.cursor)
    assert [held.conversation.title for held in (*first, *second)] == ["4", "3", "2", "1", "0"]
    for held in (*first, *second):
        assert held == kept.find("user:alice", "", held.conversation.id)


# Links.


def test_a_link_leads_to_one_turn_and_goes_with_it(records: Records) -> None:
    mine = records.conversations.begin("user:alice", "", "Mine")
    for id in ("turn-1", "turn-2"):
        records.conversations.add("user:alice", mine.id, replace(TURN, id=id))
    first, again, other = (records.shares.link("user:alice", "", id) for id in ("turn-1", "turn-1", "turn-2"))
    assert first is not None
    assert other is not None
    assert first == again
    assert len({first.id, other.id}) == 2
    assert (len(first.id), first.made) == (32, NOON)
    assert records.shares.find(first.id) == TURN
    assert records.shares.linked("user:alice", "", "turn-1") == first.id
    assert sorted(each.id for each in records.shares.of("user:alice")) == sorted((first.id, other.id))
    assert records.shares.unlink("user:alice", "", "turn-1")
    assert not records.shares.unlink("user:alice", "", "turn-1")
    assert (records.shares.find(first.id), records.shares.linked("user:alice", "", "turn-1")) == (None, None)
    renewed = records.shares.link("user:alice", "", "turn-1")
    assert renewed is not None
    assert renewed.id != first.id
    assert records.conversations.delete("user:alice", "", mine.id)
    assert [records.shares.find(each.id) for each in (renewed, other)] == [None, None]
    assert records.shares.of("user:alice") == ()


def test_nobody_links_anothers_turn_nor_their_own_of_another_place(records: Records) -> None:
    mine = records.conversations.begin("user:alice", "wiki", "Mine")
    records.conversations.add("user:alice", mine.id, TURN)
    made = records.shares.link("user:alice", "wiki", TURN.id)
    assert made is not None
    for owner, place in (("user:bob", "wiki"), ("user:alice", ""), ("", "wiki"), ("user:alice%", "wiki")):
        assert records.shares.link(owner, place, TURN.id) is None
        assert records.shares.linked(owner, place, TURN.id) is None
        assert not records.shares.unlink(owner, place, TURN.id)
    assert records.shares.of("user:bob") == ()
    assert records.shares.link("user:alice", "wiki", "turn-9") is None
    for id in ("", "0" * 32, made.id.upper() + "x", "%"):
        assert records.shares.find(id) is None
    assert records.shares.find(made.id) == TURN


# Keys.


def test_a_key_is_found_by_its_secret_with_all_it_stands_for(records: Records, clock: Clock) -> None:
    made, secret = records.keys.make("weekly report", ALICE, frozenset({"ask", "search"}), NOON + timedelta(days=1))
    assert secret.startswith("ork_")
    assert len(secret) >= 4 + 256 / 6
    found = records.keys.find(secret)
    assert found is not None
    assert replace(found, used=None) == made
    assert found.principal == ALICE
    assert found.uses == frozenset({"ask", "search"})
    assert records.keys.list() == (replace(made, used=NOON),)


def test_what_is_no_key_or_none_any_more_is_nobody(records: Records, clock: Clock) -> None:
    _, good = records.keys.make("good", ALICE)
    short, expiring = records.keys.make("short", ALICE, expires=NOON + timedelta(minutes=5))
    revoked, gone = records.keys.make("gone", ALICE)
    assert records.keys.revoke("gone") == replace(revoked, revoked=NOON)
    for secret in (gone, "", "ork_", good[:-1], good.upper(), good + " ", good[4:], "ork_\ud83d", made_up()):
        assert records.keys.find(secret) is None, secret
    assert records.keys.find(expiring) is not None
    assert short.is_good(clock.now)
    clock.turn_on(minutes=5)
    assert records.keys.find(expiring) is None
    assert not short.is_good(clock.now)
    assert records.keys.find(good) is not None, "one without an end holds until it is revoked"


def made_up() -> str:
    return f"ork_{'A' * 43}"


def test_a_key_is_revoked_by_id_or_name_once(records: Records) -> None:
    first, _ = records.keys.make("report", ALICE)
    assert records.keys.revoke(first.id) is not None
    assert records.keys.revoke(first.id) is None
    assert records.keys.revoke("report") is None
    assert records.keys.revoke("") is None
    second, secret = records.keys.make("report", ALICE)
    assert records.keys.find(secret) is not None
    third, _ = records.keys.make(second.id, ALICE)  # named as another's id
    assert records.keys.revoke(second.id) == replace(second, used=NOON, revoked=NOON), "the id counts first"
    assert [key.id for key in records.keys.list() if key.revoked is None] == [third.id]


def test_a_name_in_use_is_refused_and_the_key_behind_it_stays(records: Records) -> None:
    _, secret = records.keys.make("report", ALICE)
    with pytest.raises(LibraryError, match="there is a key named report; revoke it first"):
        records.keys.make("report", person("bob"))
    assert records.keys.find(secret) is not None
    assert len(records.keys.list()) == 1


@pytest.mark.parametrize("name", ["", " ", "a ", " a", "a\nb", "a/b", "\x1b[2J", "x" * 65, "a\u202eb", "-a", "a\n"])
def test_what_is_no_name_is_refused(records: Records, name: str) -> None:
    with pytest.raises(LibraryError, match=r"is no name for a key; use letters and digits, 64 at most"):
        records.keys.make(name, ALICE)


@pytest.mark.parametrize("name", ["a", "x" * 64, "weekly report", "ann@desk.example", "Bericht-Ä_2"])
def test_names_of_people_and_programs_are_taken(records: Records, name: str) -> None:
    assert records.keys.make(name, ALICE)[0].name == name


def test_no_key_reads_everything(records: Records) -> None:
    with pytest.raises(ValueError, match="never reads everything"):
        records.keys.make("all", LOCAL)


def test_when_a_key_was_used_is_written_once_a_minute(records: Records, clock: Clock) -> None:
    _, secret = records.keys.make("report", ALICE)
    seen = []
    for _ in range(5):
        records.keys.find(secret)
        seen.append(records.keys.list()[0].used)
        clock.turn_on(seconds=25)
    assert seen == [NOON + timedelta(seconds=seconds) for seconds in (0, 0, 0, 75, 75)]


def test_a_key_is_good_at_once_while_another_process_writes(file: Path, clock: Clock) -> None:
    engine = schema.connect(file)
    records = Records(engine, clock)
    _, secret = records.keys.make("report", ALICE)
    holding = sqlite3.connect(file, isolation_level=None)
    holding.execute("BEGIN IMMEDIATE")
    # Were it waited for, this would last the ten seconds that a writer is given, and then fail.
    for _ in range(3):
        found = records.keys.find(secret)
        assert found is not None
        assert found.used is None
    holding.rollback()
    holding.close()
    assert records.keys.find(secret) is not None
    assert records.keys.list()[0].used == NOON
    records.keys.revoke("report")  # a writer waits again as it did
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 10_000
    engine.dispose()


def test_the_keys_of_somebody_are_removed_by_their_name_alone(records: Records) -> None:
    for name, who in (("a", ALICE), ("b", ALICE), ("c", person("alice2"))):
        records.keys.make(name, who)
    assert records.keys.delete_all("user:alice") == 2
    assert [key.name for key in records.keys.list()] == ["c"]


# Sessions.


def test_a_session_comes_back_whole_until_it_ends(records: Records, clock: Clock) -> None:
    secret = records.sessions.begin("embed", ALICE, 60, embed="wiki", data="a b")
    assert secret.startswith("ors_")
    found = records.sessions.find("embed", secret)
    assert found is not None
    assert (found.principal, found.embed, found.data) == (ALICE, "wiki", "a b")
    assert (found.made, found.expires) == (NOON, NOON + timedelta(seconds=60))
    local = records.sessions.find("login", records.sessions.begin("login", LOCAL, 60))
    assert local is not None
    assert local.principal == LOCAL
    clock.turn_on(seconds=59)
    assert records.sessions.find("embed", secret) is not None
    clock.turn_on(seconds=1)
    assert records.sessions.find("embed", secret) is None
    assert records.sessions.redeem("embed", secret) is None


def test_a_secret_is_good_for_its_kind_alone(records: Records) -> None:
    ticket = records.sessions.begin("ticket", ALICE, 60, embed="wiki")
    assert ticket.startswith("ort_")
    assert records.sessions.find("embed", ticket) is None
    assert records.sessions.redeem("login", ticket) is None, "and what is tried wrongly is not spent by it"
    assert records.sessions.redeem("ticket", ticket) is not None
    assert records.sessions.redeem("ticket", ticket) is None
    assert records.sessions.find("ticket", ticket) is None
    for secret in ("", "ort_", ticket.lower(), "\ud83d"):
        assert records.sessions.find("ticket", secret) is None


def test_sessions_are_ended_one_by_one_or_all_of_somebody(records: Records) -> None:
    first, second = (records.sessions.begin("login", ALICE, 60) for _ in range(2))
    others = records.sessions.begin("login", person("alice2"), 60)
    assert records.sessions.end(first)
    assert not records.sessions.end(first)
    assert records.sessions.find("login", second) is not None
    assert [each.kind for each in records.sessions.of("user:alice")] == ["login"]
    records.sessions.begin("ticket", ALICE, 60)
    assert records.sessions.end_all("user:alice") == 2
    assert records.sessions.find("login", second) is None
    assert records.sessions.find("login", others) is not None


def test_only_what_has_ended_is_pruned(records: Records, clock: Clock) -> None:
    for seconds in (10, 20, 30):
        records.sessions.begin("login", ALICE, seconds)
        records.spent.spend(f"{seconds}", NOON + timedelta(seconds=seconds))
        records.counters.add(f"{seconds}", 1, seconds)
    clock.turn_on(seconds=20)
    assert (records.sessions.prune(), records.spent.prune(), records.counters.prune()) == (2, 2, 2)
    assert len(records.sessions.of("user:alice")) == 1
    assert not records.spent.spend("30", NOON)
    assert records.counters.count("30") == 1


def test_what_has_ended_goes_when_the_next_begins(records: Records, clock: Clock) -> None:
    """Strangers can begin attempts, tickets and counts: of those a day would be too many to keep."""
    for number in range(3):
        records.sessions.begin("attempt", ALICE, 10)
        records.counters.add(f"{number}", 1, 10)
    clock.turn_on(seconds=10)
    records.sessions.begin("attempt", ALICE, 10)
    records.counters.add("3", 1, 10)
    clock.turn_on(seconds=10)
    assert (records.sessions.prune(), records.counters.prune()) == (1, 1)


# What is used up, and counts.


def test_an_id_is_spent_once(records: Records, clock: Clock) -> None:
    assert records.spent.spend("a", NOON + timedelta(minutes=5))
    assert not records.spent.spend("a", NOON + timedelta(minutes=9))
    assert records.spent.spend("A", NOON + timedelta(minutes=5))
    clock.turn_on(minutes=9)
    assert not records.spent.spend("a", clock.now), "what is not pruned yet is not forgotten"


def test_a_count_lives_for_its_span_from_the_first(records: Records, clock: Clock) -> None:
    assert (records.counters.count("a"), records.counters.expires("a")) == (0, NOON.timestamp())
    assert records.counters.add("a", 2, 60) == 2
    clock.turn_on(seconds=59)
    assert records.counters.add("a", 3, 60) == 5
    assert records.counters.expires("a") == NOON.timestamp() + 60
    assert records.counters.count("b") == 0
    clock.turn_on(seconds=1)
    assert records.counters.count("a") == 0
    assert records.counters.add("a", 1, 60) == 1
    assert records.counters.expires("a") == clock.now.timestamp() + 60
    records.counters.clear("a")
    assert records.counters.count("a") == 0


# What the file holds.


def test_no_secret_is_in_the_file_but_as_a_hash(file: Path) -> None:
    with Library.open(file.parent) as library:
        _, key = library.records.keys.make("report", ALICE)
        kinds: tuple[Kind, ...] = ("login", "attempt", "ticket", "embed")
        sessions = [library.records.sessions.begin(kind, ALICE, 600) for kind in kinds]
        held = b"".join(path.read_bytes() for path in file.parent.iterdir())
        for secret in (key, *sessions):
            assert secret.encode() not in held
            assert secret[4:].encode() not in held
            assert hashlib.sha256(secret.encode()).hexdigest().encode() in held
        assert len({key, *sessions}) == 5


def test_of_what_is_removed_nothing_is_left_in_the_file(file: Path) -> None:
    def left() -> int:
        return sum(path.read_bytes().count(b"CANARY") for path in file.parent.iterdir())

    with Library.open(file.parent) as library:
        kept = library.records.conversations
        for number in range(60):
            owner, word = ("user:alice", "CANARY") if number % 3 else ("user:bob", "plain")
            mine = kept.begin(owner, "", f"{word} {number}")
            for part in range(3):
                long = f'{{"x": "{word * (1 + 250 * part)}"}}'
                kept.add(owner, mine.id, replace(TURN, id=f"{number}-{part}", question=word, answer=long))
            kept.rename(owner, "", mine.id, f"{word} again")
        assert left() > 1_000
        kept.delete_all("user:alice")
        library.overwrite_removed()
        assert left() == 0
        assert len(kept.list("user:bob", "", limit=99)) == 20


def test_records_that_cannot_be_read_or_written_say_so(file: Path) -> None:
    damaged = sqlite3.connect(file)
    damaged.execute("DROP TABLE sessions")
    damaged.commit()
    damaged.close()
    with Library.open(file.parent) as library:
        with pytest.raises(LibraryError, match=r"^the records cannot be read \(no such table: sessions\); see to"):
            library.records.sessions.find("login", "x")
        with pytest.raises(LibraryError, match=r"^the records cannot be written \(no such table: sessions\); see to"):
            library.records.sessions.begin("login", ALICE, 60)
        assert library.records.spent.spend("a", NOON)


def test_the_generation_does_not_change_with_what_people_leave(file: Path) -> None:
    with Library.open(file.parent) as library:
        before = library.generation
        library.records.counters.add("a", 1, 60)
        library.records.conversations.begin("user:alice", "", "Mine")
        assert library.generation == before


def test_each_records_in_memory_are_their_own() -> None:
    one, other = Records.in_memory(), Records.in_memory()
    one.spent.spend("a", NOON)
    assert other.spent.spend("a", NOON)


@given(moments=st.lists(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5))])), max_size=9))
def test_moments_compare_as_their_stamps_do(moments: list[datetime]) -> None:
    assert sorted(moments) == sorted(moments, key=stamp)
