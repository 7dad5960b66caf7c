"""What a benchmark gives: the field's table with our figures, their intervals and the published ones beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from evals import bootstrap
from evals.resampling import RESAMPLES, Places, interval
from evals.share import Share

Seen = Literal["held out", "in sample", "in part", "unseen"]
"""What the product saw of what is measured: nothing, though it saw others of the set; these very ones; some of them;
nothing of the set."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value with its 95 % interval, over so many cases; NaN where there is nothing to measure."""

    value: float
    low: float
    high: float
    cases: int

    @classmethod
    def share(cls, share: Share) -> Figure:
        """A share with Wilson's interval."""
        return cls(share.value, *share.interval, share.cases)

    @classmethod
    def over(
        cls, groups: Sequence[str], figure: Callable[[Places], float], *, seed: int = 0, resamples: int = RESAMPLES
    ) -> Figure:
        """A figure of rows with its bootstrap interval; rows of a group are drawn together."""
        everything = np.arange(len(groups), dtype=np.int64)
        value = figure(everything) if len(groups) else float("nan")
        return cls(value, *interval(groups, figure, seed=seed, resamples=resamples), len(groups))

    @classmethod
    def mean(cls, values: NDArray[np.float64], groups: Sequence[str] | None = None, *, seed: int = 0) -> Figure:
        """The mean of values, one of each case unless `groups` says which belong together."""
        if groups is not None:
            return cls.over(groups, lambda places: float(values[places].mean()), seed=seed)
        if not len(values):
            return cls(float("nan"), float("nan"), float("nan"), 0)
        found = bootstrap.interval(values, seed=seed)
        return cls(found.mean, found.low, found.high, len(values))


@dataclass(frozen=True, slots=True)
class Reference:
    """A figure that somebody published: of which system, and where it is printed."""

    system: str
    value: float
    source: str


@dataclass(frozen=True, slots=True)
class Row:
    """A measure under the heading `part`. `ours` is what to go by and `seen` what the product saw of it; `in_sample` is
    the same of what the product was fitted on, where that was measured too."""

    part: str
    measure: str
    ours: Figure | None
    seen: Seen
    in_sample: Figure | None = None
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """All that a benchmark says. `setting` is what was run on what, `fitted` what the product had seen of the set;
    `weakest` says what the figures say about the weakest point; `notes` are what a reader must know before holding the
    figures against the published ones."""

    name: str
    title: str
    cases: int
    unit: str
    setting: str
    fitted: str
    rows: tuple[Row, ...]
    weakest: str
    notes: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """Where the published figures are printed, each once, in order."""
        return tuple(dict.fromkeys(reference.source for row in self.rows for reference in row.references))


def published(source: str, values: Mapping[str, float]) -> tuple[Reference, ...]:
    """What one place prints of several systems."""
    return tuple(Reference(system, value, source) for system, value in values.items())
