"""Questions of kept conversations: what is kept, for whom, in which order, and what becomes of it when one leaves."""

from __future__ import annotations

import asyncio
import http.client
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fastapi import HTTPException
from sqlalchemy import text
from starlette.testclient import TestClient

from index.principal import person
from index.records.records import Records
from rag.conversation import Turn
from rag.question import Question
from tests.newsroom import ABSTENTION, CONDITIONS_ANSWER, DOCUMENTS, EVIDENCE, WRITTEN_ANSWER, Newsroom
from tests.people import api, client, peopled
from tests.served import serving
from tests.test_eventstream import frames
from ui.audit.auditlog import AuditLog
from ui.caller import Caller
from ui.routes.asked import NEW
from ui.routes.conversing import MOST_TURNS, Conversing

ASK, HISTORY = "/api/v1/ask", "/api/v1/history"
EVENTS = {"accept": "text/event-stream"}
ALICE = Caller(person("alice"), "header")


class House:
    """An app with its people, and what its newsroom was asked."""

    def __init__(self, audit: AuditLog | None = None) -> None:
        self.seen: list[Question] = []
        self.site = peopled(audit)
        self.room = Newsroom(before=self.seen.append)
        self.app = api(self.room, self.site)
        self.alice = client(self.app, "alice")

    def ask(self, question: str, conversation: str = NEW, by: TestClient | None = None) -> dict[str, Any]:
        response = (by or self.alice).post(ASK, json={"question": question, "conversation": conversation})
        assert response.status_code == 200, response.text
        return dict(response.json())

    def turns(self, conversation: str, by: TestClient | None = None) -> list[dict[str, Any]]:
        return list((by or self.alice).get(f"{HISTORY}/{conversation}").json()["turns"])


@pytest.fixture
def house() -> House:
    return House()


def test_a_kept_turn_can_be_found_again_and_is_the_next_questions_history(house: House) -> None:
    first = house.ask("What are the conditions?")
    [turn] = house.turns(first["conversation"])
    assert (turn["turn"], turn["question"], turn["removed"]) == (first["turn"], "What are the conditions?", 0)
    assert turn["answer"]["sentences"] == first["sentences"]
    second = house.ask("And then?", first["conversation"])
    assert second["conversation"] == first["conversation"]
    assert second["turn"] != first["turn"]
    said = " ".join(each.text for each in CONDITIONS_ANSWER.sentences)
    assert house.seen[-1].history == (Turn("What are the conditions?", said),)
    assert [each["turn"] for each in house.turns(first["conversation"])] == [first["turn"], second["turn"]]


def test_nothing_is_kept_of_a_question_of_no_conversation(house: House) -> None:
    answer = house.alice.post(ASK, json={"question": "What are the conditions?"}).json()
    assert not {"conversation", "turn"} & answer.keys()
    assert house.alice.get(HISTORY).json() == {"conversations": [], "next": None}


def test_events_begin_with_what_is_kept(house: House) -> None:
    response = house.alice.post(ASK, json={"question": "What, and then?", "conversation": NEW}, headers=EVENTS)
    told = frames(response.text)
    assert [name for name, _ in told][:3] == ["kept", "understood", "evidence"]
    kept, (last, answer) = told[0][1], told[-1]
    assert last == "answer"
    assert kept == {"conversation": answer["conversation"], "turn": answer["turn"]}
    [turn] = house.turns(str(kept["conversation"]))
    assert turn["turn"] == kept["turn"]
    assert turn["answer"]["question"] == answer["question"]


