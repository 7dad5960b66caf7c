"""The scripted server itself, spoken to without any client library: it sends what the tests believe it sends."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPResponse, IncompleteRead, RemoteDisconnected

import pytest

from evals.modelserver.behaviours import BEHAVIOURS
from tests.modelserver import Served, serving, serving_process

PATIENCE = 10.0


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with serving() as served:
        yield served


def chat(model: str, *, stream: bool = False, **more: object) -> dict[str, object]:
    return {"model": model, "messages": [{"role": "user", "content": "Who asks?"}], "stream": stream, **more}


def post(connection: HTTPConnection, body: object, key: str = "") -> HTTPResponse:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    text = body if isinstance(body, str) else json.dumps(body)
    connection.request("POST", "/v1/chat/completions", text, headers)
    return connection.getresponse()


@pytest.fixture
def connection(server: Served) -> Iterator[HTTPConnection]:
    opened = HTTPConnection(server.host, timeout=PATIENCE)
    yield opened
    opened.close()


def test_a_whole_answer_is_as_openai_writes_it(connection: HTTPConnection) -> None:
    response = post(connection, chat("echo"))
    answer = json.load(response)

    assert (response.status, response.headers["content-type"]) == (200, "application/json")
    assert answer["object"] == "chat.completion"
    assert answer["model"] == "echo"
    message = {"role": "assistant", "content": "Who asks? [1]"}
    assert answer["choices"] == [{"index": 0, "message": message, "finish_reason": "stop"}]
    assert answer["usage"] == {"prompt_tokens": 2, "completion_tokens": 3, "total_tokens": 5}


def test_a_stream_is_as_openai_writes_it(connection: HTTPConnection) -> None:
    response = post(connection, chat("echo", stream=True, stream_options={"include_usage": True}))
    lines = response.read().decode().split("\n\n")

    assert response.headers["content-type"].startswith("text/event-stream")
    assert lines[-2:] == ["data: [DONE]", ""]
    events = [json.loads(line.removeprefix("data: ")) for line in lines[:-2]]
    deltas = [choice["delta"] for event in events for choice in event["choices"]]
    assert deltas[0] == {"role": "assistant", "content": ""}
    assert "".join(delta.get("content", "") for delta in deltas) == "Who asks? [1]"
    assert [choice["finish_reason"] for event in events[-3:] for choice in event["choices"]] == [None, "stop"]
    assert (events[-1]["choices"], events[-1]["usage"]["completion_tokens"]) == ([], 3)


def test_tokens_are_counted_only_where_asked(connection: HTTPConnection) -> None:
    assert b"usage" not in post(connection, chat("echo", stream=True)).read()


def test_a_connection_serves_one_request_after_another(connection: HTTPConnection, server: Served) -> None:
    before = server.counts()
    for stream in (True, False, True):
        assert post(connection, chat("echo", stream=stream)).read()

    after = server.counts()
    assert after.requests["echo"] - before.requests.get("echo", 0) == 3
    assert after.connections - before.connections == 2  # this one, and one for the counts


def test_models_are_listed(connection: HTTPConnection) -> None:
    connection.request("GET", "/v1/models")
    answer = json.load(connection.getresponse())

    assert [model["id"] for model in answer["data"]] == list(BEHAVIOURS)


@pytest.mark.parametrize(("body", "status"), [("no json", 400), ("[]", 400), ('{"model": "echo", "messages": 5}', 400)])
def test_what_is_no_request_is_refused(connection: HTTPConnection, body: str, status: int) -> None:
    assert post(connection, body).status == status


def test_another_page_is_not_there(connection: HTTPConnection) -> None:
    connection.request("GET", "/v1/engines")
    assert connection.getresponse().status == 404


def test_what_is_no_http_is_hung_up_on(server: Served) -> None:
    host, port = server.host.split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as client:
        client.sendall(b"hello\r\n\r\n")
        assert client.recv(100) == b""


def test_the_pace_is_part_of_the_name(connection: HTTPConnection) -> None:
    start = time.perf_counter()
    post(connection, chat("echo-first200-each100", stream=True)).read()

    assert time.perf_counter() - start >= 0.4


def test_a_limit_of_tokens_ends_the_answer(connection: HTTPConnection) -> None:
    [choice] = json.load(post(connection, chat("echo", max_tokens=2)))["choices"]

    assert (choice["message"]["content"], choice["finish_reason"]) == ("Who asks? ", "length")


@pytest.mark.parametrize(
    ("model", "status", "header", "value"),
    [
        ("rate-limited", 429, "retry-after", "1"),
        ("rate-limited-bare", 429, "retry-after", None),
        ("rate-limited-long", 429, "retry-after", "3600"),
        ("error-500", 500, "retry-after", None),
        ("not-found", 404, "content-type", "application/json"),
        ("html", 200, "content-type", "text/html"),
        ("redirect-9", 307, "location", "http://127.0.0.1:9/v1/chat/completions"),
    ],
)
@pytest.mark.parametrize("stream", [True, False])
def test_errors_have_their_status_and_headers(
    connection: HTTPConnection, model: str, status: int, header: str, value: str | None, stream: bool
) -> None:
    response = post(connection, chat(model, stream=stream))

    assert (response.status, response.headers[header]) == (status, value)


def test_flapping_goes_by_turns(connection: HTTPConnection) -> None:
    statuses = []
    for _ in range(4):
        response = post(connection, chat("flapping"))
        statuses.append(response.status)
        response.read()

    assert statuses == [503, 200, 503, 200]


def test_a_wrong_key_is_repeated_as_some_servers_do(connection: HTTPConnection) -> None:
    response = post(connection, chat("wrong-key"), key="sk-1")

    assert response.status == 401
    assert b"sk-1" in response.read()


def test_a_cut_is_a_real_cut(connection: HTTPConnection) -> None:
    with pytest.raises(IncompleteRead):
        post(connection, chat("cut-json")).read()


def test_a_cut_stream_ends_within_an_event(connection: HTTPConnection) -> None:
    with pytest.raises(IncompleteRead) as caught:
        post(connection, chat("cut-json", stream=True)).read()
    assert caught.value.partial.endswith(b'"choices": [{"ind')


@pytest.mark.parametrize("stream", [True, False])
def test_half_a_character_is_half_a_character(connection: HTTPConnection, stream: bool) -> None:
    body = post(connection, chat("cut-utf8", stream=stream)).read()

    with pytest.raises(UnicodeDecodeError, match="unexpected end of data"):
        body.decode()


def test_a_refused_connection_is_reset(connection: HTTPConnection) -> None:
    with pytest.raises((ConnectionResetError, RemoteDisconnected)):
        post(connection, chat("refused"))


def test_a_hundred_megabytes_are_sent_to_who_takes_them(connection: HTTPConnection) -> None:
    response = post(connection, chat("huge"))
    total = 0
    while part := response.read(1 << 20):
        total += len(part)

    assert 100 * 2**20 <= total <= 101 * 2**20


def test_two_hundred_readers_are_served_at_once_and_noticed_when_they_leave() -> None:
    with serving() as served, ExitStack() as stack:
        readers = [HTTPConnection(served.host, timeout=PATIENCE) for _ in range(200)]
        for reader in readers:
            stack.callback(reader.close)
            reader.request("POST", "/v1/chat/completions", json.dumps(chat("silent")))
        served.until(lambda counts: counts.busy == 200)
        stack.close()

        assert served.until(lambda counts: counts.cancelled == {"silent": 200} and counts.busy == 0) < PATIENCE


def test_what_a_client_sent_can_be_looked_at(connection: HTTPConnection, server: Served) -> None:
    post(connection, chat("echo", seed=7), key="sk-2").read()

    seen = server.counts().seen[-1]
    assert (seen["path"], seen["body"]["seed"]) == ("/v1/chat/completions", 7)
    assert seen["headers"]["authorization"] == "Bearer sk-2"


def test_the_command_prints_its_address_and_serves_until_it_is_ended() -> None:
    with serving_process() as served:
        assert served.url.startswith("http://127.0.0.1:")
        connection = HTTPConnection(served.host, timeout=PATIENCE)
        assert json.load(post(connection, chat("echo")))["choices"]
        connection.close()


def test_the_command_explains_itself() -> None:
    command = [sys.executable, "-m", "evals.modelserver", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)

    assert "serve the scripted models" in done.stdout
