"""Verdicts that readers give at the same time or where nothing can be written, on answers from a real library."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from index.corpus import Corpus
from index.embed import default_embedder
from index.library import DATABASE
from index.principal import person
from rag.ask import Desk
from rag.quote import Quoter
from tests.newsroom import Newsroom
from tests.people import api, client, peopled
from tests.shelf import brief, shelf
from ui.answerer import AtDesk
from ui.guard import Guard

FEEDBACK = "/api/v1/feedback"
OPENING = brief("opening", "The archive in Tolbridge opens at nine in the morning.")


@dataclass
class Archive:
    """A library of one document, and the app over it."""

    corpus: Corpus
    app: Guard

    def asked(self, name: str) -> tuple[TestClient, str]:
        """Somebody who has asked, and their turn."""
        reader = client(self.app, name)
        body = {"question": "When does the archive in Tolbridge open?", "conversation": "new"}
        return reader, reader.post("/api/v1/ask", json=body).json()["turn"]


@contextmanager
def archive(folder: Path) -> Iterator[Archive]:
    quoter = Quoter()
    with shelf(folder, [OPENING], default_embedder()) as corpus:
        yield Archive(corpus, api(AtDesk(Desk(corpus, quoter, quoter.threshold)), peopled()))


def test_several_readers_at_once_are_each_kept(tmp_path: Path) -> None:
    with archive(tmp_path) as there:
        turns = [there.asked(f"reader{number}")[1] for number in range(6)]
        heard: list[int] = []
        with client(there.app, "reader") as everybody:  # entered, so that all of them are served by one event loop

            def say(number: int) -> None:
                body = {"verdict": "down", "comment": f"Reader {number} doubts it.", "reason": "wrong"}
                sent = everybody.post(
                    FEEDBACK, json=body | {"turn": turns[number]}, headers={"x-as": f"reader{number}"}
                )
                heard.append(sent.status_code)

            threads = [threading.Thread(target=say, args=(number,)) for number in range(len(turns))]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        kept = there.corpus.library.feedback.open()
    assert heard == [204] * len(turns)
    assert {each.feedback.comment for each in kept} == {f"Reader {number} doubts it." for number in range(6)}
    assert {each.feedback.principal.name for each in kept} == {person(f"reader{number}").name for number in range(6)}
    assert {each.feedback.reason for each in kept} == {"wrong"}
    assert {each.feedback.shown[0].quote for each in kept} == {OPENING.text}


def test_a_library_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    with archive(tmp_path) as there:
        reader, turn = there.asked("ann")
        full = sqlite3.connect(tmp_path / DATABASE)
        full.execute(
            "CREATE TRIGGER full BEFORE INSERT ON feedback BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END"
        )
        full.close()
        response = reader.post(FEEDBACK, json={"turn": turn, "verdict": "up"})
        assert response.status_code == 503
        assert "your feedback cannot be kept (database or disk is full)" in response.json()["error"].casefold()
        assert there.corpus.library.feedback.open() == ()


@pytest.fixture
def room() -> Newsroom:
    return Newsroom()


@pytest.mark.parametrize("forged", ["principal", "question", "evidence", "answer", "understood", "sentences"])
def test_the_browser_is_believed_its_words_and_nothing_else(room: Newsroom, forged: str) -> None:
    ann = client(api(room, peopled()), "ann")
    turn = ann.post("/api/v1/ask", json={"question": "What?", "conversation": "new"}).json()["turn"]
    response = ann.post(FEEDBACK, json={"turn": turn, "verdict": "down", forged: "Words of nobody"})
    assert (response.status_code, room.kept) == (400, {})


def test_nobody_judges_what_another_was_answered(room: Newsroom) -> None:
    app = api(room, peopled())
    turn = client(app, "ann").post("/api/v1/ask", json={"question": "What?", "conversation": "new"}).json()["turn"]
    for stranger in (client(app, "bob"), client(app, "ann", embed="wiki")):
        assert stranger.post(FEEDBACK, json={"turn": turn, "verdict": "down"}).status_code == 404
    assert room.kept == {}


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_no_route_gives_feedback_out(room: Newsroom, method: str) -> None:
    ann = client(api(room, peopled()), "ann")
    turn = ann.post("/api/v1/ask", json={"question": "What?", "conversation": "new"}).json()["turn"]
    assert ann.post(FEEDBACK, json={"turn": turn, "verdict": "down", "comment": "A secret complaint."}).is_success
    for path in (FEEDBACK, f"{FEEDBACK}/{turn}"):
        answer = ann.request(method, path)
        assert answer.status_code in (404, 405)
        assert "complaint" not in answer.text
