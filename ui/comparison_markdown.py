"""A comparison of two runs as GitHub-flavoured Markdown, for a comment on the change that was compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from ui import comparison_text as words
from ui.comparison_text import Item, Section
from ui.terminal import printable

if TYPE_CHECKING:
    from evals.comparison import Comparison
    from evals.run_record import Run

_MARKS = re.compile(r"[\\`*_\[\]<>|~&]|:(?=//)|(?<=www)\.")
"""What Markdown would take for its own: emphasis, code, links, tables, HTML, and bare addresses."""
_START = re.compile(r"^(?:([-+=])|(\d+)([.)]))")
"""What makes a line a heading or an item of a list."""
_REFERENCES = re.compile(r"[@#](?=\w)")
"""People and issues; these are looked for once Markdown is HTML, so that only something between stops it."""


def text(before: Run, after: Run, found: Comparison, compared: int, caveats: Sequence[str]) -> str:
    """The same as in the terminal; what comes from cases and documents shows as it is and does nothing."""
    lines = (
        f"### {escaped(words.verdict(found))}",
        "",
        escaped(words.basis(before, found, compared)),
        *_sections(words.first_sections(found)),
        *_measures(found),
        *(("", escaped(told)) if (told := words.speed(found)) else ()),
        *_sections(words.last_sections(found, after, caveats)),
    )
    return "\n".join(lines) + "\n"


def escaped(shown: str) -> str:
    """Text of one line that stays the text it is.

    >>> escaped("a | <b> @ann")
    'a \\\\| \\\\<b\\\\> @<!-- -->ann'
    """
    tamed = _MARKS.sub(lambda mark: f"\\{mark[0]}", printable(shown))
    return _REFERENCES.sub(lambda mark: f"{mark[0]}<!-- -->", tamed).replace("$", "<span>$</span>")


def _sections(sections: Iterable[Section]) -> Iterator[str]:
    for section in sections:
        yield from ("", f"**{escaped(section.heading)}**", "")
        yield from map(_item, section.items)


def _item(item: Item) -> str:
    return f"- {_begun(item.what)}" + (f"  \n  {_begun(item.why)}" if item.why else "")


def _begun(shown: str) -> str:
    """Text at the start of a line."""
    return _START.sub(lambda mark: f"\\{mark[1]}" if mark[1] else f"{mark[2]}\\{mark[3]}", escaped(shown))


def _measures(found: Comparison) -> Iterator[str]:
    if rows := words.moved(found):
        yield from ("", _row(words.COLUMNS), _row(":--" if place in (0, 6) else "--:" for place in range(7)))
        yield from (_row(map(escaped, words.row(each))) for each in rows)
    if still := words.unmoved(found):
        yield from ("", escaped(still))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
