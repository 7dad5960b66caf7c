"""A share of cases, with the interval in which the true share lies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

_Z = 1.959964
"""The 97.5 % quantile of the normal distribution."""


def wilson(mean: float, cases: int) -> tuple[float, float]:
    """Wilson's 95 % interval for a share of `cases`, (0, 1) where there are none.

    It holds for the mean of any figure from 0 to 1 too, if anything too wide: the variance of such a figure is at most
    that of a share with the same mean.
    """
    if not cases:
        return 0.0, 1.0
    square = _Z * _Z
    middle = (mean + square / (2 * cases)) / (1 + square / cases)
    half = _Z * sqrt(mean * (1 - mean) / cases + square / (4 * cases * cases)) / (1 + square / cases)
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `cases`."""

    hits: int
    cases: int

    @classmethod
    def of(cls, values: Iterable[bool]) -> Share:
        """The share of true ones."""
        kept = tuple(values)
        return cls(sum(kept), len(kept))

    @property
    def value(self) -> float:
        """0 to 1; not a number where there are no cases."""
        return self.hits / self.cases if self.cases else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval for a binomial share, which holds for few cases and for shares near 0 and 1."""
        return wilson(self.value, self.cases)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.hits:>4} of {self.cases:<4} {self.value:.3f} [{low:.3f}, {high:.3f}]"
