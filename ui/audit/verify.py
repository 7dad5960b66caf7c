"""The whole audit log read again: whether it is as it was written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ui.audit.chain import BEGUN, FOLDER, PRUNED, START, files, remainder, taken_apart
from ui.audit.errors import AuditFailed


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the log: its file's name, and its number from 1."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The first place where the log is not as it was written, and what is wrong there."""

    place: Place
    what: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What the log holds: files, whole lines, the hash of the last (64 zeros if there is none), the lines that were cut
    off as their process died, and the first mismatch, None if all is as it was written."""

    files: int
    lines: int
    head: str
    cut: tuple[Place, ...]
    mismatch: Mismatch | None


def verify(folder: Path, head: str | None = None) -> Verified:
    """Read the log of the library in `folder` again.

    `head` is the hash of a line as it was noted elsewhere: a log without that line was cut short, or replaced. Raises
    AuditFailed if the log cannot be read.
    """
    reading = _Reading(head)
    try:
        held = files(folder / FOLDER)
        mismatch = _first_mismatch(reading, held)
    except OSError as error:
        raise AuditFailed(f"the audit log cannot be read ({error}); see to its permissions") from error
    cut = () if mismatch else tuple(reading.cut)
    return Verified(len(held), reading.lines, reading.before, cut, mismatch)


@dataclass(slots=True)
class _Reading:
    """What was read so far: how many whole lines, the last one's hash, whether one had the hash `head`, what the first
    line follows, what removed files ended with, lines that were cut off, and lines that are not whole and that the next
    must account for."""

    head: str | None
    lines: int = 0
    before: str = START
    has_head: bool = False
    follows: str = START
    pruned: set[str] = field(default_factory=set)
    cut: list[Place] = field(default_factory=list)
    broken: list[tuple[Place, str]] = field(default_factory=list)


def _first_mismatch(reading: _Reading, held: list[Path]) -> Mismatch | None:
    place, line = Place("", 0), b"\n"
    for place, line in _lines(held):
        what = _taken(reading, place, line)
        if what is not None:
            return Mismatch(reading.broken[0][0] if reading.broken else place, what)
    return _at_the_end(reading, held, place, is_open=not line.endswith(b"\n"))


def _lines(held: list[Path]) -> Iterator[tuple[Place, bytes]]:
    for path in held:
        with path.open("rb") as stream:
            yield from ((Place(path.name, number), line) for number, line in enumerate(stream, start=1))


def _taken(reading: _Reading, place: Place, line: bytes) -> str | None:
    """Read one line; what is wrong with it, or with those before it that it does not account for."""
    part = taken_apart(line.removesuffix(b"\n"))
    if part is None:
        reading.broken.append((place, remainder(line.removesuffix(b"\n"))))
        return None
    is_first = not reading.lines
    fields = _fields(part.body)
    if is_first and fields.get("action") == BEGUN:
        reading.before = reading.follows = str(fields.get("after"))
    if not part.follows(reading.before):
        return "this is not what was written, or not where it was written"
    missing = _unaccounted(reading, fields, of_removed=is_first)
    if missing is not None:
        return missing
    if fields.get("action") == PRUNED:
        reading.pruned.add(str(fields.get("after")))
    reading.lines += 1
    reading.before = part.hash
    reading.has_head |= part.hash == reading.head
    return None


def _unaccounted(reading: _Reading, fields: dict[str, Any], *, of_removed: bool) -> str | None:
    """Lines that are not whole have to be those that the line behind them says were cut off. The first line of a log
    may speak of lines in files that are removed since."""
    noted, seen = fields.get("cut"), [what for _, what in reading.broken]
    said = noted if isinstance(noted, list) else []
    if (said[len(said) - len(seen) :] if of_removed else said) != seen:
        return "this is not whole, and no crash is noted that cut it off" if seen else "what a crash cut off is gone"
    reading.cut += [place for place, _ in reading.broken]
    reading.broken.clear()
    return None


def _at_the_end(reading: _Reading, held: list[Path], last: Place, *, is_open: bool) -> Mismatch | None:
    if reading.broken and not is_open:
        return Mismatch(reading.broken[0][0], "this line is not whole, though it ends as one that is")
    if reading.follows not in (START, *reading.pruned):
        return Mismatch(Place(held[0].name, 1), "the files before this one are gone, and no line says who removed them")
    if reading.head is not None and not reading.has_head:
        return Mismatch(last, "the line with that hash is not in the log: its end was cut off, or it is another log")
    reading.cut += [place for place, _ in reading.broken]
    return None


def _fields(body: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}
