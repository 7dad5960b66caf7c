"""The 95 % interval of any figure over rows, by drawing anew, with replacement, what stands or falls together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1_000
Places = NDArray[np.int64]


def interval(
    groups: Sequence[str], figure: Callable[[Places], float], *, seed: int = 0, resamples: int = RESAMPLES
) -> tuple[float, float]:
    """The percentile bootstrap of `figure`, which is given the places of the rows drawn; NaN where it never is a
    number.

    `groups` names for each row the group it belongs to: rows about one document, or of one answer, are no independent
    evidence, so whole groups are drawn. A draw of which the figure is NaN, as one without any positive, is passed over.
    """
    members: dict[str, list[int]] = {}
    for place, group in enumerate(groups):
        members.setdefault(group, []).append(place)
    parts = [np.array(places, np.int64) for places in members.values()]
    generator = np.random.default_rng(seed)
    values = np.array([figure(_drawn(parts, generator)) for _ in range(resamples if parts else 0)], np.float64)
    known = values[~np.isnan(values)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.percentile(known, [2.5, 97.5])
    return float(low), float(high)


def _drawn(parts: Sequence[Places], generator: np.random.Generator) -> Places:
    return np.concatenate([parts[draw] for draw in generator.integers(0, len(parts), len(parts))])
