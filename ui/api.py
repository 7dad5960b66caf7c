"""What the JSON API adds to the forms of the contract, and how it is asked for events."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing

from rag.check import Checked
from ui import wire
from ui.audit.noted import Noted
from ui.brief import source_link

EVENTS = "text/event-stream"
LONGEST_DRAFT = 20_000
"""Characters of a draft that are checked at once; each of its sentences is looked for in the library."""


def noting(statements: Generator[Checked, None, None], noted: Noted) -> Generator[Checked, None, None]:
    """The same statements; the documents that each shows are noted."""
    with closing(statements):
        for checked in statements:
            noted.showed(each.attribution.document_id for each in checked.evidence)
            yield checked


def checked_json(checked: Checked) -> wire.Json:
    """As ui.wire has it, each quote with `source`: the address on this server where it can be seen lit."""
    linked = [
        wire.evidence_json(number, each) | {"source": source_link(each.attribution.document_id, each.span, each.quote)}
        for number, each in enumerate(checked.evidence, start=1)
    ]
    return wire.checked_json(checked) | {"evidence": linked}


def wants_events(accept: str) -> bool:
    """Whether the Accept header names server-sent events."""
    return any(kind.partition(";")[0].strip().lower() == EVENTS for kind in accept.split(","))
