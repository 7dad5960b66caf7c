"""Sets in the form of BEIR: what is read, and nDCG@10, Recall@100 and average precision against hand-made values."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from evals.benchmarks.beir import read_documents, read_questions, run
from evals.benchmarks.job import Job
from evals.labelled import InvalidData
from tests.bench_sets import lines

TEXTS = {
    "d1": ("Mills", "The mill of Elmstead was built in 1902 by the mason Anna Reed."),
    "d2": ("", "Copper is mined near Harlow and sold in London."),
    "d3": ("Ferries", "The ferry to Wickham was stopped in 1950."),
    "empty": ("", " "),
    "q2": ("", "What is mined near Harlow?"),
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "towns"
    lines(
        folder / "corpus.jsonl", ({"_id": name, "title": title, "text": text} for name, (title, text) in TEXTS.items())
    )
    asked = {"q1": "Who built the mill of Elmstead?", "q2": "What is mined near Harlow?", "q3": "Who is judged?"}
    lines(folder / "queries.jsonl", ({"_id": name, "text": text, "metadata": {}} for name, text in asked.items()))
    (folder / "qrels").mkdir()
    judged = ["query-id\tcorpus-id\tscore", "q1\td1\t2", "q1\tgone\t1", "q2\td2\t1", "q2\td3\t0", "q3\td1\t0"]
    (folder / "qrels" / "test.tsv").write_text("\n".join(judged) + "\n", encoding="utf-8")
    return tmp_path


def test_documents_and_judged_questions_are_read(data: Path) -> None:
    documents = {each.uri: each for each in read_documents(data, "towns")}
    assert set(documents) == {"d1", "d2", "d3", "q2"}
    assert (documents["d1"].title, documents["d2"].title) == ("Mills", None)
    first, second = read_questions(data / "towns", "towns")
    assert (first.name, first.relevant) == ("q1", {"d1": 2, "gone": 1})
    assert (second.name, second.relevant) == ("q2", {"d2": 1, "d3": 0})


def test_the_measures_are_those_of_the_field(data: Path) -> None:
    result = run(Job(data, part="towns"))
    values = {row.measure: row.ours.value for row in result.table.rows if row.ours}
    # q1 finds d1 (grade 2) first and never "gone" (grade 1); q2 finds d2 first, itself left out.
    ideal = 2 + 1 / math.log2(3)
    assert values["nDCG@10"] == pytest.approx((2 / ideal + 1) / 2)
    assert values["R@100"] == pytest.approx((1 / 2 + 1) / 2)
    assert values["AP@100"] == pytest.approx((1 / 2 + 1) / 2)
    assert [str(line["found"][0]) for line in result.cases] == ["d1", "d2"]  # type: ignore[index]
    assert all(row.references == () for row in result.table.rows)


def test_known_sets_stand_beside_bm25(data: Path) -> None:
    (data / "towns").rename(data / "scifact")
    rows = {row.measure: row for row in run(Job(data, part="scifact")).table.rows}
    assert [each.value for each in rows["nDCG@10"].references] == [0.6647]
    assert rows["AP@100"].references == ()


def test_a_line_that_is_no_judgement_is_named(data: Path) -> None:
    path = data / "towns" / "qrels" / "test.tsv"
    path.write_text("query-id\tcorpus-id\tscore\nq1\td1\tmuch\n", encoding="utf-8")
    with pytest.raises(InvalidData, match=r"line 2 of .*test\.tsv is no query, document and grade"):
        read_questions(data, "towns")
    path.write_bytes("query-id\tcorpus-id\tscore\nqé\td1\t1\n".encode("latin-1"))
    with pytest.raises(InvalidData, match=r"test\.tsv is not UTF-8; save it in UTF-8"):
        read_questions(data, "towns")
    path.write_bytes("q1\td1\t1\r\n\r\n".encode("utf-8-sig"))
    assert [each.name for each in read_questions(data, "towns")] == ["q1"], "neither mark nor blank line is a judgement"
    path.write_text("query-id\tcorpus-id\tscore\n", encoding="utf-8")
    with pytest.raises(InvalidData, match="holds no document or no judged question"):
        run(Job(data, part="towns"))
