from __future__ import annotations

import gc
import logging
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace

import openai
import pytest

from index.tokens import count
from rag.answer import Usage
from rag.endpoint.chatserver import ChatServer
from rag.errors import ModelUnavailable
from rag.model import Ended, Limits, Message, Model, Prices, Text, Waiting
from tests.modelserver import Served, serving

assert openai.__version__  # loaded here, so that no test waits for it
KEY = "sk-secret-key-of-the-test"
ASKED = (Message("system", "Be brief."), Message("user", "How old is the bridge?"))
PATIENT = Limits(first_seconds=20.0, whole_seconds=30.0)


@pytest.fixture
def server() -> Iterator[Served]:
    with serving() as served:
        yield served


@pytest.fixture(params=[True, False], ids=["streaming", "whole"])
def streaming(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def model(
    server: Served, name: str, *, limits: Limits = PATIENT, prices: Prices | None = None, streaming: bool = True
) -> Model:
    return Model(server.url, name, KEY, limits=limits, prices=prices, streaming=streaming)


def test_an_answer_comes_in_pieces_and_ends_with_what_it_took(server: Served) -> None:
    pieces = list(model(server, "echo", prices=Prices(2.0, 10.0)).reply(ASKED, tokens=100))

    *texts, end = (piece for piece in pieces if piece != Waiting())
    assert [text.text for text in texts if isinstance(text, Text)] == ["How ", "old ", "is ", "the ", "bridge? ", "[1]"]
    assert end == Ended(Usage(7, 6, cost=(7 * 2.0 + 6 * 10.0) / 1_000_000))


def test_an_answer_may_come_whole(server: Served) -> None:
    pieces = list(model(server, "echo", streaming=False).reply(ASKED, tokens=100))

    assert pieces[-2:] == [Text("How old is the bridge? [1]"), Ended(Usage(7, 6))]


def test_complete_is_the_whole_text(server: Served, streaming: bool) -> None:
    assert model(server, "echo", streaming=streaming).complete(ASKED, tokens=9) == "How old is the bridge? [1]"


def test_a_request_holds_what_servers_know_and_nothing_of_this_machine(server: Served, streaming: bool) -> None:
    model(server, "echo", streaming=streaming).complete(ASKED, tokens=100)

    [seen] = server.counts().seen
    body = {
        "model": "echo",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "How old is the bridge?"},
        ],
        "max_tokens": 100,
        "temperature": 0,
        "stream": streaming,
    }
    assert seen["body"] == body | ({"stream_options": {"include_usage": True}} if streaming else {})
    assert seen["headers"].keys() == {
        "host",
        "connection",
        "accept",
        "accept-encoding",
        "authorization",
        "content-type",
        "content-length",
        "user-agent",
    }
    assert seen["headers"]["authorization"] == f"Bearer {KEY}"
    assert (seen["headers"]["user-agent"], seen["headers"]["accept-encoding"]) == ("onrecord", "identity")


def test_a_server_without_a_key_is_shown_none(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_ADMIN_KEY", KEY)
    for key in (None, ""):
        Model(server.url, "echo", key, limits=PATIENT).complete(ASKED, tokens=100)

    assert not [name for seen in server.counts().seen for name in seen["headers"] if name == "authorization"]


def test_what_the_environment_says_for_openai_goes_to_nobody_else(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-secret")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-secret")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "Authorization: Bearer other-secret\nX-Gateway: gateway-secret")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    model(server, "echo").complete(ASKED, tokens=100)

    [seen] = server.counts().seen
    assert seen["headers"]["authorization"] == f"Bearer {KEY}"
    assert "secret" not in str({**seen["headers"], "authorization": ""})


