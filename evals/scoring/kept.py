"""How much of what a model wrote could stand once it was checked against the quotes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from evals.case import Located
from evals.observed import Observed
from evals.scoring.naming import listed, shortened
from evals.scoring.scorer import Findings, Scorer, share


@dataclass(repr=False)
class ProseKept(Scorer):
    """`prose_kept`: of the sentences that a model wrote, the share that stood."""

    names: ClassVar = ("prose_kept",)

    def score(self, located: Located, observed: Observed) -> Findings:
        """Where a model was asked to write, and wrote a sentence."""
        kept = _kept(observed) if observed.written else 0
        wrote = kept + len(observed.left_out)
        if not observed.written or not wrote:
            return {}
        refused = listed((f"{shortened(each.text)!r}: {each.reason}" for each in observed.left_out), most=3)
        return {"prose_kept": share(kept, wrote, f"refused: {refused}" if refused else "")}


def _kept(observed: Observed) -> int:
    """An answer is either the model's sentences or, where none of them stood, quotes with a yes or no before them."""
    if any(each.support == "quoted" for each in observed.sentences):
        return 0
    return sum(each.support == "supported" for each in observed.sentences)