def test_a_conversation_is_its_owners_and_its_places_alone(house: House) -> None:
    id = house.ask("What are the conditions?")["conversation"]
    strangers = (client(house.app, "bob"), client(house.app, "alice", embed="wiki"))
    for stranger in strangers:
        refused = stranger.post(ASK, json={"question": "And then?", "conversation": id})
        missing = stranger.post(ASK, json={"question": "And then?", "conversation": "0" * 32})
        assert (refused.status_code, refused.text) == (404, missing.text)
    wiki = strangers[1]
    theirs = house.ask("What are the conditions?", by=wiki)["conversation"]
    assert house.alice.post(ASK, json={"question": "And then?", "conversation": theirs}).status_code == 404
    assert len(house.turns(theirs, by=wiki)) == 1


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"question": "x", "conversation": NEW, "history": ["y"]}, "both tell the turns before"),
        ({"question": "x", "conversation": ""}, "conversation is no id"),
        ({"question": "x", "conversation": "a b"}, "conversation is no id"),
        ({"question": "x", "conversation": 7}, "conversation is no text"),
        ({"question": " ", "conversation": NEW}, "question is empty"),
        ({"question": "\u202e", "conversation": NEW}, "question is empty"),
        ({"question": "x", "id": 1.5}, "the id is neither"),
        ({"question": "x", "as_of": "2024-13-01", "conversation": NEW}, "is no date"),
    ],
)
def test_a_wrong_request_keeps_nothing_and_is_told_why(house: House, body: dict[str, object], message: str) -> None:
    response = house.alice.post(ASK, json=body)
    assert response.status_code == 400
    assert message in response.json()["error"]
    assert house.alice.get(HISTORY).json()["conversations"] == []
    assert not house.seen


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"question": "\\ud800"}', "half of a character"),
        (b'{"question": "x", "history": [{"question": "\\udfff"}]}', "half of a character"),
        (b'{"question": "x", "id": NaN}', "not JSON"),
        (b'{"question": "x", "id": ' + b"9" * 5_000 + b"}", "not JSON"),
        (b"", "not JSON"),
    ],
)
def test_a_body_is_json_of_whole_characters_and_numbers(house: House, body: bytes, message: str) -> None:
    response = house.alice.post(ASK, content=body, headers={"content-type": "application/json"})
    assert response.status_code == 400
    assert message in response.json()["error"]


def test_a_whole_pair_is_a_character(house: House) -> None:
    body = b'{"question": "What are the conditions \\ud83d\\ude00?", "id": 7.0}'
    response = house.alice.post(ASK, content=body, headers={"content-type": "application/json"})
    assert (response.status_code, response.json()["id"]) == (200, 7)
    assert house.seen[-1].text.endswith("\U0001f600?")


def test_what_may_no_longer_be_read_is_no_history_either(house: House) -> None:
    id = house.ask("What are the conditions?")["conversation"]
    gone = {EVIDENCE[0].attribution.document_id}
    readable = house.room.readable
    house.room.readable = lambda principal, ids: readable(principal, ids) - gone  # type: ignore[method-assign]
    house.ask("And then?", id)
    [before] = house.seen[-1].history
    assert EVIDENCE[0].quote not in before.answer
    assert EVIDENCE[2].quote in before.answer


def test_a_full_conversation_takes_no_question(house: House) -> None:
    id = house.ask("What are the conditions?")["conversation"]
    [turn] = house.site.records.conversations.of("user:alice")[0].turns
    with house.site.records.conversations._writing() as connection:
        for number in range(2, MOST_TURNS + 1):
            row = {"id": f"t{number}", "conversation": id, "position": number, "asked": "", "question": "q"}
            row |= {"asked": turn.asked.isoformat(), "answer": turn.answer}
            names = ", ".join(row)
            values = ", ".join(f":{name}" for name in row)
            connection.execute(text(f"INSERT INTO turns ({names}) VALUES ({values})"), row)
    refused = house.alice.post(ASK, json={"question": "One more?", "conversation": id})
    assert refused.status_code == 409
    assert "begin a new one" in refused.json()["error"]


def test_an_answer_that_cannot_be_kept_is_given_all_the_same(house: House, caplog: pytest.LogCaptureFixture) -> None:
    with house.site.records.conversations._writing() as connection:
        connection.execute(text("DROP TABLE turn_documents"))
    answer = house.ask("What are the conditions?")
    assert answer["sentences"]
    assert "turn" not in answer
    assert "could not be kept" in caplog.text


def test_nothing_is_begun_for_an_answer_that_fails(house: House) -> None:
    refused = house.alice.post(ASK, json={"question": "broken", "conversation": NEW})
    told = frames(house.alice.post(ASK, json={"question": "broken", "conversation": NEW}, headers=EVENTS).text)
    assert refused.status_code == 503
    assert [name for name, _ in told] == ["kept", "error"]
    assert house.alice.get(HISTORY).json()["conversations"] == []


def test_what_is_shown_is_noted_for_the_audit_log(tmp_path: Path) -> None:
    house = House(AuditLog(tmp_path))
    house.ask("Are they still the same?")
    house.alice.post(ASK, json={"question": "Are they still the same?"}, headers=EVENTS)
    lines = [json.loads(line) for path in tmp_path.rglob("*.jsonl") for line in path.read_text().splitlines()]
    shown = sorted({each.attribution.document_id for each in EVIDENCE})
    usage = WRITTEN_ANSWER.trace.usage
    assert usage
    noted = [(each["documents"], each["tokens"], each["question"]) for each in lines if each.get("documents")]
    assert noted == [(shown, usage.prompt_tokens + usage.completion_tokens, "Are they still the same?")] * 2


