"""The tables of WiCE and RAGTruth: what ships, what was held out, and what is told of sentences and whole answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evals.benchmarks import detection, heldout, ragtruth, wice
from evals.benchmarks.detection import Telling
from evals.benchmarks.job import Job
from evals.benchmarks.support import ALONE, Checked, checked
from evals.benchmarks.table import Row, Table
from evals.fitting.support_cases import Judged
from tests.bench_sets import write_ragtruth, write_wice


@pytest.fixture(autouse=True)
def few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Intervals are tested elsewhere; here they only have to be there."""
    monkeypatch.setattr(detection, "RESAMPLES", 20)
    monkeypatch.setattr(detection, "HELD_RESAMPLES", 10)
    monkeypatch.setattr(heldout, "HALVINGS", 3)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sets")
    write_wice(folder, 18)
    write_ragtruth(folder, 10)
    return folder


def row(table: Table, part: str, measure: str) -> Row:
    (found,) = (each for each in table.rows if (each.part, each.measure) == (part, measure))
    return found


def test_wice_gives_what_was_held_out_beside_what_ships(data: Path) -> None:
    result = wice.run(Job(data))
    found = row(result.table, "claim against its article", "balanced accuracy")
    assert found.ours is not None
    assert found.in_sample is not None
    assert (found.ours.cases, found.in_sample.cases, found.seen) == (18, 18, "held out")
    assert found.ours != found.in_sample
    assert {each.system: each.value for each in found.references}["Bespoke-MiniCheck-7B"] == 0.83
    assert result.table.cases == 18
    assert "the share told right is" in result.table.weakest
    (first, *_) = result.cases
    assert first["label"] == "supported"
    assert isinstance(first["held_out_unsupported"], float)


def test_without_the_other_set_nothing_is_held_out(tmp_path: Path) -> None:
    write_wice(tmp_path, 6)
    table = wice.run(Job(tmp_path)).table
    assert all(each.ours is None and each.in_sample is not None for each in table.rows)
    assert table.notes[-1] == ALONE


def test_a_limit_takes_whole_documents_and_holds_nothing_out(data: Path) -> None:
    found = checked(Job(data, limit=3), "ragtruth-qa")
    assert found.held == ()
    assert len({claim.group for claim in found.claims}) == 3
    assert len(found.claims) == 12


def test_ragtruth_tells_of_answers_sentences_and_characters(data: Path) -> None:
    result = ragtruth.run(Job(data))
    table = result.table
    assert (table.cases, len(table.rows)) == (40, 20)
    answers = row(table, "question answering, answers", "F1")
    assert answers.ours is not None
    assert answers.ours.cases == 20
    assert {each.system: each.value for each in answers.references}["prompted GPT-4 Turbo"] == 0.456
    assert row(table, "summaries, sentences", "recall").references == ()
    # Half of the answers are unsupported: whoever flags all has a precision of a half.
    assert "0.667 for question answering, 0.667 for summaries" in table.notes[1]
    assert {line["id"] for line in result.cases} >= {"ragtruth-qa/0/0", "ragtruth-summary/9/1"}


def claims(*rows: tuple[str, bool, int]) -> tuple[Judged, ...]:
    return tuple(
        Judged("ragtruth-qa", "ragtruth-qa/7", "ten signs.", ("q",), right, (), response, marked)
        for response, right, marked in rows
    )


def test_an_answer_is_flagged_by_any_of_its_sentences() -> None:
    told = claims(("ragtruth-qa/7/0", True, 0), ("ragtruth-qa/7/0", False, 4), ("ragtruth-qa/7/1", True, 0))
    telling = Telling(np.array([0.2, 0.9, 0.4]), np.array([False, True, False]), np.ones(3, bool))
    truth, (whole,) = ragtruth.answers(Checked(told, telling, ()), (telling,))
    assert truth.wanted.tolist() == [1.0, 0.0]
    assert truth.groups == ("ragtruth-qa/7", "ragtruth-qa/7")
    assert whole.chances.tolist() == [0.9, 0.4]
    assert whole.flagged.tolist() == [True, False]
    marked = ragtruth.characters(told)
    assert (marked.wanted.tolist(), marked.size.tolist()) == ([0.0, 4.0, 0.0], [10.0] * 3)
