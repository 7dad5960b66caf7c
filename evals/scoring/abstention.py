"""Whether an answer came where the documents hold one, and none where they do not say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from evals.case import Located
from evals.observed import Observed
from evals.scoring.naming import shortened
from evals.scoring.scorer import Findings, Scorer, check


@dataclass(repr=False)
class Abstention(Scorer):
    """`answered`: answered or abstained, as expected."""

    names: ClassVar = ("answered",)

    def score(self, located: Located, observed: Observed) -> Findings:
        """One check, where the case says which."""
        expected = located.case.expected.answerable
        if expected is None:
            return {}
        answered = observed.status == "answered"
        return {"answered": check(answered == expected, _answered(observed) if answered else _abstained(observed))}


def _answered(observed: Observed) -> str:
    first = f": {shortened(observed.sentences[0].text)!r}" if observed.sentences else ""
    return f"answered, although the documents do not say{first} ({_certainty(observed)})"


def _abstained(observed: Observed) -> str:
    return f"abstained, although the documents hold the answer ({_certainty(observed)})"


def _certainty(observed: Observed) -> str:
    return f"answerable {observed.answerable:.2f}, answers from {observed.threshold:.2f}"
