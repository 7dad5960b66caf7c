"""The measurement of follow-ups: what it reads, what it counts, and that it counts what the product would do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.benchmarks.conversations import Conversation, halves, leaning, read_conversations, understood
from evals.benchmarks.job import Job
from evals.benchmarks.mtrag_un import LAST_TURN, ranking, run, searched
from evals.benchmarks.retrieval import graded
from evals.bookshelf import bookshelf
from evals.fitting.evidence_cases import mtrag
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
    bridge, mill = leaning(read_conversations(data))
    assert bridge == Conversation(
        "bridge",
        (Turn("Who built the old bridge of Elmstead?", "Anna Reed built it."),),
        "What is it made of?",
        frozenset({"mtrag/bridge"}),
        "ANSWERABLE",
        ("",),
    )
    assert mill.turns == (
        Turn("What happened to the mill of Elmstead?", ""),
        Turn("I ask for a friend.", "It burnt down."),
    )
    assert mill.gold == {"mtrag/mill"}


def test_each_turn_is_understood_in_its_turn(data: Path) -> None:
    bridge, _ = leaning(read_conversations(data))
    longer = Conversation("longer", (*bridge.turns, Turn("What is it made of?", "Grey stone.")), "Why?", bridge.gold)
    assert understood(bridge, None).by == "words"
    assert "Elmstead" in understood(longer, None).text


def test_recall_counts_the_first_documents(data: Path) -> None:
    with bookshelf(mtrag(data).documents, HashEmbedder()) as corpus:
        rankings = [
            ranking(corpus, "old bridge of Elmstead", frozenset(gold))
            for gold in ({"mtrag/bridge"}, {"mtrag/bridge", "mtrag/none"}, {"mtrag/none"})
        ]
    assert graded(rankings, "R@5")["R@5"].tolist() == [1.0, 0.5, 0.0]


def test_a_question_that_leans_is_searched_for_as_understood(data: Path) -> None:
    with bookshelf(mtrag(data).documents, HashEmbedder()) as corpus:
        found = [searched(corpus, each, None) for each in leaning(read_conversations(data))]
    assert [each.resolved.by for each in found] == ["words", "words"]
    assert graded([each.after for each in found], "R@5")["R@5"].tolist() == [1.0, 1.0]


def test_halves_are_the_same_every_time_and_share_nothing() -> None:
    many = [Conversation(f"{n}", (), "?", frozenset()) for n in range(21)]
    rules, held = halves(many)
    assert {each.name for each in rules} | {each.name for each in held} == {each.name for each in many}
    assert (len(rules), len(held)) == (10, 11)
    assert {each.name for each in rules} == {each.name for each in halves(list(reversed(many)))[0]}


def test_the_table_holds_out_the_half_that_no_rule_was_made_on(data: Path) -> None:
    result = run(Job(data))
    rows = {(row.part, row.measure): row for row in result.table.rows}
    understood_row = rows["search, as understood", "R@5"]
    assert understood_row.ours is not None
    assert understood_row.in_sample is not None
    assert (understood_row.ours.cases, understood_row.in_sample.cases) == (1, 1)
    assert (understood_row.ours.value, understood_row.seen) == (1.0, "in part")
    unanswerable = rows["abstention (unanswerable is positive)", "recall"]
    assert unanswerable.ours is not None
    assert (unanswerable.ours.cases, unanswerable.seen) == (4, "unseen")
    assert rows["gain from being understood", "R@5"].seen == "held out"
    gains = rows["gain from being understood", "R@5"].references
    assert {each.system: each.value for each in gains}["Elser"] == pytest.approx(0.09)
    assert {row.measure for row in result.table.rows if row.part.startswith("search")} == set(LAST_TURN)
    assert [each["status"] for each in result.cases][-1] == "abstained"


@pytest.mark.skipif(not (SHARED / "mtrag_un").is_dir(), reason="the conversations are not here")
def test_the_conversations_that_are_measured() -> None:
    asked = leaning(read_conversations(SHARED))
    rules, held = halves(asked)
    assert (len(asked), len(rules), len(held)) == (188, 94, 94)
    by = [understood(each, None).by for each in held]
    assert 20 <= by.count("words") <= 50
