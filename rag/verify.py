"""Whether a sentence follows from the quotes it cites: by rule, by a calibrated probability, by a judge if any."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from rag.checking.mismatch import Mismatch, mismatches
from rag.checking.saying import MOST_CITED, cited, coverage
from rag.checking.support import Supporter
from rag.checking.support_coefficients import ANSWERS_THRESHOLD, THRESHOLD
from rag.checking.yes_no import Reply, reply
from rag.ground import Ground
from rag.verdict import Finding, Verdict

if TYPE_CHECKING:
    from index.embed import MiniLM

_VERSION = "3"
_REFUSED = 0.05
"""The probability of a yes or no that goes against its quotes."""
_UNSAID = "the quotes do not say enough of it"
_BARE = "it says nothing without its question"
_DENIED = "the quotes deny what is asked"
_AFFIRMED = "the quotes affirm what is asked"
_UNDECIDED = "the quotes do not deny what is asked"


class Judge(Protocol):
    """A model that is asked for its verdict on a sentence."""

    @property
    def fingerprint(self) -> str:
        """Changes with whatever it says."""

    def veto(self, claim: str, grounds: Sequence[Ground]) -> str | None:
        """Why the sentence may not stand, None where it may."""


class Verifier:
    """Checks sentences against quotes. `encoder` is for the probability, `judge` is a model that may refuse."""

    def __init__(self, encoder: MiniLM | None = None, judge: Judge | None = None) -> None:
        self._encoder = encoder
        self._judge = judge

    @cached_property
    def _supporter(self) -> Supporter:
        """Made when first needed: it loads the encoder."""
        return Supporter(self._encoder)

    @cached_property
    def fingerprint(self) -> str:
        """Two with the same fingerprint say the same of the same sentence."""
        judge = self._judge.fingerprint if self._judge else ""
        return hashlib.sha256(f"verify {_VERSION} {self._supporter.fingerprint} {judge}".encode()).hexdigest()[:16]

    def verify(self, claim: str, grounds: Sequence[Ground], *, question: str | None = None) -> Verdict:
        """The verdict on `claim`, which cites `grounds`; `question` is what it answers.

        A figure, date, name, quoted word, negation or modality that the quotes do not bear out refuses it, however
        probable the rest, and holds its probability under what would let it stand. Of a claim that is held against a
        whole article, only what the article says otherwise does; what is merely not found there lowers the
        probability. Few sentences do not bear out a claim about something of which none of them speaks. A "yes" has to
        be borne out for what was asked, and a "no" denied.
        """
        if not any(ground.quote.strip() for ground in grounds):
            return Verdict("unsupported", 0.0, ("it cites no quote",))
        answer = reply(claim, question)
        refused = _refused_answer(answer, grounds)
        if refused is not None:
            return refused
        if answer.affirms is False and not answer.rest:
            return Verdict("supported", self._probability(answer.asked or claim, grounds, ()))
        return self._statement(answer.rest or answer.asked or claim, grounds)

    def _statement(self, claim: str, grounds: Sequence[Ground]) -> Verdict:
        found = mismatches(claim, grounds)
        probability = self._probability(claim, grounds, found)
        article = cited(grounds) > MOST_CITED
        threshold = THRESHOLD if article else ANSWERS_THRESHOLD
        if not found and not article:
            found = self._supporter.unspoken(claim, grounds)
        if any(each.contradicted for each in found) or (found and not article):
            return _refused(found, min(probability, threshold))
        if probability < threshold:
            return Verdict("unsupported", probability, _reasons(found) or (_UNSAID,))
        veto = self._judge.veto(claim, grounds) if self._judge else None
        return Verdict("unsupported", probability, (veto,)) if veto else Verdict("supported", probability)

    def _probability(self, claim: str, grounds: Sequence[Ground], found: Sequence[Mismatch]) -> float:
        return self._supporter.probability(claim, grounds, found)


def _refused_answer(answer: Reply, grounds: Sequence[Ground]) -> Verdict | None:
    """The verdict on a yes or no that goes against the quotes; None where they let it stand."""
    if answer.affirms is None:
        return None
    if answer.asked is None:
        return None if answer.rest else Verdict("unsupported", 0.0, (_BARE,))
    found = mismatches(answer.asked, grounds)
    denied = any(each.contradicted and each.kind != "modality" for each in found)
    if answer.affirms and denied:
        return Verdict("contradicted", _REFUSED, (_DENIED,))
    if not answer.affirms and not denied:
        if not found and coverage(answer.asked, grounds) >= _AFFIRMING and not answer.rest:
            return Verdict("contradicted", _REFUSED, (_AFFIRMED,))
        return None if answer.rest else Verdict("unsupported", _REFUSED, (_UNDECIDED,))
    return None


_AFFIRMING = 0.8
"""The share of what is asked that quotes must speak of, without denying it, to be held to affirm it."""


def _refused(found: Sequence[Mismatch], probability: float) -> Verdict:
    support: Finding = "contradicted" if any(each.contradicted for each in found) else "unsupported"
    return Verdict(support, probability, _reasons(found))


def _reasons(found: Sequence[Mismatch]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.reason for each in found))
