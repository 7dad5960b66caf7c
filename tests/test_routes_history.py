"""One's own conversations over the API, and verdicts on their answers: listed, shown, changed, judged."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from index.document import Span
from index.feedback import LONGEST_COMMENT, Exchange, Made
from index.principal import person
from rag.answer import Answer, Sentence
from tests.newsroom import ABSTENTION, CONDITIONS, CONDITIONS_ANSWER, EVIDENCE, SUMMIT, WRITTEN_ANSWER, Newsroom
from tests.people import api, client, peopled
from ui.audit.auditlog import AuditLog

ASK, HISTORY, FEEDBACK = "/api/v1/ask", "/api/v1/history", "/api/v1/feedback"


class Desk:
    """An app, Alice at it, and how she asks."""

    def __init__(self, audit: AuditLog | None = None) -> None:
        self.room = Newsroom()
        self.site = peopled(audit)
        self.app = api(self.room, self.site)
        self.alice = client(self.app, "alice", "press")

    def ask(self, question: str, conversation: str = "new", by: TestClient | None = None) -> tuple[str, str]:
        body = {"question": question, "conversation": conversation}
        kept = (by or self.alice).post(ASK, json=body).json()
        return kept["conversation"], kept["turn"]

    def listed(self, by: TestClient | None = None, **query: object) -> dict[str, Any]:
        response = (by or self.alice).get(HISTORY, params={name: str(value) for name, value in query.items()})
        assert response.status_code == 200, response.text
        return dict(response.json())

    def judge(self, turn: str, by: TestClient | None = None, **more: object) -> int:
        body = {"turn": turn, "verdict": "down"} | more
        return (by or self.alice).post(FEEDBACK, json=body).status_code


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_conversations_are_listed_newest_first_and_by_page(desk: Desk) -> None:
    ids = [desk.ask(f"Question {number}?")[0] for number in range(3)]
    desk.ask("And then?", ids[0])
    order = [ids[0], ids[2], ids[1]]
    whole = desk.listed()
    assert sorted(each["id"] for each in whole["conversations"]) == sorted(ids)
    assert whole["next"] is None
    listed, before = [], None
    while True:
        page = desk.listed(limit=1, **({"before": before} if before else {}))
        assert len(page["conversations"]) == 1
        listed += [each["id"] for each in page["conversations"]]
        before = page["next"]
        if before is None:
            break
    assert listed == [each["id"] for each in whole["conversations"]]
    assert whole["conversations"][0]["changed"] >= whole["conversations"][-1]["changed"]
    [first] = [each for each in whole["conversations"] if each["id"] == order[0]]
    assert (first["title"], first["turns"]) == ("Question 0?", 2)


@pytest.mark.parametrize("before", ["", "x", "_", "2024_x", "\u0000", "%", "9" * 200])
def test_a_cursor_from_anywhere_leads_to_nobody_elses(desk: Desk, before: str) -> None:
    mine = desk.ask("Mine?")[0]
    desk.ask("Hers?", by=client(desk.app, "bob"))
    assert {each["id"] for each in desk.listed(before=before)["conversations"]} <= {mine}


def test_a_conversation_is_renamed_and_deleted(desk: Desk) -> None:
    id, _ = desk.ask("What are the conditions?")
    assert desk.alice.patch(f"{HISTORY}/{id}", json={"title": "  Conditions\n of June "}).status_code == 204
    assert desk.listed()["conversations"][0]["title"] == "Conditions of June"
    assert desk.alice.delete(f"{HISTORY}/{id}").status_code == 204
    for gone in (desk.alice.get(f"{HISTORY}/{id}"), desk.alice.delete(f"{HISTORY}/{id}")):
        assert gone.status_code == 404
        assert list(gone.json()) == ["error"]


@pytest.mark.parametrize("title", ["", " ", "\u0000\u202e", "\u200b\u2060\ufeff", "x" * 201])
def test_a_title_is_something_to_read(desk: Desk, title: str) -> None:
    id, _ = desk.ask("What are the conditions?")
    response = desk.alice.patch(f"{HISTORY}/{id}", json={"title": title})
    assert response.status_code == 400
    assert "title is" in response.json()["error"]
    assert desk.listed()["conversations"][0]["title"] == "What are the conditions?"


def test_nobody_else_and_no_other_place_has_it(desk: Desk) -> None:
    id, turn = desk.ask("What are the conditions?")
    for stranger in (client(desk.app, "bob", "press"), client(desk.app, "alice", "press", embed="wiki")):
        assert desk.listed(stranger) == {"conversations": [], "next": None}
        missing = stranger.get(f"{HISTORY}/{'0' * 32}").text
        for method, body in (("GET", None), ("PATCH", {"title": "Mine now"}), ("DELETE", None)):
            response = stranger.request(method, f"{HISTORY}/{id}", json=body)
            assert (response.status_code, response.text) == (404, missing)
        assert stranger.delete(HISTORY).status_code == 204
        assert desk.judge(turn, stranger) == 404
    assert desk.listed()["conversations"][0]["title"] == "What are the conditions?"
    assert desk.room.kept == {}


def test_all_of_mine_here_are_deleted_and_no_others(desk: Desk) -> None:
    wiki = client(desk.app, "alice", "press", embed="wiki")
    for by in (None, None, wiki):
        desk.ask("What are the conditions?", by=by)
    assert desk.alice.delete(HISTORY).status_code == 204
    assert desk.listed()["conversations"] == []
    assert len(desk.listed(wiki)["conversations"]) == 1


def test_a_turn_is_shown_as_far_as_its_reader_may_read_now(desk: Desk) -> None:
    id, _ = desk.ask("What are the conditions?")
    [before] = desk.alice.get(f"{HISTORY}/{id}").json()["turns"]
    assert [each["number"] for each in before["answer"]["evidence"]] == [1, 2, 3, 4, 5]
    assert not any(each["changed"] for each in before["answer"]["evidence"])
    withheld(desk, CONDITIONS.id)
    response = desk.alice.get(f"{HISTORY}/{id}")
    [after] = response.json()["turns"]
    assert ([each["number"] for each in after["answer"]["evidence"]], after["removed"]) == ([1, 3, 5], 1)
    assert CONDITIONS.id not in response.text
    assert str(CONDITIONS.title) not in response.text
    assert EVIDENCE[1].quote not in response.text


def withheld(desk: Desk, id: str) -> None:
    """Take a document from every reader."""
    readable, document = desk.room.readable, desk.room.document
    desk.room.readable = lambda principal, ids: readable(principal, ids) - {id}  # type: ignore[method-assign]
    desk.room.document = lambda principal, document_id: (  # type: ignore[method-assign]
        None if document_id == id else document(principal, document_id)
    )


def test_quotes_of_a_document_that_has_changed_are_marked(desk: Desk) -> None:
    id, _ = desk.ask("What are the conditions?")
    document = desk.room.document
    changed = replace(SUMMIT, text=f"Corrected. {SUMMIT.text}")
    desk.room.document = lambda principal, document_id: (  # type: ignore[method-assign]
        changed if document_id == SUMMIT.id else document(principal, document_id)
    )
    [turn] = desk.alice.get(f"{HISTORY}/{id}").json()["turns"]
    marked = {each["number"] for each in turn["answer"]["evidence"] if each["changed"]}
    assert marked == {1}
    assert turn["removed"] == 0


def test_what_is_shown_again_is_noted_for_the_audit_log(tmp_path: Path) -> None:
    desk = Desk(AuditLog(tmp_path))
    id, _ = desk.ask("What are the conditions?")
    withheld(desk, CONDITIONS.id)
    desk.alice.get(f"{HISTORY}/{id}")
    *_, line = [json.loads(line) for path in tmp_path.rglob("*.jsonl") for line in path.read_text().splitlines()]
    shown = {each.attribution.document_id for each in EVIDENCE} - {CONDITIONS.id}
    assert (line["action"], line["documents"]) == (f"{HISTORY}/{id}", sorted(shown))


# Verdicts.


UNSUPPORTED = replace(
    CONDITIONS_ANSWER, sentences=(*CONDITIONS_ANSWER.sentences, Sentence("A treaty was signed.", (), "unsupported"))
)


@pytest.mark.parametrize("answer", [CONDITIONS_ANSWER, WRITTEN_ANSWER, ABSTENTION, UNSUPPORTED])
def test_a_verdict_holds_what_was_asked_and_shown_and_how_it_was_made(desk: Desk, answer: Answer) -> None:
    desk.room.answer = answer
    body = {"question": " What are the conditions?\n", "as_of": "2025-09-01", "conversation": "new"}
    turn = desk.alice.post(ASK, json=body).json()["turn"]
    assert desk.judge(turn, verdict="up", comment="Well put") == 204
    kept, trace = desk.room.kept[turn], answer.trace
    assert (kept.verdict, kept.comment, kept.principal) == ("up", "Well put", person("alice", ("press",)))
    assert (kept.question, kept.understood, kept.as_of) == (
        *("What are the conditions?", answer.question),
        date(2025, 9, 1),
    )
    related = [(0, each.chunk.span, each.chunk.text) for each in answer.related]
    quotes = [(number, each.span, each.quote) for number, each in enumerate(answer.evidence, 1)]
    assert [(each.number, Span(each.start, each.end), each.quote) for each in kept.shown] == [*quotes, *related]
    assert kept.sentences == tuple(each.text for each in answer.sentences if each.support != "unsupported")
    assert kept.status == answer.status
    assert kept.made == Made(
        generation=trace.library_generation,
        answerable=trace.answerable,
        threshold=trace.threshold,
        embedder=trace.embedder,
        evidence_model=trace.evidence_model,
        model=trace.model,
        prompts=trace.prompts,
    )


def test_a_verdict_holds_the_turns_before_as_far_as_they_may_be_read(desk: Desk) -> None:
    id, _ = desk.ask("What are the conditions?")
    _, turn = desk.ask("What changed?", id)
    assert desk.judge(turn) == 204
    [before] = desk.room.kept[turn].history
    assert before == Exchange("What are the conditions?", " ".join(each.text for each in CONDITIONS_ANSWER.sentences))
    withheld(desk, SUMMIT.id)
    assert desk.judge(turn) == 204
    [after] = desk.room.kept[turn].history
    assert EVIDENCE[0].quote in before.answer
    assert EVIDENCE[0].quote not in after.answer
    assert SUMMIT.id not in {each.document_id for each in desk.room.kept[turn].shown}


def test_a_verdict_says_what_is_wrong_and_about_which_quote(desk: Desk) -> None:
    _, turn = desk.ask("What are the conditions?")
    assert desk.judge(turn, reason="wrong_source", quote=2) == 204
    assert (desk.room.kept[turn].reason, desk.room.kept[turn].about) == ("wrong_source", 2)
    response = desk.alice.post(FEEDBACK, json={"turn": turn, "verdict": "down", "quote": 9})
    assert (response.status_code, "shows no quote 9" in response.json()["error"]) == (400, True)
    assert (desk.judge(turn, reason="missing"), desk.room.kept[turn].about) == (204, None)


def test_a_turn_that_this_version_cannot_read_is_not_there_to_be_judged(desk: Desk) -> None:
    id, turn = desk.ask("What are the conditions?")
    conversations, alice = desk.site.records.conversations, person("alice").name
    read = conversations.turn(alice, turn)
    assert read
    other = replace(read, id="of-another-making", answer="{}")
    assert conversations.add(alice, id, other)
    response = desk.alice.post(FEEDBACK, json={"turn": other.id, "verdict": "up"})
    assert (response.status_code, "no such turn" in response.json()["error"]) == (404, True)
    assert desk.judge(turn) == 204


def test_a_second_verdict_takes_the_place_of_the_first(desk: Desk) -> None:
    _, turn = desk.ask("What are the conditions?")
    assert (desk.judge(turn, verdict="up"), desk.judge(turn, comment="No")) == (204, 204)
    assert [(each.verdict, each.comment) for each in desk.room.kept.values()] == [("down", "No")]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"verdict": "up"}, "no turn"),
        ({"turn": "t"}, "no verdict"),
        ({"turn": "t", "verdict": "sideways"}, "verdict is not 'up' or 'down'"),
        ({"turn": "t", "verdict": "up", "comment": "x" * (LONGEST_COMMENT + 1)}, f"over {LONGEST_COMMENT} characters"),
        ({"turn": "t", "verdict": "up", "comment": None}, "comment is no text"),
        ({"turn": "t", "verdict": "up", "sentences": ["x"]}, "no field 'sentences'"),
        ({"turn": "../x", "verdict": "up"}, "turn is no id"),
        ({"turn": "t", "verdict": "up", "reason": "wrong"}, "send them with the verdict down"),
        ({"turn": "t", "verdict": "down", "reason": "rude"}, "reason is not 'wrong_source', 'missing'"),
        ({"turn": "t", "verdict": "down", "quote": 0}, "quote is"),
    ],
)
def test_a_wrong_verdict_is_told_what_is_wrong(desk: Desk, body: dict[str, object], message: str) -> None:
    response = desk.alice.post(FEEDBACK, json=body)
    assert response.status_code == 400
    assert message in response.json()["error"]


def test_a_verdict_that_cannot_be_kept_is_told(desk: Desk) -> None:
    _, turn = desk.ask("What are the conditions?")
    response = desk.alice.post(FEEDBACK, json={"turn": turn, "verdict": "up", "comment": "full"})
    assert response.status_code == 503
    assert "cannot be kept" in response.json()["error"]
