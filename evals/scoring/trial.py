"""What pydantic-evals reports of one answer, as a trial: checks, scores, what has no score, and what is fatal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pydantic_evals.evaluators import EvaluatorFailure
from pydantic_evals.reporting import ReportCase, ReportCaseFailure

from evals.case import Case, Located
from evals.observed import Failed
from evals.run_record import Check, Score, Trial, Unscored
from evals.scoring.evaluators import NAMES, SCORERS
from evals.scoring.exactness import Exactness
from evals.scoring.leaks import Leaks
from evals.scoring.scorer import Outcome, why_unscored

Reported = ReportCase[Located, Outcome, None]
Broken = ReportCaseFailure[Located, Outcome, None]

GRAVE = frozenset(Leaks.names + Exactness.names)
"""Checks that no gate lets fail, nor goes without: that nobody looked for a leak does not mean that there is none."""
_RANK = {name: rank for rank, name in enumerate(NAMES)}
_SCORED_BY = {scorer.get_serialization_name(): scorer.names for scorer in SCORERS}
_KIND = re.compile(r"\A\w+: (?=\S)")


def trial(report_case: Reported | Broken) -> Trial:
    """The trial of one answer, or of one that did not come, whether the task said so or broke off."""
    if isinstance(report_case, ReportCaseFailure):
        return _unanswered(Failed(_KIND.sub("", report_case.error_message, count=1)))
    if isinstance(report_case.output, Failed):
        return _unanswered(report_case.output)
    checks = [Check(each.name, each.value, each.reason or "") for each in report_case.assertions.values()]
    scores = [Score(each.name, float(each.value), each.reason or "") for each in report_case.scores.values()]
    unscored = [*_labelled(report_case), *_crashed(report_case.evaluator_failures)]
    checks.sort(key=_rank)
    scores.sort(key=_rank)
    unscored.sort(key=_rank)
    fatal = tuple(_fatal(report_case.inputs.case, checks, unscored))
    return Trial(report_case.output, tuple(checks), tuple(scores), tuple(unscored), fatal)


def _unanswered(failed: Failed) -> Trial:
    return Trial(failed, fatal=(f"no answer came: {failed.message}",))


def _labelled(report_case: Reported) -> Iterator[Unscored]:
    for each in report_case.labels.values():
        if (why := why_unscored(each.value)) is not None:
            yield Unscored(each.name, why)


def _crashed(failures: Iterable[EvaluatorFailure]) -> Iterator[Unscored]:
    """A scorer that broke off says nothing of the answer, under any of the names that it scores."""
    for failure in failures:
        for name in _SCORED_BY.get(failure.source.name, (failure.name,)):
            yield Unscored(name, f"the scorer broke off ({failure.error_message}); report it with this case")


def _fatal(case: Case, checks: Iterable[Check], unscored: Iterable[Unscored]) -> Iterator[str]:
    for check in checks:
        if not check.passed and (case.must or check.name in GRAVE):
            yield f"{check.name}: {check.reason}"
    for each in unscored:
        if each.name in GRAVE:
            yield f"{each.name} could not be checked: {each.reason}"


def _rank(each: Check | Score | Unscored) -> tuple[int, str]:
    return _RANK.get(each.name, len(_RANK)), each.name
