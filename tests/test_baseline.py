"""A baseline as a file to review: why it is one, nothing fatal in it, and nothing that moves without meaning."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evals.baseline import accept, settled
from evals.compare import compare
from evals.errors import InvalidRun
from evals.laid_out import laid_out
from evals.observed import Failed
from evals.run_record import Accepted, CaseRun, Run, Timed, Trial
from evals.store import read_run, write_run
from tests.runs import FINGERPRINTS, QUOTE, RUNS, answer, asked, run_of, timed, tried

WHEN = datetime(2026, 11, 3, 10, 0, 0, 999, tzinfo=UTC)
RUN = run_of(
    asked("b"), asked("a", tried(failed=("said",), score=1 / 3)), timed=(*timed(0.123456, "b"), *timed(0.01, "a"))
)


def slower(run: Run, by: float) -> Run:
    """The same answers, each of which took longer."""
    cases = tuple(
        replace(each, trials=(replace(each.trials[0], outcome=answer(QUOTE, seconds=by)),)) for each in run.cases
    )
    return replace(run, cases=cases)


def cases_of(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    return text[text.index(' "cases"') : text.index(' "timed"')]


def test_what_is_written_is_what_is_returned_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "evals" / "baseline.json"
    baseline = accept(RUN, "The first.", path, when=WHEN)
    assert read_run(path) == baseline
    assert baseline == settled(replace(RUN, accepted=(Accepted(WHEN.replace(microsecond=0), "The first."),)))


def test_a_run_passes_against_the_baseline_that_it_became(tmp_path: Path) -> None:
    baseline = accept(RUN, "The first.", tmp_path / "baseline.json")
    found = compare(baseline, RUN)
    assert found.passes
    assert (found.changed, found.made_with) == ((), ())
    assert all((each.low, each.high) == (0.0, 0.0) for each in found.differences)


def test_reasons_are_kept_newest_first(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    for day, why in enumerate(("The first.", "  A document\nwas mended. ")):
        accept(RUN, why, path, when=WHEN + timedelta(days=day))
    kept = [(each.when.isoformat(), each.why) for each in read_run(path).accepted]
    assert kept == [
        ("2026-11-04T10:00:00+00:00", "A document was mended."),
        ("2026-11-03T10:00:00+00:00", "The first."),
    ]


def test_reasons_of_the_accepted_run_itself_are_not_taken_over(tmp_path: Path) -> None:
    """A results file that was once a baseline elsewhere explains nothing here."""
    elsewhere = accept(RUN, "Elsewhere.", tmp_path / "elsewhere.json")
    assert [each.why for each in accept(elsewhere, "Here.", tmp_path / "baseline.json").accepted] == ["Here."]


@pytest.mark.parametrize("why", ["", " \n\t"])
def test_without_a_reason_nothing_is_accepted(why: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidRun, match="needs a reason"):
        accept(RUN, why, tmp_path / "baseline.json")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("trial", "what"),
    [
        (tried(fatal=("a quote is not exact.",)), "bad: a quote is not exact; mend that first"),
        (tried(fatal=("a leak", "and another")), r"bad: a leak \(and 1 more\)"),
        (Trial(Failed("the model is away")), "bad: no answer came: the model is away"),
    ],
)
def test_what_no_gate_lets_through_is_never_accepted(trial: Trial, what: str, tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    accept(RUN, "The first.", path)
    before = path.read_bytes()
    with pytest.raises(InvalidRun, match=what):
        accept(run_of(asked("a"), asked("bad", trial)), "It is fine.", path)
    assert path.read_bytes() == before


def test_a_run_of_only_some_cases_is_no_baseline(tmp_path: Path) -> None:
    with pytest.raises(InvalidRun, match="only some of its cases \\(tag dates\\); run all of them"):
        accept(replace(RUN, only=("tag dates",)), "Dates.", tmp_path / "baseline.json")
    with pytest.raises(InvalidRun, match="holds no answer"):
        accept(run_of(CaseRun(asked("a").case, ())), "Nothing.", tmp_path / "baseline.json")


def test_a_file_that_is_no_baseline_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text("{}")
    with pytest.raises(InvalidRun, match="remove it to begin anew"):
        accept(RUN, "The first.", path)
    assert path.read_text() == "{}"


def test_a_failed_check_is_accepted_and_no_regression_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    failing = run_of(asked("a", tried(failed=("said",))))
    assert not compare(run_of(asked("a")), failing).passes
    accept(failing, "The fact is no longer in the documents.", path)
    assert compare(read_run(path), failing).passes


@given(RUNS, st.randoms())
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_another_order_of_cases_gives_the_same_bytes(tmp_path: Path, run: Run, random: object) -> None:
    cases = tuple(random.sample(run.cases, len(run.cases)))  # type: ignore[attr-defined]
    for name, each in (("one", run), ("other", replace(run, cases=cases, timed=run.timed[::-1]))):
        write_run(settled(each), tmp_path / name, defaults=False)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    assert read_run(tmp_path / "one") == settled(run)
    assert settled(settled(run)) == settled(run)


def test_how_long_an_answer_took_moves_nothing_in_the_file(tmp_path: Path) -> None:
    for name, seconds in (("one", 0.2), ("other", 7.5)):
        accept(slower(RUN, seconds), "The first.", tmp_path / name, when=WHEN)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_nor_does_moving_a_case_within_its_file_or_an_answerability_in_its_last_digits(tmp_path: Path) -> None:
    def nudged(each: CaseRun) -> CaseRun:
        outcome = replace(answer(QUOTE), answerable=0.9123999)
        trials = tuple(replace(trial, outcome=outcome) for trial in each.trials)
        return CaseRun(replace(each.case, place=None), trials)

    accept(RUN, "The first.", tmp_path / "one")
    accept(replace(RUN, cases=tuple(map(nudged, RUN.cases))), "The second.", tmp_path / "other")
    assert cases_of(tmp_path / "one") == cases_of(tmp_path / "other")
    assert "a.yaml" not in (tmp_path / "one").read_text()


def test_what_a_comparison_needs_is_kept(tmp_path: Path) -> None:
    accept(RUN, "The first.", tmp_path / "baseline.json", when=WHEN)
    kept = json.loads((tmp_path / "baseline.json").read_text())
    assert [each["case"]["id"] for each in kept["cases"]] == ["a", "b"]
    assert kept["cases"][0]["trials"][0]["scores"] == [{"name": "fact_recall", "value": 1 / 3}]
    assert kept["timed"] == [
        {"case": "a", "seconds": 0.01, "yardstick": 0.01}, {"case": "b", "seconds": 0.123, "yardstick": 0.01},
    ]  # fmt: skip
    assert kept["fingerprints"]["machine"] == FINGERPRINTS.machine
    assert kept["format"] == 1


def test_the_speed_of_a_run_against_its_own_rounded_baseline_is_about_one(tmp_path: Path) -> None:
    times = tuple(Timed(case, 0.0123456, 0.00345678) for case in "ab")
    found = compare(accept(replace(RUN, timed=times), "The first.", tmp_path / "b.json"), replace(RUN, timed=times))
    assert found.slowness is not None
    assert found.slowness.times == pytest.approx(1.0, abs=0.01)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_laid_out_json_reads_back(value: object) -> None:
    assert json.loads(laid_out(value)) == value


def test_a_short_part_stands_on_one_line_and_a_long_one_on_several() -> None:
    text = laid_out({"checks": [{"name": "said", "passed": True}], "quote": "five hours " * 12})
    assert text.splitlines() == [
        "{", ' "checks": [{"name": "said", "passed": true}],', f' "quote": "{"five hours " * 12}"', "}",
    ]  # fmt: skip
