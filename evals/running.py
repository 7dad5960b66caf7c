"""From located cases to a run: asked several at once, scored by pydantic-evals, timed one by one, with what made it.

An answer is written into the journal as soon as it is there, so a run that is cut off loses only what was being asked.
"""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from pydantic_evals.reporting import EvaluationReport

from evals.case import Case, Located
from evals.dataset import dataset
from evals.errors import InvalidRun
from evals.journal import Journal
from evals.judging.agreement import agreement
from evals.judging.judge import Judge
from evals.judging.labelled import labelled
from evals.observe import Observatory, answered, observe
from evals.observed import Failed
from evals.run_record import CaseRun, Fingerprints, Run, Timed, Trial
from evals.scoring.evaluators import evaluators
from evals.scoring.scorer import Outcome
from evals.scoring.trial import Broken, Reported, trial
from evals.timing import timed
from evals.without import Libraries
from index.errors import OnRecordError
from rag.ask import Desk
from rag.verify import Verifier


class Progress(Protocol):
    """Whoever is told how far a run is; called from one thread at a time."""

    def asked(self, done: int, total: int) -> None:
        """So many answers of all are there."""

    def judging(self) -> None:
        """The judge is being compared with people."""

    def timed(self, done: int, total: int) -> None:
        """So many answers are timed."""


class Silence:
    """Tells nobody."""

    def asked(self, done: int, total: int) -> None: ...

    def judging(self) -> None: ...

    def timed(self, done: int, total: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """How cases are asked: `workers` at once, each `repeat` times, graded by `judge`, and timed or not.

    `steady` says that no model but a scripted one takes part in an answer: then the same question gets the same answer.
    """

    workers: int = 1
    repeat: int = 1
    judge: Judge | None = None
    timing: bool = True
    steady: bool = True


def run(
    cases: Sequence[Located],
    desk: Desk,
    made: Fingerprints,
    plan: Plan,
    journal: Journal,
    told: Progress | None = None,
) -> Run:
    """The run of `cases` at `desk`. `made` is what it is made with, and `journal` holds what was answered before.

    Raises InvalidRun if the library changes meanwhile; Ctrl-C ends it, and the journal has what was finished.
    """
    told = told or Silence()
    by_case = _asked(cases, desk, plan, journal, told)
    record = None
    if plan.judge is not None:
        told.judging()
        record = agreement(plan.judge, labelled())
    timeable = [each.case for each in cases if _can_be_timed(each.case, by_case[each.case.id])]
    times = _timed(timeable, desk, told) if plan.timing else ()
    _require_same_library(desk, made)
    return Run(
        made=datetime.now(UTC),
        fingerprints=made,
        repeatable=plan.steady and plan.judge is None,
        cases=tuple(CaseRun(each.case, tuple(by_case[each.case.id])) for each in cases),
        timed=times,
        judge=record,
    )


class _Asking:
    """Answers one case at a time of those that several threads ask for: from the journal, else from the library."""

    def __init__(self, libraries: Libraries, journal: Journal, told: Progress, total: int) -> None:
        self._libraries = libraries
        self._journal = journal
        self._told = told
        self._total = total
        self._done = 0
        self._lock = threading.Lock()

    def answer(self, located: Located) -> Outcome:
        """The answer, written into the journal."""
        case = located.case
        outcome: Outcome | None = self._journal.take(case)
        if outcome is None:
            outcome = self._observed(located)
            self._journal.add(case, outcome)
        with self._lock:
            self._done += 1
            self._told.asked(self._done, self._total)
        return outcome

    def _observed(self, located: Located) -> Outcome:
        try:
            with self._libraries.without(located.without) as at:
                return observe(located.case, at)
        except OnRecordError as error:
            return Failed(str(error))


def _asked(
    cases: Sequence[Located], desk: Desk, plan: Plan, journal: Journal, told: Progress
) -> dict[str, list[Trial]]:
    """The trials of each case, by its id."""
    # A copy of the library serves the cases that want it one after another, and is gone before the next is made.
    ordered = sorted(cases, key=lambda each: sorted(each.without))
    stopping = threading.Event()
    with (
        Libraries(desk, stopping) as libraries,
        ThreadPoolExecutor(plan.workers, thread_name_prefix="asking") as pool,
    ):
        asking = _Asking(libraries, journal, told, len(cases) * plan.repeat)
        told.asked(0, len(cases) * plan.repeat)
        try:
            report = asyncio.run(_report(ordered, asking, plan, pool))
        finally:
            stopping.set()
            pool.shutdown(cancel_futures=True)
    return _by_case(report)


async def _report(
    cases: Sequence[Located], asking: _Asking, plan: Plan, pool: ThreadPoolExecutor
) -> EvaluationReport[Located, Outcome, None]:
    loop = asyncio.get_running_loop()

    # In a pool of our own, since Ctrl-C must not wait for threads that wait for a model: they are told to stop.
    async def answer(located: Located) -> Outcome:
        return await loop.run_in_executor(pool, asking.answer, located)

    asked = dataset(cases, evaluators(plan.judge))
    return await asked.evaluate(answer, progress=False, max_concurrency=plan.workers, repeat=plan.repeat)


def _by_case(report: EvaluationReport[Located, Outcome, None]) -> dict[str, list[Trial]]:
    """Repeats are reported under names of their own, and beside it the case's; a task that broke off stands apart."""
    trials: dict[str, list[Trial]] = defaultdict(list)
    reported: list[Reported | Broken] = [*report.cases, *report.failures]
    for each in reported:
        trials[each.inputs.case.id].append(trial(each))
    return trials


def _timed(cases: Sequence[Case], desk: Desk, told: Progress) -> tuple[Timed, ...]:
    """The answers in exact quotes, whoever writes: the pace of a model is its server's, and no two calls have the
    same."""
    at = Observatory.at(replace(desk, model=None, writer=None, verifier=Verifier()))

    def answer(case: Case) -> None:
        answered(case, at)

    return timed(cases, answer, told.timed)


def _can_be_timed(case: Case, trials: Sequence[Trial]) -> bool:
    """Not a copy of the library, whose disk would be timed with it, and nothing that has no answer."""
    return not case.without and not any(isinstance(each.outcome, Failed) for each in trials)


def _require_same_library(desk: Desk, made: Fingerprints) -> None:
    if desk.corpus.generation != made.generation:
        raise InvalidRun("the library changed while its cases were asked; run them again while nothing is synced")
