"""Keeping the vector index of a library that others write to, while questions are answered from it."""

from __future__ import annotations

import threading

from index.embed import Vectors
from index.hit import Hit
from index.snapshot import Generation
from index.vectors import VectorIndex

QUIET = 5.0
"""Seconds between two updates at least: a sync commits every second or two, and a scan answers meanwhile."""
LOOKING = 30.0
"""Seconds between two looks whether something was removed by hand, which the index is not to hold any longer."""


class Keeper:
    """A thread that brings `index` up to date at once, when a search finds it behind the library, and when something
    was removed by hand."""

    def __init__(self, index: VectorIndex, *, quiet: float = QUIET, looking: float = LOOKING) -> None:
        self._index = index
        self._quiet, self._looking = quiet, looking
        self._wanted, self._closing = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._keep, name="keeping the vector index", daemon=True)
        self._thread.start()

    def search(self, vector: Vectors, limit: int, generation: Generation) -> tuple[Hit, ...] | None:
        """As `VectorIndex.search`; where it has no answer, the index is looked after."""
        hits = self._index.search(vector, limit, generation)
        if hits is None:
            self._wanted.set()
        return hits

    def close(self) -> None:
        """Stop, after the update that is being made, and close the index."""
        self._closing.set()
        self._wanted.set()
        self._thread.join()
        self._index.close()

    def _keep(self) -> None:
        while not self._closing.is_set():
            self._wanted.clear()
            self._index.refresh()
            while not self._wanted.wait(self._looking) and not self._index.holds_removed():
                pass
            self._closing.wait(self._quiet)
