"""What a sentence is checked against: the words of a quote, and what is known of where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rag.answer import Evidence


@dataclass(frozen=True, slots=True)
class Ground:
    """A quote that a sentence rests on. What its source is known to be is ground too: "RT reported in May that ..."."""

    quote: str
    publisher: str | None = None
    published: date | None = None
    speaker: str | None = None
    title: str | None = None
    author: str | None = None


def ground(evidence: Evidence) -> Ground:
    """The evidence as something to check a sentence against."""
    origin = evidence.attribution
    return Ground(evidence.quote, origin.publisher, origin.published, evidence.speaker, origin.title, origin.author)
