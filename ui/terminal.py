"""How answers, passages and errors look in a terminal: short attributed briefs that wrap, and colour only if wanted.

What comes from documents is data here too: it never passes through markup, and what could steer a terminal is replaced.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.document import Attribution, Passage, Span
from rag.answer import ABSTENTION, Answer, Evidence
from ui import outside
from ui.brief import Point, Reference, Turn, counted, source
from ui.unfolding import finished

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

WIDEST = 100
"""Columns; longer lines are hard to read."""
BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Controls that make text read as something else (Unicode Standard Annex 9)."""


def console(*, stderr: bool = False) -> Console:
    """A console on standard output or error; rich leaves colour out where there is no terminal or NO_COLOR is set."""
    from rich.console import Console

    made = Console(stderr=stderr, highlight=False, markup=False, emoji=False, soft_wrap=False)
    if made.width > WIDEST:
        made.width = WIDEST
    return made


def printable(text: str) -> str:
    """`text` on one line, with what could steer a terminal, or cannot be written to one, shown as U+FFFD.

    >>> printable("a\\x1b[2Jb\\nc")
    'a�[2Jb c'
    """
    return "".join(map(_shown, text))


def complain(message: str) -> None:
    """One sentence on standard error."""
    sys.stderr.write(f"onrecord: {printable(message)}\n")


def show_answer(answer: Answer, to: Console, question: str | None = None) -> None:
    """The answer as an attributed brief: checked prose, quotes by the point they speak to, what differs, the sources.

    `question` is what was asked, None where that is not to be compared with how it was understood.
    """
    turn = finished(Turn(1, answer.question if question is None else question, "searching"), answer)
    if turn.understood:
        to.print(_styled(f"Read as: {printable(turn.understood)}", "dim"))
    if turn.state == "abstained":
        _show_abstention(turn, to)
        _show_outside(answer, to)
        return
    _show_prose(turn, to)
    for statements in turn.differing:
        _show_differing(statements, to)
    for column in turn.columns:
        to.print(_styled(printable(column.label), "bold"))
        _show_point(Point(column.quotes), to)
    if turn.columns and turn.points:
        to.print("Also found")
    for point in turn.points:
        _show_point(point, to)
    if turn.others:
        to.print("More quotes")
    for point in turn.others:
        _show_point(point, to)
    _show_sources(answer.evidence, to)
    _show_outside(answer, to)
    if answer.trace.model is None and turn.notice is None:
        to.print(_styled("No model is connected: every line of the answer is an exact quote.", "dim"))


def _show_outside(answer: Answer, to: Console) -> None:
    """What the asker's own choice left out, if anything."""
    if words := outside.told(answer.outside):
        to.print(_styled(printable(words), "dim"))


def _show_prose(turn: Turn, to: Console) -> None:
    """What a model wrote and passed, what did not, and what there is to say of the model."""
    for line in turn.lines:
        numbers = "".join(f" [{each.number}]" for each in line.references)
        to.print(_indented(_styled(printable(line.text) + numbers, "bold" if line.leads else "none")))
    if turn.lines:
        to.print()
    if turn.notice:
        to.print(_indented(_styled(printable(turn.notice), "yellow")))
    if turn.left_out:
        to.print(_indented(_styled(f"Left out: {counted(len(turn.left_out), 'sentence')}", "dim")))
    for each in turn.left_out:
        to.print(_indented(_styled(printable(f"{each.text} ({each.reason})"), "dim"), 4))
    if turn.notice or turn.left_out:
        to.print()


def show_passages(passages: Sequence[Passage], to: Console) -> None:
    """Passages, best first, each under its attribution."""
    if not passages:
        to.print("No passage was found.")
    for number, passage in enumerate(passages, start=1):
        at = source(passage.attribution, passage.chunk.span, passage.chunk.text)
        to.print(_styled(f"{number}  {printable(at.label)}  ({passage.score:.2f})", "bold"))
        to.print(_indented(printable(passage.chunk.text)))
        to.print(_indented(_styled(_place(passage.attribution, passage.chunk.span), "dim")))
        to.print()


def _show_abstention(turn: Turn, to: Console) -> None:
    to.print(_styled(ABSTENTION, "bold"))
    if turn.related:
        to.print()
        to.print("Nearest to the question, but no answer to it:")
    for related in turn.related:
        to.print()
        to.print(_indented(printable(related.excerpt)))
        to.print(_indented(_styled(printable(related.source.label), "dim"), 4))


def _show_point(point: Point, to: Console) -> None:
    for quote in point.quotes:
        line = _styled(f"“{printable(quote.text)}”", "bold")
        line.append(f" [{quote.number}]", "cyan")
        to.print(_indented(line))
        who = f"{quote.speaker}, in " if quote.speaker else ""
        to.print(_indented(_styled(printable(f"{who}{quote.source.name}, {quote.source.day}"), "dim"), 4))
        if quote.stands:
            to.print(_indented(_styled(f"An older statement; what stands is {_said(quote.stands)}", "yellow"), 4))
    for statements in point.differing:
        _show_differing(statements, to)
    to.print()


def _show_differing(statements: tuple[Reference, ...], to: Console) -> None:
    to.print(_indented(_styled(f"Sources differ: {'; '.join(map(_said, statements))}", "yellow"), 4))


def _said(reference: Reference) -> str:
    return f"[{reference.number}] {printable(reference.words)}".rstrip()


def _show_sources(evidence: Sequence[Evidence], to: Console) -> None:
    """Each document once, with the numbers of its quotes; where each stands exactly is in the JSON."""
    numbers: dict[str, list[int]] = {}
    for number, piece in enumerate(evidence, start=1):
        numbers.setdefault(piece.attribution.document_id, []).append(number)
    to.print("Sources")
    for held in numbers.values():
        first = evidence[held[0] - 1]
        line = _styled(" ".join(f"[{number}]" for number in held), "cyan")
        line.append(f" {printable(source(first.attribution, first.span, first.quote).label)}", "none")
        to.print(_indented(line))
        to.print(_indented(_styled(printable(first.attribution.uri), "dim"), 6))
    to.print()


def _place(attribution: Attribution, span: Span) -> str:
    return f"{printable(attribution.uri)}, characters {span.start} to {span.end}"


def _styled(text: str, style: str = "none") -> Text:
    from rich.text import Text

    return Text(text, style)


def _indented(content: RenderableType, columns: int = 2) -> RenderableType:
    from rich.padding import Padding

    return Padding(content, (0, 0, 0, columns), expand=False)


def _shown(character: str) -> str:
    if character in "\n\t\r\u2028\u2029\x0b\x0c\x85":
        return " "
    if character in BIDI or unicodedata.category(character) in ("Cc", "Cs"):
        return "\ufffd"
    return character
