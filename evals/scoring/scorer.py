"""What every scorer is: an evaluator of pydantic-evals over a located case and what its answer was seen to be.

A true or false is a check, a number a score, and a name that is missing does not apply to the case. What should have
been scored and could not be is a label that `unscored` makes: it is neither wrong nor zero.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from pydantic_evals.evaluators import EvaluationReason, Evaluator, EvaluatorContext

from evals.case import Located
from evals.observed import Failed, Observed, Said

Outcome = Observed | Failed
Findings = Mapping[str, EvaluationReason]
"""By the names of checks and scores; each with a sentence for a person, None where all is well."""

_UNSCORED = "unscored: "


@dataclass(repr=False)
class Scorer(Evaluator[Located, Outcome, None]):
    """Scores an answer that came; where none did, nothing of it applies.

    `names` are all that it may find. `version` changes with what it finds in the same answer, so that figures of
    different versions are not taken for each other.
    """

    names: ClassVar[tuple[str, ...]] = ()
    version: ClassVar[str] = "1"

    def evaluate(self, ctx: EvaluatorContext[Located, Outcome, None]) -> Findings:
        """What `score` finds, by name."""
        return {} if isinstance(ctx.output, Failed) else self.score(ctx.inputs, ctx.output)

    @abstractmethod
    def score(self, located: Located, observed: Observed) -> Findings:
        """What applies to the case, by name."""

    def get_evaluator_version(self) -> str:
        """The version, for whoever keeps results of several."""
        return self.version


def check(passed: bool, reason: str) -> EvaluationReason:
    """A check; the reason is kept only if it failed."""
    return EvaluationReason(passed, None if passed else reason)


def share(found: int, of: int, reason: str = "") -> EvaluationReason:
    """A score: the share `found` of `of`, which must be more than none."""
    return EvaluationReason(found / of, reason or None)


def unscored(why: str) -> EvaluationReason:
    """A label that stands where a check or a score cannot be had."""
    return EvaluationReason(f"{_UNSCORED}{why}")


def why_unscored(label: str) -> str | None:
    """What `unscored` was told; None for any other label.

    >>> why_unscored("unscored: the judge is away"), why_unscored("blue")
    ('the judge is away', None)
    """
    return label.removeprefix(_UNSCORED) if label.startswith(_UNSCORED) else None


def standing(observed: Observed) -> tuple[Said, ...]:
    """The sentences of the answer that rest on quotes."""
    return tuple(each for each in observed.sentences if each.support in ("quoted", "supported"))
