"""Whether the asker was shown anything that is not theirs to read, as evidence or as a related passage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from evals.case import Located
from evals.observed import Observed
from evals.scoring.naming import listed, named
from evals.scoring.scorer import Findings, Scorer, check

PUBLIC = "public"
"""The label that everybody holds."""


@dataclass(repr=False)
class Leaks(Scorer):
    """`no_leak`: each document that is shown may be read by one of the labels that the asker holds.

    The person at this machine reads everything, so for them there is nothing to check. Nothing shown is no leak.
    """

    names: ClassVar = ("no_leak",)

    def score(self, located: Located, observed: Observed) -> Findings:
        """Where the case says who asks."""
        if located.case.readers is None:
            return {}
        held = {PUBLIC, *located.case.readers}
        leaked = (each for each in (*observed.evidence, *observed.related) if held.isdisjoint(each.readers))
        told = listed(f"{named(each)}, for {', '.join(each.readers) or 'nobody'}" for each in leaked)
        return {"no_leak": check(not told, f"shown to somebody who may not read it: {told}")}
