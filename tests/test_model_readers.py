"""Readers who leave: the request ends at the server, and sockets, threads and permits are back where they were."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import openai
import psutil
import pytest

from rag.errors import ModelUnavailable
from rag.model import Ended, Limits, Message, Model, Piece, Text, Waiting
from tests.modelserver import Served, serving, serving_process

assert openai.__version__  # loaded here, so that nothing has to wait for it
ASKED = (Message("user", "How old is the bridge?"),)
PATIENT = Limits(first_seconds=60.0, whole_seconds=90.0)
READERS = 200
SETTLED_SECONDS = 10.0


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    """In a process of its own, so that all sockets counted here are the model's."""
    with serving_process() as served:
        yield served


def until(holds: Callable[[], bool]) -> None:
    start = time.perf_counter()
    while not holds():
        assert time.perf_counter() - start < SETTLED_SECONDS
        time.sleep(0.02)


def sockets() -> int:
    """Connections of this process that are not closed; those that only wait for late packets belong to the system."""
    connections = psutil.Process().net_connections("tcp")
    return sum(connection.status == psutil.CONN_ESTABLISHED for connection in connections)


def first_text(coming: Iterator[Piece]) -> Text:
    return next(piece for piece in coming if isinstance(piece, Text))


@pytest.mark.parametrize("streaming", [True, False], ids=["streaming", "whole"])
@pytest.mark.parametrize("name", ["silent", "stalled", "drip"])
def test_leaving_ends_the_request_at_the_server(name: str, streaming: bool) -> None:
    with serving() as served:
        model = Model(served.url, name, limits=PATIENT, streaming=streaming)
        coming = model.reply(ASKED, tokens=100)
        assert next(coming) in (Waiting(), Text("drip "))
        served.until(lambda counts: counts.requests == {name: 1})
        coming.close()

        assert model.busy == 0
        served.until(lambda counts: counts.cancelled == {name: 1} and counts.busy == 0 and counts.open == 1)


def test_leaving_between_two_words_ends_it_too() -> None:
    with serving() as served:
        model = Model(served.url, "babbler-each20", limits=PATIENT)
        coming = model.reply(ASKED, tokens=10_000)
        assert first_text(coming)
        coming.close()

        served.until(lambda counts: counts.cancelled == {"babbler-each20": 1})


def test_leaving_before_the_next_attempt_ends_it_too() -> None:
    with serving() as served:
        model = Model(served.url, "rate-limited-long", limits=Limits(7200.0, 7200.0))
        coming = model.reply(ASKED, tokens=100)
        assert next(coming) == Waiting()
        served.until(lambda counts: counts.answered == {"rate-limited-long": 1})
        coming.close()

        assert model.busy == 0
        assert served.counts().requests == {"rate-limited-long": 1}


def test_leaving_while_others_are_answered_gives_the_place_back() -> None:
    with serving() as served:
        model = Model(served.url, "drip", limits=replace(PATIENT, at_once=1))
        answered, waiting = model.reply(ASKED, tokens=100), model.reply(ASKED, tokens=100)
        assert first_text(answered)
        assert next(waiting) == Waiting()
        waiting.close()
        answered.close()

        again = model.reply(ASKED, tokens=100)
        assert first_text(again)
        again.close()
        assert served.counts().requests == {"drip": 2}


def test_waiting_for_a_place_is_part_of_the_time() -> None:
    with serving() as served:
        model = Model(served.url, "drip", limits=replace(PATIENT, at_once=1))
        answered = model.reply(ASKED, tokens=100)
        assert first_text(answered)
        with pytest.raises(ModelUnavailable, match="is busy with other questions; ask again, or let it answer more"):
            model.complete(ASKED, tokens=100, limits=replace(PATIENT, first_seconds=0.1))
        answered.close()

        assert model.breaker == "closed"
        assert served.counts().requests == {"drip": 1}


def test_no_more_are_asked_at_once_than_allowed() -> None:
    with serving() as served, ThreadPoolExecutor(12) as readers:
        model = Model(served.url, "echo-first100", limits=replace(PATIENT, at_once=3))
        most = 0
        replies = [readers.submit(model.complete, ASKED, tokens=100) for _ in range(12)]
        while not all(reply.done() for reply in replies):
            most = max(most, served.counts().busy)

        assert 1 <= most <= 3
        assert {reply.result() for reply in replies} == {"How old is the bridge? [1]"}


@pytest.mark.parametrize("at_once", [READERS, 8])
@pytest.mark.parametrize("name", ["drip", "silent"])
def test_two_hundred_readers_leave_and_nothing_stays(server: Served, name: str, at_once: int) -> None:
    """With a place for each they all leave in the middle of an answer; with eight places, most while they wait."""
    model = Model(server.url, name, limits=replace(PATIENT, at_once=at_once))
    model.names()
    before = server.counts()
    start = (threading.active_count(), sockets())

    replies = [model.reply(ASKED, tokens=10_000) for _ in range(READERS)]
    with ThreadPoolExecutor(READERS) as readers:
        assert len(list(readers.map(next, replies))) == READERS
        server.until(lambda counts: counts.busy - before.busy == at_once)
        list(readers.map(lambda reply: reply.close(), replies))

    assert model.busy == 0
    server.until(lambda counts: counts.busy == before.busy and counts.open <= before.open)
    until(lambda: threading.active_count() <= start[0] and sockets() <= start[1])
    cancelled = server.counts().cancelled.get(name, 0) - before.cancelled.get(name, 0)
    assert cancelled == server.counts().requests[name] - before.requests.get(name, 0)
    assert_all_places_are_free(server, model, at_once)
    model.close()


def assert_all_places_are_free(server: Served, model: Model, at_once: int) -> None:
    """As many as there are places get through to the server, all at once."""
    before = server.counts().busy
    replies = [model.reply(ASKED, tokens=10_000) for _ in range(at_once)]
    with ThreadPoolExecutor(at_once) as readers:
        list(readers.map(next, replies))
        server.until(lambda counts: counts.busy - before == at_once)
        list(readers.map(lambda reply: reply.close(), replies))


def test_readers_who_stay_are_all_answered_over_as_many_connections_as_places(server: Served) -> None:
    model, before = Model(server.url, "echo", limits=replace(PATIENT, at_once=8)), sockets()
    with ThreadPoolExecutor(32) as readers:
        replies = list(readers.map(lambda _: list(model.reply(ASKED, tokens=100)), range(READERS)))
        assert all(isinstance(reply[-1], Ended) for reply in replies)

    until(lambda: sockets() <= before + 8)
    model.close()
    until(lambda: sockets() <= before)
