"""How a sync shows that it goes on: a bar with rate and time left on a terminal, a line a file elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from index.sync_report import FileResult, Progress, Silence
from ui.terminal import console, printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bars
    from rich.progress import TaskID


@contextmanager
def shown(*, quiet: bool) -> Iterator[Progress]:
    """What to tell of a sync while the block lasts; `quiet` leaves standard output to the report that follows.

    The bar is on standard error, so that what is redirected holds lines only.
    """
    errors = console(stderr=True)
    if errors.is_terminal:
        with _bars(errors) as bars:
            yield _Bar(bars)
    else:
        yield Silence() if quiet else _Lines()


def line(file: FileResult) -> str:
    """One file's result on one line."""
    why = f": {printable(file.reason)}" if file.reason else ""
    return f"{file.status:<9} {printable(file.name)}{why}"


class _Lines:
    """A line for each file that is not as it was."""

    def __init__(self) -> None:
        self._out = console()

    def found(self, total: int) -> None: ...

    def embedded(self, chunks: int) -> None: ...

    def done(self, file: FileResult) -> None:
        if file.status != "unchanged":
            self._out.print(line(file), soft_wrap=True)


class _Bar:
    """Files done of all, chunks embedded a second, and the time left at the rate so far."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._task: TaskID | None = None
        self._chunks = 0

    def found(self, total: int) -> None:
        self._task = self._bars.add_task("files", total=total, rate="")

    def embedded(self, chunks: int) -> None:
        self._chunks += chunks
        if self._task is not None and (seconds := self._bars.tasks[0].elapsed):
            self._bars.update(self._task, rate=f"{self._chunks / seconds:.0f} chunks/s")

    def done(self, file: FileResult) -> None:
        if self._task is not None:
            self._bars.advance(self._task)
        if file.status == "refused":
            self._bars.console.print(line(file))


def _bars(to: Console) -> Bars:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (MofNCompleteColumn(), TextColumn("files"), BarColumn(), TextColumn("{task.fields[rate]}"))
    # A minute's speed, since one long document says little about the next; the bar goes when the sync is done.
    return Bars(
        *columns, TimeRemainingColumn(), TextColumn("left"), console=to, speed_estimate_period=60, transient=True
    )
