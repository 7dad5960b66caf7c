"""How long answers take when nothing else is asked, beside a yardstick, so that runs on a busy machine compare.

Seconds alone do not: the same code takes twice as long where another program wants the processor. A fixed piece of work
of the same kind, done just before and after each answer, is slowed down as the answer is; their ratio stays.
"""

from __future__ import annotations

import gc
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from evals.case import Case
from evals.run_record import Timed

MOST = 24
"""Cases that are timed, spread over the set: what slows the answers down slows most of them."""
ROUNDS = 3
"""Times that each is asked. What disturbs a measurement only ever makes it longer, so the shortest counts; rounds over
all cases keep a disturbance of a second or two from meeting every try of one case."""

_LETTERS = str.maketrans("01", "ae")
_WORD = re.compile(r"[^\W\d_]+|\d[\d.,]*")


def timed(
    cases: Sequence[Case],
    answer: Callable[[Case], None],
    told: Callable[[int, int], None] = lambda done, total: None,
    *,
    most: int = MOST,
    rounds: int = ROUNDS,
) -> tuple[Timed, ...]:
    """The shortest wall time of `answer` to each of at most `most` cases spread over `cases`, with the yardstick's.

    `told` hears how many answers of how many are done. What `answer` raises goes through.
    """
    chosen = spread(cases, most)
    yardstick = Yardstick()
    best = [_Best() for _ in chosen]
    with _without_collection():
        for turn in range(rounds):
            for number, (case, shortest) in enumerate(zip(chosen, best, strict=True), 1):
                shortest.yardstick = min(shortest.yardstick, yardstick.seconds())
                shortest.answer = min(shortest.answer, _seconds(partial(answer, case)))
                told(turn * len(chosen) + number, rounds * len(chosen))
    return tuple(Timed(case.id, each.answer, each.yardstick) for case, each in zip(chosen, best, strict=True))


def spread(cases: Sequence[Case], most: int) -> tuple[Case, ...]:
    """At most `most` of the cases, at even distances, in their order.

    >>> spread(("a", "b", "c", "d", "e"), 2)
    ('a', 'd')
    """
    count = min(most, len(cases))
    return tuple(cases[-(-place * len(cases) // count)] for place in range(count))


@dataclass(slots=True)
class _Best:
    """The shortest so far, in seconds."""

    answer: float = float("inf")
    yardstick: float = float("inf")


@dataclass(frozen=True, slots=True)
class Yardstick:
    """A piece of work of about 20 ms that no code of this project does: products of matrices as an encoder makes them,
    then words, counts, hashes and sorting as a search and its checks do in Python, all of it the same each time."""

    matrices: tuple[NDArray[np.float32], ...] = field(default_factory=lambda: _matrices())
    text: str = field(default_factory=lambda: _text())

    def seconds(self) -> float:
        """How long it takes now."""
        return _seconds(self._work)

    def _work(self) -> None:
        left, right = self.matrices
        for _ in range(40):
            left = np.tanh(left @ right)
        words = Counter(word.casefold() for word in _WORD.findall(self.text))
        hashed = sorted(hashlib.sha256(f"{word} {count}".encode()).digest() for word, count in words.items())
        sorted(self.text.split(), key=lambda word: (len(word), word[::-1], hashed[len(word) % len(hashed)]))


def _matrices() -> tuple[NDArray[np.float32], ...]:
    """(32, 64, 64) and (64, 64), so small that they are multiplied on one core, as the encoder works on a question."""
    numbers = np.random.default_rng(0)
    return tuple((numbers.standard_normal(shape) / 8).astype(np.float32) for shape in ((32, 64, 64), (64, 64)))


def _text() -> str:
    """8,000 words, of 2,000 different ones."""
    numbers = np.random.default_rng(0).integers(0, 2_000, 8_000)
    return " ".join(f"word{number:b}".translate(_LETTERS) for number in numbers)


def _seconds(work: Callable[[], None]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


@contextmanager
def _without_collection() -> Iterator[None]:
    """Garbage is collected before the block and not in it, where it would fall to one answer by chance."""
    was_enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
