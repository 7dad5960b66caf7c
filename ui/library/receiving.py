"""A file that is sent, written to the disk as it comes, so that no large one is ever in memory."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from index.errors import LibraryError
from ui.library.jobs import QueueFull
from ui.library.keeper import LibraryKeeper
from ui.threads import Threads

AT_ONCE = 8
"""Files that come at once; whoever sends another is told to come back."""


class Receiving:
    """Receives the files of one server. For one event loop."""

    def __init__(self) -> None:
        self._threads = Threads(AT_ONCE)
        self._coming = 0

    async def received(self, keeper: LibraryKeeper, parts: AsyncIterator[bytes]) -> Path:
        """Where the file that came in `parts` lies. Raises QueueFull where too much comes or waits, LibraryError where
        it cannot be written, and whatever `parts` raises; then nothing of it is left."""
        if self._coming >= AT_ONCE:
            raise QueueFull("too many files come at once; wait until some of them are here and try again")
        self._coming += 1
        try:
            path = await self._threads.run(keeper.arriving)
            return await self._written(path, parts)
        finally:
            self._coming -= 1

    async def _written(self, path: Path, parts: AsyncIterator[bytes]) -> Path:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        is_whole = False
        try:
            async for part in parts:
                await self._threads.run(partial(_write, descriptor, part))
            is_whole = True
        finally:
            os.close(descriptor)
            if not is_whole:
                with suppress(OSError):
                    path.unlink()
        return path


def _write(descriptor: int, part: bytes) -> None:
    try:
        while part:
            part = part[os.write(descriptor, part) :]
    except OSError as error:
        raise LibraryError(f"the file cannot be kept ({error.strerror}); see to the library's disk") from error
