"""How one run stands to another, as it is printed and shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flip:
    """A check of a case that went the other way. `counts`: it is no noise, and so a regression if it fails now."""

    case: str
    check: str
    passes: bool
    """Now."""
    reason: str
    counts: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure over the cases that both runs have: its mean before and after, and the 95 % interval of the paired
    difference. `worse` and `better` are what the interval says."""

    name: str
    before: float
    after: float
    low: float
    high: float
    cases: int
    worse: bool
    better: bool

    @property
    def difference(self) -> float:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Slowness:
    """How much longer answers take than before, relative to the same yardstick: the geometric mean of the cases'
    ratios with its 95 % interval, and the `tolerance` that its low end must stay under."""

    times: float
    low: float
    high: float
    tolerance: float
    cases: int

    @property
    def worse(self) -> bool:
        return self.low > self.tolerance


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run against its baseline. `regressions` are the sentences for which the gate fails, the gravest first."""

    regressions: tuple[str, ...]
    fatal: tuple[tuple[str, str], ...]
    """Case and sentence."""
    flips: tuple[Flip, ...]
    differences: tuple[Difference, ...]
    slowness: Slowness | None
    changed: tuple[str, ...]
    """Cases whose answers read otherwise, flipped or not."""
    gone: tuple[str, ...]
    new: tuple[str, ...]
    made_with: tuple[tuple[str, str, str], ...]
    """Fingerprints that differ: name, before, after."""

    @property
    def passes(self) -> bool:
        return not self.regressions
