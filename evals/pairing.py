"""Two runs laid side by side, case by case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from evals.run_record import CaseRun, Check, Run, Score, Trial

Found = TypeVar("Found", Check, Score)


@dataclass(frozen=True, slots=True)
class Pair:
    """A case that was answered in both runs, with at least one trial in each."""

    before: CaseRun
    after: CaseRun

    @property
    def id(self) -> str:
        return self.after.case.id

    @property
    def edited(self) -> bool:
        """Whether another question is asked now, or another answer expected; tags and notes do not bear on it."""
        return _asks(self.before) != _asks(self.after)


def pairs(before: Run, after: Run) -> tuple[Pair, ...]:
    """The cases of both runs, by id, whatever the order in which they were asked."""
    earlier, later = answered(before), answered(after)
    return tuple(Pair(earlier[id], later[id]) for id in sorted(earlier.keys() & later.keys()))


def answered(run: Run) -> dict[str, CaseRun]:
    """The cases that were asked at least once, by id."""
    return {each.case.id: each for each in run.cases if each.trials}


def named_checks(trials: Iterable[Trial]) -> dict[str, list[Check]]:
    """The checks of all repeats, by name; one that does not apply to the case, or could not be made, has no name."""
    return _named(check for trial in trials for check in trial.checks)


def named_scores(trials: Iterable[Trial]) -> dict[str, list[Score]]:
    """The scores of all repeats, by name, as with checks."""
    return _named(score for trial in trials for score in trial.scores)


def _named(found: Iterable[Found]) -> dict[str, list[Found]]:
    by_name: dict[str, list[Found]] = {}
    for each in found:
        by_name.setdefault(each.name, []).append(each)
    return by_name


def _asks(run: CaseRun) -> tuple[object, ...]:
    case = run.case
    return case.question, case.history, case.as_of, case.readers, case.without, case.expected
