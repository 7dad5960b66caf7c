"""How benchmarks look in a terminal and as JSON: the list of them, the table of one, and how far it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from math import isfinite
from typing import TYPE_CHECKING

from evals.benchmarks.catalogue import CATALOGUE
from evals.benchmarks.job import Progress, Silence
from evals.benchmarks.markdown import cited, said
from ui.printing import show_json
from ui.terminal import console

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from evals.benchmarks.table import Row, Table
    from ui.wire import Json


def show_catalogue(to: Console, *, as_json: bool) -> None:
    """Each benchmark with what it measures, the files it reads and where they are to be had."""
    if as_json:
        show_json({"benchmarks": [asdict(each) for each in CATALOGUE]})
        return
    from rich.padding import Padding
    from rich.text import Text

    for each in CATALOGUE:
        to.print(Text.assemble((each.name, "bold"), f"  {each.measures}"))
        for line in (f"reads {', '.join(each.files)}", each.found):
            to.print(Padding(Text(line, "dim"), (0, 0, 0, 4), expand=False))
    to.print("\nonrecord bench NAME --data DIR, where DIR holds these files", style="dim")


def show_table(table: Table, to: Console) -> None:
    """The table with everything that is said about it."""
    from rich.table import Table as Grid
    from rich.text import Text

    to.print(Text(table.title, "bold"))
    to.print(Text(f"{table.cases} {table.unit}; {table.setting}. {table.fitted}", "dim"))
    grid = Grid(box=None, pad_edge=False, show_edge=False)
    fitted = any(row.in_sample for row in table.rows)
    grid.add_column("measure", header_style="dim", overflow="fold")
    for heading in ("On Record [95 %]", "which is", *(("in sample",) if fitted else ())):
        grid.add_column(heading, header_style="dim", no_wrap=True)
    grid.add_column("published", header_style="dim", overflow="fold")
    part = ""
    for row in table.rows:
        if row.part != part:
            part = row.part
            grid.add_row(Text(part, "bold"))
        grid.add_row(*map(Text, _cells(row, table, fitted=fitted)))
    to.print()
    to.print(grid)
    to.print()
    to.print(Text(table.weakest, "bold"))
    for number, source in enumerate(table.sources, start=1):
        to.print(Text(f"[{number}] {source}", "dim"))
    for note in table.notes:
        to.print(Text(f"· {note}", "dim"))


def _cells(row: Row, table: Table, *, fitted: bool) -> tuple[str, ...]:
    others = "\n".join(cited(reference, table) for reference in row.references)
    in_sample = (said(row.in_sample) if row.in_sample else "",) if fitted else ()
    return f"  {row.measure}", said(row.ours), row.seen, *in_sample, others


def table_json(table: Table) -> Json:
    """The table's fields; what is not a number is null."""
    return {name: _known(value) for name, value in asdict(table).items()}


def _known(value: object) -> object:
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, dict):
        return {name: _known(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_known(inner) for inner in value]
    return value


@contextmanager
def progress() -> Iterator[Progress]:
    """A bar on standard error while the block lasts, on a terminal; nothing elsewhere."""
    errors = console(stderr=True)
    if not errors.is_terminal:
        yield Silence()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=errors, transient=True) as bars:
        yield _Bar(bars)


class _Bar:
    """One bar for what is being done now."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._task: TaskID | None = None

    def begin(self, what: str, total: int) -> None:
        if self._task is not None:
            self._bars.remove_task(self._task)
        self._task = self._bars.add_task(what, total=total)

    def step(self) -> None:
        if self._task is not None:
            self._bars.advance(self._task)
