"""One file or page into the library: it is put among the added files and synced; where it is refused, all is as it was
before. A server's job and the command do it alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from index.added import Added, Placed
from index.address import web_address
from index.claims import Claims
from index.embed import Embedder
from index.errors import LibraryError, Refused
from index.fetch import Fetched, Fetcher
from index.library import Library
from index.principal import NOBODY
from index.sync import sync
from index.sync_report import FileResult, Progress
from index.vectors import VectorIndex

WhenFree = Callable[[Callable[[], FileResult]], FileResult]
"""Does what needs the write lock, at once or when it is free, and gives what it gives."""


class Taking:
    """Takes files and pages into `library`; `index` is kept up to date where it is given."""

    def __init__(
        self, library: Library, embedder: Embedder, fetcher: Fetcher, index: VectorIndex | None = None
    ) -> None:
        self.added = Added(library.folder)
        self._library, self._embedder, self._fetcher, self._index = library, embedder, fetcher, index

    def page(self, address: str, claims: Claims, progress: Progress, when_free: WhenFree) -> FileResult:
        """What became of the page or file at this web address, in place of what was added from there before. Raises
        Refused with the reason."""
        url = web_address(address)
        found = self._fetcher.fetch(address)
        return self.file(self._written(found), found.name, replace(claims, uri=str(url)), progress, when_free)

    def file(self, arrived: Path, name: str, claims: Claims, progress: Progress, when_free: WhenFree) -> FileResult:
        """What became of the file at `arrived`, which was called `name`; it is moved from there. Raises Refused with
        the reason."""
        try:
            result = when_free(lambda: self._taken(arrived, name, claims, progress))
        finally:
            arrived.unlink(missing_ok=True)
        if result.status == "refused":
            raise Refused(result.reason or "it cannot be read; open it and save it again")
        return result

    def _taken(self, arrived: Path, name: str, claims: Claims, progress: Progress) -> FileResult:
        """Nobody puts, takes back or removes an added file meanwhile; while another writes, the file waits where it
        arrived, and nothing of it is in the folder."""
        with self.added.placing():
            placed, is_in = self.added.put(arrived, name, claims), False
            try:
                result = self._synced(placed, progress)
                is_in = result.status != "refused"
            finally:
                if is_in:
                    self.added.settle(placed)
                else:
                    self.added.take_back(placed, arrived)
        return result

    def _written(self, found: Fetched) -> Path:
        path = self.added.arriving()
        try:
            with path.open("xb") as file:
                file.write(found.data)
        except OSError as error:
            raise LibraryError(
                f"what was fetched cannot be kept ({error.strerror}); see to the library's disk"
            ) from error
        return path

    def _synced(self, placed: Placed, progress: Progress) -> FileResult:
        report = sync(
            [placed.path],
            self._library,
            self._embedder,
            readers=(NOBODY,),
            progress=progress,
            index=self._index,
            noted=False,
        )
        own = [each for each in report.files if each.name == placed.path.name]
        if not own:
            raise LibraryError("what was added is gone from its folder; add it again")
        return own[-1]
