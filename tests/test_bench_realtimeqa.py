"""RealTime QA: which choice an answer is taken to be, exact match and F1, and abstention."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from evals.benchmarks.job import Job
from evals.benchmarks.realtimeqa import Asked, Outcome, chosen, overlap, read_questions, run
from evals.labelled import InvalidData
from tests.bench_sets import lines

BRIDGE = "The new bridge at Elmstead was opened on Friday by the mayor, Anna Bell."
STORM = "A storm took the roof off the town hall. Nobody was hurt, the fire brigade said."


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "realtimeqa"
    lines(
        folder / "20240105_qa.jsonl",
        [
            {
                "question_id": "20240105_0",
                "question_date": "2024/01/05",
                "question_source": "Post",
                "question_sentence": "Who opened the new bridge at Elmstead?",
                "choices": ["John Reed", "Anna Bell", "Tom Hill", "Mary Cole"],
                "answer": ["1"],
                "evidence": "",
            },
            {
                "question_id": "20240105_1",
                "question_date": "2024/01/05",
                "question_source": "Post",
                "question_sentence": "How much did the price of copper rise in London?",
                "choices": ["By a third", "By half", "Not at all", "By a tenth"],
                "answer": ["0"],
            },
        ],
    )
    found = [
        {"title": "The bridge is open", "text": BRIDGE, "publish_date": "2024/01/04", "url": "u"},
        {"text": " ", "publish_date": None},
        {"text": STORM, "publish_date": "soon"},
    ]
    lines(
        folder / "20240105_gcs.jsonl",
        [{"question_id": f"20240105_{number}", "search_result": found[number:]} for number in (0, 1)],
    )
    lines(folder / "20240112_qa.jsonl", [{"question_id": "no articles of its week"}])
    return tmp_path


def test_the_weeks_that_have_both_files_are_read(data: Path) -> None:
    first, second = read_questions(data)
    assert (first.choices[1], first.right, first.source) == ("Anna Bell", frozenset({1}), "Post")
    assert [(each.title, each.published) for each in first.articles] == [
        ("The bridge is open", date(2024, 1, 4)),
        (None, None),
    ]
    assert len(second.articles) == 1


def test_the_first_text_that_holds_a_choice_decides_and_there_the_longest() -> None:
    choices = ("Ford", "Ford Motor Company", "Honda")
    assert chosen(["Nothing.", "Honda spoke.", "Ford spoke."], choices) == 2
    assert chosen(["It was the Ford Motor Company."], choices) == 1
    assert chosen(["It was the Fordham company."], choices) is None


def test_exact_match_and_f1_are_of_words() -> None:
    assert overlap("The Squid Game!", "“Squid Game”") == (1.0, 1.0)
    assert overlap("It was Squid Game", "Squid Game") == pytest.approx((0.0, 2 * 2 / (4 + 2)))
    assert overlap("Nothing", "Squid Game") == (0.0, 0.0)
    asked = Asked("x", "?", "", ("one", "two words"), frozenset({0, 1}), ())
    assert Outcome(asked, True, None, "two", False).scores == pytest.approx((0.0, 2 / 3))


def test_the_table_counts_choices_and_abstention(data: Path) -> None:
    result = run(Job(data))
    values = {(row.part, row.measure): row.ours for row in result.table.rows}
    accuracy = values["multiple choice", "accuracy"]
    there, nowhere = (values["abstained, where", f"the articles hold {what}"] for what in ("a right choice", "none"))
    assert accuracy is not None
    assert there is not None
    assert nowhere is not None
    assert (accuracy.value, there.value, there.cases) == (0.5, 0.0, 1)
    assert (nowhere.value, nowhere.cases) == (1.0, 1)
    assert [line["chosen"] for line in result.cases] == ["Anna Bell", None]
    f1 = values["generation", "F1"]
    assert f1 is not None
    assert 0 < f1.value < 0.5


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidData, match=r"holds no \*_qa\.jsonl with the \*_gcs\.jsonl of its week"):
        read_questions(tmp_path)
    lines(tmp_path / "w_gcs.jsonl", [])
    row = {"question_id": "q", "question_sentence": "?", "choices": ["a"], "answer": ["3"]}
    lines(tmp_path / "w_qa.jsonl", [row])
    with pytest.raises(InvalidData, match=r"q of .* has no right choice"):
        read_questions(tmp_path)
