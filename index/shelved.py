"""What is told of the library to whoever looks after it: its documents with their state, what was refused, what was
removed, and where it is synced from. None of these holds a word of a document's text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, get_args

from index.document import Attribution
from index.snapshot import Origin

State = Literal["searchable", "hidden"]
"""Whether somebody can be shown a document: a hidden one's only reader is `nobody`."""
STATES: tuple[State, ...] = get_args(State)
Order = Literal["uri", "added"]
"""By uri, or what was added last first; what came before that was kept comes at the end."""
ORDERS: tuple[Order, ...] = get_args(Order)


@dataclass(frozen=True, slots=True)
class Shelved:
    """A document of the library: whose words it is, its collection, who may read it (sorted), when this version came
    (UTC; None for what came before that was kept), the characters of its text, and what it was read from."""

    attribution: Attribution
    collection: str | None
    readers: tuple[str, ...]
    added: datetime | None
    characters: int
    state: State
    origin: Origin


@dataclass(frozen=True, slots=True)
class ShelfPage:
    """Some documents in one order; `next` asks for the page after it, None where there is none."""

    documents: tuple[Shelved, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is: documents that somebody may read and that nobody may, what the last syncs refused, and what
    was removed by hand."""

    searchable: int
    hidden: int
    refused: int
    removed: int


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """What the last sync of `root` did not take in, as the report named it, its uri where that was known, why, and
    when (UTC)."""

    root: str
    name: str
    uri: str | None
    reason: str
    refused: datetime


@dataclass(frozen=True, slots=True)
class RefusedPage:
    """Some refused files by root and name; `next` asks for the page after it."""

    files: tuple[RefusedFile, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Removal:
    """That somebody removed a document by hand: no sync brings it back until that is undone. Its title is not kept,
    which may be words of its text."""

    document_id: str
    uri: str
    by: str
    removed: datetime

    @property
    def reason(self) -> str:
        """Why a sync does not take it in.

        >>> Removal("0" * 32, "a.md", "local", datetime(2026, 11, 23, 23, 30, tzinfo=UTC)).reason
        'it was removed on 2026-11-23 by local; restore it with `onrecord library restore a.md`'
        """
        day = self.removed.astimezone(UTC).date().isoformat()
        return f"it was removed on {day} by {self.by}; restore it with `onrecord library restore {self.uri}`"


@dataclass(frozen=True, slots=True)
class RemovalPage:
    """Some removals, the latest first; `next` asks for the page after it."""

    removals: tuple[Removal, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Root:
    """A folder, file or feed as it was synced last: its real path, who may read what names no reader there, the
    collection of what names none, and when (UTC).

    `apart` are the other roots below it, synced later and in their own way: to sync this one again as it was, leave
    them out (`sync(..., apart=...)`) and sync them after it.
    """

    path: str
    readers: tuple[str, ...]
    collection: str | None
    synced: datetime
    apart: tuple[str, ...] = ()
