"""What programs are given by /api/v1: the objects of ui.wire as types, so that they can be described.

Offsets count characters of the document's text, half-open; times are ISO 8601 in UTC.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from rag.answer import Form, Relation, Status, Support
from rag.why import By
from ui.markup import Style


class Shown(BaseModel):
    """One object of an answer to a program."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Failure(Shown):
    """Why a request was not answered: one sentence, the fact and the remedy."""

    error: str


class Attributed(Shown):
    """A document, and whose words it is as far as it says."""

    document: str
    uri: str
    title: str | None
    publisher: str | None
    author: str | None
    published: date | None


class Place(Attributed):
    """A stretch of a document."""

    start: int
    end: int


class Why(Shown):
    """Why a quote was picked: the words of the question that stand in it, as the question has them, and whether its
    passage was found by words, by meaning or by both."""

    words: tuple[str, ...]
    by: By
    relevance: float


class Evidence(Place):
    """An exact quote; `number` counts the answer's evidence from 1. `why` is null only in what was kept."""

    number: int
    quote: str
    speaker: str | None
    relevance: float
    why: Why | None = None


class Passage(Place):
    """A passage; its score compares within one search only."""

    text: str
    score: float


class Run(Shown):
    """A stretch of a sentence in one style; `href` is where it leads."""

    text: str
    style: tuple[Style, ...]
    href: str | None


class Sentence(Shown):
    """A sentence with the numbers of the evidence it rests on; `runs` are its text with its Markdown read."""

    text: str
    support: Support
    citations: tuple[int, ...]
    runs: tuple[Run, ...] = ()


class Disagreement(Shown):
    """Evidence that does not say the same, newest first, with the words that differ in the same order."""

    relation: Relation
    evidence: tuple[int, ...]
    differences: tuple[str, ...]


class Dropped(Shown):
    """What was offered as part of the answer and refused."""

    text: str
    reason: str


class Group(Shown):
    """One side of a comparison."""

    label: str
    evidence: tuple[int, ...]


class Timing(Shown):
    """Wall time of a stage."""

    stage: str
    milliseconds: float


class Usage(Shown):
    """Tokens that a model read and wrote, and what they cost where prices are set."""

    prompt_tokens: int
    completion_tokens: int
    cost: float | None


class Trace(Shown):
    """What produced the answer; `answerable` and `threshold` are probabilities."""

    embedder: str
    evidence_model: str
    model: str | None
    prompts: str | None
    verifier: str | None
    library_generation: int
    answerable: float
    threshold: float
    timings: tuple[Timing, ...]
    usage: Usage | None


class Outside(Shown):
    """Documents near the question that whoever asked may read and left out by their own choice of dates, publishers and
    collections, and how many of them for which reason; one may be left out for several."""

    documents: int
    later: int
    earlier: int
    undated: int
    publishers: tuple[str, ...]
    collections: int


class Said(Shown):
    """What an answer says, without the documents' own words."""

    status: Status
    question: Annotated[str, Field(description="The question as it was understood.")]
    sentences: tuple[Sentence, ...]
    points: tuple[tuple[int, ...], ...]
    disagreements: tuple[Disagreement, ...]
    dropped: tuple[Dropped, ...]
    form: Form
    groups: tuple[Group, ...]
    notice: str | None
    outside: Annotated[Outside | None, Field(description="Null where whoever asked chose nothing.")] = None


class Answer(Said):
    """An answer: sentences with the numbers of their evidence, best evidence first."""

    evidence: tuple[Evidence, ...]
    related: tuple[Passage, ...]
    trace: Trace


class Told(Answer):
    """An answer as it is given: with the id that was sent, and where it is kept, its conversation and its turn."""

    id: str | int | None = None
    conversation: str | None = None
    turn: str | None = None


class Statement(Shown):
    """A statement of somebody's text and what the library says to it; its offsets count that text's characters."""

    text: str
    start: int
    end: int
    support: Literal["supported", "contradicted", "silent"]
    probability: float
    reasons: tuple[str, ...]
    evidence: tuple[LinkedEvidence, ...]


class LinkedEvidence(Evidence):
    """A quote with the address on this server where it is seen lit."""

    source: str


class Checked(Shown):
    """A text, statement by statement."""

    sentences: tuple[Statement, ...]


class Found(Shown):
    """Passages, nearest first."""

    id: str | int | None = None
    question: str
    passages: tuple[Passage, ...]


class Listed(Attributed):
    """A document of a list."""

    language: str | None
    collection: str | None


class Listing(Shown):
    """A page of documents; `next` asks for the one after it."""

    documents: tuple[Listed, ...]
    next: str | None


class Choice(Shown):
    """A publisher or a collection, and how many documents of it there are."""

    name: str
    documents: int


class Choosable(Shown):
    """What a question can be narrowed to, of what whoever asks may read: publishers and collections, those with the
    most documents first, at most 1,000 of each; the first and the last day of publication; how many documents there
    are in all."""

    publishers: tuple[Choice, ...]
    collections: tuple[Choice, ...]
    earliest: date | None
    latest: date | None
    documents: int


class Paragraph(Shown):
    """A paragraph of a document, and whether it is a heading."""

    start: int
    end: int
    text: str
    heading: bool


class Source(Listed):
    """A document, paragraph by paragraph; `pages` are the offsets where its pages begin, none where it has no pages."""

    paragraphs: tuple[Paragraph, ...]
    pages: tuple[int, ...]
