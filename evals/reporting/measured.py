"""Cases to the figures of a run: the rate of each check and the mean of each score, over all or over a tag's cases.

A case counts once, however often it was repeated: its value is the mean over its trials.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from evals.reporting.meanings import place
from evals.run_record import CaseRun, Trial
from evals.share import wilson

Kind = Literal["check", "score"]
UNTAGGED = "(no tag)"


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure from 0 to 1 over `cases`, with its 95 % interval.

    `passed` of `answers` are trials, where it is a check; of a score `answers` are those that have it.
    """

    name: str
    kind: Kind
    passed: int
    answers: int
    cases: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Tagged:
    """The cases that bear a tag."""

    tag: str
    cases: tuple[CaseRun, ...]


def measures(cases: Sequence[CaseRun]) -> tuple[Measured, ...]:
    """Every check and then every score that applies to one of the cases."""
    trials = [trial for case_run in cases for trial in case_run.trials]
    checks = {check.name for trial in trials for check in trial.checks}
    scores = {score.name for trial in trials for score in trial.scores}
    found = [measured(cases, name, "check") for name in sorted(checks, key=place)]
    return (*found, *(measured(cases, name, "score") for name in sorted(scores, key=place)))


def measured(cases: Sequence[CaseRun], name: str, kind: Kind) -> Measured:
    """The figure of this name; its mean is not a number where it applies to no case."""
    each = [[value for trial in case_run.trials for value in _values(trial, name, kind)] for case_run in cases]
    return _over(name, kind, [values for values in each if values])


def passing(cases: Sequence[CaseRun]) -> Measured:
    """The share of answers in which nothing failed, as if it were a check."""
    return _over("passes", "check", [[float(passes(trial)) for trial in each.trials] for each in cases if each.trials])


def passes(trial: Trial) -> bool:
    """Whether nothing failed in it."""
    return not trial.fatal and all(check.passed for check in trial.checks)


def tagged(cases: Sequence[CaseRun]) -> tuple[Tagged, ...]:
    """The cases of each tag, the most frequent first; those without a tag last."""
    counts = Counter(tag for each in cases for tag in dict.fromkeys(each.case.tags))
    tags = sorted(counts, key=lambda tag: (-counts[tag], tag))
    found = [Tagged(tag, tuple(each for each in cases if tag in each.case.tags)) for tag in tags]
    bare = tuple(each for each in cases if not each.case.tags)
    return (*found, Tagged(UNTAGGED, bare)) if bare and found else tuple(found)


def _values(trial: Trial, name: str, kind: Kind) -> list[float]:
    if kind == "check":
        return [float(check.passed) for check in trial.checks if check.name == name]
    return [score.value for score in trial.scores if score.name == name]


def _over(name: str, kind: Kind, cases: Sequence[Sequence[float]]) -> Measured:
    mean = fmean(map(fmean, cases)) if cases else float("nan")
    low, high = wilson(mean, len(cases))
    values = [value for each in cases for value in each]
    return Measured(name, kind, values.count(1.0), len(values), len(cases), mean, low, high)
