"""A regression case: a question as somebody asks it, and what is expected of its answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from rag.conversation import Turn

Differs = Literal["any", "superseded", "disagreeing", "none"]
"""What is expected of how the evidence stands to itself: some difference shown, one of a kind, or none at all."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file something was written; lines count from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words that must be quoted: a phrase, as `text`, or the characters from `start` to `end` of a document.

    `document` is a uri or an ending of one that only one document has; None is any document that holds the phrase.
    """

    text: str | None = None
    document: str | None = None
    start: int | None = None
    end: int | None = None
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Expected:
    """What the answer is held to; what is None or empty is not looked at.

    `says` are facts, each as the alternatives of which one must stand in the answer's sentences or its quotes;
    `never_says` must stand in no sentence of it. `sources` are documents that must be cited. `reference` is a good
    answer in a person's words, for a judge model.
    """

    answerable: bool | None = None
    quotes: tuple[Quoted, ...] = ()
    says: tuple[tuple[str, ...], ...] = ()
    never_says: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    differs: Differs | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A question and what is expected of its answer.

    `readers` are the labels that the asker holds beside `public`; None is the person at this machine, who reads
    everything. `without` are documents that the library is asked without. `must` makes every failed check of the case
    fatal, also where answers vary from run to run.
    """

    id: str
    question: str
    expected: Expected
    history: tuple[Turn, ...] = ()
    as_of: date | None = None
    readers: tuple[str, ...] | None = None
    without: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    must: bool = False
    note: str = ""
    place: Place | None = field(default=None, compare=False)
    lines: Annotated[tuple[tuple[str, int], ...], Field(exclude=True)] = field(default=(), compare=False, repr=False)
    """Where its parts stand in that file, by names as `sources[0]`; not stored with a run."""

    def at(self, part: str) -> Place:
        """Where a part of it was written, as `sources[0]`; the case itself where that is not known."""
        place = self.place or Place(self.id, 1)
        return next((Place(place.file, line) for name, line in self.lines if name == part), place)


@dataclass(frozen=True, slots=True)
class Span:
    """Characters of one document where expected words stand."""

    document_id: str
    uri: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Located:
    """A case whose expectations were found in the library.

    `quotes` has, for each expected quote in its order, every place where it stands and the asker can find it; none
    where the documents no longer hold it. `sources` are the full uris of the expected sources, '' for one that is no
    longer there, and `without` those of the documents that the library is asked without, as far as it has them.
    """

    case: Case
    quotes: tuple[tuple[Span, ...], ...] = ()
    sources: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
