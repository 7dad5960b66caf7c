"""The measurement of follow-ups: what it reads, what it counts, and that it counts what the product would do."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from evals.benchmarks.mtrag_un import Conversation, Measured, conversations, halves, measure, recall, report, understood
from evals.fitting.evidence_cases import mtrag
from evals.fitting.evidence_pool import pool
from rag.conversation import Turn
from tests.fakes import HashEmbedder

SHARED = Path(__file__).parents[2] / "shared" / "data"


def said(speaker: str, text: str) -> dict[str, str]:
    return {"speaker": speaker, "text": text}


BRIDGE = "The old bridge of Elmstead was built in 1902 by the mason Anna Reed, of grey stone."
MILL = "The mill of Elmstead burnt down in 1931; nobody was hurt, and it was never built again."
MARKET = "The market is held on Saturdays from eight to noon on the square behind the church."
ROWS = [
    {
        "conversation_id": "bridge",
        "task_id": "bridge<::>2",
        "input": [
            said("user", "Who built the old bridge of Elmstead?"),
            said("agent", "Anna Reed built it."),
            said("user", "What is it made of?"),
        ],
        "contexts": [{"document_id": "bridge", "text": BRIDGE}],
        "answerability": ["ANSWERABLE"],
    },
    {
        "conversation_id": "mill",
        "task_id": "mill<::>3",
        "input": [
            said("user", "What happened to the mill of Elmstead?"),
            said("user", "I ask for a friend."),
            said("agent", "It burnt down."),
            said("user", "When?"),
        ],
        "contexts": [{"document_id": "mill", "text": MILL}, {"document_id": "empty", "text": " "}],
        "answerability": ["ANSWERABLE"],
    },
    {
        "conversation_id": "alone",
        "task_id": "alone<::>1",
        "input": [said("user", "When is the market?")],
        "contexts": [{"document_id": "market", "text": MARKET}],
        "answerability": ["ANSWERABLE"],
    },
    {
        "conversation_id": "nothing",
        "task_id": "nothing<::>2",
        "input": [said("user", "What is the mill?"), said("agent", "?"), said("user", "Who owns it?")],
        "contexts": None,
        "answerability": ["UNANSWERABLE"],
    },
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "mtrag_un"
    folder.mkdir()
    (folder / "reference.jsonl").write_text("\n".join(map(json.dumps, ROWS)), encoding="utf-8")
    return tmp_path


def test_conversations_with_turns_before_and_passages_are_read(data: Path) -> None:
    bridge, mill = conversations(data)
    assert bridge == Conversation(
        "bridge",
        (Turn("Who built the old bridge of Elmstead?", "Anna Reed built it."),),
        "What is it made of?",
        frozenset({"mtrag/bridge"}),
    )
    assert mill.turns == (
        Turn("What happened to the mill of Elmstead?", ""),
        Turn("I ask for a friend.", "It burnt down."),
    )
    assert mill.gold == {"mtrag/mill"}


def test_each_turn_is_understood_in_its_turn(data: Path) -> None:
    bridge, _ = conversations(data)
    longer = Conversation("longer", (*bridge.turns, Turn("What is it made of?", "Grey stone.")), "Why?", bridge.gold)
    assert understood(bridge, None).by == "words"
    assert "Elmstead" in understood(longer, None).text


def test_recall_counts_the_first_documents(data: Path) -> None:
    with pool(mtrag(data).documents, HashEmbedder()) as library:
        assert recall(library, "old bridge of Elmstead", frozenset({"mtrag/bridge"})) == 1.0
        assert recall(library, "old bridge of Elmstead", frozenset({"mtrag/bridge", "mtrag/none"})) == 0.5
        assert recall(library, "old bridge of Elmstead", frozenset({"mtrag/none"})) == 0.0


def test_a_question_that_leans_is_searched_for_as_understood(data: Path) -> None:
    asked = conversations(data)
    with pool(mtrag(data).documents, HashEmbedder()) as library:
        measured = measure(library, asked)
    assert measured.by == ("words", "words")
    assert measured.understood.tolist() == [1.0, 1.0]


def test_halves_are_the_same_every_time_and_share_nothing() -> None:
    many = [Conversation(f"{n}", (), "?", frozenset()) for n in range(21)]
    rules, held = halves(many)
    assert {each.name for each in rules} | {each.name for each in held} == {each.name for each in many}
    assert (len(rules), len(held)) == (10, 11)
    assert {each.name for each in rules} == {each.name for each in halves(list(reversed(many)))[0]}


def test_the_report_pairs_what_it_compares() -> None:
    by = ("words", "question", "words", "model")
    measured = Measured(np.array([0.0, 1.0, 0.5, 0.0]), np.array([0.5, 1.0, 1.0, 0.5]), by)
    assert measured.of("words").by == ("words", "words")
    assert measured.of("words").alone.tolist() == [0.0, 0.5]
    line = report(measured)
    assert line.startswith("alone 0.375 [")
    assert "gain 0.375 [" in line
    always = Measured(np.array([0.0, 0.5]), np.array([0.5, 1.0]), ("words", "words"))
    assert "gain 0.500 [0.500, 0.500]" in report(always)
    assert report(measured.of("nobody")) == "none"


@pytest.mark.skipif(not (SHARED / "mtrag_un").is_dir(), reason="the conversations are not here")
def test_the_conversations_that_are_measured() -> None:
    asked = conversations(SHARED)
    rules, held = halves(asked)
    assert (len(asked), len(rules), len(held)) == (188, 94, 94)
    by = [understood(each, None).by for each in held]
    assert 20 <= by.count("words") <= 50
