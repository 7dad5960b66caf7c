"""How the files of the audit log end, and so what the next line follows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from index.records.store import stamp
from ui.audit.chain import BEGUN, CONTINUED, START, remainder, taken_apart

_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class End:
    """How a file ends: the hash of its last whole line, None if it has none; what stands behind that of lines that are
    not whole, oldest first; and whether the very last line is without its newline, as only a crash leaves it."""

    hash: str | None
    broken: tuple[bytes, ...]
    is_open: bool

    @property
    def cut(self) -> tuple[bytes, ...]:
        """What is left of lines that were being written when their process died. A broken line that ends as it should
        is none of these: somebody changed it."""
        return self.broken if self.is_open else ()


@dataclass(frozen=True, slots=True)
class Tail:
    """Where the next line goes, the hash that it follows, and what has to stand before it: a newline behind a line that
    was cut off, and a line of the log's own, None if there needs to be none."""

    file: Path
    hash: str
    newline: bytes = b""
    own: dict[str, object] | None = None


def end_of(path: Path) -> End:
    """How the file at `path` ends; no more of it is read than that takes. Raises OSError."""
    broken: list[bytes] = []
    lines = _backwards(path)
    last = next(lines)
    if last:
        lines = _first(last, lines)
    for line in lines:
        part = taken_apart(line)
        if part is not None:
            return End(part.hash, tuple(reversed(broken)), bool(last))
        broken.append(line)
    return End(None, tuple(reversed(broken)), bool(last))


def tail_of(held: list[Path], today: Path, now: datetime) -> Tail:
    """Where the next line goes: to the newest of the files `held`, which stand in their order, or to that of today if
    it is newer. Raises OSError."""
    path = max([today, *held[-1:]])
    ends = {file: end_of(file) for file in _down_to_whole(held)}
    before = next((end.hash for end in ends.values() if end.hash), START)
    cut = [remainder(line) for end in reversed(ends.values()) for line in end.cut]
    here = ends.get(path)
    own: dict[str, object] = {"when": stamp(now)}
    if here is None or here.hash is None:
        own |= {"action": BEGUN, "after": before}
    elif cut:
        own |= {"action": CONTINUED}
    if cut:
        own |= {"cut": cut}
    return Tail(path, before, b"\n" if here is not None and here.is_open else b"", own if "action" in own else None)


def _down_to_whole(held: list[Path]) -> Iterator[Path]:
    """The newest file, and those before it as long as none has a whole line."""
    for path in reversed(held):
        yield path
        if end_of(path).hash:
            return


def _first(last: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    yield last
    yield from others


def _backwards(path: Path) -> Iterator[bytes]:
    """The lines of a file from the last, which is empty where the file ends with a newline, to the first."""
    with path.open("rb") as stream:
        at, held = stream.seek(0, 2), b""
        while at:
            start = max(0, at - _BLOCK)
            stream.seek(start)
            held, at = stream.read(at - start) + held, start
            held, *rest = held.split(b"\n")
            yield from reversed(rest)
        yield held
