"""Answers and checks as server-sent events, and requests that end when whoever asked has left."""

from __future__ import annotations

import http.client
import json
import logging
import threading
from functools import cache

import pytest
from starlette.testclient import TestClient

from index.document import Span
from rag.check import Checked
from tests.newsroom import EVIDENCE, WRITTEN_ANSWER, Newsroom
from tests.served import serving
from ui import api, wire
from ui.app import create_app
from ui.brief import source_link

ASK, CHECK = "/api/v1/ask", "/api/v1/check"
EVENTS = {"accept": "text/event-stream"}
CHECKED = (
    Checked("Kyiv is asked to leave Donetsk.", Span(0, 31), "supported", 0.93, (), (EVIDENCE[0],)),
    Checked("Six regions.", Span(32, 44), "contradicted", 0.04, ("the quotes say four, not six",), (EVIDENCE[2],)),
    Checked("A treaty was signed.", Span(45, 65), "silent", 0.2, ("nothing says this",), ()),
)


@cache
def opened() -> TestClient:
    """One client for all; without its lifespan, which only the page needs."""
    app = create_app(Newsroom(checked=CHECKED))
    return TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 1), raise_server_exceptions=False)


def frames(text: str) -> list[tuple[str, dict[str, object]]]:
    """Name and data of each event; nothing else is in the stream."""
    *whole, rest = text.split("\n\n")
    assert rest == ""
    told = []
    for frame in whole:
        name, data = frame.split("\n")
        assert (name[:7], data[:6]) == ("event: ", "data: ")
        told.append((name[7:], json.loads(data[6:])))
    return told


def asked(question: str, **more: object) -> list[tuple[str, dict[str, object]]]:
    response = opened().post(ASK, json={"question": question, **more}, headers=EVENTS)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-store"
    assert "content-length" not in response.headers
    return frames(response.text)


def test_a_written_answer_comes_event_by_event_and_whole_at_the_end() -> None:
    told = asked("Are they still the same, and then?", id="q7")
    assert [name for name, _ in told] == [
        *("understood", "evidence", "compared", "writing", "writing"),
        *("sentence", "writing", "sentence", "writing", "sentence", "writing"),
        *("dropped", "dropped", "answer"),
    ]
    values = dict(told)
    assert values["understood"] == {"question": WRITTEN_ANSWER.question}
    assert values["answer"] == json.loads(wire.dumps(wire.answer_json(WRITTEN_ANSWER, "q7")))
    assert values["evidence"]["evidence"] == values["answer"]["evidence"]
    assert values["compared"] == {name: values["answer"][name] for name in ("points", "disagreements", "groups")}
    assert values["sentence"] == values["answer"]["sentences"][-1]  # type: ignore[index]
    assert [value for name, value in told if name == "dropped"] == values["answer"]["dropped"]
    assert values["writing"] == {"words": 21}


def test_nothing_unchecked_is_in_any_event_before_it_is_dropped() -> None:
    told = asked("Are they still the same?")
    first = next(number for number, (name, _) in enumerate(told) if name == "dropped")
    assert "treaty" not in json.dumps(told[:first])


def test_an_abstention_is_one_event() -> None:
    told = asked("What is the population of Brazil?")
    assert [name for name, _ in told] == ["answer"]
    assert told[0][1]["status"] == "abstained"


@pytest.mark.parametrize(
    "accept", ["text/event-stream", "Text/Event-Stream", "application/json, text/event-stream;q=0.9"]
)
def test_events_are_sent_to_who_names_them(accept: str) -> None:
    assert api.wants_events(accept)


@pytest.mark.parametrize("accept", ["", "*/*", "application/json", "text/event-streams", "text/plain"])
def test_and_to_nobody_else(accept: str) -> None:
    assert not api.wants_events(accept)


def test_a_wrong_request_is_refused_before_any_event() -> None:
    response = opened().post(ASK, json={"question": ""}, headers=EVENTS)
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/json"


