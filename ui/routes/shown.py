"""What programs are given by /api/v1: the objects of ui.wire as types, so that they can be described and read again.

Reading leaves out what is no field here: of an object that was kept, only what this version knows how to withhold is
ever shown. Offsets count characters of the document's text, half-open; times are ISO 8601 in UTC.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rag.answer import Form, Relation, Status, Support
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


class Evidence(Place):
    """An exact quote; `number` counts the answer's evidence from 1."""

    number: int
    quote: str
    speaker: str | None
    relevance: float


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


class KeptEvidence(Evidence):
    """A quote of a kept answer; `changed` says that its document no longer has these words at this place."""

    changed: bool = False


class KeptPassage(Passage):
    """A passage of a kept answer; `changed` likewise."""

    changed: bool = False


class KeptAnswer(Said):
    """An answer that was kept, as far as it may be shown.

    `stopped` says that its reader left before it was whole; `trace` is null then, and where something was taken out.
    """

    evidence: tuple[KeptEvidence, ...]
    related: tuple[KeptPassage, ...]
    trace: Trace | None
    stopped: bool = False


class Kept(Shown):
    """What is kept of a turn: the answer as it was given, and the ids of the documents that had fed the turns which its
    question was understood from."""

    answer: KeptAnswer
    leans_on: frozenset[str] = frozenset()

    @classmethod
    def read(cls, text: str) -> Self | None:
        """What is kept as this JSON; None if another version kept it in a form that this one cannot read."""
        try:
            return cls.model_validate_json(text)
        except ValidationError:
            return None


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


class Paragraph(Shown):
    """A paragraph of a document, and whether it is a heading."""

    start: int
    end: int
    text: str
    heading: bool


class Source(Listed):
    """A document, paragraph by paragraph."""

    paragraphs: tuple[Paragraph, ...]


class Conversation(Shown):
    """A conversation of a list; `turns` counts its questions."""

    id: str
    title: str
    begun: datetime
    changed: datetime
    turns: int


class Conversations(Shown):
    """A page of conversations, newest first; `next` asks for the one after it."""

    conversations: tuple[Conversation, ...]
    next: str | None


class Turn(Shown):
    """A question of a conversation and its answer.

    `removed` is 1 where something of the answer is no longer shown, as its reader may not read it any more.
    """

    turn: str
    asked: datetime
    question: str
    as_of: date | None
    answer: KeptAnswer
    removed: Literal[0, 1]


class History(Shown):
    """A conversation, oldest turn first."""

    id: str
    title: str
    begun: datetime
    changed: datetime
    turns: tuple[Turn, ...]
