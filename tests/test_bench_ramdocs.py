"""What the measurement of disagreeing sources counts, on cases that can be read by eye."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from evals.benchmarks.job import Job
from evals.benchmarks.ramdocs import PUBLISHED, Case, contains, outcome, read_cases, run
from evals.labelled import InvalidData
from evals.scripted import scripted
from evals.share import Share
from index.document import Document, Passage, Span
from rag.answer import Answer, Citation, Disagreement, Evidence, Sentence
from rag.model import Model
from rag.write import Writer
from tests.newsroom import TRACE

RIGHT = "The stone bridge over the harbour at Elmstead was opened in 1901."
WRONG = "The stone bridge over the harbour at Elmstead was opened in 1911."
OTHER = "The bridge is 40 metres long."


def document(text: str, number: int = 0) -> Document:
    return Document(f"case/{number}.txt", text, f"{number}", ("public",))


def evidence(text: str, number: int) -> Evidence:
    source = document(text, number)
    whole = Span(0, len(text))
    return Evidence(Passage(source.chunk(whole, 0), source.attribution, 0.5), whole, text, 0.5)


CASE = Case("case", "When was it opened?", tuple(map(document, (RIGHT, WRONG, OTHER))), ("1901",), ("1911",))


def answer(*quotes: str, against: tuple[int, ...] = (), prose: tuple[tuple[str, tuple[int, ...]], ...] = ()) -> Answer:
    pieces = tuple(evidence(quote, number) for number, quote in enumerate(quotes))

    def cited(number: int) -> Citation:
        each = pieces[number - 1]
        return Citation(number, each.attribution, each.span, each.quote)

    told = tuple(Sentence(text, tuple(map(cited, numbers)), "supported") for text, numbers in prose)
    return Answer(
        question=CASE.question,
        status="answered",
        sentences=told or (Sentence(quotes[0], (cited(1),), "quoted"),),
        evidence=pieces,
        trace=TRACE,
        disagreements=(Disagreement("disagreeing", against, ("x",) * len(against)),) if against else (),
    )


@pytest.mark.parametrize(
    ("text", "wanted", "found"),
    [
        ("It opened on 3 May, 1901.", "3 May 1901", True),
        ("It opened on 13 May 1901.", "3 May 1901", False),
        ("There were 3,559 people .", "3,559 People", True),
        ("Anna's Bergs", "Anna Berg", False),
        ("Anna", "Anna Berg", False),
    ],
)
def test_an_answer_is_found_where_its_words_stand_in_a_row(text: str, wanted: str, found: bool) -> None:
    assert contains(text, wanted) is found


def test_a_wrong_answer_beside_nothing_is_not_marked() -> None:
    found = outcome(CASE, answer(RIGHT, WRONG, OTHER))
    assert (found.right_there, found.right_shown, found.wrong_shown, found.wrong_unmarked) == (1, 1, 1, 1)


def test_a_disagreement_with_another_side_marks_it() -> None:
    assert outcome(CASE, answer(RIGHT, WRONG, against=(1, 2))).wrong_unmarked == 0
    assert outcome(CASE, answer(RIGHT, WRONG, OTHER, against=(1, 3))).wrong_unmarked == 1


def test_a_disagreement_among_those_who_give_it_marks_nothing() -> None:
    assert outcome(CASE, answer(WRONG, f"So it was: {WRONG}", against=(1, 2))).wrong_unmarked == 1


def test_one_of_two_that_is_not_marked_counts() -> None:
    assert outcome(CASE, answer(RIGHT, WRONG, f"So it was: {WRONG}", against=(1, 2))).wrong_unmarked == 1


def test_what_is_not_shown_is_not_counted() -> None:
    found = outcome(CASE, answer(OTHER))
    assert (found.right_shown, found.wrong_shown, found.wrong_unmarked, found.wrong_told) == (0, 0, 0, 0)


def test_prose_tells_a_wrong_answer_unless_another_side_stands_in_the_sentence() -> None:
    assert outcome(CASE, answer(RIGHT, WRONG, prose=((WRONG, (2,)),))).wrong_told == 1
    assert outcome(CASE, answer(RIGHT, WRONG, prose=((f"{RIGHT} {WRONG}", (1, 2)),))).wrong_told == 0
    assert outcome(CASE, answer(RIGHT, WRONG, against=(1, 2), prose=((WRONG, (2,)),))).wrong_told == 0
    assert outcome(CASE, answer(RIGHT, WRONG, prose=((RIGHT, (1,)),))).right_told == 1


def test_the_interval_is_wilsons() -> None:
    # The example of Newcombe (1998), 81 of 263: 0.2553 to 0.3662.
    low, high = Share(81, 263).interval
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    assert Share(0, 10).interval[0] == pytest.approx(0.0)
    assert Share(10, 10).interval[1] == pytest.approx(1.0)
    assert Share(0, 0).interval == (0.0, 1.0)
    assert Share.of([True, False, True]) == Share(2, 3)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    row = {
        "id": "case",
        "question": "When was the bridge at Elmstead opened?",
        "documents": [{"text": text, "type": "correct", "answer": "?"} for text in (RIGHT, WRONG, OTHER, "  ")],
        "gold_answers": ["1901"],
        "wrong_answers": ["1911"],
    }
    (tmp_path / "ramdocs.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    return tmp_path


def test_cases_are_read_without_empty_documents(data: Path) -> None:
    (case,) = read_cases(data)
    assert (case.right, case.wrong) == (("1901",), ("1911",))
    assert [each.text for each in case.documents] == [RIGHT, WRONG, OTHER]


def test_a_file_of_another_kind_is_named(tmp_path: Path) -> None:
    row = {"id": "x", "question": "?", "documents": "none", "gold_answers": [], "wrong_answers": []}
    (tmp_path / "ramdocs.jsonl").write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(InvalidData, match="x is no case of RAMDocs"):
        read_cases(tmp_path)


def test_the_table_counts_in_quotes(data: Path) -> None:
    table = run(Job(data)).table
    values = {(row.part, row.measure): row.ours.value for row in table.rows if row.ours}
    assert values["in the quotes", "every right answer"] == 1.0
    assert values["in the quotes", "every right answer and no wrong one"] == 0.0
    assert values["in the quotes", "every right answer and no wrong one unmarked"] == 1.0
    assert values["in the quotes", "a wrong answer, not marked (of those)"] == 0.0
    assert {row.part for row in table.rows} == {"in the quotes"}
    assert all(row.seen == "in part" for row in table.rows)
    assert table.rows[0].references == PUBLISHED


def test_the_table_counts_in_prose_where_a_model_writes(data: Path) -> None:
    with scripted() as url, closing(Model(url, "honest")) as model:
        result = run(Job(data, model=model, writer=Writer(model)))
    values = {row.measure: row.ours.value for row in result.table.rows if row.ours and "prose" in row.part}
    assert values["prose stands"] == 1.0
    assert values["every right answer"] == 1.0
    (told,) = result.cases
    assert told["sentences"]
    assert told["disagreements"]
