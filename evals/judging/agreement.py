"""How often a judge model grades as a person did, measured in the same run as the grades that it is read beside.

Replies that are no verdict are counted apart: kappa is over the others, so read it with their number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from evals.judging.errors import Unjudged
from evals.judging.judge import Judge
from evals.judging.kappa import Kappa, kappa
from evals.judging.labelled import Labelled
from evals.judging.telling import Reference
from evals.judging.verdict import GRADES, Verdict
from evals.run_record import JudgeRecord

_RANKS = {grade: rank for rank, grade in enumerate(GRADES)}
_THREADS = 16
"""The judge itself takes no more at a time than its server does."""


@dataclass(frozen=True, slots=True)
class Graded:
    """A labelled case with the judge's verdict; None, and why, where it gave none."""

    case: Labelled
    verdict: Verdict | None
    unreadable: str = ""


def graded(
    judge: Judge, cases: Sequence[Labelled], progress: Callable[[int], None] = lambda done: None
) -> tuple[Graded, ...]:
    """What the judge says of each case, in their order; `progress` is told how many are done."""
    found: list[Graded] = []
    with ThreadPoolExecutor(max_workers=_THREADS) as pool:
        for each in pool.map(lambda case: _graded(judge, case), cases):
            found.append(each)
            progress(len(found))
    return tuple(found)


def agreement(judge: Judge, cases: Sequence[Labelled]) -> JudgeRecord:
    """The judge and its agreement with people over `cases`: both grades, pooled, of those it gave a verdict on."""
    found = graded(judge, cases)
    agreed = pooled(found)
    unreadable = sum(each.verdict is None for each in found)
    return JudgeRecord(judge.fingerprint, judge.rubric, agreed.value, agreed.low, agreed.high, len(found), unreadable)


def pooled(found: Sequence[Graded]) -> Kappa:
    """Agreement on both grades."""
    return kappa(
        [(_correct(each, each.verdict), _complete(each, each.verdict)) for each in found if each.verdict], len(GRADES)
    )


def on_correctness(found: Sequence[Graded]) -> Kappa:
    """Agreement on how correct the answers are."""
    return kappa([(_correct(each, each.verdict),) for each in found if each.verdict], len(GRADES))


def on_completeness(found: Sequence[Graded]) -> Kappa:
    """Agreement on how complete the answers are."""
    return kappa([(_complete(each, each.verdict),) for each in found if each.verdict], len(GRADES))


def _graded(judge: Judge, case: Labelled) -> Graded:
    try:
        return Graded(case, judge.judge(case.question, Reference(case.reference, case.facts), case.answer))
    except Unjudged as error:
        return Graded(case, None, str(error))


def _correct(each: Graded, said: Verdict) -> tuple[int, int]:
    return _RANKS[each.case.correct], _RANKS[said.correctness]


def _complete(each: Graded, said: Verdict) -> tuple[int, int]:
    return _RANKS[each.case.complete], _RANKS[said.completeness]
