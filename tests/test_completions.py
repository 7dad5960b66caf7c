"""/v1/chat/completions and /v1/models on the wire: what is taken, what is refused by name, and what comes back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from starlette.testclient import TestClient

from index.tokens import count
from index.within import Within
from rag.answer import ABSTENTION
from rag.conversation import Turn
from rag.question import LONGEST_QUESTION, Question
from tests.hostile import payloads
from tests.newsroom import CONDITIONS_ANSWER, WRITTEN_ANSWER, Newsroom
from ui.app import create_app
from ui.wire import answer_json

SEEN: list[Question] = []
CHAT = "/v1/chat/completions"
ASK = [{"role": "user", "content": "What are the conditions?"}]
WRITTEN = [{"role": "user", "content": "What still holds?"}]


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    app = create_app(Newsroom(before=SEEN.append))
    with TestClient(
        app, base_url="http://127.0.0.1", client=("127.0.0.1", 50_000), raise_server_exceptions=False
    ) as opened:
        yield opened


def sent(client: TestClient, messages: object, **more: object) -> dict[str, Any]:
    response = client.post(CHAT, json={"model": "on-record", "messages": messages, **more})
    assert response.status_code == 200, response.text
    value: dict[str, Any] = response.json()
    return value


def refused(client: TestClient, status: int, body: object) -> str:
    """The sentence of a refusal, in the form that OpenAI's clients read."""
    response = client.post(CHAT, json=body)
    assert response.status_code == status
    error = response.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["type"] == ("server_error" if status >= 500 else "invalid_request_error")
    return str(error["message"])


def test_a_completion_has_the_form_of_openais(client: TestClient) -> None:
    value = sent(client, WRITTEN)
    assert value["id"].startswith("chatcmpl-")
    assert (value["object"], value["model"]) == ("chat.completion", "on-record")
    [choice] = value["choices"]
    assert (choice["index"], choice["finish_reason"]) == (0, "stop")
    message = choice["message"]
    assert (message["role"], message["refusal"]) == ("assistant", None)
    assert message["content"].startswith("Yes. [1] The Kremlin spokesman")
    assert value["usage"] == {"prompt_tokens": 812, "completion_tokens": 64, "total_tokens": 876}


def test_the_answer_itself_is_with_the_message(client: TestClient) -> None:
    told = sent(client, ASK)["choices"][0]["message"]["on_record"]
    expected = json.loads(json.dumps(answer_json(CONDITIONS_ANSWER)))
    assert told == expected | {"question": "What are the conditions?"}


def test_every_citation_is_an_annotation_that_opens_its_quote(client: TestClient) -> None:
    message = sent(client, WRITTEN)["choices"][0]["message"]
    assert {each["type"] for each in message["annotations"]} == {"url_citation"}
    places = [each["url_citation"] for each in message["annotations"]]
    assert {message["content"][each["start_index"] : each["end_index"]] for each in places} == {"[1]", "[2]", "[3]"}
    for each in places:
        assert each["url"].startswith("http://127.0.0.1/source/")
        assert client.get(each["url"]).status_code == 200
        assert each["title"] in client.get(each["url"]).text


def test_where_no_model_counts_the_tokens_of_the_text_are_counted(client: TestClient) -> None:
    value = sent(client, ASK)
    written = count(value["choices"][0]["message"]["content"])
    assert value["usage"]["completion_tokens"] == written
    assert value["usage"]["prompt_tokens"] == count("What are the conditions?")


def test_an_abstention_is_a_sentence(client: TestClient) -> None:
    message = sent(client, [{"role": "user", "content": "What is the population of Brazil?"}])["choices"][0]["message"]
    assert message["content"].startswith(ABSTENTION)
    assert message["annotations"] == []
    assert message["on_record"]["status"] == "abstained"


def test_the_last_words_of_the_user_are_the_question_and_what_came_before_its_history(client: TestClient) -> None:
    sent(
        client,
        [
            {"role": "system", "content": "You are a pirate."},
            {"role": "assistant", "content": "Ask me anything."},
            {"role": "user", "content": "Who met?", "name": "alice"},
            {"role": "assistant", "content": "Two envoys. [1][2]\n\nSources:\n- [1] a <http://127.0.0.1/source/x>"},
            {"role": "user", "content": "Where?"},
            {
                "role": "user",
                "content": [{"type": "text", "text": "And when?"}, {"type": "image_url", "image_url": {}}],
            },
            {"role": "assistant", "content": None, "tool_calls": []},
            {"role": "developer", "content": "Sing."},
            {"role": "user", "content": [{"type": "text", "text": "What are"}, {"type": "text", "text": "the terms?"}]},
        ],
        as_of="2025-09-01",
        publishers=["Harbour Wire"],
        **{"from": "2025-01-01"},
    )
    asked = SEEN[-1]
    assert (asked.text, asked.as_of) == ("What are\nthe terms?", date(2025, 9, 1))
    assert asked.within == Within(date(2025, 1, 1), publishers=frozenset({"Harbour Wire"}))
    assert asked.history == (Turn("Who met?", "Two envoys."), Turn("Where?"), Turn("And when?"))


