"""Iterating ahead: a thread makes the next items while this one works on the last."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

T = TypeVar("T")


def ahead(items: Generator[T], *, weight: Callable[[T], int], most: int) -> Generator[T]:
    """`items`, iterated in a thread of their own that pauses while what waits here weighs `most` or more.

    What iterating raises is raised here, in its place. When this iterator is closed, `items` are closed too, after the
    one that is being made.
    """
    line = _Line(weight, most)
    with ThreadPoolExecutor(1, "reading ahead") as pool:
        filling = pool.submit(line.fill, items)
        try:
            yield from line
            filling.result()
        finally:
            line.stop()


class _Line(Generic[T]):
    """What waits between the two threads."""

    def __init__(self, weight: Callable[[T], int], most: int) -> None:
        self._weight, self._most = weight, most
        self._waiting: deque[T] = deque()
        self._load = 0
        self._ended = self._stopped = False
        self._changed = threading.Condition()

    def fill(self, items: Generator[T]) -> None:
        try:
            for item in items:
                if not self._put(item):
                    break
        finally:
            items.close()
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def __iter__(self) -> Iterator[T]:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._ended)
                if not self._waiting:
                    return
                item = self._waiting.popleft()
                self._load -= self._weight(item)
                self._changed.notify_all()
            yield item

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def _put(self, item: T) -> bool:
        """Let `item` wait, and pause while too much does; false if nobody wants any more."""
        with self._changed:
            self._waiting.append(item)
            self._load += self._weight(item)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._load < self._most or self._stopped)
            return not self._stopped
