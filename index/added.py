"""Files that somebody added from a page or with a command: a folder of the library's own, with a table that says of
each what its uri is, who may read it and where it is filed. It is synced like any other folder.

A file comes into the folder whole, its row after it: what a crash leaves between the two is read by nobody.
"""

from __future__ import annotations

import csv
import filecmp
import io
import os
import re
import time
import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from index.claims import Claims, label
from index.decode import decode
from index.document import document_id
from index.errors import LibraryBusy, LibraryError, Refused
from index.lock import FileLock
from index.sources import NAME
from index.uris import is_printable, name_of
from index.walk import KINDS

FOLDER = "added"
"""The folder, in that of the library."""
WAITS = 10.0
"""Seconds that a change of the table waits for another process to make its own."""
_ARRIVING = ".arriving"
_FORGOTTEN = 24 * 3600
"""Seconds after which what never arrived is taken for what a crash left."""
_COLUMNS = ("file", "uri", "publisher", "readers", "collection")
_SEPARATORS = re.compile(r"[;|,]")
_FORBIDDEN = re.compile(r'[/\\:*?"<>|]+')
_HIDES = " .~#$-"
"""What makes a file hidden, or a leftover, where its name begins with it."""
_LONGEST_STEM = 120
"""Bytes of a name without its ending: a file system takes 255, and a number may be put behind it."""

Rows = dict[str, dict[str, str]]
"""The cells of each row by column, by the name of its file."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A file that was put into the folder, and what it stands in place of: the file that was there, which lies aside
    until it is known whether this one can be read, with its name and row."""

    path: Path
    uri: str
    aside: Path | None = None
    former: str | None = None
    former_row: dict[str, str] | None = None


class Added:
    """The added files of the library in `library`. Safe to use from several processes."""

    def __init__(self, library: Path) -> None:
        self.folder = library.resolve() / FOLDER
        self._lock, self._placing = library / "added.lock", library / "placing.lock"

    def arriving(self) -> Path:
        """A path to write a file to that is to be put into the folder; what is left there is removed in a day."""
        aside = self.folder / _ARRIVING
        with _explained():
            self.folder.mkdir(mode=0o700, exist_ok=True)
            aside.mkdir(mode=0o700, exist_ok=True)
            for left in aside.iterdir():
                with suppress(FileNotFoundError):
                    if time.time() - left.stat().st_mtime > _FORGOTTEN:
                        left.unlink()
        return aside / uuid.uuid4().hex

    def placing(self) -> AbstractContextManager[None]:
        """Around putting a file there and settling it or taking it back, alone among all processes: what then comes
        back is what stood there before. Raises LibraryBusy if another takes long over its own."""
        return self._alone(self._placing)

    def put(self, arrived: Path, name: str, claims: Claims) -> Placed:
        """Move the file at `arrived` into the folder under a safe name made of `name`, and say `claims` of it.

        What has a uri takes the place of what was added under the same; anything else keeps its name, unless another
        file has it, and is `added/NAME`. Raises Refused for a name that is of no kind that is read and for claims that
        cannot be said, LibraryError where the folder cannot be written.
        """
        safe = safe_name(name)
        said_readers(claims.readers)
        with self._changing() as rows:
            former = next((each for each, row in rows.items() if claims.uri and row.get("uri") == claims.uri), None)
            own = self._own_name(safe, arrived, former, rows, is_page=claims.uri is not None)
            replaced = former or (own if (self.folder / own).exists() else None)
            former_row = rows.pop(replaced, None) if replaced else None
            aside = self._set_aside(replaced) if replaced else None
            uri = claims.uri or f"{FOLDER}/{own}"
            arrived.replace(self.folder / own)
            _synced(self.folder)
            rows[own] = _row(own, uri, claims)
        return Placed(self.folder / own, uri, aside, replaced, former_row)

    def settle(self, placed: Placed) -> None:
        """The file can be read: what it replaces is gone."""
        if placed.aside is not None:
            placed.aside.unlink(missing_ok=True)

    def take_back(self, placed: Placed, arrived: Path) -> None:
        """Let everything be as it was before the file was put there, and the file where it arrived."""
        with self._changing() as rows:
            rows.pop(placed.path.name, None)
            with suppress(FileNotFoundError):
                placed.path.replace(arrived)
            if placed.aside is not None and placed.former is not None:
                placed.aside.replace(self.folder / placed.former)
                if placed.former_row is not None:
                    rows[placed.former] = placed.former_row

    def holds(self, path: Path) -> bool:
        """Whether the file at this path is one that was added."""
        return path.parent == self.folder and path.name != NAME

    def holds_any(self) -> bool:
        """Whether there is a file to sync."""
        with _explained():
            return self.folder.is_dir() and any(
                each.is_file() and each.name != NAME and not each.name.startswith(".") for each in self.folder.iterdir()
            )

    def remove(self, path: Path) -> bool:
        """Remove the file at this path with its row; False if it is none that was added."""
        if not self.holds(path):
            return False
        with self.placing(), self._changing() as rows:
            rows.pop(path.name, None)
            is_there = path.exists()
            path.unlink(missing_ok=True)
        return is_there

    def remove_documents(self, ids: Collection[str]) -> int:
        """Remove the files whose rows say that they are the documents of these ids; returns how many there were."""
        if not self.folder.is_dir():
            return 0
        with self.placing(), self._changing() as rows:
            named = [name for name, row in rows.items() if document_id(row.get("uri") or "") in ids]
            for name in named:
                del rows[name]
                (self.folder / name).unlink(missing_ok=True)
        return len(named)

    def _own_name(self, name: str, arrived: Path, former: str | None, rows: Rows, *, is_page: bool) -> str:
        """`name`, or with a number behind it: not that of another file. The same file under its name is itself."""
        if former is not None and PurePosixPath(former).suffix == PurePosixPath(name).suffix:
            return former
        taken = {each.name.casefold() for each in self.folder.iterdir()} | {each.casefold() for each in rows}
        same = self.folder / name
        is_upload = not is_page and rows.get(name, {}).get("uri") == f"{FOLDER}/{name}"
        if is_upload and same.is_file() and filecmp.cmp(same, arrived, shallow=False):
            return name
        stem, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{stem}-{number}{suffix}"
        return name

    def _set_aside(self, name: str) -> Path:
        aside = self.arriving()
        (self.folder / name).replace(aside)
        # By its age it could be taken for what a crash left, and it may have to come back.
        os.utime(aside)
        return aside

    @contextmanager
    def _changing(self) -> Iterator[Rows]:
        """The rows of the table, alone among all processes; they are written when the block ends well."""
        with _explained(), self._alone(self._lock):
            self.folder.mkdir(mode=0o700, exist_ok=True)
            columns, rows = self._read()
            rows = self._there(rows)
            yield rows
            self._write(columns, self._there(rows))

    def _there(self, rows: Rows) -> Rows:
        return {name: row for name, row in rows.items() if os.path.lexists(self.folder / name)}

    @contextmanager
    def _alone(self, path: Path) -> Iterator[None]:
        until = time.monotonic() + WAITS
        with FileLock(path) as lock:
            with _explained():
                while not lock.acquire():
                    if time.monotonic() > until:
                        raise LibraryBusy(f"process {lock.holder()} is adding files; wait until it is done, try again")
                    time.sleep(0.01)
            yield

    def _read(self) -> tuple[tuple[str, ...], Rows]:
        """The columns of the table, those that somebody wrote into it too, and its rows."""
        try:
            text = decode((self.folder / NAME).read_bytes())
            lines = csv.DictReader(io.StringIO(text, newline=""), strict=True, restval="", restkey="")
            rows = {name_of(row["file"]): {key: row[key] for key in row if key} for row in lines}
        except FileNotFoundError:
            return _COLUMNS, {}
        except (csv.Error, KeyError, Refused) as error:
            raise LibraryError(f"{self.folder / NAME} cannot be read as a table; correct it by hand") from error
        return tuple(dict.fromkeys((*(lines.fieldnames or ()), *_COLUMNS))), rows

    def _write(self, columns: Sequence[str], rows: Rows) -> None:
        draft = self.folder / f".{NAME}.draft"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, columns, restval="", extrasaction="ignore")
            table.writeheader()
            table.writerows(rows[name] for name in sorted(rows))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.folder / NAME)
        _synced(self.folder)


