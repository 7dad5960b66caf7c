"""The models of this machine as a table and as JSON, and a bar for one that is being fetched."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from rag.local.catalogue import Entry, catalogue
from rag.local.download import Watcher
from rag.local.machine import Machine, this_machine
from rag.local.nearby import Nearby, nearby, offer
from rag.local.weights import Weights, folder, installed
from ui.terminal import console, printable
from ui.wire import Json

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console, RenderableType
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class Shelf:
    """What can be had and what is here; `chosen` is the setting `model`."""

    machine: Machine
    folder: Path
    entries: tuple[Entry, ...]
    here: tuple[Weights, ...]
    servers: tuple[Nearby, ...]
    chosen: str | None


def look(settings: Settings) -> Shelf:
    """The catalogue, the folder of models and the usual ports, as they are now."""
    where = folder(settings)
    return Shelf(this_machine(), where, catalogue(), installed(where), nearby(), settings.model)


def shelf_json(shelf: Shelf) -> Json:
    """The same for a program; sizes and memory in bytes, but `memory` of a model in GB as in the catalogue."""
    here = {each.name: each for each in shelf.here}
    return {
        "machine": {"cores": shelf.machine.cores, "memory": shelf.machine.memory},
        "folder": str(shelf.folder),
        "chosen": shelf.chosen,
        "models": [_entry_json(entry, shelf.machine, here.get(entry.name)) for entry in shelf.entries],
        "others": [{"name": each.name, "path": str(each.path)} for each in _others(shelf)],
        "servers": [{"server": each.server, "url": each.url, "models": list(each.models)} for each in shelf.servers],
    }


def show(shelf: Shelf, to: Console) -> None:
    """The same by what machine they are for, smallest first, and what to do next."""
    for memory, entries in groupby(shelf.entries, key=lambda entry: entry.memory):
        group = tuple(entries)
        fits = group[0].fits(shelf.machine.memory)
        to.print(f"For {memory} GB of memory{'' if fits else ', which is more than this machine has'}")
        to.print(_table(group, {each.name for each in shelf.here}), style="" if fits else "dim")
    to.print()
    for line in _lines(shelf):
        to.print(printable(line), soft_wrap=True)


def _table(entries: Sequence[Entry], here: Container[str]) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=20, no_wrap=True)
    table.add_column(width=7, no_wrap=True, justify="right")
    table.add_column(width=4, no_wrap=True)
    table.add_column()
    for entry in entries:
        row = (f"  {entry.name}", size(entry.bytes), "here" if entry.name in here else "")
        table.add_row(*map(Text, (*row, f"{entry.about} ({entry.licence})")))
    return table


def size(count: int) -> str:
    """Bytes as a person reads them.

    >>> size(98_362_432), size(18_556_686_752)
    ('98 MB', '18.6 GB')
    """
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


@contextmanager
def watched(name: str) -> Iterator[Watcher]:
    """What is told of a download while the block lasts: a bar on a terminal, a line for each tenth elsewhere; both on
    standard error."""
    errors = console(stderr=True)
    if errors.is_terminal:
        with _bars(errors) as bars:
            yield _Bar(name, bars)
    else:
        yield _Tenths(name, errors)


def _lines(shelf: Shelf) -> Iterator[str]:
    yield f"This machine: {shelf.machine.cores} cores, {size(shelf.machine.memory)} of memory."
    for each in _others(shelf):
        yield f"Also here: {each.name} ({each.path})"
    yield f"Models are kept in {shelf.folder}; fetch one with `onrecord model get NAME`."
    if (offered := offer(shelf.servers)) is not None:
        yield offered
    yield f"Writing answers: {shelf.chosen or 'none; answers are exact quotes'}"


def _others(shelf: Shelf) -> tuple[Weights, ...]:
    known = {entry.name for entry in shelf.entries}
    return tuple(each for each in shelf.here if each.name not in known)


def _entry_json(entry: Entry, machine: Machine, here: Weights | None) -> Json:
    return {
        "name": entry.name,
        "title": entry.title,
        "about": entry.about,
        "licence": entry.licence,
        "quantisation": entry.quantisation,
        "memory": entry.memory,
        "bytes": entry.bytes,
        "sha256": entry.sha256,
        "sources": list(entry.sources),
        "fits": entry.fits(machine.memory),
        "path": str(here.path) if here else None,
    }


class _Tenths:
    def __init__(self, name: str, to: Console) -> None:
        self._name, self._to = name, to
        self._size: int | None = None
        self._told = 0

    def source(self, host: str, have: int, size: int | None) -> None:
        self._size = size
        begun = f", from {have / 1e6:.0f} MB on" if have else ""
        self._to.print(f"{self._name}: fetching from {printable(host)}{begun}", soft_wrap=True)

    def grown(self, have: int) -> None:
        tenth = have * 10 // self._size if self._size else 0
        if tenth > self._told:
            self._told = tenth
            self._to.print(f"{self._name}: {tenth * 10} %", soft_wrap=True)

    def checking(self) -> None:
        self._to.print(f"{self._name}: checking its hash", soft_wrap=True)


class _Bar:
    def __init__(self, name: str, bars: Bars) -> None:
        self._bars = bars
        self._task: TaskID = bars.add_task(name, total=None)

    def source(self, host: str, have: int, size: int | None) -> None:
        # A new beginning, or what was here already would count as having come within an instant.
        self._bars.reset(self._task, total=size, completed=have, description=f"from {printable(host)}")

    def grown(self, have: int) -> None:
        self._bars.update(self._task, completed=have)

    def checking(self) -> None:
        self._bars.update(self._task, description="checking its hash")


def _bars(to: Console) -> Bars:
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    return Bars(*columns, TimeRemainingColumn(), console=to, speed_estimate_period=60, transient=True)
