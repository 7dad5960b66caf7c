"""The changes of the library that were asked for: a queue with an end, and one thread that does them in order."""

from __future__ import annotations

import secrets
import threading
from collections import deque
from collections.abc import Callable
from typing import TypeVar

from index.errors import LibraryBusy, OnRecordError
from index.records.store import present
from ui import failures
from ui.caller import Caller
from ui.library.job import Job, Kind, Stopped

LONGEST_QUEUE = 100
"""Jobs that wait; whoever asks for another is told to come back."""
LISTED = 50
"""Jobs that are over and still listed, the last ones."""
TRIES_EVERY = 1.0
"""Seconds between two looks whether another process still writes to the library."""
STOPS_IN = 10.0
"""Seconds that the job under way has to come to its next step when the server stops."""
STOPPED = "the server was stopped; what was done by then is kept, ask for the rest again"

T = TypeVar("T")
Work = Callable[[Job], str | None]
"""What does a job, and says what came of it in a sentence where that is not seen. Raises OnRecordError."""


class QueueFull(OnRecordError):
    """So much waits to be done that nothing more is taken."""


class Jobs:
    """The jobs of one server, in memory. `ended` is told of each that is over. Safe to use from several threads."""

    def __init__(self, ended: Callable[[Job], None]) -> None:
        self._ended = ended
        self._known: dict[str, Job] = {}
        self._waiting: deque[tuple[Job, Work]] = deque()
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def require_room(self) -> None:
        """Raise QueueFull if no more jobs are taken."""
        if self._stopping.is_set() or len(self._waiting) >= LONGEST_QUEUE:
            raise QueueFull("too much waits to be done in the library; wait until some of it is and try again")

    def add(self, kind: Kind, name: str, caller: Caller, work: Work) -> Job:
        """A new job at the end of the queue. Raises QueueFull."""
        job = Job(secrets.token_urlsafe(9), kind, name, caller, present(), self._stopping)
        with self._changed:
            self.require_room()
            self._known[job.id] = job
            over = [each.id for each in self._known.values() if each.standing.is_over]
            for id in over[: max(0, len(over) - LISTED)]:
                del self._known[id]
            self._waiting.append((job, work))
            self._changed.notify()
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="keeps the library", daemon=True)
                self._thread.start()
        return job

    def find(self, id: str) -> Job | None:
        """The job of that id, while it is listed."""
        return self._known.get(id)

    def all(self) -> tuple[Job, ...]:
        """The jobs that wait, go on or are over, the newest first."""
        with self._changed:
            return tuple(reversed(self._known.values()))

    def when_free(self, job: Job, change: Callable[[], T]) -> T:
        """What `change` gives, tried again while another process writes to the library. Raises Stopped."""
        while True:
            try:
                return change()
            except LibraryBusy as error:
                job.waits(str(error))
                if self._stopping.wait(TRIES_EVERY):
                    raise Stopped from error

    def stop(self) -> None:
        """Take no more, leave the job under way at its next step, and let whoever watches one go; at once."""
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()

    def close(self) -> None:
        """Stop, and wait until the thread has ended, for as long as it may take."""
        self.stop()
        if self._thread is not None:
            self._thread.join(STOPS_IN)

    def _work(self) -> None:
        while (following := self._following()) is not None:
            self._do(*following)

    def _following(self) -> tuple[Job, Work] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._stopping.is_set())
            return None if self._stopping.is_set() else self._waiting.popleft()

    def _do(self, job: Job, work: Work) -> None:
        try:
            told = work(job)
        except Stopped:
            job.ends("failed", STOPPED, present())
        except Exception as error:  # noqa: BLE001  one job that fails must not end all that come after it
            job.ends("failed", failures.told(error), present())
        else:
            job.ends("done", told, present())
        self._ended(job)
