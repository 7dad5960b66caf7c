"""The table of CLAP NQ: search, sentences and abstention, and what was held out of fitting."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evals.benchmarks import detection, heldout
from evals.benchmarks.clapnq import RETRIEVAL, SHOWN, run
from evals.benchmarks.job import Job, Result
from rag.ask import Desk
from tests.bench_sets import write_clapnq


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Result]:
    """Intervals are tested elsewhere; here they only have to be there."""
    folder = tmp_path_factory.mktemp("sets")
    write_clapnq(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(detection, "RESAMPLES", 20)
        patch.setattr(detection, "HELD_RESAMPLES", 10)
        patch.setattr(heldout, "HALVINGS", 4)
        yield run(Job(folder))


def test_what_was_chosen_with_these_questions_in_view_says_so(result: Result) -> None:
    rows = {(row.part, row.measure): row for row in result.table.rows}
    assert {row.measure for row in result.table.rows if row.part == "search"} == set(RETRIEVAL)
    first = rows["search", "nDCG@1"]
    assert first.ours is not None
    assert (first.ours.value, first.ours.cases, first.seen, first.in_sample) == (1.0, 10, "in sample", None)
    overlap = rows["sentences, first three quotes", "F1"]
    assert overlap.ours is not None
    assert overlap.in_sample is not None
    assert (overlap.seen, overlap.ours.cases) == ("held out", 10)
    # One sentence is gold, and it is the first of three quotes at best: 2 * 1 / (3 + 1) where all three are shown.
    assert 0.5 <= overlap.in_sample.value <= 1.0


def test_abstention_counts_what_cannot_be_answered(result: Result) -> None:
    rows = {row.measure: row for row in result.table.rows if row.part.startswith("abstention")}
    assert set(rows) == {"precision", "recall", "F1", "AUC"}
    assert rows["AUC"].ours is not None
    assert rows["AUC"].ours.cases == 20
    assert {each.system for each in rows["recall"].references} >= {"E5 and GPT-3.5", "GPT-4"}
    abstained = {str(line["id"]).partition("-")[0] for line in result.cases if line["abstains"]}
    assert "unanswerable" in abstained


def test_a_limit_holds_nothing_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detection, "RESAMPLES", 20)
    write_clapnq(tmp_path)
    table = run(Job(tmp_path / "clapnq", limit=6)).table
    assert table.cases == 6
    assert all(row.ours is None for row in table.rows if row.seen == "held out")
    assert "limited" in table.notes[-1]


def test_as_many_quotes_are_measured_as_are_shown() -> None:
    assert Desk.__dataclass_fields__["quotes"].default == SHOWN
