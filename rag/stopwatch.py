"""How long each stage of an answer took."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from rag.answer import Timing


class Stopwatch:
    """Collects the wall time of named stages, in the order in which they end."""

    def __init__(self) -> None:
        self._timings: list[Timing] = []

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = perf_counter()
        try:
            yield
        finally:
            self._timings.append(Timing(name, (perf_counter() - start) * 1000))

    @property
    def timings(self) -> tuple[Timing, ...]:
        return tuple(self._timings)
