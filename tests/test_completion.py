from __future__ import annotations

import json
from collections.abc import Callable
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.endpoint.completion import LONGEST_TEXT, Counted, Part, Written, names, part, whole
from rag.endpoint.fault import Fault, refusal, seconds

WORDS = st.sampled_from(("choices", "delta", "message", "content", "finish_reason", "usage", "error", "data", "id"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


def event(delta: object, finish: object = None, **more: object) -> dict[str, object]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (event({"role": "assistant", "content": ""}), Part()),
        (event({"content": "word "}), Part("word ")),
        (event({"content": None}), Part()),
        (event({}, "stop"), Part("", "stop")),
        (event(None, "stop"), Part("", "stop")),
        (event({"content": "last"}, "length"), Part("last", "length")),
        ({"choices": [{"delta": {"content": "no finish_reason"}}]}, Part("no finish_reason")),
        ({"choices": []}, Part()),
        ({"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}}, Part(counted=Counted(3, 2))),
        (event({"content": "x"}, usage={"prompt_tokens": 3, "completion_tokens": 0}), Part("x", None, Counted(3, 0))),
        (event({"content": "x"}, usage=None), Part("x")),
        (event({"content": "x"}, usage={"prompt_tokens": -3, "completion_tokens": 2}), Part("x")),
        (event({"content": "x"}, usage={"prompt_tokens": "3", "completion_tokens": 2}), Part("x")),
        (event({"content": "x"}, error=None), Part("x")),
        (event({"content": "\ud83d\ude00 and \ud83d"}), Part("\U0001f600 and �")),
        (event({"reasoning_content": "thinking"}), Part()),
    ],
)
def test_an_event_is_its_text_its_end_and_its_count(data: object, expected: Part) -> None:
    assert part(data, "delta") == expected


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "text",
        {},
        {"choices": None},
        {"choices": "none"},
        {"choices": ["word"]},
        {"choices": [{"delta": "word"}]},
        event({"content": 5}),
        event({"content": ["word"]}),
        event([]),
        event({"content": "x"}, finish=5),
        {"answer": "word"},
    ],
)
def test_another_shape_is_not_the_protocol(data: object) -> None:
    with pytest.raises(Fault, match="something that is not OpenAI's protocol"):
        part(data, "delta")


def tried(read: Callable[[], object]) -> object:
    """What a reading gives, or the fault it ends in; any other error ends the test."""
    try:
        return read()
    except Fault as fault:
        return fault


@given(JSON, st.sampled_from(("delta", "message")))
def test_any_json_is_a_part_or_a_fault(data: object, key: Literal["delta", "message"]) -> None:
    found = tried(lambda: part(data, key))
    assert isinstance(found, Part | Fault)
    assert isinstance(found, Fault) or found.text.encode().decode() == found.text


@given(st.one_of(st.binary(max_size=60), JSON.map(lambda value: json.dumps(value).encode())))
def test_any_bytes_are_an_answer_or_a_fault(body: bytes) -> None:
    assert isinstance(tried(lambda: whole(body, "")), Part | Fault)
    assert isinstance(tried(lambda: names(body)), tuple | Fault)


def test_a_whole_answer_is_read_from_its_message() -> None:
    body = json.dumps({"choices": [{"message": {"content": "All."}, "finish_reason": "stop"}]}).encode()

    assert whole(body, "application/json") == Part("All.", "stop")


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        (b"<html>", "text/html", "a web page"),
        (b" \n<!doctype html>", "text/plain", "a web page"),
        (b"welcome", "text/html; charset=utf-8", "a web page"),
        (b'{"choices": [', "application/json", "not OpenAI's protocol"),
        (b"", "application/json", "not OpenAI's protocol"),
        (b"\xff", "application/json", "not OpenAI's protocol"),
        (b"[" * 100_000, "application/json", "not OpenAI's protocol"),
        (b'{"error": {"message": "no"}}', "application/json", "reports an error"),
    ],
)
def test_what_is_no_answer_is_told_apart(body: bytes, kind: str, reason: str) -> None:
    with pytest.raises(Fault, match=reason):
        whole(body, kind)


def test_names_are_listed_once_in_their_order() -> None:
    items = [{"id": "b"}, {"id": "a"}, {"id": "b"}, {"id": 5}, {"id": ""}, "c", {}]

    assert names(json.dumps({"object": "list", "data": items}).encode()) == ("b", "a")
    assert names(b'{"data": []}') == ()