def test_no_url_is_openai_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")

    assert Model(None, "gpt-x").fingerprint == "model:api.openai.com:gpt-x"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        (None, "max_completion_tokens"),
        ("https://api.openai.com/v1/", "max_completion_tokens"),
        ("http://x", "max_tokens"),
    ],
)
def test_the_limit_of_tokens_has_the_name_that_the_server_knows(url: str | None, name: str) -> None:
    body = ChatServer(url, "m", KEY, kept=1)._body([], 100, streaming=False)

    assert [key for key in body if key.startswith("max")] == [name]


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert model(server, "echo").complete(ASKED, tokens=100)


def test_what_cannot_be_sent_is_replaced(server: Served) -> None:
    assert model(server, "echo").complete([Message("user", "lone \ud800 half")], tokens=100) == "lone ? half [1]"


def test_where_the_server_does_not_count_the_table_of_tokens_does(server: Served, streaming: bool) -> None:
    *_, end = model(server, "uncounted", streaming=streaming, prices=Prices(1.0, 1.0)).reply(ASKED, tokens=100)

    asked, answered = sum(count(message.content) for message in ASKED), count("NOTHING")
    assert end == Ended(Usage(asked, answered, cost=(asked + answered) / 1_000_000))


def test_a_server_that_cannot_stream_is_understood(server: Served) -> None:
    assert model(server, "whole-only").complete(ASKED, tokens=100) == "NOTHING"


def test_a_server_that_names_what_it_does_not_know_is_asked_without_it(server: Served, streaming: bool) -> None:
    asked = model(server, "picky", streaming=streaming)
    assert asked.complete(ASKED, tokens=100) == "NOTHING"
    assert asked.complete(ASKED, tokens=100) == "NOTHING"

    first, second, third, last = [seen["body"] for seen in server.counts().seen]
    assert ("max_tokens" in first, "temperature" in first) == (True, True)
    assert (second["max_completion_tokens"], "max_tokens" in second, "temperature" in second) == (100, False, True)
    assert third == last
    assert "temperature" not in last


def test_a_connection_is_used_again(server: Served, streaming: bool) -> None:
    asked = model(server, "echo", streaming=streaming)
    before = server.counts().connections
    for _ in range(5):
        asked.complete(ASKED, tokens=100)

    # One for the look at the counts. A stream whose end is late on a busy machine costs its connection.
    opened = server.counts().connections - before - 1
    assert opened < 5 if streaming else opened == 1


def test_there_is_a_piece_at_least_every_half_second(server: Served) -> None:
    pieces = list(model(server, "echo-first1600").reply(ASKED, tokens=100))

    assert pieces[:3] == [Waiting()] * 3
    assert isinstance(pieces[-1], Ended)


def test_nothing_is_asked_before_the_first_piece_is_taken(server: Served) -> None:
    reply = model(server, "echo").reply(ASKED, tokens=100)
    assert server.requests("echo") == 0
    reply.close()
    assert server.requests("echo") == 0


def test_the_models_of_a_server_are_listed(server: Served) -> None:
    names = model(server, "").names()

    assert {"honest", "liar", "silent", "drip"} <= set(names)
    assert server.counts().seen == []


@pytest.mark.parametrize(
    ("path", "reason"),
    [("/nowhere", "is not known there; correct the model's name, or its address"), ("", "is not known there")],
)
def test_a_list_that_is_not_there_is_told_in_a_sentence(server: Served, path: str, reason: str) -> None:
    url = server.url.removesuffix("/v1") + path
    with pytest.raises(ModelUnavailable, match=f"the model server at {server.host} {reason}"):
        Model(url, "").names()


def test_a_list_has_its_own_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"
        with pytest.raises(ModelUnavailable, match=r"does not list its models within 0\.2 seconds"):
            Model(url, "").names(0.2)


def test_the_fingerprint_names_host_and_model_and_no_secret(server: Served) -> None:
    assert model(server, "echo").fingerprint == f"model:{server.host}:echo"
    assert KEY not in Model(f"https://user:{KEY}@host/v1", "m", KEY).fingerprint


