"""The audit log: one line for each request and command, in a file for each day, that several processes append to."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from index.lock import FileLock
from index.records.store import present, stamp
from ui.audit.chain import FOLDER, PRUNED, START, chained, files
from ui.audit.entry import Entry
from ui.audit.errors import AuditFailed
from ui.audit.tail import Tail, end_of, tail_of

WAITS = 5.0
"""Seconds that a line waits for other processes to write theirs."""
KEPT = 1_000
"""Lines that are held in memory while none can be written; those beyond go to the server's log alone."""
TRIES_EVERY = 1.0
"""Seconds between two tries to write what could not be."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Written:
    """What this process last left: the file, its size in bytes, and the hash of its last line."""

    file: Path
    size: int
    hash: str


class AuditLog:
    """The audit log of the library in `folder`, as `audit/YYYY-MM-DD.jsonl` there, for its owner's eyes only. Safe to
    use from several threads and processes.

    Where a line cannot be written, because the disk is full for one, nothing is lost in silence and nothing raised:
    the server's log says so, the line waits, and `ready` is false until all that wait are written. Whoever serves
    asks that before each request and refuses it otherwise, so only what was under way goes through meanwhile. What
    waits in a process that is killed is lost.
    """

    def __init__(self, folder: Path, clock: Callable[[], datetime] = present) -> None:
        self.folder = folder / FOLDER
        self._lock = folder / "audit.lock"
        self._clock = clock
        self._mutex = threading.Lock()
        self._waiting: deque[Mapping[str, object]] = deque()
        self._missed = 0
        self._tried = 0.0
        self._written: _Written | None = None

    def write(self, entry: Entry) -> None:
        """Append this entry, and all that wait."""
        with self._mutex:
            if len(self._waiting) < KEPT:
                self._waiting.append(entry.fields())
            else:
                self._missed += 1
                _log.error("the audit log misses: %s", chained(START, entry.fields())[0].decode("ascii").rstrip())
            if len(self._waiting) == 1 or self._due():
                self._flush()

    def ready(self) -> bool:
        """Whether everything is written that was to be; what waits is tried again, once a second."""
        if not self._waiting:
            return True
        with self._mutex:
            if self._due():
                self._flush()
            return not self._waiting

    def require(self) -> None:
        """Write what waits, whenever it was last tried. Raises AuditFailed if that cannot be done."""
        with self._mutex:
            failure = self._flush()
        if failure is not None:
            raise AuditFailed(f"the audit log cannot be written ({failure}); see to its disk and permissions")

    def prune(self, before: date) -> int:
        """Remove the files of days before that one, but never the newest; a line says which. Returns how many there
        were. Raises AuditFailed if that cannot be said, or they cannot be removed."""
        with self._mutex:
            try:
                with self._locked():
                    return self._prune(before)
            except (OSError, TimeoutError) as error:
                raise AuditFailed(
                    f"the audit log cannot be pruned ({error}); see to its disk and permissions"
                ) from error

    def _due(self) -> bool:
        return time.monotonic() - self._tried >= TRIES_EVERY

    def _flush(self) -> str | None:
        """Write all that wait; why not, if that cannot be done."""
        try:
            with self._locked():
                self._append(*self._waiting, *self._said_missed())
        except OSError as error:
            self._tried = time.monotonic()
            _log.error("the audit log cannot be written (%s); requests are refused until it can be", error)
            return str(error.strerror or error)
        self._waiting.clear()
        self._missed = 0
        return None

    def _said_missed(self) -> Iterator[Mapping[str, object]]:
        if self._missed:
            yield {"when": stamp(self._clock()), "action": "audit log missed", "lines": self._missed}

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Alone among all processes; raises TimeoutError, which is an OSError, if another does not let go."""
        # Not the library's own folder: where that is gone, as on an unmounted disk, nothing is to be served.
        self.folder.mkdir(mode=0o700, exist_ok=True)
        lock, until = FileLock(self._lock), time.monotonic() + WAITS
        with lock:
            while not lock.acquire():
                if time.monotonic() > until:
                    raise TimeoutError(f"process {lock.holder()} does not let go of {self._lock}")
                time.sleep(0.001)
            yield

    def _append(self, *entries: Mapping[str, object]) -> None:
        """Append these entries to the newest file, or to that of today if it is newer. Raises OSError."""
        tail = self._tail()
        before, lines = tail.hash, [tail.newline]
        for fields in (*([tail.own] if tail.own else ()), *entries):
            line, before = chained(before, fields)
            lines.append(line)
        size = _appended(tail.file, b"".join(lines))
        self._written = _Written(tail.file, size, before)

    def _tail(self) -> Tail:
        now, known, held = self._clock(), self._written, files(self.folder)
        today = self.folder / f"{now.astimezone(UTC):%Y-%m-%d}.jsonl"
        if known is None or (known.file not in held and held and known.file < held[-1]):
            return tail_of(held, today, now)
        size = known.file.stat().st_size if known.file in held else 0
        if size == known.size and held[-1] == known.file >= today:
            return Tail(known.file, known.hash)
        tail = tail_of(held, today, now)
        if size >= known.size:
            return tail
        _log.error("the audit log was cut short behind this server's back: %s", known.file)
        # What comes now follows what was there, so that the chain shows it.
        own = tail.own and {**tail.own, "after": known.hash}
        return replace(tail, hash=known.hash, own=own)

    def _prune(self, before: date) -> int:
        *older, _newest = files(self.folder) or [Path()]
        old = [path for path in older if path.stem < before.isoformat()]
        if not old:
            return 0
        last = next((end.hash for end in map(end_of, reversed(old)) if end.hash), None)
        # Said first: whatever comes between, no file is gone of which the log says nothing.
        names: list[str] = [path.name for path in old]
        said = {"when": stamp(self._clock()), "action": PRUNED, "removed": names}
        self._append(said if last is None else {**said, "after": last})
        for path in old:
            path.unlink()
        return len(old)


def _appended(path: Path, lines: bytes) -> int:
    """Write all of `lines` at the end of the file, or nothing; returns its size then. Raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        before = os.fstat(descriptor).st_size
        try:
            left = lines
            while left:
                left = left[os.write(descriptor, left) :]
        except OSError:
            # A file that may only be appended to keeps the remainder; then the next line says that one was cut off.
            with suppress(OSError):
                os.ftruncate(descriptor, before)
            raise
        return before + len(lines)
    finally:
        os.close(descriptor)
