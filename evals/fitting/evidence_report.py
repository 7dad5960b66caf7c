"""What a measurement of evidence selection says: figures with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

_RESAMPLES = 1_000
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measured:
    """`chances` and `labels` for each question (answerable or not); `firsts` (is the first quote gold) and `overlaps`
    (F1 of the first three) for each question with gold; below `threshold` the product abstains."""

    chances: Array
    labels: NDArray[np.bool_]
    firsts: Array
    overlaps: Array
    threshold: float

    @property
    def abstained(self) -> NDArray[np.bool_]:
        return self.chances < self.threshold

    @property
    def auc(self) -> float:
        return float(roc_auc_score(self.labels, self.chances))


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
    generator = np.random.default_rng(seed)
    values = []
    for _ in range(_RESAMPLES):
        every = generator.integers(0, len(measured.labels), len(measured.labels))
        gold = generator.integers(0, max(1, len(measured.firsts)), len(measured.firsts))
        part = Measured(
            measured.chances[every],
            measured.labels[every],
            measured.firsts[gold],
            measured.overlaps[gold],
            measured.threshold,
        )
        if part.labels.any() and not part.labels.all():
            values.append(figure(part))
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return float(low), float(high)


def _precision(measured: Measured) -> float:
    return float((~measured.labels[measured.abstained]).mean()) if measured.abstained.any() else float("nan")


def _recall(measured: Measured) -> float:
    return float(measured.abstained[~measured.labels].mean())


def _kept(measured: Measured) -> float:
    return float((~measured.abstained[measured.labels]).mean())


def _mean(values: Array) -> float:
    return float(values.mean()) if len(values) else float("nan")


_FIGURES: dict[str, Callable[[Measured], float]] = {
    "answerable AUC": lambda measured: measured.auc,
    "first quote is gold": lambda measured: _mean(measured.firsts),
    "top-3 F1": lambda measured: _mean(measured.overlaps),
    "abstention precision": _precision,
    "abstention recall": _recall,
    "answerable answered": _kept,
}
