"""Opening files that somebody else laid down: no link is followed, no device is waited for, nothing is read unmeasured.

A file is opened from its folder step by step, and what was opened is examined rather than its name, so nothing can be
put in its place between the look and the opening.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath

from index.errors import Refused

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NOCTTY
_SPECIAL = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
}
LINK = "it is a symbolic link, and links are not followed; put the file itself there"
_REASONS = {
    errno.ELOOP: LINK,
    errno.ENOTDIR: "a folder on its way is a symbolic link or a file; put the folder itself there",
    errno.EACCES: "it may not be read by this user; change its permissions",
    errno.EPERM: "it may not be read by this user; change its permissions",
    errno.ENOENT: "it is gone; sync again",
    errno.ENXIO: "it is a socket or a device; only files are read",
    errno.ENAMETOOLONG: "its path is too long to be opened; shorten it",
}


def why_not(error: OSError) -> str:
    """Why a file or folder cannot be opened or read, with what to do."""
    return _REASONS.get(error.errno or 0, f"it cannot be read ({error.strerror}); check the disk and try again")


def special(mode: int) -> str | None:
    """What a thing with this `st_mode` is, if it is not a file: a reason to refuse it."""
    if stat.S_ISLNK(mode):
        return LINK
    if stat.S_ISREG(mode):
        return None
    return f"it is {_SPECIAL.get(stat.S_IFMT(mode), 'no file')}; only files are read"


@contextmanager
def opened(root: Path, relative: PurePath, limit: int) -> Iterator[int]:
    """A descriptor of the regular file at `relative` below `root`, of at most `limit` bytes.

    Raises Refused, with the reason, if it is anything else or a link stands on the way.
    """
    if relative.is_absolute() or ".." in relative.parts:
        raise Refused("it is outside of the folder; put it inside")
    try:
        descriptor = _descend(root, relative)
    except OSError as error:
        raise Refused(why_not(error)) from error
    try:
        _examine(os.fstat(descriptor), limit)
        yield descriptor
    except OSError as error:
        raise Refused(why_not(error)) from error
    finally:
        os.close(descriptor)


def read(root: Path, relative: PurePath, limit: int) -> bytes:
    """The bytes of the file at `relative` below `root`; raises Refused as `opened` does."""
    with opened(root, relative, limit) as descriptor, os.fdopen(descriptor, "rb", closefd=False) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise Refused(_too_large(len(data), limit))
    return data


def _descend(root: Path, relative: PurePath) -> int:
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in relative.parts[:-1]:
            below = os.open(part, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = below
        return os.open(relative.name, _FILE, dir_fd=folder)
    finally:
        os.close(folder)


def _examine(status: os.stat_result, limit: int) -> None:
    if reason := special(status.st_mode):
        raise Refused(reason)
    if status.st_size > limit:
        raise Refused(_too_large(status.st_size, limit))


def _too_large(size: int, limit: int) -> str:
    return f"it has {size:,} bytes or more, and {limit:,} is the limit; split it or leave it out"
