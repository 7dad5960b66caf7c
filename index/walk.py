"""Walking over a folder, a file or a feed: what there is to read, in order, without reading it yet.

No link is followed, nothing hidden is taken, and what cannot be taken is named with the reason while the rest goes on.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from index import files
from index.candidate import LIMITS, Candidate, Limits, Refusal, fingerprint
from index.claims import NOTHING, Claims
from index.decode import decode, kind_of
from index.errors import Refused
from index.feed import parse_line
from index.frontmatter import parted
from index.sources import FEEDS, NAME, Sources
from index.uris import is_printable, name_of, shown

KINDS = {
    ".txt": "text",
    ".md": "Markdown",
    ".markdown": "Markdown",
    ".html": "HTML",
    ".htm": "HTML",
    ".pdf": "PDF",
    ".docx": "Word",
}
"""What is read, by how its name ends; feeds are read line by line instead."""

_READABLE = ", ".join((*KINDS, *FEEDS))
_LEFTOVER = re.compile(
    r"\..*|~\$.*|.*~|#.*#|.*\.(?:tmp|bak|swp|part|crdownload)|thumbs\.db|desktop\.ini|__macosx", re.I
)
_FRONT = 20_000
"""Bytes of a Markdown file that may hold front matter."""

Found = Iterator[Candidate | Refusal]


def walk(path: Path, *, readers: tuple[str, ...], collection: str | None = None, limits: Limits = LIMITS) -> Found:
    """What is to be read at `path`, a folder, a file or a feed, sorted by name; and what is refused, with the reason.

    `readers` may read the documents that name no readers of their own, and `collection` is that of those that name
    none. A feed is streamed: a line's text is in memory
    only as long as its candidate is. Hidden files, leftovers of editors and `sources.csv` itself are passed over.
    """
    try:
        status = path.lstat()
    except (OSError, ValueError) as error:
        yield Refusal(shown(str(path)), files.why_not(error) if isinstance(error, OSError) else "it is no path")
        return
    if stat.S_ISDIR(status.st_mode):
        yield from _Walk(path.resolve(), readers, collection, limits).folder()
    elif reason := files.special(status.st_mode):
        yield Refusal(shown(path.name), reason)
    else:
        yield from _Walk(path.parent.resolve(), readers, collection, limits).only(path.name)


@dataclass(frozen=True, slots=True)
class _Table:
    """A `sources.csv` and the folder, below the one walked, whose files it speaks of."""

    folder: PurePosixPath
    sources: Sources


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder below the one walked, what is left to visit in it, and the tables that hold there, nearest first."""

    path: PurePosixPath
    entries: Iterator[os.DirEntry[str]]
    tables: tuple[_Table, ...]


