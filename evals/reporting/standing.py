"""How each case stands: what came of it, and what became of it since the baseline. The gravest come first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from evals.comparison import Comparison, Flip
from evals.reporting.measured import passes
from evals.run_record import CaseRun, Trial

State = Literal["fatal", "failed", "unscored", "passed"]

WORDS: dict[State, str] = {"fatal": "Fatal", "failed": "Fails", "unscored": "Unscored", "passed": "Passes"}


@dataclass(frozen=True, slots=True)
class Standing:
    """`rank` orders cases by how much they matter to somebody who asks what became worse: 0 is the gravest."""

    state: State
    rank: int
    flips: tuple[Flip, ...] = ()
    changed: bool = False
    new: bool = False

    @property
    def word(self) -> str:
        return WORDS[self.state]

    @property
    def fails_now(self) -> tuple[str, ...]:
        """Checks that passed before, where that is no noise."""
        return tuple(flip.check for flip in self.flips if not flip.passes and flip.counts)

    @property
    def may_fail(self) -> tuple[str, ...]:
        """Checks that passed before, where that may be noise."""
        return tuple(flip.check for flip in self.flips if not flip.passes and not flip.counts)

    @property
    def passes_now(self) -> tuple[str, ...]:
        """Checks that failed before."""
        return tuple(flip.check for flip in self.flips if flip.passes)

    @property
    def moved(self) -> bool:
        """Whether anything is otherwise than in the baseline."""
        return bool(self.flips) or self.changed or self.new


def standing(case_run: CaseRun, comparison: Comparison | None) -> Standing:
    """How the case stands; without a comparison nothing is known of before."""
    state = _state(case_run.trials)
    name = case_run.case.id
    flips = tuple(each for each in comparison.flips if each.case == name) if comparison else ()
    changed = comparison is not None and name in comparison.changed
    new = comparison is not None and name in comparison.new
    ordered = tuple(sorted(flips, key=lambda flip: (flip.passes, not flip.counts)))
    return Standing(state, _rank(state, ordered, changed, new), ordered, changed, new)


def gravest(trials: tuple[Trial, ...]) -> int:
    """The index of the trial in which most went wrong, the first of several."""
    return max(range(len(trials)), key=lambda at: (_weight(trials[at]), -at))


def _weight(trial: Trial) -> tuple[int, int, int]:
    return len(trial.fatal), sum(not check.passed for check in trial.checks), len(trial.unscored)


def _state(trials: tuple[Trial, ...]) -> State:
    if any(trial.fatal for trial in trials):
        return "fatal"
    if not all(map(passes, trials)):
        return "failed"
    return "passed" if any(trial.checks or trial.scores for trial in trials) else "unscored"


def _rank(state: State, flips: tuple[Flip, ...], changed: bool, new: bool) -> int:
    order = (
        state == "fatal",
        any(not flip.passes and flip.counts for flip in flips),
        any(not flip.passes for flip in flips),
        state == "failed",
        bool(flips),
        changed,
        state == "unscored",
        new,
        True,
    )
    return order.index(True)
