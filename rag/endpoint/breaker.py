"""A circuit breaker: what has failed several times running is left alone for a while, then tried once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

State = Literal["closed", "open", "half-open"]


class Open(Exception):
    """The breaker lets nothing through. `reason` is the last failure's, `seconds` are left until a trial."""

    def __init__(self, reason: str, failures: int, seconds: float) -> None:
        super().__init__(reason)
        self.reason = reason
        self.failures = failures
        self.seconds = seconds


@dataclass(slots=True)
class Trial:
    """One attempt that was let through; whoever makes it says how it went. One that says nothing counts for nothing,
    as when the reader leaves."""

    failure: str | None = None
    worked: bool = False

    def fail(self, reason: str) -> None:
        self.failure = reason

    def work(self) -> None:
        self.worked = True


class Breaker:
    """Closed until `failures` trials fail in a row; then open for `seconds`; then half-open, where one trial at a
    time is let through: if it works the breaker closes, if it fails it is open again. Safe to use from any thread.

    A trial that was let through before the breaker opened cannot open it anew, but closes it if it works.
    """

    def __init__(self, failures: int = 5, seconds: float = 30.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = failures
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._failed = 0
        self._reason = ""
        self._opened: float | None = None
        self._probe: Trial | None = None

    @property
    def state(self) -> State:
        with self._lock:
            return self._state()

    def check(self) -> None:
        """Raise Open if nothing would be let through now."""
        with self._lock:
            self._refuse_if_open()

    @contextmanager
    def trial(self) -> Iterator[Trial]:
        """A trial for the time of the block. Raises Open instead if the breaker is open, or half-open and tried."""
        trial = Trial()
        with self._lock:
            self._refuse_if_open()
            if self._state() == "half-open":
                self._probe = trial
        try:
            yield trial
        finally:
            with self._lock:
                self._settle(trial)

    def _settle(self, trial: Trial) -> None:
        probing = self._probe is trial
        if probing:
            self._probe = None
        if trial.worked:
            self._failed, self._opened = 0, None
        elif trial.failure is not None:
            self._failed += 1
            self._reason = trial.failure
            if probing or (self._opened is None and self._failed >= self._limit):
                self._opened = self._clock()

    def _state(self) -> State:
        if self._opened is None:
            return "closed"
        return "open" if self._left() > 0 else "half-open"

    def _left(self) -> float:
        return 0.0 if self._opened is None else self._opened + self._seconds - self._clock()

    def _refuse_if_open(self) -> None:
        if self._state() == "open" or self._probe is not None:
            raise Open(self._reason, self._failed, max(0.0, self._left()))