def said_readers(labels: Sequence[str]) -> tuple[str, ...]:
    """Reader labels as a person wrote them, each once; raises Refused for none, and for one that cannot be a label.

    >>> said_readers(["press ", "legal", "press"])
    ('press', 'legal')
    """
    found = tuple(dict.fromkeys(map(_said, labels)))
    if not found:
        raise Refused("it does not say who may read it; name at least one label, as public")
    return found


def said_label(text: str, what: str) -> str:
    """The name of a collection or a publisher as a person wrote it; raises Refused for one that cannot be one."""
    found = label(text)
    if found is None or not is_printable(text):
        raise Refused(f"the {what} is empty, too long or holds what cannot be seen; write a short name, as wiki")
    return found


def _said(text: str) -> str:
    found = label(text)
    if found is None or _SEPARATORS.search(found) or not is_printable(text):
        raise Refused(
            f"{text[:100]!r} is no label of readers; write a name without commas, semicolons and bars, as press"
        )
    return found


def safe_name(name: str) -> str:
    """`name` as a file of that kind can be called anywhere: without folders, controls and what hides a file.

    Raises Refused if nothing that is read is named so.

    >>> safe_name("../../etc/Minutes of May.PDF")
    'Minutes of May.pdf'
    """
    last = name_of(re.split(r"[/\\]", name)[-1])
    shown = "".join(each for each in last if is_printable(each) and each.isprintable())
    said, dot, ending = shown.strip().rpartition(".")
    suffix = (dot + ending).lower() if dot else ""
    if suffix not in KINDS:
        what = f"files of type {suffix[:20]} are not read" if suffix else "its name does not say what it is"
        raise Refused(f"{what}; save it as one of {', '.join(KINDS)}")
    stem = " ".join(_FORBIDDEN.sub("-", said).split()).encode()[:_LONGEST_STEM].decode(errors="ignore")
    return (stem.strip(_HIDES) or "document") + suffix


def _row(name: str, uri: str, claims: Claims) -> dict[str, str]:
    return {
        "file": name,
        "uri": uri,
        "publisher": claims.publisher or "",
        "readers": ";".join(claims.readers),
        "collection": claims.collection or "",
    }


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise LibraryError(
            f"the folder of added files cannot be written ({error.strerror or error}); see to its disk and permissions"
        ) from error


def _synced(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
