"""Documents that must be cited: by a sentence of the answer that stands, not merely shown beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from evals.case import Located
from evals.observed import Observed
from evals.scoring.naming import listed
from evals.scoring.scorer import Findings, Scorer, check, share, standing


@dataclass(repr=False)
class Sources(Scorer):
    """`cited`: every expected document; `source_recall`: their share."""

    names: ClassVar = ("cited", "source_recall")

    def score(self, located: Located, observed: Observed) -> Findings:
        """Where sources are expected."""
        if not located.sources:
            return {}
        cited = _cited(observed)
        missing = tuple(
            f"not cited: {uri}" if uri else f"no longer in the library: {name}"
            for name, uri in zip(located.case.expected.sources, located.sources, strict=True)
            if uri not in cited
        )
        of, reason = len(located.sources), listed(missing)
        return {"cited": check(not missing, reason), "source_recall": share(of - len(missing), of, reason)}


def _cited(observed: Observed) -> frozenset[str]:
    numbers = {number for each in standing(observed) for number in each.citations}
    return frozenset(each.uri for each in observed.evidence if each.number in numbers)
