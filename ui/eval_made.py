"""How proposed cases look: a readable list in a terminal, and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.brief import counted
from ui.terminal import printable
from ui.wire import Json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from evals.proposing.proposal import Proposal

_LABEL = 11


def show(number: int, proposal: Proposal, to: Console) -> None:
    """The question, what it was made from, and what its answer is held to."""
    today = "today's answer meets it" if proposal.passes else "fails today"
    to.print(f"{number:>3}  {printable(proposal.case.question)}", style="bold", soft_wrap=True)
    to.print(f"     {proposal.kind} ({printable(proposal.rule)}), {today}", style=None if proposal.passes else "yellow")
    for label, text in _lines(proposal):
        to.print(f"     {label:<{_LABEL}}{printable(text)}", soft_wrap=True)
    to.print()


def proposals_json(found: Sequence[Proposal]) -> Json:
    """All of them, each with its case as a file of cases writes it."""
    from evals.reading.case_fields import case_fields

    return {
        "proposals": [
            {
                "kind": each.kind,
                "rule": each.rule,
                "passes": each.passes,
                "sentence": each.statement.text,
                "document": each.statement.document.uri,
                "case": case_fields(each.case),
            }
            for each in found
        ],
        "told": counted(len(found), "proposed case"),
    }


def _lines(proposal: Proposal) -> Iterator[tuple[str, str]]:
    case, expected = proposal.case, proposal.case.expected
    document = proposal.statement.document
    day = str(document.published) if document.published else ""
    where = ", ".join(filter(None, (document.uri, document.publisher, day)))
    if case.without:
        yield "without", ", ".join(case.without)
        yield "expects", "that the documents do not say"
    else:
        yield "from", where
        for quoted in expected.quotes:
            yield "quotes", f"“{quoted.text}”"
    for fact in expected.says:
        yield "says", " or ".join(fact)
    if expected.differs:
        yield "shows", f"what is {expected.differs}"
    if case.as_of:
        yield "as of", str(case.as_of)
    yield "sentence", f"“{proposal.statement.text}”"
