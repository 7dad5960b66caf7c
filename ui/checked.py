"""What `onrecord check` prints of a draft: what the library says to each statement, and a count at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rag.check import Checked, Standing
from ui import wire
from ui.brief import counted, source
from ui.terminal import printable

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

    from rag.answer import Evidence

STANDINGS: tuple[Standing, ...] = ("supported", "contradicted", "silent")
_SHOWN: dict[Standing, tuple[str, str]] = {
    "supported": ("supported", "green"),
    "contradicted": ("CONTRADICTED", "red"),
    "silent": ("not found", "yellow"),
}
"""What stands before a statement, and its colour where there is any."""


def show(draft: str, checked: Iterable[Checked], to: Console) -> tuple[Checked, ...]:
    """Each statement as soon as it is known, with the quotes that decided; and all of them."""
    shown = []
    for each in checked:
        _show(each, draft.count("\n", 0, each.span.start) + 1, to)
        shown.append(each)
    to.print(summary(shown))
    return tuple(shown)


def report_json(checked: Iterable[Checked]) -> wire.Json:
    """The object of `check`: how many statements stand how, and each of them."""
    whole = tuple(checked)
    counts = Counter(each.support for each in whole)
    return {
        **{standing: counts[standing] for standing in STANDINGS},
        "statements": [wire.checked_json(each) for each in whole],
    }


def summary(checked: Iterable[Checked]) -> str:
    """The whole draft on one line.

    >>> summary([])
    'No statement in it can be checked.'
    """
    counts = Counter(each.support for each in checked)
    if not counts:
        return "No statement in it can be checked."
    return (
        f"{counted(counts.total(), 'statement')}: {counts['supported']} supported, {counts['contradicted']} "
        f"contradicted, {counts['silent']} on which the library has nothing"
    )


def _show(checked: Checked, line: int, to: Console) -> None:
    word, style = _SHOWN[checked.support]
    to.print(_styled(f"{word}, line {line}", style))
    to.print(_indented(_styled(printable(checked.text), "bold")))
    for reason in checked.reasons:
        to.print(_indented(printable(f"{reason[:1].upper()}{reason[1:]}."), 4))
    if checked.support == "silent" and checked.evidence:
        to.print(_indented("Nearest to it:", 4))
    for piece in checked.evidence:
        to.print(_indented(printable(f"“{piece.quote}”"), 4))
        to.print(_indented(_styled(_whose(piece), "dim"), 6))
    to.print()


def _whose(evidence: Evidence) -> str:
    who = f"{evidence.speaker}, in " if evidence.speaker else ""
    return printable(who + source(evidence.attribution, evidence.span, evidence.quote).label)


def _styled(text: str, style: str) -> Text:
    from rich.text import Text

    return Text(text, style)


def _indented(content: RenderableType, columns: int = 2) -> RenderableType:
    from rich.padding import Padding

    return Padding(content, (0, 0, 0, columns), expand=False)