# One at a time.


def test_a_second_question_waits_for_the_first_and_then_is_told_so() -> None:
    conversing = Conversing(Newsroom(), Records.in_memory().conversations, patience=0.2)

    async def ask() -> None:
        first = await conversing.open(ALICE, NEW)
        with pytest.raises(HTTPException) as refused:
            await conversing.open(ALICE, first.id)
        assert refused.value.status_code == 409
        waiting = asyncio.create_task(conversing.open(ALICE, first.id))
        await asyncio.sleep(0.05)
        conversing.close(first)
        with pytest.raises(HTTPException) as missing:
            await waiting
        assert missing.value.status_code == 404, "its turn came, and nothing had been kept"
        await conversing.open(ALICE, NEW)

    asyncio.run(ask())


def test_somebody_elses_question_waits_for_nobody() -> None:
    conversing = Conversing(Newsroom(), Records.in_memory().conversations, patience=0)

    async def ask() -> None:
        first = await conversing.open(ALICE, NEW)
        bob = Caller(person("bob"), "header")
        for other in (bob, bob, Caller(person("alice"), "embed", embed="wiki")):
            with pytest.raises(HTTPException) as missing:
                await conversing.open(other, first.id)
            assert missing.value.status_code == 404

    asyncio.run(ask())


# Leaving, over real sockets.


@contextmanager
def begun(address: str, body: dict[str, object], accept: str) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=10)
    headers = {"content-type": "application/json", "accept": accept, "x-as": "alice"}
    connection.request("POST", ASK, json.dumps(body), headers)
    try:
        yield connection
    finally:
        connection.close()


def eventually(is_so: Callable[[], bool]) -> bool:
    """Whether it is so within ten seconds."""
    ends = time.monotonic() + 10
    while not is_so():
        if time.monotonic() > ends:
            return False
        time.sleep(0.02)
    return True


def until(response: http.client.HTTPResponse, name: str) -> dict[str, Any]:
    """The data of the first event of this name."""
    for line in iter(response.readline, b""):
        if line == f"event: {name}\n".encode():
            return dict(json.loads(response.readline().removeprefix(b"data: ")))
    pytest.fail(f"the stream ended without {name}")


def test_what_was_shown_to_who_left_is_kept_and_the_next_question_waits_for_it() -> None:
    house = House()
    with serving(lambda: house.app) as address:
        with begun(address, {"question": "Write forever", "conversation": NEW}, EVENTS["accept"]) as connection:
            response = connection.getresponse()
            kept = until(response, "kept")
            until(response, "writing")
            response.close()
        with begun(address, {"question": "And then?", "conversation": kept["conversation"]}, "*/*") as connection:
            second = json.loads(connection.getresponse().read())
    first, after = house.turns(kept["conversation"])
    assert (first["turn"], first["answer"]["stopped"], first["answer"]["trace"]) == (kept["turn"], True, None)
    assert [each["quote"] for each in first["answer"]["evidence"]] == [each.quote for each in EVIDENCE]
    assert first["answer"]["points"] == [list(point) for point in WRITTEN_ANSWER.points]
    assert len(first["answer"]["disagreements"]) == 2
    assert (after["turn"], after["answer"]["stopped"]) == (second["turn"], False)
    assert house.seen[-1].history == (Turn("Write forever", " ".join(each.quote for each in EVIDENCE)),)


def test_nothing_is_kept_of_an_answer_of_which_nothing_was_shown() -> None:
    house = House()
    house.room.answer = ABSTENTION
    with serving(lambda: house.app) as address:
        with begun(address, {"question": "Write forever", "conversation": NEW}, EVENTS["accept"]) as connection:
            response = connection.getresponse()
            until(response, "writing")
            response.close()
        assert house.room.left.wait(10)
    assert house.alice.get(HISTORY).json()["conversations"] == []


def test_an_answer_that_nobody_waited_for_is_not_kept() -> None:
    house = House()
    id = house.ask("What are the conditions?")["conversation"]
    house.room.left.clear()
    with serving(lambda: house.app) as address:
        with begun(address, {"question": "Write forever", "conversation": id}, "application/json"):
            assert eventually(lambda: len(house.seen) == 2)
        assert house.room.left.wait(10)
    assert len(house.turns(id)) == 1
    assert eventually(lambda: house.ask("And then?", id)["turn"] != "")


def test_every_document_of_the_newsroom_is_public() -> None:
    """What the tests above take from a reader, they take themselves."""
    readable = partial(Newsroom().readable, person("alice"))
    assert readable(each.id for each in DOCUMENTS) == {each.id for each in DOCUMENTS}
