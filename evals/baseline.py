"""A run as the baseline that others are held against: a file to commit, and to review in the change that explains it.

It holds what a comparison and a report's "before" need and nothing that differs between two runs of the same answers:
cases stand in the order of their ids, without the places where they were written; how long single answers took is 0,
and when their evidence was there is none, since `timed` says what can be compared; that and the probabilities are
rounded; passages offered as related, and fields at their default, are left out. Checks and scores are as they were.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from evals.case import Case
from evals.compare import fatal_sentences
from evals.errors import InvalidRun
from evals.observed import Failed, Observed, Shown
from evals.run_record import Accepted, CaseRun, Run, Timed, Trial
from evals.store import read_run, write_run

_PROBABILITY = 3
"""Decimals of relevance and answerability; what lies beyond differs between processors."""
_TIME = 3
"""Significant digits of a time: half a per cent, where the gate allows half as much again."""


def accept(run: Run, why: str, path: Path, *, when: datetime | None = None) -> Run:
    """Make `run` the baseline at `path`, for the reason `why`, and return it as it was written.

    The reasons for earlier baselines are kept from the file that is replaced, newest first. Raises InvalidRun if there
    is no reason, or if the run holds what no gate lets through, which no reason excuses, or asked only some cases.
    """
    reason = " ".join(why.split())
    if not reason:
        raise InvalidRun("a baseline needs a reason that its readers can judge; give a sentence with --why")
    _refuse_partial(run)
    _refuse_fatal(run)
    at = (when or datetime.now(UTC)).replace(microsecond=0)
    before = previous(path)
    baseline = replace(settled(run), accepted=(Accepted(at, reason), *(before.accepted if before else ())))
    write_run(baseline, path, defaults=False)
    return baseline


def settled(run: Run) -> Run:
    """The run without what differs between two runs of the same answers; a settled run stays as it is."""
    cases = (CaseRun(_unplaced(each.case), tuple(map(_trial, each.trials))) for each in run.cases)
    return replace(
        run,
        made=run.made.replace(microsecond=0),
        cases=tuple(sorted(cases, key=lambda each: each.case.id)),
        timed=tuple(sorted(map(_timed, run.timed), key=lambda each: each.case)),
    )


def previous(path: Path) -> Run | None:
    """The baseline that stands at `path`, None if nothing does. Raises InvalidRun if what stands there is none."""
    try:
        return read_run(path) if path.exists() else None
    except InvalidRun as error:
        raise InvalidRun(f"{path} is no baseline whose reasons could be kept; remove it to begin anew") from error


def _refuse_partial(run: Run) -> None:
    if run.only:
        raise InvalidRun(f"the run asked only some of its cases ({', '.join(run.only)}); run all of them, then accept")
    if not any(each.trials for each in run.cases):
        raise InvalidRun("the run holds no answer; run the cases, then accept")


def _refuse_fatal(run: Run) -> None:
    found = [(each.case.id, sentence) for each in run.cases for sentence in fatal_sentences(each.trials)]
    if found:
        case, sentence = found[0]
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        told = sentence.rstrip(".")
        raise InvalidRun(f"no baseline may hold what no gate lets through: {case}: {told}{more}; mend that first")


def _unplaced(case: Case) -> Case:
    quotes = tuple(replace(quote, place=None) for quote in case.expected.quotes)
    return replace(case, place=None, expected=replace(case.expected, quotes=quotes))


def _trial(trial: Trial) -> Trial:
    outcome = trial.outcome
    return trial if isinstance(outcome, Failed) else replace(trial, outcome=_answer(outcome))


def _answer(answer: Observed) -> Observed:
    return replace(
        answer,
        evidence=tuple(_rounded(answer.evidence)),
        related=(),
        answerable=round(answer.answerable, _PROBABILITY),
        seconds=0.0,
        first_seconds=None,
    )


def _rounded(evidence: Iterable[Shown]) -> Iterable[Shown]:
    return (replace(each, relevance=round(each.relevance, _PROBABILITY)) for each in evidence)


def _timed(timed: Timed) -> Timed:
    return replace(timed, seconds=_digits(timed.seconds), yardstick=_digits(timed.yardstick))


def _digits(seconds: float) -> float:
    return float(f"{seconds:.{_TIME}g}")
