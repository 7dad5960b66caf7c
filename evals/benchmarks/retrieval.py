"""Rankings of documents and what they are worth, question by question, by ir-measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.document import Passage


@dataclass(frozen=True, slots=True)
class Ranking:
    """What was found for a question, best first, and how relevant what would have been right is (0: it is not)."""

    question: str
    found: tuple[str, ...]
    relevant: Mapping[str, int]


def documents(passages: Sequence[Passage]) -> tuple[str, ...]:
    """The uris of the documents found, each where its first passage stands."""
    return tuple(dict.fromkeys(passage.attribution.uri for passage in passages))


def graded(rankings: Sequence[Ranking], *measures: str) -> dict[str, NDArray[np.float64]]:
    """Of each measure, named as ir-measures names it (nDCG@10, R@100, AP), one value for each ranking, in order."""
    import ir_measures

    named = {ir_measures.parse_measure(measure): measure for measure in measures}
    keys = [str(place) for place in range(len(rankings))]
    qrels = {key: dict(ranking.relevant) for key, ranking in zip(keys, rankings, strict=True)}
    run = {
        key: {found: float(-place) for place, found in enumerate(ranking.found)}
        for key, ranking in zip(keys, rankings, strict=True)
    }
    values = {measure: np.zeros(len(rankings)) for measure in measures}
    for metric in ir_measures.iter_calc(list(named), qrels, run):
        values[named[metric.measure]][int(metric.query_id)] = metric.value
    return values