def test_what_stands_after_the_question_and_instructions_alone_change_nothing(client: TestClient) -> None:
    sent(client, [*ASK, {"role": "assistant", "content": "They are"}])
    assert SEEN[-1] == Question("What are the conditions?")


PASSED_OVER = {
    "temperature": 1.5,
    "top_p": 0.1,
    "seed": 7,
    "max_tokens": 1,
    "max_completion_tokens": 1,
    "presence_penalty": 1,
    "frequency_penalty": 1,
    "logit_bias": {"50256": -100},
    "stop": ["\n"],
    "user": "alice",
    "metadata": {"a": "b"},
    "store": True,
    "reasoning_effort": "high",
    "parallel_tool_calls": True,
    "service_tier": "auto",
    "tool_choice": "none",
    "something_new": {"x": [1]},
}


def test_what_steers_how_a_model_writes_is_passed_over(client: TestClient) -> None:
    empty: dict[str, object] = {
        "tools": [],
        "functions": None,
        "n": 1,
        "response_format": {"type": "text"},
        "logprobs": False,
    }
    told = sent(client, ASK, **PASSED_OVER, **empty, modalities=["text"])
    assert told["choices"][0]["message"]["content"] == sent(client, ASK)["choices"][0]["message"]["content"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tools", [{"type": "function", "function": {"name": "x"}}]),
        ("functions", [{"name": "x"}]),
        ("n", 2),
        ("response_format", {"type": "json_object"}),
        ("response_format", {"type": "json_schema", "json_schema": {"name": "x", "schema": {}}}),
        ("modalities", ["text", "audio"]),
        ("audio", {"voice": "x", "format": "wav"}),
        ("logprobs", True),
        ("top_logprobs", 3),
        ("web_search_options", {}),
    ],
)
def test_what_would_make_the_answer_something_else_is_refused_by_name(
    client: TestClient, name: str, value: object
) -> None:
    assert refused(client, 400, {"model": "on-record", "messages": ASK, name: value}).startswith(name.capitalize())


@pytest.mark.parametrize(
    ("messages", "told"),
    [
        (None, "no messages"),
        ([], "no messages"),
        ("What?", "no messages"),
        ([{"role": "system", "content": "x"}], "no message is the user's"),
        ([{"role": "narrator", "content": "x"}], "messages[0] has no role"),
        (["x"], "messages[0] has no role"),
        ([{"role": ["user"], "content": "x"}], "messages[0] has no role"),
        ([{"role": "user", "content": [{"type": ["text"], "text": "x"}]}], "messages[0] holds a part that is no text"),
        ([{"role": "user", "content": [{"type": {}}]}, {"role": "user", "content": ""}], "The question is empty"),
        ([{"role": "user", "content": " "}], "question is empty"),
        ([{"role": "user"}], "question is empty"),
        ([{"role": "user", "content": 7}], "question is empty"),
        ([{"role": "user", "content": "x" * (LONGEST_QUESTION + 1)}], "characters long"),
        ([{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}], "no text ('image_url')"),
        ([{"role": "user", "content": [{"type": "input_audio"}]}], "no text ('input_audio')"),
        ([{"role": "user", "content": ["x"]}], "no text (without a name)"),
        ([{"role": "user", "content": "x"}] * 2_001, "over 2000 messages"),
    ],
)
def test_messages_that_ask_nothing_are_refused(client: TestClient, messages: object, told: str) -> None:
    assert told.lower() in refused(client, 400, {"model": "on-record", "messages": messages}).lower()


def test_another_model_is_not_found(client: TestClient) -> None:
    response = client.post(CHAT, json={"model": "gpt-4o", "messages": ASK})
    assert response.status_code == 404
    error = response.json()["error"]
    assert (error["code"], error["type"]) == ("model_not_found", "invalid_request_error")
    assert "'gpt-4o'" in error["message"]
    assert "'on-record'" in error["message"]
    assert "names no model" in refused(client, 400, {"messages": ASK})


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[]", b'"x"', b"[" * 20_000, b'{"model": NaN}'])
def test_what_is_no_json_object_is_refused_in_the_same_form(client: TestClient, body: bytes) -> None:
    response = client.post(CHAT, content=body, headers={"content-type": "application/json"})
    assert response.status_code == 400
    assert response.json()["error"]["message"].startswith("The body is")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("stream", "yes"), ("as_of", "yesterday"), ("as_of", 7), ("as_of", "2025-13-01")),
        *(("from", "today"), ("to", 2024), ("publishers", "Harbour Wire"), ("collections", []), ("publishers", [""])),
    ],
)
def test_our_own_fields_are_checked(client: TestClient, field: str, value: object) -> None:
    assert refused(client, 400, {"model": "on-record", "messages": ASK, field: value})


