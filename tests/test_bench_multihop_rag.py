"""MultiHop-RAG: what is read, and the benchmark's own measures, counted by hand."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from evals.benchmarks.job import Job
from evals.benchmarks.multihop_rag import Asked, grades, read_articles, read_questions, run
from evals.labelled import InvalidData

MILL = "The mill of Elmstead burnt down in 1931. Nobody was hurt in the fire, said the miller."
FERRY = "The ferry to Wickham was stopped in 1950. A bridge had been opened the year before."
ARTICLES = [
    {
        "title": "The fire at the mill",
        "author": "Anna Bell",
        "source": "Elmstead Post",
        "published_at": "2023-10-01T08:00:00+00:00",
        "category": "news",
        "url": "https://example.org/mill",
        "body": MILL,
    },
    {
        "title": "The last ferry",
        "author": None,
        "source": "Wickham News",
        "url": "https://example.org/ferry",
        "body": FERRY,
    },
    {"title": "The last ferry", "url": "https://example.org/ferry", "body": FERRY},
]
NULL = "What does the Harlow Gazette say of the price of copper?"
QUESTIONS = [
    {
        "query": "When did the mill of Elmstead burn down, and when was the ferry to Wickham stopped?",
        "answer": "1931 and 1950",
        "question_type": "comparison_query",
        "evidence_list": [
            {"fact": "The mill of Elmstead burnt down in 1931.", "title": "The fire at the mill"},
            {"fact": "The ferry to Wickham was\nstopped in 1950.", "title": "The last ferry"},
        ],
    },
    {
        "query": NULL,
        "answer": "Insufficient information.",
        "question_type": "null_query",
        "evidence_list": [],
    },
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "multihop-rag"
    folder.mkdir()
    (folder / "corpus.json").write_text(json.dumps(ARTICLES), encoding="utf-8")
    (folder / "MultiHopRAG.json").write_text(json.dumps(QUESTIONS), encoding="utf-8")
    return tmp_path


def test_articles_are_read_once_with_what_is_known_of_them(data: Path) -> None:
    mill, ferry = read_articles(data)
    assert (mill.title, mill.publisher, mill.author, mill.published) == (
        "The fire at the mill",
        "Elmstead Post",
        "Anna Bell",
        date(2023, 10, 1),
    )
    assert (ferry.text, ferry.published) == (FERRY, None)
    assert read_questions(data / "multihop-rag")[1] == Asked(NULL, "null_query", ())


def test_the_measures_are_those_of_the_benchmarks_program() -> None:
    found = ["x", "one", "y", "z", "w", "two and one"]
    # The first fact stands at ranks 2 and 6, and counts once; the second at 6: (1/2 + 1/6) / 2.
    assert grades(found, ("one", "two")) == pytest.approx((1.0, 1.0, (1 / 2 + 1 / 6) / 2, 1 / 2))
    assert grades(found, ("t w o",)) == pytest.approx((0.0, 1.0, 1 / 6, 1 / 6))
    assert grades([*found, *"abcde", "three"], ("three",)) == (0.0, 0.0, 0.0, 0.0)
    assert grades([], ("one",)) == (0.0, 0.0, 0.0, 0.0)


def test_white_space_hides_no_fact() -> None:
    assert grades(["a ferry\nwas stopped"], ("ferry was stopped",))[0] == 1.0


def test_the_table_is_the_papers(data: Path) -> None:
    result = run(Job(data))
    values = {row.measure: row for row in result.table.rows}
    hits, null = values["Hits@4"].ours, values["null questions abstained"].ours
    assert hits is not None
    assert null is not None
    assert (hits.value, hits.cases, null.cases) == (1.0, 1, 1)
    published = {each.system: each.value for each in values["MRR@10"].references}
    assert published["voyage-02 and bge-reranker-large"] == 0.586
    assert values["Hits@4"].seen == "unseen"
    (line,) = result.cases
    assert line["Hits@10"] == 1.0
    assert line["MAP@10"] == pytest.approx((1 + 1 / 2) / 2)


def test_a_file_without_articles_is_refused(data: Path) -> None:
    (data / "multihop-rag" / "corpus.json").write_text("[]", encoding="utf-8")
    with pytest.raises(InvalidData, match="holds no article or no question"):
        run(Job(data))
