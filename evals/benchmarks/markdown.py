"""A benchmark's table as Markdown, for a page or a pull request."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan

from evals.benchmarks.table import Figure, Reference, Row, Table


def markdown(table: Table) -> str:
    """The whole table: title, setting, rows, sources, notes and the weakest point."""
    return "\n".join(_lines(table)) + "\n"


def said(figure: Figure | None) -> str:
    """A figure and its interval, or a dash.

    >>> said(Figure(0.5, 0.4, 0.6, 10))
    '0.500 [0.400, 0.600]'
    """
    if figure is None or isnan(figure.value):
        return "–"
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"


def cited(reference: Reference, table: Table) -> str:
    """A published figure with the number of where it is printed."""
    return f"{reference.value:.3f} {reference.system} [{table.sources.index(reference.source) + 1}]"


def _lines(table: Table) -> Iterator[str]:
    yield f"## {table.title}"
    yield ""
    yield f"{table.cases} {table.unit}; {table.setting}. {table.fitted}"
    yield ""
    yield "| | measure | On Record [95 %] | which is | in sample | published |"
    yield "|---|---|---|---|---|---|"
    part = ""
    for row in table.rows:
        yield _row(row, table, "" if row.part == part else row.part)
        part = row.part
    yield ""
    yield f"**What this says:** {table.weakest}"
    if table.sources:
        yield ""
        yield from (f"[{number}] {source}  " for number, source in enumerate(table.sources, start=1))
    if table.notes:
        yield ""
        yield from (f"- {note}" for note in table.notes)


def _row(row: Row, table: Table, part: str) -> str:
    others = "; ".join(cited(reference, table) for reference in row.references)
    cells = (part, row.measure, said(row.ours), row.seen, said(row.in_sample) if row.in_sample else "", others)
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
