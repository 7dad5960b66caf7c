"""Large files from elsewhere, in pieces: what is here already is kept, and only the file that was meant counts.

A file grows under a name of its own (`….part`) and gets its real one when its hash is right. Whatever interrupts,
Control-C or a power cut, the next try goes on from there. Proxies are those of the environment.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from time import sleep
from typing import BinaryIO, Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from rag.errors import LocalModelError

PIECE = 2**20
SPARE = 2**28
"""Bytes that are left free on the disk."""
FRUITLESS = 3
"""Tries of one source that bring nothing, after which the next source is tried."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file: its hash, its length in bytes where that is known, and where it lies, the best source first."""

    sha256: str
    size: int | None
    sources: tuple[str, ...]


class Watcher(Protocol):
    """Is told how a download goes on. Bytes count from the start of the file."""

    def source(self, host: str, have: int, size: int | None) -> None: ...

    def grown(self, have: int) -> None: ...

    def checking(self) -> None: ...


class Unwatched:
    """Nobody is told."""

    def source(self, host: str, have: int, size: int | None) -> None: ...

    def grown(self, have: int) -> None: ...

    def checking(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Patience:
    """`seconds` without a byte end a try; `pause` seconds lie between tries of one source."""

    seconds: float = 30.0
    pause: float = 1.0


class _Refused(Exception):
    """This source does not have the file; nothing is to be gained from asking it again."""


class _Interrupted(Exception):
    """This source stopped before the end; it may go on."""


def fetch(wanted: Wanted, to: Path, watcher: Watcher | None = None, patience: Patience | None = None) -> None:
    """Bring the file to `to`, whose folder is made if need be; an earlier try is gone on with.

    Raises LocalModelError if no source has it, there is no room, or another process is fetching it.
    """
    told, patient = watcher or Unwatched(), patience or Patience()
    part = to.with_name(f"{to.name}.part")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        with part.open("ab") as file:
            _take(file, to)
            try:
                _from_any(wanted, file, told, patient)
                os.fsync(file.fileno())
                part.replace(to)
            finally:
                if not file.seek(0, os.SEEK_END):
                    part.unlink(missing_ok=True)
    except OSError as error:
        raise LocalModelError(f"{to} cannot be written ({error.strerror}); choose another folder in models") from error


def sha256_of(path: Path) -> str:
    """The hash of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _take(file: BinaryIO, to: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise LocalModelError(f"another process is fetching {to.name}; wait for it to end") from error


def _from_any(wanted: Wanted, file: BinaryIO, watcher: Watcher, patience: Patience) -> None:
    """Each source in turn, until the file is whole and right."""
    reasons: list[str] = []
    for source in wanted.sources:
        host = urlsplit(source).netloc.rpartition("@")[2]
        try:
            _from_one(source, host, wanted, file, watcher, patience)
            return
        except _Refused as reason:
            reasons.append(f"{host} {reason}")
    kept = f"; the {file.tell() / 1e6:.0f} MB that came are kept" if file.seek(0, os.SEEK_END) else ""
    raise LocalModelError(f"it cannot be fetched: {', '.join(reasons)}{kept}; see to the connection and try again")


def _from_one(source: str, host: str, wanted: Wanted, file: BinaryIO, watcher: Watcher, patience: Patience) -> None:
    """One source, asked again as long as it brings more; and from the beginning where what was here was no use."""
    begun_here = not _have(file, wanted.size)
    while True:
        _to_the_end(source, host, wanted, file, watcher, patience)
        watcher.checking()
        file.flush()
        found = sha256_of(Path(file.name))
        if found == wanted.sha256:
            return
        file.truncate(0)
        if begun_here:
            raise _Refused(f"has another file than the one meant (its sha256 is {found[:12]}…)")
        begun_here = True


def _to_the_end(source: str, host: str, wanted: Wanted, file: BinaryIO, watcher: Watcher, patience: Patience) -> None:
    fruitless = 0
    while (before := _have(file, wanted.size)) != wanted.size:
        watcher.source(host, before, wanted.size)
        try:
            _piece_by_piece(source, before, wanted.size, file, watcher, patience.seconds)
            return
        except _Interrupted as reason:
            fruitless = 0 if _have(file, wanted.size) > before else fruitless + 1
            if fruitless == FRUITLESS:
                raise _Refused(str(reason)) from reason
            sleep(patience.pause)


def _have(file: BinaryIO, size: int | None) -> int:
    """How much is here; what is longer than the file can be is of no use."""
    have = file.seek(0, os.SEEK_END)
    if size is not None and have > size:
        file.truncate(0)
        return 0
    return have


def _piece_by_piece(source: str, have: int, size: int | None, file: BinaryIO, watcher: Watcher, seconds: float) -> None:
    answer = _opened(source, have, seconds)
    if answer is None:
        if size is not None:
            raise _Refused("has a shorter file than the one meant")
        return  # there is no more, and only the hash can tell whether it is right
    with answer:
        whole = _length(answer, have)
        if size is not None and whole not in (None, size):
            raise _Refused(f"has a file of {whole} bytes, not of {size}")
        _need_room(file, (size or whole or 0) - have)
        passed = have if answer.status == 206 else 0  # it may begin at the beginning: what is here is skipped, not lost
        while piece := _read(answer):
            file.write(piece[max(0, have - passed) :])
            passed += len(piece)
            have = max(have, passed)
            watcher.grown(have)
            if size is not None and have > size:
                raise _Refused(f"sends more than the {size} bytes of the file")
    expected = size if whole is None else whole
    if expected is not None and passed < expected:
        raise _Interrupted(f"stopped after {passed} of {expected} bytes")


def _opened(source: str, have: int, seconds: float) -> HTTPResponse | None:
    """The answer to a request for what is missing; None if nothing is, or the file there is shorter."""
    if urlsplit(source).scheme not in ("http", "https"):
        raise _Refused("is no address of the web; begin it with https://")
    if "@" in urlsplit(source).netloc:
        raise _Refused("is given with a user or password, which is not sent; leave that out")
    headers = {"User-Agent": "onrecord", "Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    try:
        answer = _opener().open(Request(source, headers=headers), timeout=seconds)
    except HTTPError as error:
        error.close()
        if error.code == 416:
            return None
        if error.code < 400:
            raise _Refused("sends on without end, or to elsewhere than the web") from error
        again = error.code == 429 or error.code >= 500
        raise (_Interrupted if again else _Refused)(f"answers {error.code} {error.reason}") from error
    except (URLError, OSError, HTTPException) as error:
        raise _Interrupted(f"cannot be reached ({getattr(error, 'reason', None) or error})") from error
    if not isinstance(answer, HTTPResponse):
        raise _Refused("does not speak HTTP")
    return answer


def _opener() -> OpenerDirector:
    """What follows redirects and proxies, and opens nothing but the web: no files, no data in the address."""
    opener = OpenerDirector()
    for handler in (
        ProxyHandler(),
        HTTPHandler(),
        HTTPSHandler(),
        HTTPDefaultErrorHandler(),
        HTTPRedirectHandler(),
        HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


def _length(answer: HTTPResponse, have: int) -> int | None:
    """The length of the whole file by what the source says; None if it does not."""
    if answer.status == 206:
        told = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", answer.headers.get("Content-Range", ""))
        if told is None or int(told[1]) != have:
            raise _Refused("answers with another part than the one asked for")
        return None if told[2] == "*" else int(told[2])
    length = answer.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() else None


def _read(answer: HTTPResponse) -> bytes:
    try:
        return answer.read1(PIECE)
    except (OSError, HTTPException) as error:
        raise _Interrupted(f"stopped sending ({error})") from error


def _need_room(file: BinaryIO, missing: int) -> None:
    folder = Path(file.name).parent
    free = shutil.disk_usage(folder).free
    if free < missing + SPARE:
        raise LocalModelError(
            f"{folder} has {free / 1e9:.1f} GB free and {(missing + SPARE) / 1e9:.1f} GB are needed; make room, or "
            "choose another folder in models"
        )


def below(sources: Sequence[str], base: str | None) -> tuple[str, ...]:
    """The same files below `base` instead, for a mirror of one's own; `sources` where none is given."""
    if base is None:
        return tuple(sources)
    return tuple(dict.fromkeys(base.rstrip("/") + urlsplit(each).path for each in sources))
