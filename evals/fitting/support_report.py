"""What a measurement of the checker's probability says: figures with bootstrap intervals, and its calibration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from evals import resampling
from evals.fitting.support_cases import Judged
from evals.resampling import Places

_BINS = 10
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scored:
    """Judged claims of one set with their `chances` of support, and the chances from which they count as supported:
    `threshold` in general, `answers` for sentences that were written from the quotes."""

    claims: tuple[Judged, ...]
    chances: Array
    threshold: float
    answers: float

    @property
    def labels(self) -> NDArray[np.bool_]:
        return np.array([claim.supported for claim in self.claims])

    def only(self, source: str) -> Scored:
        """The claims of one set."""
        return self.at(np.array([place for place, claim in enumerate(self.claims) if claim.source == source], np.int64))

    def at(self, places: NDArray[np.int64]) -> Scored:
        """The claims at these places, repeated as these are."""
        return replace(self, claims=tuple(self.claims[place] for place in places), chances=self.chances[places])


def balanced_accuracy(scored: Scored) -> float:
    """The mean of the shares of supported and of other claims that are told right."""
    passed = scored.chances >= scored.threshold
    return float(passed[scored.labels].mean() + (~passed[~scored.labels]).mean()) / 2


def calibration_error(scored: Scored, *, even: bool = False) -> float:
    """Expected calibration error: how far the mean chance is from the share supported, over ten equally wide bins.

    The claims as they come, or, `even`, weighed as if half of them were supported.
    """
    labels, bins = scored.labels, _bins(scored)
    weights = np.where(labels, 0.5 / labels.sum(), 0.5 / (~labels).sum()) if even else np.full(len(bins), 1 / len(bins))
    off = weights * (scored.chances - labels)
    return float(sum(abs(off[bins == number].sum()) for number in range(_BINS)))


def reliability(scored: Scored) -> list[tuple[float, int, float, float]]:
    """Of each bin that is not empty: where it begins, how many claims, their mean chance, the share supported."""
    bins = _bins(scored)
    return [
        (number / _BINS, int(here.sum()), float(scored.chances[here].mean()), float(scored.labels[here].mean()))
        for number in range(_BINS)
        if (here := bins == number).any()
    ]


def report(scored: Scored, seed: int = 0) -> str:
    """Lines of figure and 95 % bootstrap interval over documents."""
    lines = []
    for name, figure in FIGURES.items():
        low, high = interval(scored, figure, seed)
        lines.append(f"  {name:<34}{figure(scored):.3f}  [{low:.3f}, {high:.3f}]")
    return "\n".join(lines)


def table(scored: Scored) -> str:
    """The reliability of the probability, one bin a line."""
    return "\n".join(
        f"  from {start:.1f}: {count:>5} claims, chance {mean:.2f}, supported {share:.2f}"
        for start, count, mean, share in reliability(scored)
    )


def found_by_kind(scored: Scored) -> str:
    """For each kind of error that people marked, how many claims have it and what share of them is caught."""
    caught = scored.chances < scored.threshold
    kinds = Counter(kind for claim in scored.claims if not claim.supported for kind in set(claim.kinds))
    return "\n".join(
        f"  {kind:<34}{count:>4}, caught {np.mean([caught[at] for at in _with(scored.claims, kind)]):.3f}"
        for kind, count in kinds.most_common()
    )


def interval(scored: Scored, figure: Callable[[Scored], float], seed: int = 0) -> tuple[float, float]:
    """95 % bootstrap interval; documents are drawn, since claims about one stand or fall together."""

    def drawn(places: Places) -> float:
        part = scored.at(places)
        return figure(part) if part.labels.any() and not part.labels.all() else float("nan")

    return resampling.interval([claim.group for claim in scored.claims], drawn, seed=seed)


def summary(parts: Sequence[Scored]) -> str:
    """Means over several divisions."""
    return "  ".join(f"{name} {np.mean([figure(part) for part in parts]):.3f}" for name, figure in FIGURES.items())


def _bins(scored: Scored) -> NDArray[np.int64]:
    return np.minimum((scored.chances * _BINS).astype(np.int64), _BINS - 1)


def _with(claims: Sequence[Judged], kind: str) -> list[int]:
    return [place for place, claim in enumerate(claims) if not claim.supported and kind in claim.kinds]


def _precision(scored: Scored) -> float:
    caught = scored.chances < scored.threshold
    return float((~scored.labels[caught]).mean()) if caught.any() else float("nan")


def _recall(scored: Scored) -> float:
    return float((scored.chances[~scored.labels] < scored.threshold).mean())


def _f1(scored: Scored) -> float:
    precision, recall = _precision(scored), _recall(scored)
    return 2 * precision * recall / (precision + recall) if precision + recall > 0 else 0.0


def _for_answers(figure: Callable[[Scored], float]) -> Callable[[Scored], float]:
    return lambda scored: figure(replace(scored, threshold=scored.answers))


FIGURES: dict[str, Callable[[Scored], float]] = {
    "AUC": lambda scored: float(roc_auc_score(scored.labels, scored.chances)),
    "balanced accuracy": balanced_accuracy,
    "unsupported: precision": _precision,
    "unsupported: recall": _recall,
    "unsupported: F1": _f1,
    "for answers: precision": _for_answers(_precision),
    "for answers: recall": _for_answers(_recall),
    "for answers: F1": _for_answers(_f1),
    "for answers: true ones dropped": lambda scored: float((scored.chances[scored.labels] < scored.answers).mean()),
    "calibration error, even": lambda scored: calibration_error(scored, even=True),
    "calibration error, as they come": calibration_error,
}
