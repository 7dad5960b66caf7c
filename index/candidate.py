"""What a walk over folders and feeds yields: things to read, and things refused."""

from __future__ import annotations

import hashlib
import json
from dataclasses import astuple, dataclass, field
from pathlib import Path

from index.claims import NOTHING, Claims

READING = "2"
"""The version of the rules of reading; raise it when the same bytes would make another document, to read it anew."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost; a file over a limit is refused and the rest goes on."""

    file_bytes: int = 20_000_000
    """Bytes of one file, and of one line of a feed."""
    feed_bytes: int = 2_000_000_000
    """Bytes of one feed, which is never in memory as a whole."""
    characters: int = 5_000_000
    """Characters of one document's text."""
    seconds: float = 60.0
    """Seconds that parsing one web page, PDF, Word or Markdown file may take, of the clock and of the processor."""
    memory_bytes: int = 1_500_000_000
    """Bytes of address space of the process that parses."""


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a feed: what it says of the document, and its text."""

    claims: Claims
    text: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing to read, found by walking; cheap to make.

    `name` is how reports name it: its path below the folder given, or `feed.jsonl:12`. `uri` is its document's uri.
    `fingerprint` is the SHA-256 over its bytes and all else that its document is made of: if the library holds it,
    nothing needs to be read or embedded again.
    """

    name: str
    uri: str
    path: Path
    fingerprint: str
    root: Path = field(default=Path(), repr=False)
    """The folder that was walked; the file is opened from there, and nothing outside of it is."""
    readers: tuple[str, ...] = field(default=(), repr=False)
    """Who may read it, if nothing else says so."""
    collection: str | None = field(default=None, repr=False)
    """The collection that it is in, if nothing else says so."""
    row: Claims = field(default=NOTHING, repr=False)
    """What `sources.csv` says of it and of the folders it is in; it overrides what the file or line says."""
    line: Line | None = field(default=None, repr=False)


def fingerprint(data: bytes, readers: tuple[str, ...], row: Claims = NOTHING, collection: str | None = None) -> str:
    """The SHA-256, in hex, over all that a document is made of: its bytes, its row, our rules, and what holds where
    nothing says who may read it or which collection it is in."""
    beside = json.dumps([READING, readers, collection, [str(value) for value in astuple(row)]])
    return hashlib.sha256(f"{len(beside)}:{beside}".encode() + data).hexdigest()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file, line or row that is not taken in, and the reason in one sentence."""

    name: str
    reason: str
