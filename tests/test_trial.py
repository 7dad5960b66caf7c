"""From what pydantic-evals reports to a trial: real data sets, scored by all scorers, by broken ones and by none."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pytest
from pydantic_evals import Case as DataCase
from pydantic_evals import Dataset
from pydantic_evals.evaluators import EvaluationReason, Evaluator, EvaluatorContext
from pydantic_evals.reporting import ReportCase

from evals.case import Expected, Located
from evals.observed import Failed, LeftOut, Observed, Said
from evals.run_record import Check, Score, Trial, Unscored
from evals.scoring.evaluators import NAMES, evaluators
from evals.scoring.leaks import Leaks
from evals.scoring.quotes import Quotes
from evals.scoring.scorer import Findings, Outcome, Scorer, unscored
from evals.scoring.trial import trial
from rag.errors import ModelUnavailable
from tests.scored import located, observed, shown, span

LASTED = "The talks in Moscow lasted five hours."
EXPECTED = Expected(True, (), (("five hours",), ("Oslo",)), ("six",), (), "none")
Task = Callable[[Located], Outcome]


def run(task: Task, case: Located, scorers: Sequence[Evaluator[Located, Outcome, None]] | None = None) -> Trial:
    [found] = trials(task, case, scorers)
    return found


def trials(
    task: Task, case: Located, scorers: Sequence[Evaluator[Located, Outcome, None]] | None = None, repeat: int = 1
) -> list[Trial]:
    dataset = Dataset[Located, Outcome, None](
        name="talks",
        cases=[DataCase(name=case.case.id, inputs=case)],
        evaluators=evaluators() if scorers is None else scorers,
    )
    report = asyncio.run(dataset.evaluate(task, progress=False, repeat=repeat))
    return [*map(trial, report.cases), *map(trial, report.failures)]


def answering(*answers: Outcome) -> Task:
    coming = iter(answers)
    return lambda case: next(coming)


def test_a_trial_has_what_applies_grave_checks_first_and_the_answer() -> None:
    answer = observed(shown(LASTED))
    found = run(answering(answer), located([span("five hours")], expected=EXPECTED, readers=()))
    assert found.outcome == answer
    assert found.checks == (
        Check("no_leak", True),
        Check("exact", True),
        Check("answered", True),
        Check("quoted", True),
        Check("said", False, "not said: 'Oslo'"),
        Check("not_said", True),
        Check("differs", True),
    )
    assert found.scores == (
        Score("quote_recall", 1.0),
        Score("quote_precision", 1.0),
        Score("fact_recall", 0.5, "not said: 'Oslo'"),
    )
    assert (found.unscored, found.fatal) == ((), ())


def test_a_case_that_must_pass_makes_each_failed_check_fatal() -> None:
    found = run(answering(observed()), located([span(LASTED)], expected=EXPECTED, must=True))
    failed = [f"{each.name}: {each.reason}" for each in found.checks if not each.passed]
    assert len(failed) == 3
    assert list(found.fatal) == failed


def test_a_low_score_alone_is_not_fatal() -> None:
    answer = observed(
        shown(LASTED),
        sentences=(Said("It took five hours.", "supported", (1,)),),
        left_out=(LeftOut("No.", "no quote says so"),),
        written=True,
    )
    found = run(answering(answer), located(must=True))
    assert [each.value for each in found.scores] == [0.5]
    assert found.fatal == ()


@pytest.mark.parametrize("must", [False, True])
def test_a_leak_and_an_inexact_quote_are_fatal_whatever_the_case_says_and_told_once(must: bool) -> None:
    answer = observed(shown(LASTED, exact=False, readers=("board",)))
    found = run(answering(answer), located(readers=("desk",), must=must))
    assert found.fatal == (
        "no_leak: shown to somebody who may not read it: quote 1 of briefs/talks.txt, for board",
        f"exact: not the words of the document: quote 1 of briefs/talks.txt at 0 to 38: {LASTED!r}",
    )


def test_an_answer_that_did_not_come_is_fatal_and_scores_nothing() -> None:
    found = run(answering(Failed("the library is gone; sync again")), located([span(LASTED)], expected=EXPECTED))
    assert found == Trial(
        Failed("the library is gone; sync again"), fatal=("no answer came: the library is gone; sync again",)
    )


def breaking(error: Exception) -> Task:
    def broken(case: Located) -> Outcome:
        raise error

    return broken


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ModelUnavailable("the model is away: try again"), "the model is away: try again"),
        (ValueError("time: is up"), "time: is up"),
        (ValueError(), "ValueError: "),
    ],
)
def test_a_task_that_breaks_off_is_an_answer_that_did_not_come(error: Exception, message: str) -> None:
    found = run(breaking(error), located(expected=EXPECTED))
    assert found == Trial(Failed(message), fatal=(f"no answer came: {message}",))


@dataclass(repr=False)
class BrokenQuotes(Quotes):
    """Breaks off."""

    @classmethod
    def get_serialization_name(cls) -> str:
        return Quotes.get_serialization_name()

    def score(self, located: Located, observed: Observed) -> Findings:
        raise ZeroDivisionError("of nothing")


@dataclass(repr=False)
class BrokenLeaks(Leaks):
    """Breaks off."""

    @classmethod
    def get_serialization_name(cls) -> str:
        return Leaks.get_serialization_name()

    def score(self, located: Located, observed: Observed) -> Findings:
        raise KeyError("readers")


def test_a_scorer_that_breaks_off_leaves_all_its_names_unscored_and_the_others_alone() -> None:
    scorers = [BrokenQuotes(), *(each for each in evaluators() if not isinstance(each, Quotes))]
    found = run(answering(observed(shown(LASTED))), located([span(LASTED)], expected=EXPECTED, must=True), scorers)
    assert [each.name for each in found.unscored] == ["quoted", "quote_recall", "quote_precision"]
    assert {each.reason for each in found.unscored} == {
        "the scorer broke off (ZeroDivisionError: of nothing); report it with this case"
    }
    assert {each.name for each in found.scores} == {"fact_recall"}
    assert {each.name for each in found.checks} == {"exact", "answered", "said", "not_said", "differs"}
    assert not any("quote" in each for each in found.fatal)


def test_that_nobody_could_look_for_a_leak_is_fatal() -> None:
    found = run(answering(observed(shown(LASTED))), located(readers=("desk",)), [BrokenLeaks()])
    assert len(found.fatal) == 1
    assert found.fatal[0].startswith("no_leak could not be checked: the scorer broke off (KeyError: 'readers')")


@dataclass(repr=False)
class Labels(Scorer):
    """Says that something has no score, and something else that is no score."""

    names: ClassVar = ("judged_correct", "mood")

    def score(self, located: Located, observed: Observed) -> Findings:
        return {"judged_correct": unscored("the judge is away"), "mood": EvaluationReason("calm")}


def test_a_label_is_unscored_only_if_it_says_so() -> None:
    found = run(answering(observed()), located(), [Labels()])
    assert found.unscored == (Unscored("judged_correct", "the judge is away"),)
    assert (found.checks, found.scores) == ((), ())


@dataclass(repr=False)
class Foreign(Evaluator[Located, Outcome, None]):
    """An evaluator of somebody else's, which counts in whole numbers."""

    def evaluate(self, ctx: EvaluatorContext[Located, Outcome, None]) -> dict[str, bool | int]:
        return {"short": True, "brevity": 1}


