"""What librarians are given by /api/v1/library, as types, so that it can be described; times are ISO 8601 in UTC."""

from __future__ import annotations

from datetime import date, datetime

from index.shelved import State
from index.sync_report import Status
from ui.library.job import Kind
from ui.library.job import State as JobState
from ui.routes.shown import Shown


class Row(Shown):
    """A document as a librarian sees it: whose words, who may read it, and nothing of its text."""

    id: str
    uri: str
    title: str | None
    publisher: str | None
    author: str | None
    published: date | None
    language: str | None
    collection: str | None
    readers: tuple[str, ...]
    added: datetime | None
    characters: int
    state: State
    kind: str


class Counted(Shown):
    """How much there is of what."""

    searchable: int
    hidden: int
    refused: int
    removed: int


class Rows(Shown):
    """A page of the library; `next` asks for the one after it."""

    documents: tuple[Row, ...]
    next: str | None
    counts: Counted


class Fed(Shown):
    """How many kept answers rest on a document, and when the last of them was asked for."""

    answers: int
    last: datetime | None


class OneRow(Row):
    """A document, what it fed, and whether whoever asks may read it, too."""

    fed: Fed
    readable: bool


class RefusedRow(Shown):
    """What the last sync of `root` did not take in, and why."""

    root: str
    name: str
    uri: str | None
    reason: str
    refused: datetime


class Refusals(Shown):
    """A page of what was refused."""

    refusals: tuple[RefusedRow, ...]
    next: str | None


class RemovedRow(Shown):
    """A document that somebody removed: no sync brings it back until it is restored."""

    id: str
    uri: str
    by: str
    removed: datetime


class Removals(Shown):
    """A page of what was removed, the latest first."""

    removals: tuple[RemovedRow, ...]
    next: str | None


class RootRow(Shown):
    """A folder, file or feed that the library was synced from; `added` marks the folder of files added from here."""

    path: str
    readers: tuple[str, ...]
    collection: str | None
    synced: datetime
    added: bool


class Roots(Shown):
    """Where the library was synced from."""

    roots: tuple[RootRow, ...]


class Begun(Shown):
    """The id of the job that does what was asked for."""

    job: str


class Result(Shown):
    """What became of one file."""

    name: str
    uri: str | None
    status: Status
    reason: str | None


class JobRow(Shown):
    """A job and how far it has come; `reason` is why it waits or failed, or what is to be known of its outcome."""

    id: str
    kind: Kind
    name: str
    by: str
    begun: datetime
    ended: datetime | None
    state: JobState
    total: int
    done: int
    chunks: int
    file: str | None
    reason: str | None
    counts: dict[Status, int]


class OneJob(JobRow):
    """A job with what became of the files it changed or refused, the last few hundred of them."""

    files: tuple[Result, ...]


class JobRows(Shown):
    """The jobs of this server since it began, the newest first; of those that are over, the last fifty."""

    jobs: tuple[JobRow, ...]
