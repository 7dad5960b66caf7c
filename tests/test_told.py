"""What programs and pages are sent: English as ever, and beside it the language that they ask for."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from rag.answer import Dropped
from tests.test_routes_turns import ASK, HISTORY, MIXED, TURNS, Room
from ui.told import with_said
from ui.wire import Json
from ui.wording import ENGLISH, wording_in

GERMAN = {"accept-language": "de-AT, en;q=0.5"}
ANSWER = replace(
    MIXED,
    dropped=(Dropped("They named Bonn.", "“Bonn” is not in the quotes"), Dropped("Did they?", "it is a question")),
    notice="The answer may end early: the model broke off in the middle of its answer; ask again.",
)
NOTICE = "Die Antwort endet vielleicht zu früh: das Modell brach mitten in seiner Antwort ab; fragen Sie noch einmal."


@pytest.fixture(scope="module")
def room() -> Room:
    room = Room()
    room.newsroom.answer = ANSWER
    return room


def test_whoever_asks_for_no_language_is_told_english_alone(room: Room) -> None:
    told = room.alice.post(ASK, json={"question": "What is named?"}).json()
    assert told["notice"] == ANSWER.notice
    assert "said" not in json.dumps(told)


def test_an_answer_says_its_reasons_in_the_language_that_is_asked_for(room: Room) -> None:
    told = room.alice.post(ASK, json={"question": "What is named?"}, headers=GERMAN).json()
    assert told["notice"] == ANSWER.notice
    assert told["said"] == {"notice": NOTICE}
    assert [each["reason"] for each in told["dropped"]] == [each.reason for each in ANSWER.dropped]
    assert [each["said"] for each in told["dropped"]] == [
        {"reason": "„Bonn“ steht nicht in den Zitaten"},
        {"reason": "es ist eine Frage"},
    ]


def test_an_answer_that_comes_in_events_does_so_too(room: Room) -> None:
    accept = {"accept": "text/event-stream"}
    streamed = room.alice.post(ASK, json={"question": "What is named?"}, headers=GERMAN | accept).text
    last = json.loads(streamed.split("event: answer\ndata: ")[1].split("\n")[0])
    assert last["said"] == {"notice": NOTICE}


def test_a_kept_answer_is_kept_in_english_and_told_in_the_language_of_whoever_reads_it(room: Room) -> None:
    kept = room.alice.post(ASK, json={"question": "What is named?", "conversation": "new"}, headers=GERMAN).json()
    german = room.alice.get(f"{HISTORY}/{kept['conversation']}", headers=GERMAN).json()["turns"][0]["answer"]
    english = room.alice.get(f"{HISTORY}/{kept['conversation']}").json()["turns"][0]["answer"]
    polish = room.alice.get(f"{HISTORY}/{kept['conversation']}", headers={"accept-language": "pl"}).json()
    assert german["said"] == {"notice": NOTICE}
    assert german["dropped"][1]["said"] == {"reason": "es ist eine Frage"}
    assert "said" not in json.dumps(english)
    assert polish["turns"][0]["answer"]["dropped"][1]["said"] == {"reason": "to jest pytanie"}


def test_a_refusal_says_why_in_that_language(room: Room) -> None:
    refused = room.alice.post(ASK, json={"question": " "}, headers=GERMAN)
    assert refused.status_code == 400
    assert refused.json() == {
        "error": "the question is empty; write something",
        "said": {"error": "question ist leer; schreiben Sie etwas"},
    }
    assert room.alice.post(ASK, json={"question": " "}).json() == {"error": "the question is empty; write something"}


def test_a_page_that_is_not_there_says_so_in_that_language(room: Room) -> None:
    assert room.alice.get("/nowhere", headers=GERMAN).text == "Diese Seite gibt es nicht; Fragen stellt man unter /.\n"
    assert room.alice.get("/nowhere").text == "There is no such page; questions are asked at /.\n"


def test_only_sentences_of_ours_are_worded() -> None:
    asks = "it is a question"
    value: Json = {"reason": asks, "text": asks, "more": [{"reasons": [asks, "x"]}]}
    assert with_said(value, wording_in("de")) == {
        "reason": "it is a question",
        "text": "it is a question",
        "more": [{"reasons": ["it is a question", "x"], "said": {"reasons": ["es ist eine Frage", "x"]}}],
        "said": {"reason": "es ist eine Frage"},
    }
    assert with_said(value, ENGLISH) is value


def test_what_is_taken_along_is_in_the_language_of_whoever_takes_it(room: Room) -> None:
    kept = room.alice.post(ASK, json={"question": "What is named?", "conversation": "new"}).json()
    one, all_of_it = f"{TURNS}/{kept['turn']}", f"{HISTORY}/{kept['conversation']}/export"
    for path in (one, all_of_it):
        taken = room.alice.get(path, params={"form": "markdown"}, headers=GERMAN).text
        assert "Gefragt am " in taken
        assert NOTICE in taken.replace("\\", "")
        assert "2 Sätze wurden weggelassen, weil die Zitate sie nicht belegen." in taken
        assert "[In der Quelle](" in taken
        assert not any(each in taken for each in ("Asked on", "left out", "In the source", "no date given"))
        english = room.alice.get(path, params={"form": "markdown"}).text
        assert "Asked on " in english
        assert "2 sentences were left out, because the quotes do not support them." in english
    assert "Gefragt am " in room.alice.get(one, params={"form": "text"}, headers=GERMAN).text
