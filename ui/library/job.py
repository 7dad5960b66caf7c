"""One change of the library that somebody asked for: how far it has come, for whoever wants to see."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from index.document import document_id
from index.sync_report import FileResult, Status
from ui.caller import Caller

Kind = Literal["files", "urls", "sync", "remove", "restore"]
State = Literal["waiting", "reading", "embedding", "done", "failed"]

FILES = 500
"""Results of single files that a job remembers, the last ones; all of them are counted."""
TELLS_EVERY = 0.5
"""Seconds between two looks at a job that goes on, at most: a watcher who has left is noticed by then."""


class Stopped(Exception):
    """The server stops: the work is left where it is. What was committed is kept."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a job has come. `total` files are to be looked at, of which `done` are, and `chunks` have got vectors;
    `file` is the last one. `told` is why it waits, or what came of it: a sentence where it failed."""

    state: State = "waiting"
    total: int = 0
    done: int = 0
    chunks: int = 0
    file: str | None = None
    told: str | None = None
    ended: datetime | None = None

    @property
    def is_over(self) -> bool:
        return self.state in ("done", "failed")


@dataclass(slots=True, eq=False)
class Job:
    """A change that `caller` asked for at `begun`, of what `name` says. Safe to use from several threads; what goes on
    tells it as a sync tells its progress."""

    id: str
    kind: Kind
    name: str
    caller: Caller
    begun: datetime
    stopping: threading.Event = field(default_factory=threading.Event, repr=False)
    standing: Standing = field(default_factory=Standing)
    counts: Counter[Status] = field(default_factory=Counter)
    results: deque[FileResult] = field(default_factory=lambda: deque(maxlen=FILES), repr=False)
    told_of: int = 0
    """Results there were so far, those that are forgotten too."""
    _changed: threading.Condition = field(default_factory=threading.Condition, repr=False)

    @property
    def documents(self) -> tuple[str, ...]:
        """The ids of the documents that came, changed or went, as far as they are remembered."""
        with self._changed:
            return tuple(
                sorted({document_id(each.uri) for each in self.results if each.uri and each.status != "refused"})
            )

    @property
    def files(self) -> tuple[FileResult, ...]:
        """What became of the files that it changed or refused, the last few hundred of them."""
        with self._changed:
            return tuple(self.results)

    @property
    def failure(self) -> str | None:
        """Why it failed; None where it did not."""
        return self.standing.told if self.standing.state == "failed" else None

    def found(self, total: int) -> None:
        """Progress: so many files are there to look at. A sync of several folders says so several times."""
        self._goes_on()
        self._tell(state="reading", total=self.standing.total + total, told=None)

    def embedded(self, chunks: int) -> None:
        """Progress: so many more chunks have got their vectors. Raises Stopped where the server stops."""
        self._goes_on()
        self._tell(state="embedding", chunks=self.standing.chunks + chunks)

    def done(self, file: FileResult) -> None:
        """Progress: one more file is settled. What has not changed is counted and not told; nor is the one file of
        which the end of the job says why it was refused, and what somebody removed is no news."""
        is_own = file.status == "refused" and self.kind in ("files", "urls")
        with self._changed:
            self.counts[file.status] += not file.kept_out
            if file.status != "unchanged" and not is_own and not file.kept_out:
                self.results.append(file)
                self.told_of += 1
        self._tell(done=self.standing.done + 1, file=file.name)

    def waits(self, why: str) -> None:
        """It cannot go on yet."""
        self._tell(state="waiting", told=why)

    def ends(self, state: Literal["done", "failed"], told: str | None, when: datetime) -> None:
        """It is over."""
        self._tell(state=state, told=told, ended=when)

    def steps(self) -> Generator[Standing | FileResult | None, None, None]:
        """Its results so far and those to come, and how it stands, the last time when it is over or the server stops.

        None where nothing has changed for a while.
        """
        seen, is_last = 0, False
        shown: Standing | None = None
        while not is_last:
            with self._changed:
                if self.told_of == seen and self.standing == shown and not self._ends:
                    self._changed.wait(TELLS_EVERY)
                fresh = list(self.results)[-(self.told_of - seen) :] if self.told_of > seen else []
                standing, seen, is_last = self.standing, self.told_of, self._ends
            yield from fresh
            yield standing if standing != shown else None
            shown = standing

    @property
    def _ends(self) -> bool:
        return self.standing.is_over or self.stopping.is_set()

    def _goes_on(self) -> None:
        if self.stopping.is_set():
            raise Stopped

    def _tell(self, **changes: object) -> None:
        with self._changed:
            self.standing = replace(self.standing, **changes)  # type: ignore[arg-type]
            self._changed.notify_all()
