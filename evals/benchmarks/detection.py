"""Detecting something in rows: precision, recall, F1, balanced accuracy and the area under the ROC curve.

One model's word on the rows is a Telling. Where models were fitted on random halves, each says something of the other
half alone: a figure is then the mean over these halves, and its interval that of the mean, over the same draws.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.benchmarks.table import Figure
from evals.resampling import RESAMPLES, Places

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
HELD_RESAMPLES = 300
"""Draws where each figure is a mean over ten halves, which takes ten times as long."""


@dataclass(frozen=True, slots=True)
class Truth:
    """Of each row how much there is to find, as marked characters, or 0 or 1; how large it is; its group."""

    wanted: Floats
    size: Floats
    groups: tuple[str, ...]

    @classmethod
    def of(cls, positive: Bools, groups: Sequence[str]) -> Truth:
        """Rows that are positive or not."""
        return cls(positive.astype(np.float64), np.ones(len(positive)), tuple(groups))


@dataclass(frozen=True, slots=True)
class Telling:
    """The chance that a row is positive, and whether it was told so; `told` has the rows that it speaks of at all."""

    chances: Floats
    flagged: Bools
    told: Bools


@dataclass(frozen=True, slots=True)
class Drawn:
    """The rows that a figure is of."""

    wanted: Floats
    size: Floats
    chances: Floats
    flagged: Bools

    @property
    def positive(self) -> Bools:
        return self.wanted > 0


Measure = Callable[[Drawn], float]


def measured(measure: Measure, truth: Truth, tellings: Sequence[Telling], *, seed: int = 0) -> Figure:
    """The mean of a measure over what each telling speaks of."""

    def figure(places: Places) -> float:
        values = np.array([measure(_drawn(truth, telling, places)) for telling in tellings])
        known = values[~np.isnan(values)]
        return float(known.mean()) if len(known) else float("nan")

    resamples = RESAMPLES if len(tellings) == 1 else HELD_RESAMPLES
    return Figure.over(truth.groups, figure, seed=seed, resamples=resamples)


def caught(tellings: Sequence[Telling]) -> Floats:
    """Of each row, the share of the tellings that speak of it which flag it; NaN where none speaks of it."""
    told = np.array([telling.told for telling in tellings])
    flagged = np.array([telling.flagged for telling in tellings]) & told
    with np.errstate(invalid="ignore"):
        share: Floats = flagged.sum(axis=0) / told.sum(axis=0)
    return share


def precision(drawn: Drawn) -> float:
    """Of what was flagged, the share that is positive; NaN where nothing was flagged."""
    return _share(drawn.wanted[drawn.flagged].sum(), drawn.size[drawn.flagged].sum())


def recall(drawn: Drawn) -> float:
    """Of what is positive, the share that was flagged."""
    return _share(drawn.wanted[drawn.flagged].sum(), drawn.wanted.sum())


def f1(drawn: Drawn) -> float:
    """The harmonic mean of precision and recall; 0 where nothing positive was flagged."""
    return _share(2 * drawn.wanted[drawn.flagged].sum(), drawn.size[drawn.flagged].sum() + drawn.wanted.sum())


def balanced_accuracy(drawn: Drawn) -> float:
    """The mean of the shares of positive and of other rows that were told right."""
    positive = drawn.positive
    if not positive.any() or positive.all():
        return float("nan")
    return float(drawn.flagged[positive].mean() + (~drawn.flagged[~positive]).mean()) / 2


def auc(drawn: Drawn) -> float:
    """The area under the ROC curve: how often a positive has the higher chance of a pair, ties counting half (Hanley
    and McNeil, The Meaning and Use of the Area under a ROC Curve, Radiology 1982). sklearn's takes twenty times as
    long, and an interval asks for thousands."""
    positive, others = drawn.chances[drawn.positive], np.sort(drawn.chances[~drawn.positive])
    if not len(positive) or not len(others):
        return float("nan")
    below, up_to = np.searchsorted(others, positive, "left"), np.searchsorted(others, positive, "right")
    return float((below + up_to).mean() / 2 / len(others))


def _drawn(truth: Truth, telling: Telling, places: Places) -> Drawn:
    kept = places[telling.told[places]]
    return Drawn(truth.wanted[kept], truth.size[kept], telling.chances[kept], telling.flagged[kept])


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")
