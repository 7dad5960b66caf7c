"""A judge model's grades as scores, for cases that hold something to judge by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import anyio.to_thread
from pydantic_evals.evaluators import EvaluationReason, EvaluatorContext

from evals.case import Located
from evals.judging.errors import Unjudged
from evals.judging.judge import Judge
from evals.judging.telling import Reference
from evals.observed import Observed
from evals.scoring.scorer import Findings, Outcome, Scorer, standing, unscored

NO_ANSWER = "The documents do not say."
"""What an abstention says, in words that a judge can compare."""


@dataclass(repr=False)
class Judged(Scorer):
    """`judged_correct` and `judged_complete`, against the case's reference, else against the facts it must say."""

    judge: Judge

    names: ClassVar = ("judged_correct", "judged_complete")

    async def evaluate_async(self, ctx: EvaluatorContext[Located, Outcome, None]) -> Findings:
        """As `evaluate`, beside the loop: a judge takes seconds."""
        # A run that is stopped lets go of the judge, which ends what it is asked; nobody waits for it until then.
        return await anyio.to_thread.run_sync(self.evaluate, ctx, abandon_on_cancel=True)

    def score(self, located: Located, observed: Observed) -> Findings:
        """Where there is a reference or a fact; without a grade, why there is none."""
        case, expected = located.case, located.case.expected
        if not expected.reference and not expected.says:
            return {}
        answer = " ".join(each.text for each in standing(observed)) or NO_ANSWER
        earlier = tuple(turn.question for turn in case.history)
        try:
            grades = self.judge.judge(case.question, Reference(expected.reference, expected.says), answer, earlier)
        except Unjudged as error:
            return dict.fromkeys(self.names, unscored(str(error)))
        return {
            "judged_correct": EvaluationReason(grades.correct, grades.reason),
            "judged_complete": EvaluationReason(grades.complete, grades.reason),
        }

    def get_evaluator_version(self) -> str:
        """The scorer's own version and the judge's fingerprint."""
        return f"{self.version}:{self.judge.fingerprint}"

    def build_serialization_arguments(self) -> dict[str, Any]:
        """The judge by its fingerprint, since a connection cannot be written down."""
        return {"judge": self.judge.fingerprint}
