"""Whether a sentence follows from the quotes it cites: by rule, by a calibrated probability, by a judge if any."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from rag.ground import Ground
from rag.mismatch import Mismatch, mismatches
from rag.saying import coverage
from rag.verdict import Finding, Verdict

if TYPE_CHECKING:
    from index.embed import MiniLM

_VERSION = "1"
_THRESHOLD = 0.5
_HARD = frozenset(("figure", "date", "name", "quotation", "negation", "modality"))
"""What is not shown if the quotes do not bear it out, whatever the probability."""


class Judge(Protocol):
    """A model that is asked for its verdict: the reason why a sentence may not stand, or None."""

    def veto(self, claim: str, grounds: Sequence[Ground]) -> str | None:
        """Why not, if so."""


class Verifier:
    """Checks sentences against quotes. `encoder` refines the probability, `judge` is a model that may refuse."""

    def __init__(self, encoder: MiniLM | None = None, judge: Judge | None = None) -> None:
        self._judge = judge
        self.fingerprint = hashlib.sha256(f"verify {_VERSION}".encode()).hexdigest()[:12]

    def verify(self, claim: str, grounds: Sequence[Ground], *, question: str | None = None) -> Verdict:
        """The verdict on `claim`, which cites `grounds`; `question` is what a bare "Yes." answers."""
        if not any(ground.quote.strip() for ground in grounds):
            return Verdict("unsupported", 0.0, ("it cites no quote",))
        found = mismatches(claim, grounds)
        probability = coverage(claim, grounds)
        if hard := tuple(each for each in found if each.kind in _HARD):
            return _refused(hard, min(probability, _THRESHOLD / 2))
        if probability < _THRESHOLD:
            return Verdict("unsupported", probability, ("the quotes do not say enough of it",))
        if self._judge is not None and (veto := self._judge.veto(claim, grounds)):
            return Verdict("unsupported", probability, (veto,))
        return Verdict("supported", probability)


def _refused(found: Sequence[Mismatch], probability: float) -> Verdict:
    support: Finding = "contradicted" if any(each.contradicted for each in found) else "unsupported"
    return Verdict(support, probability, tuple(dict.fromkeys(each.reason for each in found)))
