"""The figures of a run: a case counts once in a mean, an answer once in a check, and what has no score nowhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from evals.case import Case, Expected
from evals.observed import Failed
from evals.run_record import CaseRun, Check, Fingerprints, Run, Score, Trial, Unscored
from evals.totals import Mean, Passed, totals
from tests.scored import observed

MADE = Fingerprints("d", 1, "s", "e", "q", None, None, "v", None, "c", "1", "cases", "machine")
GOOD = Trial(observed(), (Check("answered", True), Check("said", True)), (Score("fact_recall", 1.0),))
BAD = Trial(
    observed(), (Check("answered", True), Check("said", False, "not said: 'five'")), (Score("fact_recall", 0.0),)
)
GRAVE = Trial(observed(), (Check("no_leak", False, "shown"),), (), (), ("no_leak: shown",))
AWAY = Trial(observed(), (Check("answered", True),), (), (Unscored("judged_correct", "away"),))
NONE = Trial(Failed("the endpoint is away"), fatal=("no answer came: the endpoint is away",))


def run(*cases: tuple[Trial, ...]) -> Run:
    made = (CaseRun(Case(f"case-{number}", "Who?", Expected()), trials) for number, trials in enumerate(cases))
    return Run(datetime.now(UTC), MADE, True, tuple(made))


def test_a_check_is_counted_by_answers_and_a_score_by_cases() -> None:
    found = totals(run((GOOD, GOOD, BAD, BAD), (GOOD,)))
    assert found.checks == (Passed("answered", 5, 5), Passed("said", 3, 5))
    (mean,) = found.scores
    assert (mean.mean, mean.cases, mean.low, mean.high) == (0.75, 2, 0.5, 1.0)
    assert (found.cases, found.answers) == (2, 5)


def test_what_has_no_score_is_counted_apart() -> None:
    found = totals(run((AWAY,), (GOOD,), (AWAY,)))
    assert found.unscored == (("judged_correct", 2),)
    assert found.scores == (Mean("fact_recall", 1.0, 1.0, 1.0, 1),)
    assert found.failures == ()


def test_what_failed_stands_with_its_reasons_the_fatal_first() -> None:
    found = totals(run((GOOD,), (BAD, GOOD, BAD), (NONE,), (AWAY, GRAVE)))
    assert [each.case for each in found.failures] == ["case-2", "case-3", "case-1"]
    none, grave, bad = found.failures
    assert (none.fatal, none.checks) == (("no answer came: the endpoint is away",), ())
    assert (grave.fatal, grave.times, grave.of) == (("no_leak: shown",), 1, 2)
    assert (bad.checks, bad.times, bad.of) == ((Check("said", False, "not said: 'five'"),), 2, 3)
    assert found.answers == 6


def test_half_of_the_answers_and_95_of_100_took_so_long() -> None:
    timed = tuple(replace(GOOD, outcome=observed(seconds=float(seconds))) for seconds in range(1, 102))
    latency = totals(run(timed, (NONE,))).latency
    assert latency is not None
    assert latency.median == pytest.approx(51)
    assert latency.p95 == pytest.approx(96)
    assert totals(run((NONE,))).latency is None