def test_the_key_is_in_no_message_and_no_log(server: Served, caplog: pytest.LogCaptureFixture, streaming: bool) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("echo", "wrong-key", "error-500", "refused", "cut-json", "error-in-stream"):
        asked = model(server, name, streaming=streaming, limits=replace(PATIENT, retries=0))
        if name == "echo":
            asked.complete(ASKED, tokens=100)
            continue
        with pytest.raises(ModelUnavailable) as caught:
            asked.complete(ASKED, tokens=100)
        assert KEY not in str(caught.value)
        assert (caught.value.__cause__, caught.value.__context__) == (None, None)

    assert len(caplog.records) > 10
    assert not [record for record in caplog.records if KEY in record.getMessage()]


@pytest.mark.parametrize("key", ["sk-\n", "sk-ключ", "sk-\x00"])
def test_a_key_that_cannot_be_one_is_told(server: Served, key: str) -> None:
    with pytest.raises(ModelUnavailable, match="has a key with characters that no key holds; correct it") as caught:
        Model(server.url, "echo", key).complete(ASKED, tokens=100)
    assert key not in str(caught.value)
    assert server.requests("echo") == 0


def test_nobody_is_followed_elsewhere(server: Served, streaming: bool) -> None:
    with serving() as elsewhere:
        name = f"redirect-{elsewhere.host.rpartition(':')[2]}"
        with pytest.raises(ModelUnavailable, match="sends on to another address, which is not followed; set"):
            model(server, name, streaming=streaming).complete(ASKED, tokens=100)

        assert server.requests(name) == 1
        assert elsewhere.counts().seen == []


@pytest.mark.parametrize(
    "url", ["http://[broken/v1", "ftp://127.0.0.1/v1", "http://", "no address", "http://a\x00b/v1"]
)
def test_an_address_that_is_none_is_told(url: str) -> None:
    with pytest.raises(ModelUnavailable, match="correct its address"):
        Model(url, "m").complete(ASKED, tokens=100)


def test_several_threads_share_a_model(server: Served) -> None:
    asked = model(server, "echo", limits=replace(PATIENT, at_once=4))
    answers: list[str] = []

    def ask(number: int) -> None:
        answers.append(asked.complete([Message("user", f"question {number}")], tokens=100))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == sorted(f"question {number} [1]" for number in range(24))
    assert asked.busy == 0


def test_closing_ends_what_is_under_way_and_all_connections(server: Served) -> None:
    asked = model(server, "drip")
    coming = asked.reply(ASKED, tokens=100)
    assert next(piece for piece in coming if isinstance(piece, Text))
    asked.close()
    asked.close()

    for again in (coming, asked.reply(ASKED, tokens=100)):
        with pytest.raises(ModelUnavailable, match="is not used any more; start again"):
            list(again)
    server.until(lambda counts: counts.open == 1)


def test_a_forgotten_model_leaves_no_connection(server: Served) -> None:
    asked = model(server, "echo")
    asked.complete(ASKED, tokens=100)
    assert server.counts().open == 2
    del asked
    gc.collect()

    server.until(lambda counts: counts.open == 1)


def test_the_client_library_is_loaded_by_the_first_reply_only() -> None:
    program = (
        "import sys; from rag.model import Model; Model('http://127.0.0.1:9/v1', 'm');"
        "print({'openai', 'httpx2', 'tiktoken'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)

    assert done.stdout == "set()\n"


def test_a_process_ends_cleanly_in_the_middle_of_a_reply(server: Served) -> None:
    program = f"""
from rag.model import Message, Model, Text
model = Model("{server.url}", "drip")
coming = model.reply([Message("user", "x")], tokens=10)
print(next(piece.text for piece in coming if isinstance(piece, Text)))
"""
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0
    assert done.stdout == "drip \n"
    assert "Error" not in done.stderr
    assert "Warning" not in done.stderr
    server.until(lambda counts: counts.cancelled == {"drip": 1})
