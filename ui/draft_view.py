"""Open drafts as lines for a person and as JSON for a program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.complaint import complaint
from ui.brief import counted
from ui.terminal import printable
from ui.wire import Json

if TYPE_CHECKING:
    from rich.console import Console

    from index.feedback import Kept, ShownQuote

LONGEST_WORDS = 300
"""Characters of a reader's words that the list shows."""
_INDENT = 6


def show(drafts: Sequence[Kept], to: Console) -> None:
    """Each draft with its number, when it was given, the question and the reader's words, and what can be done."""
    if not drafts:
        to.print("There are no open drafts: nobody has found an answer not right, or each is taken or dismissed.")
        return
    to.print(f"{counted(len(drafts), 'answer')} that a reader found not right")
    for kept in drafts:
        _show_one(kept, to)
    to.print()
    to.print(
        "`onrecord eval draft show N` prints one, `take N --to FILE --edit` makes a case of it, `dismiss N` does not."
    )


def drafts_json(drafts: Sequence[Kept]) -> Json:
    """All that is known of each."""
    return {"drafts": [draft_json(kept) for kept in drafts]}


def draft_json(kept: Kept) -> Json:
    """All that is kept of an answer that somebody judged."""
    given = kept.feedback
    who = given.principal
    return {
        "number": kept.number,
        "when": kept.when.isoformat(),
        "question": given.question,
        "understood": given.understood,
        "as_of": given.as_of.isoformat() if given.as_of else None,
        "history": [{"question": each.question, "answer": each.answer} for each in given.history],
        "user": who.name,
        "readers": None if who.reads_everything else sorted(who.readers),
        "status": given.status,
        "words": given.comment,
        "reason": given.reason,
        "about": given.about,
        "sentences": list(given.sentences),
        "shown": [_quote_json(each) for each in given.shown],
    }


def printable_lines(text: str) -> str:
    """`text` line by line, with nothing in it that could steer a terminal."""
    return "".join(f"{printable(line)}\n" for line in text.split("\n")[:-1])


def _show_one(kept: Kept, to: Console) -> None:
    from rich.padding import Padding
    from rich.text import Text

    given = kept.feedback
    who = "" if given.principal.reads_everything else f", {given.principal.name}"
    status = "" if given.status == "answered" else ", not answered"
    head = f"{kept.number:>{_INDENT - 2}}  {kept.when:%Y-%m-%d %H:%M} UTC{who}{status}"
    lines = [Text(printable(given.question))]
    if given.understood != given.question:
        lines.append(Text(f"Read as: {printable(given.understood)}", "dim"))
    if what := complaint(given):
        lines.append(Text(f"What is wrong: {what}"))
    to.print()
    to.print(Text(printable(head), "bold"))
    for line in (*lines, Text(_words(given.comment), "dim")):
        to.print(Padding(line, (0, 0, 0, _INDENT), expand=False))


def _words(comment: str) -> str:
    words = printable(comment)
    shown = words if len(words) <= LONGEST_WORDS else f"{words[:LONGEST_WORDS]} …"
    return f"“{shown}”" if shown else "(no words)"


def _quote_json(quote: ShownQuote) -> Json:
    return {
        "number": quote.number,
        "document": quote.document_id,
        "uri": quote.uri,
        "start": quote.start,
        "end": quote.end,
        "quote": quote.quote,
    }