class _Walk:
    def __init__(self, root: Path, readers: tuple[str, ...], collection: str | None, limits: Limits) -> None:
        self._root, self._readers, self._collection, self._limits = root, readers, collection, limits

    def folder(self) -> Found:
        """Everything below the root, folder by folder; no recursion, since folders may be nested without end."""
        open_folders: list[_Folder] = []
        yield from self._enter(PurePosixPath(), (), open_folders)
        while open_folders:
            current = open_folders[-1]
            entry = next(current.entries, None)
            if entry is None:
                open_folders.pop()
            elif not _LEFTOVER.fullmatch(entry.name) and entry.name != NAME:
                yield from self._visit(entry, current, open_folders)

    def only(self, name: str) -> Found:
        """One file of the root; of its `sources.csv` only what is wrong with the whole or with this file's row."""
        tables, refusals = self._tables(PurePosixPath(), ())
        yield from (refusal for refusal in refusals if not re.search(r":\d+$", refusal.name))
        yield from self._file(PurePosixPath(name), tables)

    def _visit(self, entry: os.DirEntry[str], current: _Folder, open_folders: list[_Folder]) -> Found:
        path = current.path / entry.name
        if not is_printable(entry.name):
            yield Refusal(shown(str(path)), "its name holds characters that cannot be seen or are not UTF-8; rename it")
        elif entry.is_symlink():
            yield Refusal(name_of(str(path)), files.LINK)
        elif entry.is_dir(follow_symlinks=False):
            yield from self._enter(path, current.tables, open_folders)
        else:
            yield from self._file(path, current.tables)

    def _enter(self, path: PurePosixPath, tables: tuple[_Table, ...], open_folders: list[_Folder]) -> Found:
        try:
            with os.scandir(self._root / path) as scan:
                entries = sorted(scan, key=lambda entry: name_of(entry.name))
        except OSError as error:
            yield Refusal(name_of(str(path)), files.why_not(error))
            return
        if any(entry.name == NAME for entry in entries):
            tables, refusals = self._tables(path, tables)
            yield from refusals
        open_folders.append(_Folder(path, iter(entries), tables))

    def _tables(self, path: PurePosixPath, above: tuple[_Table, ...]) -> tuple[tuple[_Table, ...], list[Refusal]]:
        if not os.path.lexists(self._root / path / NAME):
            return above, []
        try:
            data: bytes | Refused = files.read(self._root, path / NAME, self._limits.file_bytes)
        except Refused as error:
            data = error
        sources = Sources(data, name_of(str(path / NAME)), self._root / path)
        return (_Table(path, sources), *above), sources.refusals

    def _file(self, path: PurePosixPath, tables: tuple[_Table, ...]) -> Found:
        name, suffix = name_of(str(path)), path.suffix.lower()
        try:
            if suffix in FEEDS:
                yield from self._feed(path, name, _said(path, tables))
            elif suffix in KINDS:
                yield self._candidate(path, name, _said(path, tables))
            else:
                what = f"files of type {suffix[:20]} are not read" if suffix else "its name does not say what it is"
                yield Refusal(name, f"{what}; save it as one of {_READABLE}")
        except Refused as error:
            yield Refusal(name, str(error))

    def _candidate(self, path: PurePosixPath, name: str, row: Claims) -> Candidate:
        data = files.read(self._root, path, self._limits.file_bytes)
        uri = row.uri or _own_uri(path, data) or f"{name_of(self._root.name)}/{name}"
        return Candidate(
            name=name,
            uri=uri,
            path=self._root / path,
            fingerprint=fingerprint(data, self._readers, row, self._collection),
            root=self._root,
            readers=self._readers,
            collection=self._collection,
            row=row,
        )

    def _feed(self, path: PurePosixPath, name: str, row: Claims) -> Found:
        with (
            files.opened(self._root, path, self._limits.feed_bytes) as descriptor,
            os.fdopen(descriptor, "rb", closefd=False) as feed,
        ):
            start = feed.peek(16)
            if (kind := kind_of(start)) or b"\0" in start:
                raise Refused(f"it is named {path.suffix} but is {kind or 'no text in UTF-8'}; give it its right name")
            number, uris = 0, set[str]()
            for number, line in _lines(feed, self._limits.file_bytes):
                yield self._line(path, f"{name}:{number}", line, row, uris)
        if not number:
            raise Refused("it is empty; leave it out or fill it")

    def _line(self, path: PurePosixPath, name: str, line: bytes, row: Claims, uris: set[str]) -> Candidate | Refusal:
        try:
            if len(line) > self._limits.file_bytes:
                raise Refused(f"it has more than {self._limits.file_bytes:,} bytes, which is the limit; split it")
            parsed = parse_line(line, self._limits)
            uri = parsed.claims.uri or ""
            if uri in uris:
                raise Refused(f"its uri {uri[:200]} is that of an earlier line; give each document its own")
            uris.add(uri)
            return Candidate(
                name=name,
                uri=uri,
                path=self._root / path,
                fingerprint=fingerprint(line, self._readers, row, self._collection),
                root=self._root,
                readers=self._readers,
                collection=self._collection,
                row=row,
                line=parsed,
            )
        except Refused as error:
            return Refusal(name, str(error))


def _said(path: PurePosixPath, tables: tuple[_Table, ...]) -> Claims:
    """What the tables say of a file, the nearest first. Raises Refused where one is in doubt."""
    row = NOTHING
    for table in tables:
        row = row.over(table.sources.of(name_of(str(path.relative_to(table.folder)))))
    return row


def _own_uri(path: PurePosixPath, data: bytes) -> str | None:
    """The uri in a Markdown file's front matter; what else is wrong with it is told when it is read."""
    if KINDS[path.suffix.lower()] != "Markdown" or b"uri" not in data[:_FRONT].lower():
        return None
    try:
        return parted(decode(data)).claims.uri
    except Refused:
        return None


def _lines(feed: BinaryIO, longest: int) -> Iterator[tuple[int, bytes]]:
    """The lines of a feed with their numbers, without blank ones; one that is too long is cut just behind the limit."""
    number = 0
    while line := feed.readline(longest + 1):
        number += 1
        ended = line.endswith(b"\n")
        while not ended and (rest := feed.readline(1 << 20)):
            ended = rest.endswith(b"\n")
        if stripped := line.strip():
            yield number, stripped
