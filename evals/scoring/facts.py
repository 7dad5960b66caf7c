"""What the answer must and must not say, looked for as whole words, whatever their capitals.

A fact may stand in a sentence of the answer or in a quote that is shown with it, since the reader has read both. What
must not be said is looked for in the sentences alone: a source may be quoted with what is not so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from evals.case import Located
from evals.observed import Observed
from evals.reading.phrases import stands
from evals.scoring.naming import listed, shortened
from evals.scoring.scorer import Findings, Scorer, check, share, standing


@dataclass(repr=False)
class Facts(Scorer):
    """`said`: every fact, in one of its wordings, and `fact_recall`, their share; `not_said`: nothing forbidden."""

    names: ClassVar = ("said", "fact_recall", "not_said")

    def score(self, located: Located, observed: Observed) -> Findings:
        """Where there are facts to say, or not to say."""
        return {**_said(located, observed), **_not_said(located, observed)}


def _said(located: Located, observed: Observed) -> Findings:
    facts = located.case.expected.says
    if not facts:
        return {}
    texts = (*_sentences(observed), *(each.quote for each in observed.evidence))
    missing = tuple(fact for fact in facts if not any(_stands(wording, texts) for wording in fact))
    reason = f"not said: {listed(map(_wordings, missing))}" if missing else ""
    return {"said": check(not missing, reason), "fact_recall": share(len(facts) - len(missing), len(facts), reason)}


def _not_said(located: Located, observed: Observed) -> Findings:
    forbidden = located.case.expected.never_says
    if not forbidden:
        return {}
    found = (
        f"{shortened(phrase)!r} in {shortened(text)!r}"
        for phrase in forbidden
        for text in _sentences(observed)
        if stands(phrase, text, casefold=True)
    )
    reason = listed(found)
    return {"not_said": check(not reason, f"said, and must not be: {reason}")}


def _sentences(observed: Observed) -> tuple[str, ...]:
    return tuple(each.text for each in standing(observed))


def _stands(phrase: str, texts: Sequence[str]) -> bool:
    return any(stands(phrase, text, casefold=True) for text in texts)


def _wordings(fact: Sequence[str]) -> str:
    return " or ".join(repr(shortened(wording)) for wording in fact)
