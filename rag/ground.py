"""What a sentence is checked against: the words of a quote, and what is known of where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rag.answer import Evidence

_BEFORE = 400
"""Characters before a quote in which the names are that its pronouns mean."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A quote that a sentence rests on. What its source is known to be is ground too: "RT reported in May that ..."."""

    quote: str
    publisher: str | None = None
    published: date | None = None
    speaker: str | None = None
    title: str | None = None
    author: str | None = None
    before: str | None = None
    """The text before the quote, which tells whom its "he" and "they" mean. It bears nothing out by itself."""


def ground(evidence: Evidence) -> Ground:
    """The evidence as something to check a sentence against."""
    origin, chunk = evidence.attribution, evidence.passage.chunk
    before = chunk.text[: evidence.span.start - chunk.span.start][-_BEFORE:] or None
    return Ground(
        evidence.quote, origin.publisher, origin.published, evidence.speaker, origin.title, origin.author, before
    )
