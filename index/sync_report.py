"""What a sync did, file by file, and how it tells while it runs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal, Protocol

Status = Literal["added", "changed", "unchanged", "removed", "refused"]


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one file or feed line; `uri` where it is known, `reason` where it was refused or is for nobody.

    `kept_out` says that it was refused because somebody removed it by hand, which is as it should be.
    """

    name: str
    uri: str | None
    status: Status
    reason: str | None = None
    kept_out: bool = False


@dataclass(frozen=True, slots=True)
class SyncReport:
    """A sync that ran to its end. `chunks` were written, of which `embedded` needed the embedder; `seconds` in all.

    `hidden` counts the documents of the library that nobody may read, whenever they came.
    """

    files: tuple[FileResult, ...]
    chunks: int
    embedded: int
    seconds: float
    hidden: int = 0

    def count(self, status: Status) -> int:
        """How many files ended so."""
        return Counter(file.status for file in self.files)[status]

    @property
    def failed(self) -> int:
        """How many files were refused that should have come in."""
        return sum(file.status == "refused" and not file.kept_out for file in self.files)


class Progress(Protocol):
    """Who is told how a sync goes on; called from the thread that syncs, `found` once and first."""

    def found(self, total: int) -> None:
        """So many files and feed lines are there to look at; each will be `done` once."""
        ...

    def embedded(self, chunks: int) -> None:
        """So many more chunks have got their vectors."""
        ...

    def done(self, file: FileResult) -> None:
        """One more file is settled: committed, if it was to be written. Removed ones come beyond the total."""
        ...


class Silence:
    """Progress that nobody watches."""

    def found(self, total: int) -> None: ...

    def embedded(self, chunks: int) -> None: ...

    def done(self, file: FileResult) -> None: ...
