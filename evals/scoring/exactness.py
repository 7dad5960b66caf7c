"""Whether everything that is shown as a document's words is just that, related passages included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from evals.case import Located
from evals.observed import Observed
from evals.scoring.naming import listed, named, shortened
from evals.scoring.scorer import Findings, Scorer, check


@dataclass(repr=False)
class Exactness(Scorer):
    """`exact`: every quote stands in its document, at its place."""

    names: ClassVar = ("exact",)

    def score(self, located: Located, observed: Observed) -> Findings:
        """Where anything is shown."""
        shown = (*observed.evidence, *observed.related)
        if not shown:
            return {}
        wrong = tuple(each for each in shown if not each.exact)
        told = listed(f"{named(each)} at {each.start} to {each.end}: {shortened(each.quote)!r}" for each in wrong)
        return {"exact": check(not wrong, f"not the words of the document: {told}")}
