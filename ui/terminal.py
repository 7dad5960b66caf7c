"""How answers, passages and errors look in a terminal: short attributed briefs that wrap, and colour only if wanted.

What comes from documents is data here too: it never passes through markup, and what could steer a terminal is replaced.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Sequence
from textwrap import shorten
from typing import TYPE_CHECKING

from index.document import Attribution, Passage
from rag.answer import Answer, Disagreement, Evidence, Sentence

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

ABSTENTION = "The documents do not say."
WIDEST = 100
"""Columns; longer lines are hard to read."""
EXCERPT = 320
"""Characters shown of a passage that is offered but answers nothing."""
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


def show_answer(answer: Answer, to: Console) -> None:
    """The answer as an attributed brief: the quotes, what differs, the sources."""
    if answer.status == "abstained":
        _show_abstention(answer, to)
        return
    for sentence in answer.sentences:
        to.print(_indented(_sentence(sentence)))
        for line in _below(sentence, answer):
            to.print(_indented(line, 4))
        to.print()
    _show_differences(answer, to)
    _show_sources(answer.evidence, to)
    if answer.trace.model is None:
        to.print(_styled("No model is connected: every line of the answer is an exact quote.", "dim"))


def show_passages(passages: Sequence[Passage], to: Console) -> None:
    """Passages, best first, each under its attribution."""
    if not passages:
        to.print("No passage was found.")
    for number, passage in enumerate(passages, start=1):
        where = f"{_title(passage.attribution)}, {_publication(passage.attribution)}"
        to.print(_styled(f"{number}  {where}  ({passage.score:.2f})", "bold"))
        to.print(_indented(printable(passage.chunk.text)))
        to.print(_indented(_styled(_place(passage.attribution, passage.chunk.span.start), "dim")))
        to.print()


def attributed(attribution: Attribution, speaker: str | None = None) -> str:
    """Who said it, in what, and when; what is not known is left out, but a missing date is said.

    >>> attributed(Attribution("0", "a.txt", publisher="The Post", published=date(2025, 3, 1)), "the minister")
    'the minister, The Post, 1 March 2025'
    """
    who = [printable(speaker)] if speaker else []
    return ", ".join([*who, _publication(attribution)])


def _show_abstention(answer: Answer, to: Console) -> None:
    to.print(_styled(ABSTENTION, "bold"))
    if not answer.related:
        return
    to.print()
    to.print("Nearest to the question, but no answer to it:")
    for passage in answer.related:
        to.print()
        to.print(_indented(shorten(printable(passage.chunk.text), EXCERPT, placeholder=" …")))
        to.print(_indented(_styled(f"{_title(passage.attribution)}, {_publication(passage.attribution)}", "dim"), 4))


def _sentence(sentence: Sentence) -> Text:
    text = printable(sentence.text)
    line = _styled(f"“{text}”" if sentence.support == "quoted" else text, "bold")
    line.append("".join(f" [{citation.number}]" for citation in sentence.citations), "cyan")
    return line


def _below(sentence: Sentence, answer: Answer) -> Iterable[Text]:
    for citation in sentence.citations:
        yield _styled(attributed(citation.attribution, answer.evidence[citation.number - 1].speaker), "dim")
        for disagreement in answer.disagreements:
            if disagreement.relation == "superseded" and citation.number in disagreement.evidence[1:]:
                yield _styled(f"An older statement; [{disagreement.evidence[0]}] stands.", "yellow")


def _show_differences(answer: Answer, to: Console) -> None:
    for disagreement in answer.disagreements:
        to.print(_indented(_difference(disagreement)))
    if answer.disagreements:
        to.print()


def _difference(disagreement: Disagreement) -> Text:
    said = "Changed over time" if disagreement.relation == "superseded" else "Sources differ"
    sides = (
        f"[{number}] {printable(words)}" if words else f"[{number}]"
        for number, words in zip(disagreement.evidence, disagreement.differences, strict=False)
    )
    numbers = ", ".join(f"[{number}]" for number in disagreement.evidence)
    return _styled(f"{said}: {'; '.join(sides) or numbers}", "yellow")


def _show_sources(evidence: Sequence[Evidence], to: Console) -> None:
    to.print("Sources")
    for number, piece in enumerate(evidence, start=1):
        line = _styled(f"[{number}] ", "cyan")
        line.append(f"{_title(piece.attribution)}, {_publication(piece.attribution)}", "none")
        to.print(_indented(line))
        to.print(_indented(_styled(_place(piece.attribution, piece.span.start, piece.span.end), "dim"), 6))
    to.print()


def _title(attribution: Attribution) -> str:
    return printable(attribution.title or attribution.uri)


def _publication(attribution: Attribution) -> str:
    published = attribution.published
    day = f"{published.day} {published:%B %Y}" if published else "undated"
    return f"{printable(attribution.publisher)}, {day}" if attribution.publisher else day


def _place(attribution: Attribution, *offsets: int) -> str:
    return f"{printable(attribution.uri)}:{'-'.join(map(str, offsets))}"


def _styled(text: str, style: str) -> Text:
    from rich.text import Text

    return Text(text, style)


def _indented(content: RenderableType, columns: int = 2) -> RenderableType:
    from rich.padding import Padding

    return Padding(content, (0, 0, 0, columns))


def _shown(character: str) -> str:
    if character in "\n\t\r\u2028\u2029\x0b\x0c\x85":
        return " "
    if character in BIDI or unicodedata.category(character) in ("Cc", "Cs"):
        return "\ufffd"
    return character
