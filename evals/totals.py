"""What a run comes to: how many of each check passed, the mean of each score, what has none, and what failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from evals.bootstrap import interval, mean
from evals.observed import Observed
from evals.run_record import CaseRun, Check, Run, Trial
from evals.scoring.evaluators import NAMES

_SEED = 0


@dataclass(frozen=True, slots=True)
class Passed:
    """How often a check passed, `of` the answers that it applies to."""

    name: str
    passed: int
    of: int


@dataclass(frozen=True, slots=True)
class Mean:
    """A score over the `cases` that have it, with its 95 % interval."""

    name: str
    mean: float
    low: float
    high: float
    cases: int


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds until an answer was whole, half of them and 95 of 100, as they were asked, several at once."""

    median: float
    p95: float


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that failed: what is fatal, and the checks that failed in `times` of `of` answers, each with a reason."""

    case: str
    fatal: tuple[str, ...]
    checks: tuple[Check, ...]
    times: int
    of: int


@dataclass(frozen=True, slots=True)
class Totals:
    """The whole of a run in figures; `unscored` are names with how often they should have been scored and were not."""

    cases: int
    answers: int
    checks: tuple[Passed, ...]
    scores: tuple[Mean, ...]
    unscored: tuple[tuple[str, int], ...]
    latency: Latency | None
    failures: tuple[Failure, ...]
    """Those with something fatal first."""


def totals(run: Run) -> Totals:
    """The figures of `run`."""
    trials = [trial for each in run.cases for trial in each.trials]
    failures = sorted(filter(None, map(_failure, run.cases)), key=lambda each: not each.fatal)
    return Totals(
        cases=len(run.cases),
        answers=sum(isinstance(trial.outcome, Observed) for trial in trials),
        checks=_checks(trials),
        scores=_scores(run.cases),
        unscored=_counted(each.name for trial in trials for each in trial.unscored),
        latency=_latency(trials),
        failures=tuple(failures),
    )


def _checks(trials: Iterable[Trial]) -> tuple[Passed, ...]:
    checks = [check for trial in trials for check in trial.checks]
    passed = Counter(check.name for check in checks if check.passed)
    return tuple(Passed(name, passed[name], of) for name, of in _counted(check.name for check in checks))


def _scores(cases: Iterable[CaseRun]) -> tuple[Mean, ...]:
    """The mean over cases, each of which counts once, however often it was asked."""
    values: dict[str, list[float]] = {}
    for each in cases:
        for name in {score.name for trial in each.trials for score in trial.scores}:
            own = [score.value for trial in each.trials for score in trial.scores if score.name == name]
            values.setdefault(name, []).append(mean(own))
    return tuple(_mean(name, values[name]) for name in sorted(values, key=_rank))


def _mean(name: str, values: list[float]) -> Mean:
    found = interval(np.array(values), seed=_SEED)
    return Mean(name, found.mean, found.low, found.high, len(values))


def _latency(trials: Iterable[Trial]) -> Latency | None:
    seconds = [trial.outcome.seconds for trial in trials if isinstance(trial.outcome, Observed)]
    if not seconds:
        return None
    median, p95 = np.quantile(seconds, (0.5, 0.95))
    return Latency(float(median), float(p95))


def _failure(each: CaseRun) -> Failure | None:
    """The failed checks of all repeats, each name once; None if every check of every repeat passed."""
    failed = [trial for trial in each.trials if trial.fatal or not all(check.passed for check in trial.checks)]
    if not failed:
        return None
    checks = {check.name: check for trial in reversed(failed) for check in trial.checks if not check.passed}
    fatal = tuple(dict.fromkeys(sentence for trial in failed for sentence in trial.fatal))
    ranked = tuple(sorted(checks.values(), key=lambda check: _rank(check.name)))
    return Failure(each.case.id, fatal, ranked, len(failed), len(each.trials))


def _counted(names: Iterable[str]) -> tuple[tuple[str, int], ...]:
    counts = Counter(names)
    return tuple((name, counts[name]) for name in sorted(counts, key=_rank))


def _rank(name: str) -> tuple[int, str]:
    """What is grave first."""
    return NAMES.index(name) if name in NAMES else len(NAMES), name