def written(*parts: Part) -> Written:
    answer = Written(lambda text: None)
    for each in parts:
        answer.take(each)
    return answer


def test_text_is_handed_on_as_it_comes_and_its_beginning_and_end_are_told() -> None:
    texts: list[str] = []
    told: list[tuple[bool, str | None]] = []
    answer = Written(texts.append)
    answer.watch = lambda: told.append((answer.began, answer.finish))
    for each in (Part(), Part("one "), Part(" "), Part("two"), Part("", "stop"), Part(counted=Counted(3, 2))):
        answer.take(each)

    assert texts == answer.texts == ["one ", " ", "two"]
    assert told == [(True, None), (True, "stop")]
    assert (answer.finish, answer.counted) == ("stop", Counted(3, 2))
    answer.check(10)


@pytest.mark.parametrize(
    ("parts", "reason", "server"),
    [
        ([Part("a")], "broke off in the middle", True),
        ([], "broke off in the middle", True),
        ([Part("a", "length")], "reached the limit of 10 tokens", False),
        ([Part("a", "content_filter")], "stopped by its content filter", False),
        ([Part("a", "error")], "reports an error", True),
        ([Part("", "stop")], "answers with nothing", False),
        ([Part(" \n", "stop")], "answers with nothing", False),
    ],
)
def test_an_answer_that_is_not_whole_says_why(parts: list[Part], reason: str, server: bool) -> None:
    with pytest.raises(Fault, match=reason) as caught:
        written(*parts).check(10)
    assert caught.value.server is server


@pytest.mark.parametrize("finish", ["stop", "eos", "end_turn", "stop_sequence"])
def test_servers_call_a_whole_answer_differently(finish: str) -> None:
    written(Part("all", finish)).check(10)


def test_an_answer_never_grows_past_what_is_held() -> None:
    answer = written(Part("x" * LONGEST_TEXT))
    with pytest.raises(Fault, match="writes without end"):
        answer.take(Part("x"))
    assert sum(map(len, answer.texts)) == LONGEST_TEXT


@pytest.mark.parametrize(
    ("status", "body", "headers", "reason", "passing", "server"),
    [
        (500, None, {}, "answers with the error 500; look at its log", True, True),
        (503, None, {"x-should-retry": "false"}, "answers with the error 503", False, True),
        (408, None, {}, "answers with the error 408", True, True),
        (429, {"message": "slow"}, {"retry-after": "20"}, "asks to slow down; ask again in 20 seconds", True, True),
        (429, None, {"retry-after": "0"}, "ask again in 1 second", True, True),
        (429, None, {}, "asks to slow down; try again later", True, True),
        (429, {"code": "insufficient_quota"}, {}, "has no quota left; see to its account", False, True),
        (429, {"code": None, "type": "insufficient_quota"}, {}, "has no quota left", False, True),
        (401, {"message": "wrong key sk-1"}, {}, "refuses the key; correct it", False, True),
        (403, None, {}, "refuses the key; correct it", False, True),
        (404, None, {}, "is not known there; correct the model's name", False, True),
        (400, {"code": "context_length_exceeded"}, {}, "cannot read so much at once", False, False),
        (413, None, {}, "cannot read so much at once", False, False),
        (400, "text", {}, "refuses the request with the error 400; look at its log", False, False),
        (307, None, {}, "sends on to another address, which is not followed", False, True),
    ],
)
def test_a_refusal_says_what_to_do_and_whether_to_try_again(
    status: int, body: object, headers: dict[str, str], reason: str, passing: bool, server: bool
) -> None:
    fault = refusal(status, body, headers)

    assert reason in fault.reason
    assert "sk-1" not in fault.reason
    assert (fault.passing, fault.server) == (passing, server)


def test_a_refusal_carries_the_wait_that_was_asked_for() -> None:
    assert refusal(429, None, {"retry-after": "20"}).after == 20
    assert refusal(503, None, {"retry-after": "2"}).after == 2
    assert refusal(500, None, {}).after is None


def test_spans_of_time_are_words() -> None:
    assert (seconds(1), seconds(2.5), seconds(60.0)) == ("1 second", "2.5 seconds", "60 seconds")
