"""Whether the reader is shown that sources disagree, or that one changed its statement, where the case expects it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from evals.case import Located
from evals.observed import Differing, Observed
from evals.scoring.naming import listed
from evals.scoring.scorer import Findings, Scorer, check


@dataclass(repr=False)
class Differences(Scorer):
    """`differs`: some difference is shown, one of the expected kind, or none."""

    names: ClassVar = ("differs",)

    def score(self, located: Located, observed: Observed) -> Findings:
        """Where the case says which."""
        expected = located.case.expected.differs
        if expected is None:
            return {}
        kinds = {each.relation for each in observed.differing}
        passed = not kinds if expected == "none" else bool(kinds) if expected == "any" else expected in kinds
        wanted = "no difference" if expected == "none" else "a difference" if expected == "any" else f"{expected!r}"
        shown = listed(map(_told, observed.differing)) or "none"
        return {"differs": check(passed, f"expected {wanted} to be shown, and shown is: {shown}")}


def _told(difference: Differing) -> str:
    numbers = " and ".join(map(str, difference.evidence))
    words = f" ({', '.join(difference.differences)})" if difference.differences else ""
    return f"{difference.relation} quotes {numbers}{words}"