def test_what_goes_wrong_is_the_last_event_and_says_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    assert asked("broken") == [("error", {"error": "the library is on a disk that is gone; mount it and ask again"})]
    with caplog.at_level(logging.ERROR):
        [(name, value)] = asked("crash")
    assert name == "error"
    assert "secret" not in str(value)
    assert str(value["error"]).split()[-1] in caplog.text
    assert "a secret that must not be shown" in caplog.text


# Checking somebody's text.


def test_a_text_is_checked_sentence_by_sentence() -> None:
    whole = opened().post(CHECK, json={"text": "Some text.", "as_of": "2025-01-01"})
    told = frames(opened().post(CHECK, json={"text": "Some text."}, headers=EVENTS).text)
    assert whole.status_code == 200
    assert list(whole.json()) == ["sentences"]
    first, second, third = whole.json()["sentences"]
    assert [value for name, value in told if name == "checked"] == [first, second, third]
    assert told[-1] == ("end", {"sentences": 3})
    assert (first["text"], first["start"], first["end"]) == ("Kyiv is asked to leave Donetsk.", 0, 31)
    assert (first["support"], second["support"], third["support"]) == ("supported", "contradicted", "silent")
    assert second["reasons"] == ["the quotes say four, not six"]
    evidence = EVIDENCE[0]
    link = source_link(evidence.attribution.document_id, evidence.span, evidence.quote)
    assert first["evidence"] == [wire.evidence_json(1, evidence) | {"source": link}]


BODIES = [
    (b"{", "not JSON"),
    (b"[]", "no JSON object"),
    (b"{}", "has no text"),
    (b'{"text": 7}', "text is no text"),
    (b'{"text": " \\n"}', "is empty"),
    (b'{"text": "x", "as_of": "soon"}', "is no date"),
    (b'{"text": "x", "question": "y"}', "no field 'question'"),
    (b'{"text": "' + b"x" * (api.LONGEST_DRAFT + 1) + b'"}', f"over {api.LONGEST_DRAFT} characters"),
]


@pytest.mark.parametrize(("body", "message"), BODIES)
def test_a_wrong_text_is_told_what_is_wrong(body: bytes, message: str) -> None:
    response = opened().post(CHECK, content=body, headers={"content-type": "application/json"})
    assert response.status_code == 400
    assert message in response.json()["error"]


def test_the_longest_text_passes_the_guard_however_it_is_written() -> None:
    escaped = json.dumps({"text": "\u0416" * api.LONGEST_DRAFT}).encode()
    response = opened().post(CHECK, content=escaped, headers={"content-type": "application/json"})
    assert response.status_code == 200


def test_a_library_that_cannot_be_read_is_told() -> None:
    plain = opened().post(CHECK, json={"text": "broken"})
    events = frames(opened().post(CHECK, json={"text": "broken"}, headers=EVENTS).text)
    assert plain.status_code == 503
    assert plain.json()["error"].startswith("the library is on a disk")
    assert events == [("error", plain.json())]


# Leaving, over real sockets.


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
@pytest.mark.parametrize(("path", "body"), [(ASK, {"question": "Write forever"}), (CHECK, {"text": "forever"})])
def test_who_leaves_ends_what_was_begun(path: str, body: dict[str, str], accept: str) -> None:
    newsroom = Newsroom(checked=CHECKED)
    before = threading.active_count()
    with serving(lambda: create_app(newsroom)) as address:
        connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=10)
        headers = {"content-type": "application/json", "accept": accept}
        connection.request("POST", path, json.dumps(body), headers)
        if accept == "text/event-stream":
            response = connection.getresponse()
            assert response.readline().startswith(b"event: ")
        assert not newsroom.left.wait(0.2), "it ended by itself"
        connection.close()
        if accept == "text/event-stream":
            response.close()
        assert newsroom.left.wait(10), "nobody was told that the client has left"
    assert threading.active_count() <= before + 1
