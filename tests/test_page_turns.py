"""The page and the limits that programs have: it waits for its turn, is told when there is none, and is written down;
and nobody reads another's page."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.newsroom import CONDITIONS_ANSWER, Newsroom
from tests.people import client, peopled
from tests.sites import key, keyed
from tests.test_chat import Page
from ui.app import create_app
from ui.audit.auditlog import AuditLog
from ui.limiting.answering import Limits
from ui.limiting.rates import Rates
from ui.limiting.turns import Turns
from ui.serving import Site
from ui.wording import ENGLISH

QUESTION = "What are the conditions?"
KNOWN = peopled()


def limited(turns: Turns, user: str = "100/minute", audit: AuditLog | None = None) -> Site:
    rates = Rates(KNOWN.records.counters, user=user, key="1/day", embeds={})
    return replace(KNOWN, limits=Limits(rates, turns), audit=audit, audit_questions=False)


@contextmanager
def opened(site: Site, name: str) -> Iterator[TestClient]:
    with client(create_app(Newsroom(), site), name) as reader:
        yield reader


def test_the_page_takes_a_turn_and_gives_it_back() -> None:
    turns = Turns(each=1, at_once=1, waiting=0)
    with opened(limited(turns), "ann-turns") as reader:
        page = Page(reader, "a")
        for _ in range(2):
            assert 'class="answered"' in str(page.ask(QUESTION)["quotes"][-1])
    assert turns.taken == 0


def test_a_reader_without_a_turn_is_told_on_the_page_and_can_ask_again() -> None:
    turns = Turns(each=1, at_once=1, waiting=1, longest_wait=0.05)
    with opened(limited(turns), "ann-waits") as reader:
        portal = reader.portal
        assert portal is not None
        page = Page(reader, "a")
        with portal.wrap_async_context_manager(turns.turn("somebody")):
            told = page.ask(QUESTION)
        assert "No answer could be begun in time" in str(told)
        assert 'class="failed"' in str(told["quotes"][-1])
        assert told["progress"][-1] == ""
        again = page.ask(QUESTION)
    assert 'class="answered"' in str(again["quotes"][-1])
    assert turns.taken == turns.queued == 0


def test_a_question_that_waits_for_its_turn_can_be_stopped() -> None:
    turns = Turns(each=1, at_once=1, waiting=1)
    with opened(limited(turns), "ann-stops") as reader:
        portal = reader.portal
        assert portal is not None
        page = Page(reader, "a")

        def stop_and_let_go() -> None:
            while not turns.queued:
                time.sleep(0.01)
            page.post(page.halt, [])
            portal.call(before.set)

        before = portal.call(asyncio.Event)
        held = portal.start_task_soon(held_until, turns, before)
        stopping = threading.Thread(target=stop_and_let_go)
        stopping.start()
        told = page.ask("Write forever")
        stopping.join()
        held.result()
    assert ENGLISH.say("writingStopped") in str(told["prose"][-1])


async def held_until(turns: Turns, event: asyncio.Event) -> None:
    async with turns.turn("somebody"):
        await event.wait()


def test_a_question_too_many_is_told_on_the_page_as_to_programs() -> None:
    with opened(limited(Turns(each=1, at_once=1, waiting=1), user="2/day"), "ann-counts") as reader:
        page = Page(reader, "a")
        page.ask(QUESTION)
        program = reader.post("/api/v1/ask", json={"question": QUESTION})
        told = page.ask(QUESTION)
    assert program.status_code == 200, "one count for both"
    assert "2 questions in a day, which is the limit" in str(told)


def test_a_question_on_the_page_is_written_down_with_what_it_showed(tmp_path: Path) -> None:
    site = limited(Turns(each=1, at_once=1, waiting=1), audit=AuditLog(tmp_path))
    with opened(site, "ann-audit") as reader:
        Page(reader, "a").ask(QUESTION)
    written = "".join(file.read_text() for file in (tmp_path / "audit").glob("*.jsonl"))
    asked = [line for line in map(json.loads, written.splitlines()) if line.get("subject") == "asked on the page"]
    [line] = asked
    shown = {each.attribution.document_id for each in CONDITIONS_ANSWER.evidence}
    assert (line["who"], line["status"], line["decision"]) == ("user:ann-audit", 200, "allowed")
    assert shown <= set(line["documents"])
    assert "conditions" not in written


@pytest.fixture(scope="module")
def two() -> Iterator[tuple[TestClient, TestClient]]:
    app = create_app(Newsroom(), KNOWN)
    with client(app, "ann") as ann:
        yield ann, client(app, "bob")


def test_nobody_reads_or_goes_on_with_another_persons_page(two: tuple[TestClient, TestClient]) -> None:
    ann, bob = two
    page = Page(ann, "annspage")
    page.ask(QUESTION)
    body = {"data": [QUESTION, "", None], "fn_index": page.submit["id"], "session_hash": "annspage", "event_data": None}
    refused = [
        bob.get("/gradio_api/queue/data", params={"session_hash": "annspage"}),
        bob.get("/gradio_api/queue/data?session_hash=own&session_hash=annspage"),
        bob.get("/gradio_api/heartbeat/annspage"),
        bob.post("/gradio_api/queue/join", json=body),
    ]
    assert [each.status_code for each in refused] == [403] * 4
    assert not any("Putin" in each.text for each in refused)
    assert 'id="turn-1"' in str(page.ask("What is the population of Brazil?")["earlier"]), "hers goes on"


def test_a_key_that_is_good_for_asking_alone_is_shown_no_kept_conversation() -> None:
    site = keyed()
    secret = key(site, uses=["ask", "history"])
    with TestClient(create_app(Newsroom(), site), base_url="http://127.0.0.1") as program:
        program.headers["authorization"] = f"Bearer {secret}"
        told = program.post("/api/v1/ask", json={"question": QUESTION, "conversation": "new"}).json()
        address = f"conversation={told['conversation']}"
        assert "Putin" in str(Page(program, "reads", address).load())
        site.records.keys.revoke("reader")
        program.headers["authorization"] = f"Bearer {key(site, uses=['ask'])}"
        assert program.get(f"/api/v1/history/{told['conversation']}").status_code == 403
        page = Page(program, "asks", address)
        shown = str(page.load())
        assert "Putin" not in shown
        assert QUESTION not in shown
        assert "Putin" in str(page.ask(QUESTION)["quotes"]), "what it is good for"


def test_what_is_no_question_is_left_to_gradio_to_refuse(two: tuple[TestClient, TestClient]) -> None:
    ann, _ = two
    for body in (b"", b"{", b"[]", b'"x"', b"{}", b"[" * 50_000):
        sent = ann.post("/gradio_api/queue/join", content=body, headers={"content-type": "application/json"})
        assert 400 <= sent.status_code < 500
