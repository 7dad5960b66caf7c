"""A share of cases, with the interval in which the true share lies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

_Z = 1.959964
"""The 97.5 % quantile of the normal distribution."""


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
        if not self.cases:
            return 0.0, 1.0
        count, square = self.cases, _Z * _Z
        middle = (self.value + square / (2 * count)) / (1 + square / count)
        half = _Z * sqrt(self.value * (1 - self.value) / count + square / (4 * count * count)) / (1 + square / count)
        return max(0.0, middle - half), min(1.0, middle + half)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.hits:>4} of {self.cases:<4} {self.value:.3f} [{low:.3f}, {high:.3f}]"
