"""A run, and how it compares, to the head of its report: verdict, facts, figures, what it was made with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from statistics import median
from typing import Literal

from evals.comparison import Comparison, Difference
from evals.observed import Failed, Observed
from evals.reporting.made_with import SETTING, made_with
from evals.reporting.meanings import JUDGED
from evals.reporting.measured import Measured, measures, passes, passing
from evals.run_record import Run

Kind = Literal["passes", "regressed", "unjudged"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says, then the sentences for which it does."""

    kind: Kind
    title: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """Something about the run; `grave` where it is something to look into."""

    name: str
    value: str
    grave: bool = False


@dataclass(frozen=True, slots=True)
class Print:
    """What the run was made with; `before` is None where it is the same or nothing is known of before."""

    name: str
    value: str
    before: str | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A check or score now and before. `difference` is over the cases that both runs have; `then` is the mean of the
    run before over its own cases, for where nothing was compared."""

    now: Measured
    then: float | None
    difference: Difference | None

    @property
    def judged(self) -> bool:
        return self.now.name.startswith(JUDGED)


def verdict(run: Run, comparison: Comparison | None) -> Verdict:
    """Of the comparison where there is one, else what failed."""
    if comparison is None:
        failing = sum(not all(map(passes, each.trials)) for each in run.cases)
        cases = _counted(len(run.cases), "case")
        found = f"{failing} of {cases} {'fails' if failing == 1 else 'fail'}" if failing else f"all {cases} pass"
        return Verdict("unjudged", f"No baseline to compare with; {found}", fatal(run))
    if comparison.passes:
        return Verdict("passes", "No answer got worse")
    reasons = tuple(dict.fromkeys(comparison.regressions))
    return Verdict("regressed", _counted(len(reasons), "regression"), reasons)


def fatal(run: Run) -> tuple[str, ...]:
    """The fatal sentences with their cases, each once."""
    found = (f"{each.case.id}: {sentence}" for each in run.cases for trial in each.trials for sentence in trial.fatal)
    return tuple(dict.fromkeys(found))


def counts(run: Run, comparison: Comparison | None) -> tuple[Fact, ...]:
    """How much was asked, how much of it failed, and what is otherwise than before."""
    trials = [trial for each in run.cases for trial in each.trials]
    failing = sum(not all(map(passes, each.trials)) for each in run.cases)
    grave = sum(any(trial.fatal for trial in each.trials) for each in run.cases)
    dead = sum(isinstance(trial.outcome, Failed) for trial in trials)
    unscored = sum(len(trial.unscored) for trial in trials)
    found = [
        Fact("Cases", str(len(run.cases))),
        Fact("Answers", str(len(trials))),
        Fact("Failing", str(failing), failing > 0),
        Fact("Fatal", str(grave), grave > 0),
        Fact("No answer came", str(dead), dead > 0),
        Fact("Unscored", str(unscored), unscored > 0),
    ]
    return (*found, *_compared(comparison))


def circumstances(run: Run, before: Run | None) -> tuple[Fact, ...]:
    """How it was asked, what it took, and what it is held against."""
    return (*_how(run), *_accepted(before))


def _compared(comparison: Comparison | None) -> Iterator[Fact]:
    if comparison is None:
        return
    worse = len({flip.case for flip in comparison.flips if not flip.passes})
    better = len({flip.case for flip in comparison.flips if flip.passes})
    yield Fact("Newly failing", str(worse), worse > 0)
    yield Fact("Newly passing", str(better))
    yield Fact("Read otherwise", str(len(comparison.changed)))
    if comparison.new:
        yield Fact("New cases", str(len(comparison.new)))
    if comparison.gone:
        yield Fact("Cases no longer there", str(len(comparison.gone)))


def _how(run: Run) -> Iterator[Fact]:
    if run.only:
        yield Fact("Only", ", ".join(run.only))
    yield Fact("Answers repeat", "yes, nothing is sampled" if run.repeatable else "no, they vary from run to run")
    if run.timed:
        yield Fact("Seconds for an answer alone, median", f"{median(each.seconds for each in run.timed):.2f}")
    came = _came(run)
    if tokens := sum(each.tokens or 0 for each in came):
        yield Fact("Tokens", f"{tokens:,}".replace(",", "\u202f"))
    if cost := sum(each.cost or 0.0 for each in came):
        yield Fact("Cost", f"{cost:.4f}")


def _accepted(before: Run | None) -> Iterator[Fact]:
    if before and before.accepted:
        last = before.accepted[0]
        yield Fact("Baseline accepted", f"{last.when:%Y-%m-%d}: {last.why}")
    elif before:
        yield Fact("Run before", f"{before.made:%Y-%m-%d %H:%M}")


def prints(run: Run, before: Run | None, comparison: Comparison | None) -> tuple[Print, ...]:
    """Every fingerprint, with that of before where it differs."""
    told = {name: then for name, then, _ in comparison.made_with} if comparison else {}
    earlier = dict(made_with(before)) if before else {}
    return tuple(Print(name, value, _other(value, told.get(name, earlier.get(name)))) for name, value in made_with(run))


def _other(value: str, before: str | None) -> str | None:
    return before if before is not None and before != value else None


def otherwise(made: tuple[Print, ...]) -> tuple[str, ...]:
    """The names of what differs, each once; settings by their own names. That the library was written to is nothing by
    itself: its documents are looked at."""
    names = [each.name for each in made if each.before is not None and each.name != "generation"]
    settings = [name.removeprefix(SETTING) for name in names if name.startswith(SETTING)]
    rest = [name for name in names if not name.startswith(SETTING) and not (settings and name == "settings")]
    return tuple(dict.fromkeys((*rest, *settings)))


def figures(run: Run, before: Run | None, comparison: Comparison | None) -> tuple[Figure, ...]:
    """That nothing fails, every check, every score."""
    then = {each.name: each.mean for each in _all(before)} if before else {}
    differences = {each.name: each for each in comparison.differences} if comparison else {}
    return tuple(Figure(each, then.get(each.name), differences.get(each.name)) for each in _all(run))


def _all(run: Run) -> tuple[Measured, ...]:
    whole = passing(run.cases)
    return (whole, *measures(run.cases)) if whole.cases else ()


def readers(run: Run, before: Run | None = None) -> tuple[str, ...]:
    """The labels of those who may read what the report quotes, now and before, for whoever passes it on."""
    asked = {each.case.id for each in run.cases}
    earlier = replace(before, cases=tuple(each for each in before.cases if each.case.id in asked)) if before else None
    came = (*_came(run), *(_came(earlier) if earlier else ()))
    shown = (shown for each in came for shown in (*each.evidence, *each.related))
    return tuple(sorted({label for each in shown for label in each.readers}))


def _came(run: Run) -> list[Observed]:
    return [trial.outcome for each in run.cases for trial in each.trials if isinstance(trial.outcome, Observed)]


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
