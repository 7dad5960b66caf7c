"""What a row of the guard's table says is done: who, for what use, with which body, for which other origin, in turn."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from limits import parse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route as Served
from starlette.testclient import TestClient
from starlette.types import Message, Scope

from index.errors import LibraryError
from index.principal import person
from tests import people
from tests.newsroom import Newsroom
from ui.access.errors import NotAdmitted
from ui.access.fields import sent
from ui.app import create_app
from ui.audit.auditlog import AuditLog
from ui.audit.noted import noted
from ui.bodies import whole
from ui.caller import Caller, known
from ui.guard import IDENTIFYING, Guard
from ui.limiting.answering import Limits
from ui.limiting.rates import Rates
from ui.limiting.turns import Turns
from ui.refused import Refused
from ui.route import NOTHING_ALLOWED, POST, Route
from ui.serving import Site

WIKI = "https://wiki.example.org"
FRAMED = f"default-src 'self'; frame-ancestors {WIKI}"
ANN = Caller(person("ann"), by="header")
KEY = Caller(person("bot"), by="key", uses=frozenset({"search"}), key="k1")


def listed(scope: Scope) -> str | None:
    origins = sent(scope, "origin")
    return WIKI if origins == (WIKI.encode(),) else None


def framed(scope: Scope) -> str:
    return FRAMED if scope["path"].endswith("/wiki") else NOTHING_ALLOWED


path = re.compile
ROWS = (
    Route(path("/page"), is_page=True),
    Route(path("/api/v1/search"), POST, use="search"),
    Route(path("/api/v1/ask"), POST, use="ask", asks=True),
    Route(path("/api/v1/history"), frozenset({"GET", "PATCH", "DELETE"}), use="history"),
    Route(path("/open"), who="anyone"),
    Route(path("/embed/v1/ticket"), POST, who="anyone", origin=listed),
    Route(path("/embed/v1/widget"), who="anyone", origin=listed, elsewhere=True),
    Route(path("/embed/v1/frame/[a-z]+"), who="anyone", policy=framed, elsewhere=True),
    Route(path("/logout"), POST, who="anyone", form=True),
    Route(path("/static"), cache="no-cache"),
)


async def answer(request: Request) -> Response:
    caller = known(request.scope)
    if request.method == "POST" and b"show" in await request.body():
        noted(request.scope).showed(["d1", "d2"])
        noted(request.scope).question = "A secret question?"
        noted(request.scope).tokens = 7
    return JSONResponse({"who": caller.principal.name if caller else None, "body": len(await request.body())})


def broken(request: Request) -> Response:
    raise RuntimeError("a secret")


EVERY = ["GET", "HEAD", "POST", "PATCH", "DELETE"]
INNER = Starlette(
    routes=[Served("/static", lambda request: PlainTextResponse("x")), Served("/{path:path}", answer, methods=EVERY)]
)


def identify(scope: Scope) -> Caller | None:
    """`X-As` says who; it stands for whatever means there is."""
    name = b"".join(sent(scope, "x-as")).decode()
    match name:
        case "":
            return None
        case "forged":
            raise NotAdmitted(400, "Two headers say who you are; send one.")
        case "ended":
            raise NotAdmitted(401, "The session has ended; sign in again.")
        case "gone":
            raise LibraryError("the library cannot be read; see to its disk")
        case "bot":
            return KEY
    return Caller(person(name), by="header")


SITE = replace(Site.alone(), identify=identify, stranger=NotAdmitted(401, "Nobody is known; sign in."))


def client(site: Site = SITE, who: str | None = "ann", peer: str = "192.0.2.7") -> TestClient:
    guard = Guard(INNER, site, routes=ROWS, largest_body=1000)
    headers = {"x-as": who} if who else {}
    return TestClient(
        guard, base_url="http://127.0.0.1", headers=headers, client=(peer, 1), raise_server_exceptions=False
    )


# Who.


def test_somebody_known_passes_and_somebody_unknown_does_not() -> None:
    assert client().get("/page").json()["who"] == "user:ann"
    refused = client(who=None).get("/page")
    assert (refused.status_code, refused.text) == (401, "Nobody is known; sign in.\n")
    assert refused.headers["www-authenticate"] == "Bearer"


def test_programs_are_refused_in_json() -> None:
    refused = client(who=None).post("/api/v1/search", json={})
    assert (refused.status_code, refused.json()) == (401, {"error": "Nobody is known; sign in."})


def test_where_anyone_may_ask_the_caller_is_told_all_the_same() -> None:
    assert client(who=None).get("/open").json()["who"] is None
    assert client(who="ann").get("/open").json()["who"] == "user:ann"


def test_a_credential_that_ended_is_none_where_anyone_may_ask_and_refused_elsewhere() -> None:
    assert client(who="ended").get("/open").json()["who"] is None
    assert client(who="ended").get("/page").status_code == 401


def test_a_forged_credential_is_refused_everywhere() -> None:
    assert client(who="forged").get("/open").status_code == 400
    assert client(who="forged").get("/page").status_code == 400


def test_who_asks_cannot_be_found_out_so_nobody_passes() -> None:
    refused = client(who="gone").get("/page")
    assert (refused.status_code, refused.text) == (503, "the library cannot be read; see to its disk.\n")
    assert client(who="gone").get("/open").status_code == 503


def test_the_caller_is_looked_up_off_the_event_loop() -> None:
    seen: list[threading.Thread] = []

    def remembered(scope: Scope) -> Caller | None:
        seen.append(threading.current_thread())
        return ANN

    with client(replace(SITE, identify=remembered)) as opened:
        opened.get("/page")
    assert seen[0].name.startswith("AnyIO worker thread")


def test_whether_the_server_lives_is_told_while_nobody_can_be_looked_up() -> None:
    database_is_back, stuck = threading.Event(), threading.Semaphore(0)

    def waits(scope: Scope) -> Caller | None:
        if scope["path"] == "/page":
            stuck.release()
            assert database_is_back.wait(10)
        return ANN

    with client(replace(SITE, identify=waits)) as opened, ThreadPoolExecutor(IDENTIFYING) as pool:
        waiting = [pool.submit(opened.get, "/page") for _ in range(IDENTIFYING)]
        for _ in waiting:
            stuck.acquire()
        assert opened.get("/open").status_code == 200
        database_is_back.set()
        assert [each.result().status_code for each in waiting] == [200] * IDENTIFYING


# What for.


def test_a_key_is_good_for_its_uses_alone() -> None:
    key = client(who="bot")
    assert key.post("/api/v1/search", json={}).status_code == 200
    for refused in (key.post("/api/v1/ask", json={}), key.get("/api/v1/history")):
        assert refused.status_code == 403
        assert re.search("not good for (ask|history)", refused.json()["error"])
    assert key.get("/page").status_code == 200


# Methods and bodies.


def test_only_a_rows_methods_pass() -> None:
    for method in ("GET", "PATCH", "DELETE"):
        body: dict[str, str] | None = {} if method == "PATCH" else None
        assert client().request(method, "/api/v1/history", json=body).status_code == 200, method
    refused = client().put("/api/v1/history", json={})
    assert (refused.status_code, refused.headers["allow"]) == (405, "DELETE, GET, PATCH")


def test_deleting_needs_no_body_but_one_that_is_there_is_json() -> None:
    assert client().delete("/api/v1/history").status_code == 200
    form = client().request("DELETE", "/api/v1/history", content=b"x", headers={"content-type": "text/plain"})
    bare = client().request("DELETE", "/api/v1/history", content=b"x")
    assert (form.status_code, bare.status_code) == (415, 415)
    cross = client().delete("/api/v1/history", headers={"sec-fetch-site": "cross-site"})
    assert cross.status_code == 403


def test_a_form_of_ours_posts_where_its_row_says_so() -> None:
    assert client().post("/logout", data={"x": "y"}).status_code == 200
    assert client().post("/logout", data={"x": "y"}, headers={"origin": "https://evil.example"}).status_code == 403
    assert client().post("/api/v1/search", data={"x": "y"}).status_code == 415


@pytest.mark.parametrize(
    "headers",
    [
        [("content-length", "2"), ("content-length", "2")],
        [("content-length", "2"), ("transfer-encoding", "chunked")],
        [("transfer-encoding", "chunked"), ("transfer-encoding", "identity")],
    ],
)
def test_a_request_that_ends_in_two_ways_is_refused(headers: list[tuple[str, str]]) -> None:
    sent = [*headers, ("content-type", "application/json")]
    refused = client().post("/api/v1/search", content=b"{}", headers=sent)
    assert (refused.status_code, refused.headers["connection"]) == (400, "close")


@pytest.mark.parametrize("length", ["1001", "99999999999999999999", "-1", "x"])
def test_a_body_that_says_it_is_too_large_is_not_read(length: str) -> None:
    headers = {"content-type": "application/json", "content-length": length}
    assert client().post("/api/v1/search", content=b"{}", headers=headers).status_code == 413


def test_a_body_that_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silence() -> Message:
        await asyncio.Event().wait()
        raise AssertionError("it never comes")

    monkeypatch.setattr("ui.bodies.SLOWEST_BODY", 0.01)
    head = {"method": "POST", "headers": [(b"content-type", b"application/json")]}
    with pytest.raises(Refused, match="did not come in time") as refused:
        asyncio.run(whole(head, silence, ROWS[1]))
    assert refused.value.status == 408


# Other origins.

PLAIN = {"content-type": "text/plain"}


def test_one_listed_origin_reads_what_its_row_gives_it() -> None:
    given = client(who=None).post("/embed/v1/ticket", content=b"{}", headers=PLAIN | {"origin": WIKI})
    assert given.status_code == 200
    assert given.headers["access-control-allow-origin"] == WIKI
    assert given.headers["vary"] == "Origin"
    others = {name for name in given.headers if name.startswith("access-control-")}
    assert others == {"access-control-allow-origin"}


@pytest.mark.parametrize(
    "origin", [None, "null", "", "https://evil.example", f"{WIKI}.evil.example", f"{WIKI}/", WIKI.upper()]
)
def test_an_origin_that_is_not_listed_is_refused_and_reads_nothing(origin: str | None) -> None:
    headers = PLAIN | ({"origin": origin} if origin is not None else {})
    refused = client(who=None).post("/embed/v1/ticket", content=b"{}", headers=headers)
    assert (refused.status_code, refused.headers["vary"]) == (403, "Origin")
    assert "access-control-allow-origin" not in refused.headers


def test_two_origins_are_none() -> None:
    two = [("content-type", "text/plain"), ("origin", WIKI), ("origin", WIKI)]
    assert client(who=None).post("/embed/v1/ticket", content=b"{}", headers=two).status_code == 403


def test_a_listed_origin_reads_no_other_row_and_sends_no_json_across() -> None:
    across = client().post("/api/v1/search", json={}, headers={"origin": WIKI})
    assert across.status_code == 403
    assert "access-control-allow-origin" not in across.headers
    preflighted = client().post("/embed/v1/ticket", json={}, headers={"origin": WIKI})
    assert preflighted.status_code == 415
    assert client().options("/embed/v1/ticket", headers={"origin": WIKI}).status_code == 405


def test_what_pages_elsewhere_load_may_be_loaded_there_and_the_rest_not() -> None:
    loader, page = client(who=None).get("/embed/v1/widget"), client().get("/page")
    assert loader.headers["cross-origin-resource-policy"] == "cross-origin"
    assert page.headers["cross-origin-resource-policy"] == "same-origin"
    assert loader.status_code == 200
    assert "access-control-allow-origin" not in loader.headers, "a script that nobody asked for by CORS"
    assert client().get("/embed/v1/widget", headers={"origin": WIKI}).headers["access-control-allow-origin"] == WIKI


def test_a_frame_is_held_by_its_origins_and_what_is_no_frame_by_nobody() -> None:
    frame, missing = client(who=None).get("/embed/v1/frame/wiki"), client(who=None).get("/embed/v1/frame/none")
    assert frame.headers["content-security-policy"] == FRAMED
    assert "x-frame-options" not in frame.headers
    assert missing.headers["content-security-policy"] == NOTHING_ALLOWED
    assert missing.headers["x-frame-options"] == "DENY"


def test_our_pages_may_name_our_public_origin_where_a_proxy_changes_the_host() -> None:
    behind = client(replace(SITE, public_url="https://ask.example.org"))
    own = {"origin": "https://ask.example.org"}
    assert behind.post("/api/v1/search", json={}, headers=own).status_code == 200
    assert behind.post("/api/v1/search", json={}, headers={"origin": "http://ask.example.org"}).status_code == 403
    assert behind.get("/page", headers={"host": "ask.example.org"}).status_code == 200
    assert behind.get("/page").headers["strict-transport-security"].startswith("max-age=")


# In turn, and so often.


def limited(site: Site = SITE, user: str = "1000/minute", turns: Turns | None = None) -> Site:
    rates = Rates(site.records.counters, user=user, key="1/hour", embeds={})
    return replace(site, limits=Limits(rates, turns or Turns(each=1, at_once=1, waiting=0)))


def test_a_question_too_many_is_told_when_to_ask_again() -> None:
    asking = client(limited(user="2/minute"), who="ann-counted")
    statuses = [asking.post("/api/v1/ask", json={}) for _ in range(3)]
    assert [each.status_code for each in statuses] == [200, 200, 429]
    assert 1 <= int(statuses[2].headers["retry-after"]) <= 60
    assert "2 questions in a minute" in statuses[2].json()["error"]
    assert asking.post("/api/v1/search", json={}).status_code == 200, "which costs no answer"


def test_a_question_without_a_turn_is_told_when_to_ask_again() -> None:
    turns = Turns(each=1, at_once=1, waiting=0)
    with client(limited(turns=turns)) as asking:
        portal = asking.portal
        assert portal is not None
        with portal.wrap_async_context_manager(turns.turn("user:bob")):
            refused = asking.post("/api/v1/ask", json={})
        answered = asking.post("/api/v1/ask", json={})
    assert (refused.status_code, answered.status_code) == (503, 200)
    assert int(refused.headers["retry-after"]) > 0
    assert "waiting already" in refused.json()["error"]
    assert turns.taken == 0


def test_a_question_that_fails_gives_its_turn_back() -> None:
    turns = Turns(each=1, at_once=1, waiting=0)
    failing = Starlette(routes=[Served("/api/v1/ask", broken, methods=["POST"])])
    guard = Guard(failing, limited(turns=turns), routes=ROWS)
    asking = TestClient(guard, base_url="http://127.0.0.1", headers={"x-as": "ann"}, raise_server_exceptions=False)
    assert [asking.post("/api/v1/ask", json={}).status_code for _ in range(2)] == [500, 500]
    assert turns.taken == 0


def test_a_row_that_costs_an_answer_and_is_open_to_anyone_answers_nobody() -> None:
    wrong = (Route(path("/api/v1/ask"), POST, who="anyone", asks=True),)
    asking = TestClient(Guard(INNER, SITE, routes=wrong), base_url="http://127.0.0.1")
    with pytest.raises(RuntimeError, match="open to anyone"):
        asking.post("/api/v1/ask", json={})


# The audit log.


def lines(folder: Path) -> list[dict[str, object]]:
    files = sorted((folder / "audit").glob("*.jsonl"))
    every = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    return [line for line in every if line["action"] != "audit log begun"]


@pytest.fixture
def audited(tmp_path: Path) -> Callable[..., TestClient]:
    def make(who: str | None = "ann", **changes: object) -> TestClient:
        site = replace(SITE, audit=AuditLog(tmp_path), **changes)  # type: ignore[arg-type]
        return client(site, who)

    return make


def test_a_line_says_who_did_what_and_what_was_shown(audited: Callable[..., TestClient], tmp_path: Path) -> None:
    audited().post("/api/v1/ask", json={"show": 1})
    (line,) = lines(tmp_path)
    assert (line["who"], line["by"], line["action"], line["decision"]) == (
        "user:ann",
        "header",
        "/api/v1/ask",
        "allowed",
    )
    assert (line["status"], line["documents"], line["tokens"], line["method"]) == (200, ["d1", "d2"], 7, "POST")
    assert isinstance(line["ms"], int)
    assert "question" not in line


def test_a_question_is_written_where_that_is_asked_for(audited: Callable[..., TestClient], tmp_path: Path) -> None:
    audited(audit_questions=True).post("/api/v1/ask", json={"show": 1})
    assert lines(tmp_path)[0]["question"] == "A secret question?"


def test_every_refusal_is_written_and_nothing_of_what_is_open(
    audited: Callable[..., TestClient], tmp_path: Path
) -> None:
    audited().get("/page")
    audited().get("/static")
    audited(who=None).get("/open")
    assert lines(tmp_path) == []
    audited(who=None).get("/page?token=secret")
    audited(who="bot").post("/api/v1/ask", json={})
    audited().post("/api/v1/search", json={}, headers={"sec-fetch-site": "cross-site"})
    audited().get("/nowhere%0a%0d2")
    audited().get("/page", headers={"host": "evil.example"})
    written = lines(tmp_path)
    assert [line["status"] for line in written] == [401, 403, 403, 404, 400]
    assert {line["decision"] for line in written} == {"refused"}
    assert [line["who"] for line in written] == ["nobody", "user:bot", "nobody", "nobody", "nobody"]
    assert (written[1]["key"], written[1]["by"]) == ("k1", "key")
    assert "secret" not in json.dumps(written)


def test_nothing_is_answered_that_cannot_be_written_down(audited: Callable[..., TestClient], tmp_path: Path) -> None:
    (tmp_path / "audit").write_text("in the way of the folder")
    asking = audited()
    assert asking.post("/api/v1/search", json={}).status_code == 200, "what was under way"
    refused = asking.post("/api/v1/search", json={})
    assert (refused.status_code, asking.get("/open").status_code) == (503, 200)
    assert "audit log cannot be written" in refused.json()["error"]


def test_reading_without_end_is_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.limiting.rates.READINGS", parse("2/minute"))
    reader = people.client(create_app(Newsroom(), people.peopled()), "reads-on")
    asked = [reader.get("/api/v1/documents") for _ in range(3)]
    assert [each.status_code for each in asked] == [200, 200, 429]
    assert 0 < int(asked[2].headers["retry-after"]) <= 60


def test_whoever_knocks_without_end_fills_no_disk(
    audited: Callable[..., TestClient], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.auditing.REFUSALS_A_MINUTE", 3)
    moment = [0.0]
    monkeypatch.setattr("ui.auditing.time.monotonic", lambda: moment[0])
    nobody = audited(who=None)
    for _ in range(9):
        nobody.get("/page")
    assert len(lines(tmp_path)) == 3
    moment[0] = 61.0
    nobody.get("/page")
    assert [line.get("subject") for line in lines(tmp_path)[3:]] == ["6", None]
