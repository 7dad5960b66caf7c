"""What a run has finished, line by line in a file: a run that was cut off goes on there, however it ended.

The first line says what the answers are made with, each other one holds an answer. A line that was not wholly written
counts for nothing. What is expected of an answer is no part of it, since answers are scored anew in any case.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import threading
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from pydantic import TypeAdapter, ValidationError

from evals.case import Case
from evals.errors import InvalidRun
from evals.observed import Failed, Observed

FORMAT = 1
"""Of the file; one of another is begun anew."""
NAME = "journal.jsonl"
"""The file in the folder of a run."""

MadeWith = tuple[tuple[str, str | None], ...]
"""Names and values of what answers are made with: where one differs, older answers are no answers of this run."""


@dataclass(frozen=True, slots=True)
class _Head:
    format: int
    made_with: MadeWith


@dataclass(frozen=True, slots=True)
class _Line:
    """`asked` is `asking` of the case; its name is for people."""

    asked: str
    case: str
    outcome: Observed | Failed


@dataclass(frozen=True, slots=True)
class _Found:
    """What stands in the file: its head, None where it has none; its answers; and how many bytes are whole lines."""

    head: _Head | None
    lines: tuple[_Line, ...]
    whole: int


_HEAD, _LINE = TypeAdapter(_Head), TypeAdapter(_Line)


class Journal:
    """The journal in `folder`, open for one run at a time. Safe to use from several threads; a context manager.

    `anew` says why older answers were left out, as what follows "because", or '' where there were none or they stand.
    """

    def __init__(self, folder: Path, made_with: MadeWith, *, fresh: bool = False) -> None:
        """Raises InvalidRun if the file cannot be written or another run has it."""
        self._lock = threading.Lock()
        self._file = _opened(folder / NAME)
        self._outcomes: dict[str, list[Observed]] = defaultdict(list)
        found, head = _read(self._file.read()), _Head(FORMAT, made_with)
        self.anew = _why_anew(found, head, fresh)
        if fresh or found.head != head:
            self._begin(head)
        else:
            self._file.truncate(found.whole)
            self._keep(found.lines)

    @property
    def left(self) -> int:
        """How many answers of the run before stand ready."""
        with self._lock:
            return sum(map(len, self._outcomes.values()))

    def take(self, case: Case) -> Observed | None:
        """An answer to the case from before, each only once; None where there is none any more."""
        with self._lock:
            outcomes = self._outcomes.get(asking(case))
            return outcomes.pop(0) if outcomes else None

    def add(self, case: Case, outcome: Observed | Failed) -> None:
        """Keep the outcome; it outlives this process from here on. Raises InvalidRun if it cannot be written."""
        line = _LINE.dump_json(_Line(asking(case), case.id, outcome)) + b"\n"
        with self._lock:
            self._write(line)

    def end(self) -> None:
        """The run is whole and stored: take the file away."""
        Path(self._file.name).unlink(missing_ok=True)

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _begin(self, head: _Head) -> None:
        self._file.truncate(0)
        self._write(_HEAD.dump_json(head) + b"\n")

    def _keep(self, lines: Sequence[_Line]) -> None:
        """An answer that did not come is asked for again: what was in its way may be gone."""
        for line in lines:
            if isinstance(line.outcome, Observed):
                self._outcomes[line.asked].append(line.outcome)

    def _write(self, line: bytes) -> None:
        try:
            self._file.write(line)
            self._file.flush()
        except OSError as error:
            raise InvalidRun(
                f"{self._file.name} cannot be written ({error.strerror}); see to its disk and run this again"
            ) from error


def asking(case: Case) -> str:
    """Sixteen hex digits of what bears on the answer to a case; what is expected of it does not."""
    day = case.as_of.isoformat() if case.as_of else None
    turns = [(turn.question, turn.answer) for turn in case.history]
    readers = None if case.readers is None else sorted(case.readers)
    asked = json.dumps([case.question, turns, day, readers, sorted(case.without)])
    return hashlib.sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _opened(path: Path) -> BinaryIO:
    with ExitStack() as undo:
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # documents are quoted in it
            file = undo.enter_context(path.open("a+b"))
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InvalidRun(
                f"another run is writing to {path.parent}; wait until it is done, or name another folder with --out"
            ) from error
        except OSError as error:
            raise InvalidRun(f"{path} cannot be written ({error.strerror}); name another folder with --out") from error
        undo.pop_all()
    file.seek(0)
    return file


def _read(content: bytes) -> _Found:
    first, *others = [line for line in content.splitlines(keepends=True) if line.endswith(b"\n")] or [b""]
    try:
        head = _HEAD.validate_json(first)
    except ValidationError:
        return _Found(None, (), 0)
    return _Found(head, tuple(filter(None, map(_line, others))), content.rfind(b"\n") + 1)


def _line(text: bytes) -> _Line | None:
    try:
        return _LINE.validate_json(text)
    except ValidationError:
        return None


def _why_anew(found: _Found, head: _Head, fresh: bool) -> str:
    """Why the answers that are there count for nothing, '' if they do or there are none."""
    if found.head is None or not found.lines:
        return ""
    if fresh:
        return "that was asked for"
    if found.head.format != FORMAT:
        return "another version of On Record wrote them"
    before, now = dict(found.head.made_with), dict(head.made_with)
    changed = [name for name in before | now if before.get(name) != now.get(name)]
    return f"they were made with other {_listed(changed)}" if changed else ""


def _listed(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
