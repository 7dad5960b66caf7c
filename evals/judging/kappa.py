"""How far two raters agree beyond chance, on grades that have an order.

Cohen's kappa with quadratic weights (J. Cohen, "Weighted kappa", Psychological Bulletin 70, 1968): one minus the
disagreement that is seen over that which two raters with the same shares of each grade would have by chance, where a
disagreement by two grades counts four times one by one. Several questions are pooled by adding up both before dividing
(H. de Vries et al., "Using pooled kappa to summarize interrater agreement across many items", Field Methods 20, 2008),
since taking all ratings for those of one question would count the difference between the questions as agreement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 10_000
_UNKNOWN = (0.0, -1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Kappa:
    """1 is full agreement, 0 what chance gives, below 0 less than that; `low` to `high` is its 95 % interval."""

    value: float
    low: float
    high: float


def kappa(
    ratings: Sequence[Sequence[tuple[int, int]]], grades: int, *, seed: int = 0, resamples: int = RESAMPLES
) -> Kappa:
    """Pooled weighted kappa of cases, each with a pair of grades (0 to `grades` - 1; one of each rater) for every
    question, in the same order.

    The interval is the percentile bootstrap's over cases (B. Efron and R. Tibshirani, "An Introduction to the
    Bootstrap", 1993, chapter 13), so that the grades of one case stay together. It is a little narrow: of 1,000 draws
    of 76 cases from three populations, it held the true kappa of .49, .81 and .89 in 94, 93 and 90 %. Without a case
    nothing is known: 0, and -1 to 1.
    """
    if not ratings:
        return Kappa(*_UNKNOWN)
    cells = np.array([[first * grades + second for first, second in case] for case in ratings])
    seen = np.eye(grades * grades)[cells]  # cases, questions, pairs of grades
    counts = np.random.default_rng(seed).multinomial(len(seen), np.full(len(seen), 1 / len(seen)), size=resamples)
    value = _pooled(seen.sum(axis=0)[None], grades)[0]
    low, high = np.percentile(_pooled(np.tensordot(counts, seen, axes=1), grades), (2.5, 97.5))
    return Kappa(float(value), float(low), float(high))


def _pooled(tables: NDArray[np.float64], grades: int) -> NDArray[np.float64]:
    """Kappa of each table, of the form (tables, questions, pairs); 0 where chance cannot disagree: it shows nothing."""
    shaped = tables.reshape(*tables.shape[:2], grades, grades)
    of = shaped.sum(axis=(2, 3))[..., None, None]
    chance = shaped.sum(axis=3)[..., :, None] * shaped.sum(axis=2)[..., None, :] / of
    at = np.arange(grades)
    weights = (at[:, None] - at[None, :]) ** 2
    disagreed, expected = ((weights * each).sum(axis=(1, 2, 3)) for each in (shaped, chance))
    ratio: NDArray[np.float64] = np.divide(disagreed, expected, out=np.ones_like(disagreed), where=expected > 0)
    return 1 - ratio
