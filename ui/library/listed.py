"""The library and its jobs as JSON, for librarians."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import PurePath

from index.shelved import Removal, Root, Shelved
from index.sources import FEEDS
from index.sync_report import FileResult
from index.walk import KINDS
from ui import wire
from ui.library.job import Job, Standing


def moment(when: datetime) -> str:
    """A moment in UTC, to the second."""
    return when.astimezone(UTC).isoformat(timespec="seconds")


def row(each: Shelved) -> wire.Json:
    """A document as a librarian sees it."""
    of = each.attribution
    return {
        "id": of.document_id,
        "uri": of.uri,
        "title": of.title,
        "publisher": of.publisher,
        "author": of.author,
        "published": None if of.published is None else of.published.isoformat(),
        "language": of.language,
        "collection": each.collection,
        "readers": list(each.readers),
        "added": each.added and moment(each.added),
        "characters": each.characters,
        "state": each.state,
        "kind": kind(each.origin.path),
    }


def kind(path: str) -> str:
    """What a document was read from: the kind of the file at this path, or a feed.

    >>> kind("/srv/press/Minutes.PDF"), kind("/srv/press/all.jsonl")
    ('PDF', 'feed')
    """
    suffix = PurePath(path).suffix.lower()
    return "feed" if suffix in FEEDS else KINDS.get(suffix, "text")


def removal(each: Removal) -> wire.Json:
    """A document that somebody removed."""
    return {"id": each.document_id, "uri": each.uri, "by": each.by, "removed": moment(each.removed)}


def root(each: Root, own: PurePath) -> wire.Json:
    """Where the library was synced from; `own` is the folder of added files."""
    return {
        "path": each.path,
        "readers": list(each.readers),
        "collection": each.collection,
        "synced": moment(each.synced),
        "added": PurePath(each.path).is_relative_to(own),
    }


def job(of: Job) -> wire.Json:
    """A job as lists show it."""
    now = of.standing
    return {
        "id": of.id,
        "kind": of.kind,
        "name": of.name,
        "by": of.caller.principal.name,
        "begun": moment(of.begun),
        "ended": now.ended and moment(now.ended),
        "counts": dict(of.counts),
        **standing(now),
    }


def standing(now: Standing) -> wire.Json:
    """How far a job has come."""
    return {
        "state": now.state,
        "total": now.total,
        "done": now.done,
        "chunks": now.chunks,
        "file": now.file,
        "reason": now.told,
    }


def result(file: FileResult) -> wire.Json:
    """What became of one file."""
    return {"name": file.name, "uri": file.uri, "status": file.status, "reason": file.reason}
