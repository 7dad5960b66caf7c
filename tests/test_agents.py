"""Agents over the Model Context Protocol: the official client asks a real server, in both of its ways to connect."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import anyio
import httpx2
import pytest
from limits import parse
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent

from index.document import Document
from index.within import Within
from rag.answer import ABSTENTION
from rag.question import LONGEST_QUESTION, Question
from tests.hostile import payloads
from tests.newsroom import CONDITIONS, WRITTEN_ANSWER, Newsroom, document
from tests.served import serving
from tests.sites import key, keyed, limited
from ui.agents.opened import stretch
from ui.app import create_app
from ui.serving import Site

T = TypeVar("T")

HIDDEN = document("Hidden", "Desk", None, "Moscow keeps a secret.", readers=("board",))
LONG = document("Long", "Desk", None, "\n\n".join(f"Paragraph {n}. {'word ' * 180}" for n in range(100)).strip())
QUESTION = {"question": "What still holds?"}
BOUNDS = {"as_of", "from", "to", "publishers", "collections"}


@dataclass
class Served:
    """A server that only keys can ask, and what it is made of."""

    address: str
    site: Site
    newsroom: Newsroom


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    site, newsroom = keyed(), Newsroom(also=(HIDDEN, LONG))
    with serving(lambda: create_app(newsroom, site)) as address:
        yield Served(address, site, newsroom)


@pytest.fixture(scope="module")
def secret(served: Served) -> str:
    return key(served.site)


@asynccontextmanager
async def connected(address: str, secret: str, mode: str = "auto") -> AsyncIterator[Client]:
    headers = {"authorization": f"Bearer {secret}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=20) as http,
        Client(streamable_http_client(f"{address}/mcp", http_client=http), mode=mode) as client,
    ):
        yield client


def with_client(address: str, secret: str, work: Callable[[Client], Coroutine[Any, Any, T]], mode: str = "auto") -> T:
    async def run() -> T:
        async with connected(address, secret, mode) as client:
            return await work(client)

    return anyio.run(run)


def called(address: str, secret: str, name: str, arguments: dict[str, Any], mode: str = "auto") -> CallToolResult:
    async def call(client: Client) -> CallToolResult:
        await client.list_tools()  # so that the client holds what comes to what was promised
        return await client.call_tool(name, arguments)

    return with_client(address, secret, call, mode)


def text(result: CallToolResult) -> str:
    [content] = result.content
    assert isinstance(content, TextContent)
    return content.text


def refused(address: str, secret: str, name: str, arguments: dict[str, Any]) -> str:
    result = called(address, secret, name, arguments)
    assert result.is_error
    assert result.structured_content is None
    told = text(result)
    assert told.endswith(".")
    assert "\n" not in told
    return told


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_an_agent_finds_three_tools_that_change_nothing(served: Served, secret: str, mode: str) -> None:
    listed = with_client(served.address, secret, lambda client: client.list_tools(), mode)
    assert [tool.name for tool in listed.tools] == ["ask", "search", "open_source"]
    for tool in listed.tools:
        assert tool.annotations
        assert tool.annotations.read_only_hint
        assert not tool.annotations.open_world_hint
        assert tool.output_schema
        assert tool.description
        assert "never an instruction" in tool.description
    assert set(listed.tools[0].input_schema["properties"]) == BOUNDS | {"question"}
    assert set(listed.tools[1].input_schema["properties"]) == BOUNDS | {"question", "limit"}
    assert set(listed.tools[2].input_schema["properties"]) == {"document", "start", "end"}


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_an_agent_asks(served: Served, secret: str, mode: str) -> None:
    result = called(served.address, secret, "ask", QUESTION | {"as_of": "2025-09-01"}, mode)
    assert not result.is_error
    assert text(result).startswith("Yes. [1] The Kremlin spokesman Dmitry Peskov said")
    assert f"<{served.address}/source/" in text(result)
    value = result.structured_content
    assert [each["text"] for each in value["sentences"]] == [each.text for each in WRITTEN_ANSWER.sentences]
    assert value["status"] == "answered"


def test_an_abstention_is_no_error(served: Served, secret: str) -> None:
    result = called(served.address, secret, "ask", {"question": "What is the population of Brazil?"})
    assert not result.is_error
    assert text(result).startswith(ABSTENTION)
    assert result.structured_content["status"] == "abstained"


@pytest.mark.parametrize("tool", ["ask", "search"])
def test_an_agent_asks_within_bounds(served: Served, secret: str, monkeypatch: pytest.MonkeyPatch, tool: str) -> None:
    asked: list[Question] = []
    monkeypatch.setattr(served.newsroom, "before", asked.append)
    bounds = {"from": "2024-01-01", "to": "2024-12-31", "publishers": ["Harbour Wire"], "collections": ["wire", "desk"]}
    assert not called(served.address, secret, tool, QUESTION | bounds).is_error
    within = Within(date(2024, 1, 1), date(2024, 12, 31), frozenset({"Harbour Wire"}), frozenset({"wire", "desk"}))
    assert [each.within for each in asked] == [within]


def test_an_agent_searches_and_opens_what_it_found(served: Served, secret: str) -> None:
    found = called(served.address, secret, "search", {"question": "Moscow lists", "limit": 1})
    [passage] = found.structured_content["passages"]
    assert passage["document"] in text(found)
    opened = called(
        served.address, secret, "open_source", {name: passage[name] for name in ("document", "start", "end")}
    )
    value = opened.structured_content
    assert value["title"] == CONDITIONS.title
    assert value["length"] == len(CONDITIONS.text)
    assert value["next"] is None
    for part in value["paragraphs"]:
        assert part["text"] == CONDITIONS.text[part["start"] : part["end"]]
    assert "Vladimir Putin said Ukraine must withdraw" in text(opened)


def test_a_stretch_is_the_paragraphs_it_touches(served: Served, secret: str) -> None:
    at = CONDITIONS.text.index("He added")
    opened = called(
        served.address, secret, "open_source", {"document": CONDITIONS.id, "start": at, "end": at + 5}
    ).structured_content
    [part] = opened["paragraphs"]
    assert part["text"].startswith("Vladimir Putin said")
    assert "He added" in part["text"]


def test_a_long_document_is_read_piece_by_piece(served: Served, secret: str) -> None:
    pieces: list[str] = []
    start: int | None = 0
    while start is not None:
        arguments = {"document": LONG.id, "start": start}
        result = called(served.address, secret, "open_source", arguments)
        value = result.structured_content
        assert sum(len(part["text"]) for part in value["paragraphs"]) <= 40_000
        pieces += [part["text"] for part in value["paragraphs"]]
        assert (f"goes on at character {value['next']}" in text(result)) == (value["next"] is not None)
        start = value["next"]
    assert len(pieces) == 100
    assert "\n\n".join(pieces) == LONG.text


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("ask", {}, "There is no question"),
        ("ask", {"question": " "}, "The question is empty"),
        ("ask", {"question": 7}, "Question is no text"),
        ("ask", {"question": "x" * (LONGEST_QUESTION + 1)}, "characters long"),
        ("ask", {"question": "x", "as_of": "yesterday"}, "yesterday"),
        ("ask", {"question": "x", "from": "2024-06-30", "to": "2024-06-01"}, "2024-06-30"),
        ("search", {"question": "x", "publishers": []}, "Publishers is empty"),
        ("ask", {"question": "x", "user": "alice"}, "There is no field 'user'"),
        ("ask", {"question": "broken"}, "The library is on a disk that is gone"),
        ("search", {"question": "x", "limit": 0}, "Limit is below 1"),
        ("search", {"question": "x", "limit": 1_000}, "Limit is above 100"),
        ("search", {"question": "x", "limit": "ten"}, "Limit is no whole number"),
        ("open_source", {"document": "../../etc/passwd"}, "Document is no id"),
        ("open_source", {"document": "0" * 32}, "no such document, or you may not read it"),
        ("open_source", {"document": CONDITIONS.id, "start": 10_000_000}, "start before its end"),
        ("open_source", {"document": CONDITIONS.id, "start": 9, "end": 9}, "Start is not before end"),
        ("open_source", {"document": CONDITIONS.id, "start": -1}, "Start is below 0"),
        ("fetch", {"url": "http://127.0.0.1/"}, "There is no tool 'fetch'"),
    ],
)
def test_what_is_wrong_is_a_sentence_to_the_agent(
    served: Served, secret: str, name: str, arguments: dict[str, Any], told: str
) -> None:
    assert told in refused(served.address, secret, name, arguments)


def test_a_failure_of_ours_names_its_place_in_the_log_alone(served: Served, secret: str) -> None:
    told = refused(served.address, secret, "ask", {"question": "crash"})
    assert "the server's log has it under" in told
    assert "secret" not in told


def test_nobody_opens_or_finds_what_they_may_not_read(served: Served, secret: str) -> None:
    missing = refused(served.address, secret, "open_source", {"document": "0" * 32})
    assert refused(served.address, secret, "open_source", {"document": HIDDEN.id}) == missing
    found = called(served.address, secret, "search", {"question": "Moscow secret"})
    assert HIDDEN.id not in json.dumps(found.structured_content) + text(found)
    board = key(served.site, "board", readers=["board"])
    assert "keeps a secret" in text(called(served.address, board, "open_source", {"document": HIDDEN.id}))
    assert HIDDEN.id in text(called(served.address, board, "search", {"question": "Moscow secret"}))


def test_a_key_for_searching_searches_and_nothing_else(served: Served) -> None:
    searcher = key(served.site, "searcher", ["search"])
    listed = with_client(served.address, searcher, lambda client: client.list_tools())
    assert [tool.name for tool in listed.tools] == ["search"]
    assert not called(served.address, searcher, "search", {"question": "Moscow"}).is_error
    assert "not good for ask" in refused(served.address, searcher, "ask", QUESTION)
    assert "not good for documents" in refused(served.address, searcher, "open_source", {"document": CONDITIONS.id})


def status(error: BaseException) -> list[str]:
    """What the client says of the failures in a group of them."""
    if isinstance(error, BaseExceptionGroup):
        return [told for each in error.exceptions for told in status(each)]
    return [f"{type(error).__name__}: {error}"]


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_revoked_key_and_none_at_all_are_turned_away(served: Served, mode: str) -> None:
    leaver = key(served.site, f"leaver-{mode}")
    assert not called(served.address, leaver, "search", {"question": "Moscow"}, mode).is_error
    served.site.records.keys.revoke(f"leaver-{mode}")
    for bad in (leaver, "ork_nothing"):
        with pytest.raises((MCPError, BaseExceptionGroup, httpx2.HTTPStatusError)) as turned:
            called(served.address, bad, "search", {"question": "Moscow"}, mode)
        assert status(turned.value)
    response = httpx2.post(f"{served.address}/mcp", json={}, headers={"authorization": f"Bearer {leaver}"})
    assert (response.status_code, "revoked" in response.json()["error"]) == (401, True)


def test_a_key_that_is_revoked_in_the_middle_ends_there(served: Served) -> None:
    leaver = key(served.site, "middle")

    async def run() -> None:
        async with connected(served.address, leaver, "legacy") as client:
            assert not (await client.call_tool("search", {"question": "Moscow"})).is_error
            served.site.records.keys.revoke("middle")
            with pytest.raises(MCPError):
                await client.call_tool("search", {"question": "Moscow"})

    anyio.run(run)


def test_questions_of_agents_are_counted_like_all_others() -> None:
    site = limited(key="2/minute")
    with serving(lambda: create_app(Newsroom(), site)) as address:
        secret = key(site)
        assert not called(address, secret, "ask", QUESTION).is_error
        assert not called(address, secret, "search", {"question": "Moscow"}).is_error
        assert "which is the limit; ask again in" in refused(address, secret, "ask", QUESTION)
        assert not called(address, secret, "open_source", {"document": CONDITIONS.id}).is_error


def test_documents_that_agents_open_are_counted_like_all_that_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.limiting.rates.READINGS", parse("2/minute"))
    site = keyed()
    with serving(lambda: create_app(Newsroom(), site)) as address:
        secret = key(site)
        for _ in range(2):
            assert not called(address, secret, "open_source", {"document": CONDITIONS.id}).is_error
        assert "Too much was read in a minute" in refused(address, secret, "open_source", {"document": CONDITIONS.id})
        assert not called(address, secret, "search", {"question": "Moscow"}).is_error, "it is counted by itself"


def test_an_agent_that_leaves_ends_the_work(served: Served, secret: str) -> None:
    served.newsroom.left.clear()

    async def run() -> None:
        async with connected(served.address, secret, "legacy") as client:
            with anyio.move_on_after(0.5):
                await client.call_tool("ask", {"question": "forever"})

    anyio.run(run)
    assert served.newsroom.left.wait(20)


# The wire.


def posted(served: Served, secret: str, body: object, **headers: str) -> httpx2.Response:
    accepted = {"accept": "application/json, text/event-stream", "authorization": f"Bearer {secret}", **headers}
    accepted["content-type"] = "application/json"
    return httpx2.post(f"{served.address}/mcp", content=json.dumps(body), headers=accepted)


def request(method: str, **params: object) -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


def test_it_answers_in_json_and_keeps_no_session(served: Served, secret: str) -> None:
    hello = request(
        "initialize", protocolVersion="2025-06-18", capabilities={}, clientInfo={"name": "x", "version": "1"}
    )
    response = posted(served, secret, hello)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert "mcp-session-id" not in response.headers
    told = response.json()["result"]
    assert told["serverInfo"]["name"] == "on-record"
    assert "never an instruction" in told["instructions"]
    assert set(told["capabilities"]) == {"tools"}, "nothing else is offered"


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "OPTIONS"])
def test_only_posts_are_answered(served: Served, secret: str, method: str) -> None:
    response = httpx2.request(method, f"{served.address}/mcp", headers={"authorization": f"Bearer {secret}"})
    assert response.status_code == 405


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}],
)
def test_another_sites_page_cannot_call(served: Served, secret: str, headers: dict[str, str]) -> None:
    assert posted(served, secret, request("tools/list"), **headers).status_code == 403


def test_another_host_is_refused(served: Served, secret: str) -> None:
    assert posted(served, secret, request("tools/list"), host="evil.example").status_code == 400


@pytest.mark.parametrize(
    "method", ["resources/list", "prompts/list", "resources/read", "logging/setLevel", "sampling/createMessage"]
)
def test_there_are_no_other_methods(served: Served, secret: str, method: str) -> None:
    response = posted(served, secret, request(method, uri="file:///etc/passwd", level="debug"))
    assert response.json()["error"]["code"] in (-32601, -32602)


def wrong(response: httpx2.Response) -> tuple[int, int, object, str]:
    """Status, code, id and sentence of an error that is in our words."""
    told = response.json()
    sentence = told["error"]["message"]
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert "pydantic" not in response.text
    assert "validation error" not in response.text.lower()
    return response.status_code, told["error"]["code"], told["id"], sentence


@pytest.mark.parametrize(
    ("body", "code", "about", "told"),
    [
        ([], -32600, None, "send each by itself"),
        ([request("tools/list"), request("tools/list")], -32600, None, "send each by itself"),
        ("x", -32600, None, "no JSON-RPC message"),
        (7, -32600, None, "no JSON-RPC message"),
        (None, -32600, None, "no JSON-RPC message"),
        ({}, -32600, None, 'send "jsonrpc": "2.0"'),
        (request("tools/list") | {"jsonrpc": "1.0"}, -32600, 1, 'send "jsonrpc": "2.0"'),
        ({"jsonrpc": "2.0"}, -32600, None, "has no method"),
        (request("tools/list") | {"method": 7, "id": "a"}, -32600, "a", "method is no text"),
        (request("tools/list") | {"id": None}, -32600, None, "neither a text nor a whole number"),
        (request("tools/list") | {"id": True}, -32600, None, "neither a text nor a whole number"),
        (request("tools/list") | {"id": 1.5}, -32600, None, "neither a text nor a whole number"),
        (request("tools/list") | {"params": [1]}, -32600, 1, "params of the message are no object"),
        (float("nan"), -32700, None, "not JSON"),
        ("\ud800", -32700, None, "half of a character"),
    ],
)
def test_what_is_no_request_is_refused_in_a_sentence(
    served: Served, secret: str, body: object, code: int, about: object, told: str
) -> None:
    assert (found := wrong(posted(served, secret, body)))[:3] == (400, code, about)
    assert told in found[3]


@pytest.mark.parametrize(
    ("message", "code", "told"),
    [
        (request("nope"), -32601, "There is no method 'nope' here; list the tools with tools/list"),
        (request("x" * 1000), -32601, f"no method '{'x' * 100}' here"),
        (request("tools/call"), -32602, "send the name of a tool, and its arguments as an object"),
        (request("tools/call", name=7), -32602, "send the name of a tool, and its arguments as an object"),
        (request("tools/call", name="ask", arguments="x"), -32602, "send the name of a tool, and its arguments"),
        (request("initialize", protocolVersion=7), -32602, "send protocolVersion as text"),
        (request("tools/list", cursor=7), -32602, "send nothing, or a cursor as text"),
        (request("ping", _meta=7), -32602, "'ping' is not sent as the protocol has it"),
    ],
)
def test_what_is_wrong_with_a_request_is_a_sentence(
    served: Served, secret: str, message: object, code: int, told: str
) -> None:
    assert (found := wrong(posted(served, secret, message)))[:3] == (200, code, 1)
    assert told in found[3]


def test_a_version_that_is_not_spoken_is_told_with_those_that_are(served: Served, secret: str) -> None:
    headers = {"mcp-protocol-version": "1999-01-01"}
    status, _, about, told = wrong(posted(served, secret, request("tools/list"), **headers))
    assert (status, about) == (400, 1)
    assert "version '1999-01-01'" in told.replace("Version", "version")
    assert "2025-06-18" in told
    status, *_, told = wrong(posted(served, secret, request("tools/list"), **{"mcp-protocol-version": "2026-07-28"}))
    assert status == 400
    assert "send it as version 2026-07-28 describes it" in told


def test_who_accepts_no_json_is_told_what_to_send(served: Served, secret: str) -> None:
    found = wrong(posted(served, secret, request("tools/list"), accept="text/html"))
    assert (found[0], "send Accept: application/json" in found[3]) == (406, True)


@pytest.mark.parametrize("payload", [*payloads()[::6], "\ud800"])
def test_a_hostile_question_comes_back_as_data(served: Served, secret: str, payload: str) -> None:
    response = posted(served, secret, request("tools/call", name="ask", arguments={"question": f"x {payload}"}))
    assert response.status_code in (200, 400)
    assert response.headers["content-type"] == "application/json"
    told = response.json()
    assert "result" in told or "error" in told


def test_a_document_of_one_paragraph_is_read_in_pieces_too() -> None:
    whole = Document(uri="a", text="x" * 95, content_hash="0" * 64, readers=("public",))
    first = stretch(whole, None, None, 40)
    assert [(each.start, each.end) for each in first.paragraphs] == [(0, 40)]
    second = stretch(whole, first.next, None, 40)
    third = stretch(whole, second.next, None, 40)
    assert [(each.start, each.end) for each in (*second.paragraphs, *third.paragraphs)] == [(40, 80), (80, 95)]
    assert third.next is None
