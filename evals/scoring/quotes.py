"""Expected words against the quotes that were shown: recall and precision over spans of the documents.

Recall counts expected quotes: one is found if at least 80 % of its characters, in one of the places where the same
words stand, lie in the evidence, all quotes of that document together. Precision counts shown quotes: one bears on
what is expected if it and a place of an expected quote have at least half of the shorter one in common.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from pydantic_evals.evaluators import EvaluationReason

from evals.case import Located, Quoted, Span
from evals.observed import Observed, Shown
from evals.scoring.coverage import bears, is_covered
from evals.scoring.naming import listed, named, shortened
from evals.scoring.scorer import Findings, Scorer, check, share, unscored


@dataclass(repr=False)
class Quotes(Scorer):
    """`quoted`: every expected quote is shown; `quote_recall`; and, of what was shown, `quote_precision`."""

    names: ClassVar = ("quoted", "quote_recall", "quote_precision")

    def score(self, located: Located, observed: Observed) -> Findings:
        """Where quotes are expected; precision only where any is shown."""
        if not located.quotes:
            return {}
        found = tuple(is_covered(places, observed.evidence) for places in located.quotes)
        missing = listed(
            _missing(expected, places)
            for expected, places, is_found in zip(located.case.expected.quotes, located.quotes, found, strict=True)
            if not is_found
        )
        findings = {"quoted": check(all(found), missing), "quote_recall": share(sum(found), len(found), missing)}
        return findings | _precision(located.quotes, observed.evidence)


def _precision(expected: Sequence[Sequence[Span]], evidence: Sequence[Shown]) -> dict[str, EvaluationReason]:
    if not evidence:
        return {}
    places = tuple(place for each in expected for place in each)
    if not places:
        why = "none of the expected quotes stands in the documents any longer"
        return {"quote_precision": unscored(why)}
    beside = tuple(each for each in evidence if not bears(each, places))
    reason = f"beside what is expected: {listed(map(named, beside))}" if beside else ""
    return {"quote_precision": share(len(evidence) - len(beside), len(evidence), reason)}


def _missing(expected: Quoted, places: Sequence[Span]) -> str:
    if not places:
        return f"no longer in the documents: {_words(expected)}"
    uris = tuple(dict.fromkeys(place.uri for place in places))
    return f"not quoted: {_words(expected)} ({listed(uris, most=2)})"


def _words(expected: Quoted) -> str:
    if expected.text is not None:
        return repr(shortened(expected.text))
    return f"characters {expected.start} to {expected.end} of {expected.document}"
