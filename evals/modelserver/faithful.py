"""What a model would write that does as it is told: every sentence says what a quote says, and whose quote it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evals.modelserver.received import Received, Record, Relation
from index.sentences import sentences

MOST = 6
"""Sentences at most, as the prompt asks."""
_NUMBERED = re.compile(r"\s?\[\s?\d{1,3}\s?\]|[¹²³⁰⁴-⁹]+")
"""Footnote numbers of a document, which would be taken for evidence numbers."""
_SMALL = re.compile(
    r"(?:The|A|An|In|On|At|As|It|He|She|They|We|This|That|These|Those|There|His|Her|Their|Its|Our|For|From|After|Before"
    r"|By|With|Both|All|Some|Several|Other|Another|No|Nobody|Neither|If|When|While|To|Of|Not|According|Two|Three|Employees)\b"
)
"""Words that have a capital only where they begin a sentence."""


def faithful(request: Received) -> tuple[str, ...]:
    """The sentences, each a line: what disagrees first and side by side, then one for each quote that is left."""
    lines: list[str] = []
    told: set[int] = set()
    for relation in request.relations:
        if not told.issuperset(relation.numbers):
            lines.append(_conflict(relation, [request.record(number) for number in relation.numbers]))
            told.update(relation.numbers)
    for record in request.records:
        if record.number not in told:
            lines.extend(_statement(record))
    return tuple(lines[:MOST])


def _conflict(relation: Relation, records: list[Record]) -> str:
    numbers = "".join(f"[{record.number}]" for record in records)
    later = "reported" if relation.superseded else "reports"
    said = [
        f"{_source(record, at)} {later if at else 'reports'}{_on(record)} that {_clause(record)}"
        for at, record in enumerate(records)
    ]
    return f"{', while '.join(said)}. {numbers}"


def _statement(record: Record) -> Iterator[str]:
    text = _NUMBERED.sub("", record.quote).strip()
    for span in sentences(text):
        yield f"{span.of(text)} [{record.number}]"


def _clause(record: Record) -> str:
    """The quote as a part of a longer sentence: without its full stop, and small where it begins with a small word."""
    text = _NUMBERED.sub("", record.quote).strip().rstrip(".")
    return text[:1].lower() + text[1:] if _SMALL.match(text) else text


def _source(record: Record, at: int) -> str:
    """Who says it; a source that is not known is only told from the one before."""
    if record.publisher:
        return record.publisher
    if record.title:
        return f"{'the' if at else 'The'} document “{record.title}”"
    return "another source" if at else "One source"


def _on(record: Record) -> str:
    return f" on {record.date}" if record.date else ""