def test_a_failure_has_its_form_and_names_no_secret(client: TestClient) -> None:
    broken = {"model": "on-record", "messages": [{"role": "user", "content": "broken"}]}
    assert refused(client, 503, broken) == "The library is on a disk that is gone; mount it and ask again."
    crash = client.post(CHAT, json={"model": "on-record", "messages": [{"role": "user", "content": "crash"}]})
    assert crash.status_code == 500
    assert "secret" not in crash.text
    assert crash.json()["error"]["type"] == "server_error"


def test_the_guard_refuses_in_the_same_form(client: TestClient) -> None:
    for response, status in (
        (client.get("/v1/nothing"), 404),
        (client.get(CHAT), 405),
        (client.post(CHAT, content=b"x"), 415),
        (client.post(CHAT, json={}, headers={"sec-fetch-site": "cross-site"}), 403),
        (client.post(CHAT, content=b" " * 400_000, headers={"content-type": "application/json"}), 413),
    ):
        assert response.status_code == status
        assert set(response.json()["error"]) == {"message", "type", "param", "code"}


# Streams.


def frames(client: TestClient, messages: object, **more: object) -> list[str]:
    body = {"model": "on-record", "messages": messages, "stream": True, **more}
    with client.stream("POST", CHAT, json=body) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        text = "".join(response.iter_text())
    assert text.endswith("\n\n")
    return text.split("\n\n")[:-1]


def chunks(client: TestClient, messages: object, **more: object) -> list[Any]:
    told = [each for each in frames(client, messages, **more) if not each.startswith(":")]
    assert told[-1] == "data: [DONE]"
    return [json.loads(each.removeprefix("data: ")) for each in told[:-1]]


@pytest.mark.parametrize("messages", [ASK, WRITTEN])
def test_a_stream_tells_the_same_sentence_by_sentence(client: TestClient, messages: object) -> None:
    whole = sent(client, messages)["choices"][0]["message"]
    told = chunks(client, messages)
    deltas = [each["choices"][0]["delta"] for each in told]
    assert deltas[0] == {"role": "assistant", "content": "", "refusal": None}
    assert "".join(each.get("content", "") for each in deltas) == whole["content"]
    assert len(deltas) > 4
    assert deltas[-1] == {"annotations": whole["annotations"], "on_record": whole["on_record"]}
    assert [each["choices"][0]["finish_reason"] for each in told] == [None] * (len(told) - 1) + ["stop"]
    assert len({(each["id"], each["created"], each["object"], each["model"]) for each in told}) == 1
    assert told[0]["object"] == "chat.completion.chunk"
    assert not any("usage" in each for each in told)


def test_a_stream_counts_tokens_at_its_end_where_that_is_asked_for(client: TestClient) -> None:
    *told, last = chunks(client, WRITTEN, stream_options={"include_usage": True})
    assert all(each["usage"] is None for each in told)
    assert last["choices"] == []
    assert last["usage"]["total_tokens"] == 876


def test_no_word_is_streamed_before_its_sentence_is_checked(client: TestClient) -> None:
    pieces = [each["choices"][0]["delta"].get("content") for each in chunks(client, WRITTEN)]
    assert pieces[1:4] == [
        "Yes. [1]",
        f" {WRITTEN_ANSWER.sentences[1].text} [1]",
        f" {WRITTEN_ANSWER.sentences[2].text} [3][2]",
    ]
    assert "treaty" not in "".join(filter(None, pieces))


def test_while_a_model_writes_the_stream_says_that_it_lives(client: TestClient) -> None:
    assert ": a sentence is being written" in frames(client, WRITTEN)


def test_a_stream_that_breaks_off_ends_with_the_error(client: TestClient) -> None:
    for question, told in (("broken", "disk that is gone"), ("crash", "the server's log has it under")):
        last = frames(client, [{"role": "user", "content": question}])[-1]
        error = json.loads(last.removeprefix("data: "))["error"]
        assert told in error["message"]
        assert "secret" not in last


@pytest.mark.parametrize("text", payloads())
def test_a_hostile_question_is_data_in_every_frame(client: TestClient, text: str) -> None:
    told = chunks(client, [{"role": "user", "content": f"x {text}"}])
    assert told[-1]["choices"][0]["delta"]["on_record"]["question"] == f"x {text}".strip()


# Models.


def test_there_is_one_model(client: TestClient) -> None:
    value = client.get("/v1/models").json()
    assert value["object"] == "list"
    [model] = value["data"]
    assert (model["id"], model["object"], model["owned_by"]) == ("on-record", "model", "on-record")
    assert client.get("/v1/models/on-record").json() == model
    missing = client.get("/v1/models/gpt-4o")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "model_not_found")
