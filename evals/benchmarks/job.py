"""What a benchmark is asked to run on, and what it hands back."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from evals.benchmarks.table import Table
from rag.model import Model
from rag.write import Writer

T = TypeVar("T")


class Progress(Protocol):
    """Somebody who is told how far a benchmark is."""

    def begin(self, what: str, total: int) -> None:
        """So many of `what` come now."""

    def step(self) -> None:
        """One of them is done."""


class Silence:
    """Nobody is told."""

    def begin(self, what: str, total: int) -> None: ...

    def step(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Job:
    """The folder of the data, at most how many cases to take of it, by which seed, and what writes prose if anything
    does. `part` names one of several sets that are read alike."""

    data: Path
    limit: int | None = None
    seed: int = 0
    model: Model | None = None
    writer: Writer | None = None
    part: str = ""
    progress: Progress = field(default_factory=Silence)

    def some(self, cases: Sequence[T]) -> tuple[T, ...]:
        """All cases, or a random `limit` of them in their order."""
        if self.limit is None or self.limit >= len(cases):
            return tuple(cases)
        return tuple(cases[place] for place in sorted(random.Random(self.seed).sample(range(len(cases)), self.limit)))

    def each(self, cases: Iterable[T], what: str) -> Iterator[T]:
        """The cases, telling how far they are."""
        held = tuple(cases)
        self.progress.begin(what, len(held))
        for case in held:
            yield case
            self.progress.step()

    @property
    def writes(self) -> str:
        """What writes, in words."""
        return f"{self.model.name} writes" if self.model else "no model, quotes only"


@dataclass(frozen=True, slots=True)
class Result:
    """The table, and what became of each case as lines to look into."""

    table: Table
    cases: tuple[dict[str, object], ...] = ()
