"""Records from many sides at once: threads of one process, and processes on one file."""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import TypeVar

import pytest

from index.errors import LibraryError
from index.library import DATABASE, Library
from index.principal import person
from index.records.conversations import KeptTurn
from index.records.records import Records
from index.records.sessions import Session

ALICE = person("alice", ["press"])
THREADS = 20
LATER = datetime(2126, 1, 1, tzinfo=UTC)
Result = TypeVar("Result")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Library.open(tmp_path / "library", create=True).close()
    return tmp_path / "library"


@pytest.fixture(params=["in a file", "in memory", pytest.param("on PostgreSQL", marks=pytest.mark.slow)])
def records(request: pytest.FixtureRequest, folder: Path) -> Iterator[Records]:
    if request.param == "on PostgreSQL":
        shared = Records.at(request.getfixturevalue("postgres").emptied())
        yield shared
        shared.close()
        return
    if request.param == "in memory":
        yield Records.in_memory()
        return
    with Library.open(folder) as library:
        yield library.records


def all_at_once(task: Callable[[int], Result], threads: int = THREADS) -> list[Result]:
    """The results of `task` in so many threads that begin together; raises what any of them raises."""
    together = threading.Barrier(threads)

    def begin(number: int) -> Result:
        together.wait()
        return task(number)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(begin, range(threads)))


def test_of_twenty_threads_one_redeems_a_ticket(records: Records) -> None:
    tickets = [records.sessions.begin("ticket", ALICE, 60, embed="wiki") for _ in range(5)]
    told = all_at_once(lambda _: [records.sessions.redeem("ticket", ticket) for ticket in tickets])
    for each in zip(*told, strict=True):
        assert [(session.principal, session.embed) for session in each if session] == [(ALICE, "wiki")]


def test_of_twenty_threads_one_spends_an_id(records: Records) -> None:
    assert sum(all_at_once(lambda _: records.spent.spend("token", LATER))) == 1


def test_of_twenty_threads_one_makes_a_key_of_a_name_and_one_revokes_it(records: Records) -> None:
    def make(_: int) -> bool:
        try:
            records.keys.make("report", ALICE)
        except LibraryError:
            return False
        return True

    assert sum(all_at_once(make)) == 1
    assert sum(key is not None for key in all_at_once(lambda _: records.keys.revoke("report"))) == 1


def test_no_count_is_lost_and_each_sees_one_of_its_own(records: Records) -> None:
    seen = [number for each in all_at_once(lambda _: _added(records, 5)) for number in each]
    assert sorted(seen) == list(range(1, THREADS * 5 + 1))
    assert records.counters.count("asked") == THREADS * 5


def _added(records: Records, times: int) -> list[int]:
    return [records.counters.add("asked", 1, 600) for _ in range(times)]


def test_turns_added_at_once_are_all_kept_in_one_order(records: Records) -> None:
    mine = records.conversations.begin("user:alice", "", "Mine")

    def add(number: int) -> bool:
        turn = KeptTurn(f"{number}", datetime.now(UTC), f"{number}?", None, "{}", frozenset({"d1", "d2"}))
        return records.conversations.add("user:alice", mine.id, turn)

    assert all(all_at_once(add))
    held = records.conversations.find("user:alice", "", mine.id)
    assert held is not None
    assert {turn.id for turn in held.turns} == {f"{number}" for number in range(THREADS)}
    assert all(turn.documents == {"d1", "d2"} for turn in held.turns)


def test_of_twenty_threads_all_are_given_the_same_link(records: Records) -> None:
    mine = records.conversations.begin("user:alice", "", "Mine")
    records.conversations.add("user:alice", mine.id, KeptTurn("t", datetime.now(UTC), "?", None, "{}", frozenset()))
    links = all_at_once(lambda _: records.shares.link("user:alice", "", "t"))
    assert len({link.id for link in links if link}) == 1
    assert None not in links


def test_everything_at_once_fails_nobody(records: Records) -> None:
    _, secret = records.keys.make("report", ALICE)

    def use(number: int) -> bool:
        owner = f"user:{number % 3}"
        mine = records.conversations.begin(owner, "", "Mine")
        records.conversations.add(
            owner, mine.id, KeptTurn(f"{number}", datetime.now(UTC), "?", None, "{}", frozenset({f"{number}"}))
        )
        login = records.sessions.begin("login", ALICE, 60)
        good = records.keys.find(secret) is not None and records.sessions.find("login", login) is not None
        records.sessions.prune()
        return good and records.sessions.end(login)

    assert all(all_at_once(use))


# Two processes on one file.


def _redeem(folder: Path, tickets: list[str], together: Barrier, results: Queue[tuple[int, int, int]]) -> None:
    """What a second server on the same library does."""
    with Library.open(folder) as library:
        redeemed = spent = 0
        for number, ticket in enumerate(tickets):
            together.wait(60)
            redeemed += library.records.sessions.redeem("ticket", ticket) is not None
            spent += library.records.spent.spend(f"{number}", LATER)
            for _ in range(5):
                library.records.counters.add("asked", 2, 600)
    results.put((redeemed, spent, len(tickets)))


def test_of_two_processes_one_redeems_each_ticket_and_counts_add_up(folder: Path) -> None:
    context = multiprocessing.get_context("spawn")
    together, results = context.Barrier(2), context.Queue()
    with Library.open(folder) as library:
        tickets = [library.records.sessions.begin("ticket", ALICE, 600) for _ in range(12)]
        both = [context.Process(target=_redeem, args=(folder, tickets, together, results)) for _ in range(2)]
        for process in both:
            process.start()
        told = [results.get(timeout=60) for _ in both]
        for process in both:
            process.join(60)
        assert [process.exitcode for process in both] == [0, 0]
        assert (sum(one[0] for one in told), sum(one[1] for one in told)) == (12, 12)
        assert library.records.counters.count("asked") == 2 * 12 * 5 * 2


def test_another_processes_transaction_is_waited_for(folder: Path) -> None:
    """As one of a sync is, which takes the library's write lock besides."""
    with Library.open(folder) as library, library.writer():
        holding = sqlite3.connect(folder / DATABASE, isolation_level=None, check_same_thread=False)
        holding.execute("BEGIN IMMEDIATE")
        letting_go = threading.Timer(0.2, holding.commit)
        letting_go.start()

        def use(number: int) -> Session | None:
            library.records.counters.add("asked", 1, 600)
            ticket = library.records.sessions.begin("ticket", ALICE, 60)
            return library.records.sessions.redeem("ticket", ticket)

        assert all(all_at_once(use, 4))
        assert library.records.counters.count("asked") == 4
        letting_go.join()
        holding.close()
