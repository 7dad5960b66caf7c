"""What a measurement of evidence selection says: figures with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from evals import resampling
from evals.resampling import Places

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measured:
    """For each question: the chance that it is answered and whether it is; and, NaN for those without gold, whether the
    first quote is gold, and precision, recall and F1 of the first few. Below `threshold` the product abstains.
    Questions of one of the `groups` belong together."""

    groups: tuple[str, ...]
    chances: Array
    labels: NDArray[np.bool_]
    firsts: Array
    precisions: Array
    recalls: Array
    overlaps: Array
    threshold: float

    @property
    def abstained(self) -> NDArray[np.bool_]:
        return self.chances < self.threshold

    @property
    def auc(self) -> float:
        return float(roc_auc_score(self.labels, self.chances))

    def at(self, places: Places) -> Measured:
        """The questions at these places, repeated as these are."""
        return Measured(
            tuple(self.groups[place] for place in places),
            self.chances[places],
            self.labels[places],
            self.firsts[places],
            self.precisions[places],
            self.recalls[places],
            self.overlaps[places],
            self.threshold,
        )


def pooled(parts: Sequence[Measured]) -> dict[str, float]:
    """Means over several halves."""
    return {name: float(np.mean([figure(part) for part in parts])) for name, figure in _FIGURES.items()}


def report(measured: Measured, seed: int = 0) -> str:
    """Lines of figure and 95 % bootstrap interval over questions."""
    lines = []
    for name, figure in _FIGURES.items():
        low, high = _interval(measured, figure, seed)
        lines.append(f"  {name:<22}{figure(measured):.3f}  [{low:.3f}, {high:.3f}]")
    return "\n".join(lines)


def best_threshold(chances: Array, labels: NDArray[np.bool_], weights: Array) -> float:
    """The chance below which to abstain that gets most questions right, each counted by its weight; the middle of the
    range that is within a hundredth of the best, so that a few questions do not move it far."""
    steps = np.arange(0.05, 0.951, 0.01)
    right = np.array([weights[(chances >= step) == labels].sum() for step in steps])
    best = steps[right >= 0.99 * right.max()]
    return round(float(best[len(best) // 2]), 2)


def _interval(measured: Measured, figure: Callable[[Measured], float], seed: int) -> tuple[float, float]:
    def drawn(places: Places) -> float:
        part = measured.at(places)
        return figure(part) if part.labels.any() and not part.labels.all() else float("nan")

    return resampling.interval(measured.groups, drawn, seed=seed)


def _precision(measured: Measured) -> float:
    return float((~measured.labels[measured.abstained]).mean()) if measured.abstained.any() else float("nan")


def _recall(measured: Measured) -> float:
    return float(measured.abstained[~measured.labels].mean())


def _kept(measured: Measured) -> float:
    return float((~measured.abstained[measured.labels]).mean())


def _mean(values: Array) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


_FIGURES: dict[str, Callable[[Measured], float]] = {
    "answerable AUC": lambda measured: measured.auc,
    "first quote is gold": lambda measured: _mean(measured.firsts),
    "top-3 F1": lambda measured: _mean(measured.overlaps),
    "abstention precision": _precision,
    "abstention recall": _recall,
    "answerable answered": _kept,
}