def test_somebody_elses_evaluator_counts_too_after_ours() -> None:
    found = run(answering(observed()), located(expected=EXPECTED), [Foreign(), *evaluators()])
    assert found.checks[-1] == Check("short", True)
    assert found.scores[-1] == Score("brevity", 1.0)
    assert "short" not in NAMES


def test_repeats_keep_their_case_and_their_own_findings() -> None:
    answers = (observed(shown(LASTED)), observed(), Failed("it is late"))
    found = trials(answering(*answers), located(expected=Expected(answerable=True)), repeat=3)
    assert sorted((each.checks[0].passed for each in found if each.checks), reverse=True) == [True, False]
    assert [each.outcome for each in found if each.fatal] == [Failed("it is late")]


def test_a_repeated_case_goes_by_its_own_name() -> None:
    dataset = Dataset[Located, Outcome, None](name="talks", cases=[DataCase(name="one", inputs=located())])
    report = asyncio.run(dataset.evaluate(answering(observed(), observed()), progress=False, repeat=2))
    assert {(each.name, each.source_case_name, each.inputs.case.id) for each in report.cases} == {
        ("one [1/2]", "one", "talks-length"),
        ("one [2/2]", "one", "talks-length"),
    }


def test_results_carry_the_versions_of_their_scorers() -> None:
    dataset = Dataset[Located, Outcome, None](
        name="talks", cases=[DataCase(inputs=located([span(LASTED)], expected=EXPECTED))], evaluators=evaluators()
    )
    [case] = asyncio.run(dataset.evaluate(answering(observed(shown(LASTED))), progress=False)).cases
    assert isinstance(case, ReportCase)
    for each in (*case.assertions.values(), *case.scores.values()):
        assert each.evaluator_version


def test_scoring_logs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        run(answering(observed(shown(LASTED))), located([span(LASTED)], expected=EXPECTED))
    assert not [each for each in caplog.records if LASTED in each.getMessage()]
