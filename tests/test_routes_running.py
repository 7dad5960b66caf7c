"""An answer under way, found and watched over the API: whole from its first event, by whoever asked and nobody else."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from threading import Event as Flag

import pytest

from index.library import Library
from index.principal import Principal
from rag.events import Event
from rag.question import Question
from tests.newsroom import EVIDENCE, Newsroom
from tests.people import api, peopled
from tests.served import serving
from tests.test_routes_ask import eventually, until
from ui.cli import main

EVENTS = {"accept": "text/event-stream"}


@dataclass
class House:
    """A served API, its newsroom, and requests to it by name."""

    room: Newsroom
    address: str

    def send(self, who: str, method: str, path: str, body: object = None, **headers: str) -> HTTPResponse:
        connection = HTTPConnection(self.address.removeprefix("http://"), timeout=20)
        # So that whoever closes the response has left.
        sent = {"x-as": who, "content-type": "application/json", "connection": "close", **headers}
        connection.request(method, path, None if body is None else json.dumps(body), sent)
        return connection.getresponse()

    def ask(self, who: str, question: str, conversation: str = "new", **headers: str) -> HTTPResponse:
        body = {"question": question, "conversation": conversation}
        return self.send(who, "POST", "/api/v1/ask", body, **EVENTS, **headers)

    def watch(self, who: str, turn: str, **headers: str) -> HTTPResponse:
        return self.send(who, "GET", f"/api/v1/turns/{turn}/events", **EVENTS, **headers)

    def history(self, who: str, conversation: str) -> dict[str, object]:
        return dict(json.loads(self.send(who, "GET", f"/api/v1/history/{conversation}").read()))


@pytest.fixture
def house() -> Iterator[House]:
    room = Newsroom()
    with serving(lambda: api(room, peopled())) as address:
        yield House(room, address)


@dataclass
class Emptied(Newsroom):
    """A newsroom whose documents nobody may read any more, once it is emptied."""

    is_emptied: bool = False

    def readable(self, principal: Principal, ids: Iterable[str]) -> frozenset[str]:
        return frozenset() if self.is_emptied else super().readable(principal, ids)


@dataclass
class Waiting(Newsroom):
    """A newsroom that, once it is asked, answers when it is told to go on."""

    asked: Flag = field(default_factory=Flag)
    go_on: Flag = field(default_factory=Flag)

    def stream(self, principal: Principal, question: Question) -> Generator[Event, None, None]:
        self.asked.set()
        assert self.go_on.wait(20)
        yield from super().stream(principal, question)


def names(response: HTTPResponse) -> list[str]:
    lines = response.read().decode().splitlines()
    return [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]


def test_an_answer_is_named_in_its_conversation_watched_from_the_first_event_and_outlives_its_asker(
    house: House,
) -> None:
    begun = json.loads(house.send("ann", "POST", "/api/v1/ask", {"question": "And?", "conversation": "new"}).read())
    conversation = begun["conversation"]
    assert house.history("ann", conversation)["running"] is None
    house.room.left.clear()
    asked = house.ask("ann", "Write forever", conversation)
    kept = until(asked, "kept")
    until(asked, "writing")
    assert house.history("ann", conversation)["running"] == kept["turn"]
    for stranger, more in (("bob", {}), ("ann", {"x-groups": "press"}), ("ann", {"x-embed": "wiki"})):
        refused = house.watch(stranger, kept["turn"], **more)
        assert refused.status == 404
        assert "no answer of yours" in json.loads(refused.read())["error"]
    with closing(house.watch("ann", kept["turn"])) as watching:
        assert until(watching, "kept") == kept
        assert [each["quote"] for each in until(watching, "evidence")["evidence"]] == [each.quote for each in EVIDENCE]
        asked.close()
        for _ in range(5):
            until(watching, "writing")
        assert not house.room.left.is_set(), "somebody watches, so it goes on"
    assert house.room.left.wait(10), "nobody watches any more"
    assert eventually(lambda: house.history("ann", conversation)["running"] is None)
    with closing(house.watch("ann", kept["turn"])) as watching:
        assert until(watching, "stopped") == kept


def test_who_deletes_all_that_they_left_finds_no_answer_kept_afterwards_that_was_under_way(house: House) -> None:
    house.room.pause = 0.2
    with closing(house.ask("bob", "What are the conditions?")) as others, closing(house.ask("ann", "What?")) as asked:
        kept = until(others, "kept")
        until(asked, "kept")
        assert house.send("ann", "DELETE", "/api/v1/history").status == 204
        told = names(others), names(asked)
    assert [each[-1] for each in told] == ["answer", "answer"]
    left = [json.loads(house.send(who, "GET", "/api/v1/history").read())["conversations"] for who in ("bob", "ann")]
    assert [[each["id"] for each in theirs] for theirs in left] == [[kept["conversation"]], []]


def test_a_conversation_that_is_deleted_while_its_first_answer_is_under_way_stays_deleted(house: House) -> None:
    house.room.pause = 0.2
    with closing(house.ask("ann", "What?")) as asked:
        path = f"/api/v1/history/{until(asked, 'kept')['conversation']}"
        assert json.loads(house.send("ann", "GET", "/api/v1/history").read())["conversations"] == []
        assert house.send("bob", "DELETE", path).status == 404
        renamed = house.send("ann", "PATCH", path, {"title": "Mine"}).status
        statuses = [house.send("ann", method, path).status for method in ("GET", "DELETE", "DELETE")]
        assert (renamed, statuses) == (404, [404, 204, 404])
        assert names(asked)[-1] == "answer"
    assert house.send("ann", "GET", path).status == 404
    assert json.loads(house.send("ann", "GET", "/api/v1/history").read())["conversations"] == []


@pytest.mark.parametrize("form", [EVENTS, {}], ids=["events", "whole"])
def test_what_another_process_deletes_of_somebody_is_not_kept_when_their_answer_comes(
    tmp_path: Path, form: dict[str, str]
) -> None:
    room, asked = Waiting(), {"question": "What?", "conversation": "new"}
    with Library.open(tmp_path / "library", create=True) as library, ThreadPoolExecutor() as threads:
        with serving(lambda: api(room, replace(peopled(), records=library.records))) as address:
            house = House(room, address)
            answer = threads.submit(lambda: house.send("ann", "POST", "/api/v1/ask", asked, **form).read().decode())
            assert room.asked.wait(20)
            # A connection of its own, as another process has.
            assert main(["user", "delete", "ann", "--yes", "--library", str(library.folder)]) == 0
            room.go_on.set()
            assert json.dumps(EVIDENCE[0].quote) in answer.result(20), "it is answered all the same"
        assert library.records.conversations.of("user:ann") == ()


def test_where_nothing_was_answered_no_place_of_a_conversation_is_left(tmp_path: Path) -> None:
    room = Newsroom()
    with (
        Library.open(tmp_path / "library", create=True) as library,
        serving(lambda: api(room, replace(peopled(), records=library.records))) as address,
        closing(House(room, address).ask("ann", "broken")) as first,
    ):
        assert names(first)[-1] == "error"
        assert library.records.conversations.delete_all("user:ann") == 0


def test_one_that_is_over_is_given_whole_for_a_moment(house: House) -> None:
    first = house.ask("ann", "What are the conditions?")
    kept = until(first, "kept")
    told = names(first)
    assert told[-1] == "answer"
    assert names(house.watch("ann", kept["turn"])) == ["kept", *told]


def test_what_went_wrong_is_told_to_whoever_watches_too(house: House) -> None:
    with closing(house.ask("ann", "broken")) as first:
        kept = until(first, "kept")
        sentence = until(first, "error")["error"]
    assert "mount it" in sentence
    with closing(house.watch("ann", kept["turn"])) as watching:
        assert until(watching, "error")["error"] == sentence


def test_what_may_not_be_read_any_more_is_not_given_again() -> None:
    room = Emptied()
    with serving(lambda: api(room, peopled())) as address:
        house = House(room, address)
        first = house.ask("ann", "What are the conditions?")
        kept = until(first, "kept")
        first.read()
        for is_emptied, status in ((False, 200), (True, 404)):
            room.is_emptied = is_emptied
            with closing(house.watch("ann", kept["turn"])) as watching:
                assert watching.status == status
