"""What one answer was seen to be: everything that scorers and reports look at, and nothing that cannot be stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rag.answer import Form, Relation, Status, Support


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage that a reader was shown: as evidence with its number from 1, or as related with the number 0.

    `exact` says whether these words stand at these characters of the document as the library holds it; `readers` are
    the labels that may read that document. Both are read from the library itself, not through the search.
    """

    number: int
    document_id: str
    uri: str
    title: str | None
    publisher: str | None
    published: date | None
    speaker: str | None
    start: int
    end: int
    quote: str
    relevance: float
    exact: bool
    readers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of the answer with the numbers of the evidence it cites."""

    text: str
    support: Support
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Differing:
    """Evidence numbers that were shown as not saying the same, newest first."""

    relation: Relation
    evidence: tuple[int, ...]
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A sentence that a model wrote and the checker refused."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Observed:
    """One answer. `question` is as it was understood, `seconds` the wall time of the whole answer and `first_seconds`
    that until its evidence was there, None where there was none; `tokens` is prompt and completion together."""

    question: str
    status: Status
    form: Form
    sentences: tuple[Said, ...]
    evidence: tuple[Shown, ...]
    related: tuple[Shown, ...]
    differing: tuple[Differing, ...]
    left_out: tuple[LeftOut, ...]
    notice: str | None
    answerable: float
    threshold: float
    seconds: float
    first_seconds: float | None
    written: bool
    """Whether a model was asked to write."""
    tokens: int | None = None
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """No answer came: the one sentence that a reader would have been told."""

    message: str
