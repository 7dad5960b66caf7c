"""A comparison of two runs in a terminal: the verdict, what flipped, the measures, and what else is different."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ui import comparison_text as words
from ui.comparison_text import Section, Tone
from ui.terminal import printable

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

    from evals.comparison import Comparison
    from evals.run_record import Run

_STYLES: dict[Tone, str] = {"bad": "red", "good": "green", "doubtful": "yellow", "plain": "none"}


def show(before: Run, after: Run, found: Comparison, compared: int, caveats: Sequence[str], to: Console) -> None:
    """All of it, the gravest first; `compared` cases are in both runs."""
    to.print(_styled(words.verdict(found), "bold green" if found.passes else "bold red"))
    to.print(_styled(words.basis(before, found, compared), "dim"))
    _show_sections(words.first_sections(found), to)
    _show_measures(found, to)
    if told := words.speed(found):
        to.print()
        to.print(_styled(told, "red" if found.slowness and found.slowness.worse else "none"))
    _show_sections(words.last_sections(found, after, caveats), to)


def _show_sections(sections: Iterable[Section], to: Console) -> None:
    for section in sections:
        to.print()
        to.print(_styled(section.heading, "bold"))
        for item in section.items:
            to.print(_indented(_styled(item.what, _STYLES[section.tone])))
            if item.why:
                to.print(_indented(_styled(item.why), 4))


def _show_measures(found: Comparison, to: Console) -> None:
    from rich.table import Table

    if rows := words.moved(found):
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
        table.add_column(words.COLUMNS[0], no_wrap=True)
        for name in words.COLUMNS[1:-1]:
            table.add_column(name, justify="right", no_wrap=" " not in name)
        table.add_column(words.COLUMNS[-1], no_wrap=True)
        for each in rows:
            style = "red" if each.worse else "green" if each.better else "none"
            table.add_row(*map(printable, words.row(each)), style=style)
        to.print()
        to.print(table)
    if still := words.unmoved(found):
        to.print()
        to.print(_styled(still, "dim"))


def _styled(text: str, style: str = "none") -> Text:
    from rich.text import Text

    return Text(printable(text), style)


def _indented(content: RenderableType, columns: int = 2) -> RenderableType:
    from rich.padding import Padding

    return Padding(content, (0, 0, 0, columns), expand=False)
