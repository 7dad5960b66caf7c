"""What models fitted on random halves of a set's documents say of the other halves, as tellings over all rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from evals.benchmarks.detection import Bools, Floats, Telling

HALVINGS = 10
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Half:
    """The places of the rows that a model was not fitted on."""

    held: NDArray[np.int64]
    rows: int

    def spread(self, values: Floats) -> Floats:
        """Values of the held rows as values of all rows, NaN for those that were fitted on."""
        spread = np.full(self.rows, np.nan)
        spread[self.held] = values
        return spread

    def telling(self, chances: Floats, flagged: Bools) -> Telling:
        """What the model says of the held rows."""
        told = np.zeros(self.rows, bool)
        told[self.held] = True
        whole = np.zeros(self.rows, bool)
        whole[self.held] = flagged
        return Telling(self.spread(chances), whole, told)


def divided(
    rows: Sequence[R], halves: Callable[[Sequence[R], int], tuple[list[R], list[R]]], of: Sequence[R]
) -> Iterator[tuple[list[R], list[R], Half]]:
    """Ten random divisions of `rows`: those to fit on, those held out that are of `of` too, and where these stand
    in `of`."""
    places = {id(row): place for place, row in enumerate(of)}
    for seed in range(HALVINGS):
        fitting, held = halves(rows, seed)
        kept = [row for row in held if id(row) in places]
        yield fitting, kept, Half(np.array([places[id(row)] for row in kept], np.int64), len(of))
