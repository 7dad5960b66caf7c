"""The values of an answer: evidence, cited sentences, and what was left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from index.document import Attribution, Passage, Span
from rag.outside import Outside
from rag.why import Why

Status = Literal["answered", "abstained"]
Support = Literal["quoted", "supported", "unsupported"]
Relation = Literal["superseded", "disagreeing"]
Form = Literal["open", "yes_no", "who", "when", "how_many", "comparison", "change"]
"""What kind of answer a question asks for; `change` is what became different between two times."""
ABSTENTION = "The documents do not say."
"""An answer that has none, where it is told in English."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """An exact quote that bears on the question.

    `span` counts characters of the document; `relevance` is a calibrated 0 to 1; `speaker` is whom the sentence names
    as speaking, None where it names nobody. `words` are those of the question that stand in it.
    """

    passage: Passage
    span: Span
    quote: str
    relevance: float
    speaker: str | None = None
    words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        chunk = self.passage.chunk
        start = self.span.start - chunk.span.start
        if (
            start < 0
            or self.span.end > chunk.span.end
            or chunk.text[start : self.span.end - chunk.span.start] != self.quote
        ):
            raise ValueError(f"the quote is not the text of {self.attribution.uri} at {self.span}")
        if not 0.0 <= self.relevance <= 1.0:
            raise ValueError(f"relevance is 0 to 1, not {self.relevance}")

    @property
    def attribution(self) -> Attribution:
        return self.passage.attribution

    @property
    def why(self) -> Why:
        """Why it was picked."""
        return Why(self.words, self.passage.keyword_rank, self.passage.vector_rank, self.relevance)


@dataclass(frozen=True, slots=True)
class Citation:
    """A pointer from a sentence to a quote: `number` counts the answer's evidence from 1."""

    number: int
    attribution: Attribution
    span: Span
    quote: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the answer and what it rests on."""

    text: str
    citations: tuple[Citation, ...]
    support: Support

    def __post_init__(self) -> None:
        if self.support != "unsupported" and not self.citations:
            raise ValueError(f"a {self.support} sentence needs a citation")


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Evidence on one point that does not say the same, as evidence numbers, newest first, undated last.

    `superseded`: one source changed its statement, the first number is the one that stands. `disagreeing`: different
    sources say different things. `differences` are the words and figures that differ, in the order of `evidence`.
    """

    relation: Relation
    evidence: tuple[int, ...]
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dropped:
    """Something that was offered as part of the answer and refused."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Group:
    """Evidence numbers under one heading of a comparison: a source, or a time."""

    label: str
    evidence: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """What the model's part of an answer took: tokens in and out, and what they cost where prices are configured, in
    the currency of those prices."""

    prompt_tokens: int
    completion_tokens: int
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Timing:
    """Wall time of one stage in milliseconds."""

    stage: str
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Trace:
    """What produced the answer: enough to compare two runs.

    `answerable` is the calibrated probability, 0 to 1, that the library answers the question; `threshold` is where
    the answer begins. `model` wrote the prose from `prompts`, and `verifier` checked it; None where none was written.
    """

    embedder: str
    evidence_model: str
    library_generation: int
    answerable: float
    threshold: float
    timings: tuple[Timing, ...] = ()
    model: str | None = None
    prompts: str | None = None
    verifier: str | None = None
    usage: Usage | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer. `question` is the question as understood; evidence stands best first.

    `points` are groups of two or more evidence numbers that speak to the same point, newest first. `related` are the
    nearest passages, offered where nothing answers. `groups` lay the evidence of a comparison out by source or date.
    `notice` is a sentence for the reader about the model: why there is no prose, or why it ends early. `outside` is
    what the reader's own choice left out, None where they chose nothing.
    """

    question: str
    status: Status
    sentences: tuple[Sentence, ...]
    evidence: tuple[Evidence, ...]
    trace: Trace
    related: tuple[Passage, ...] = ()
    points: tuple[tuple[int, ...], ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    form: Form = "open"
    groups: tuple[Group, ...] = ()
    notice: str | None = None
    outside: Outside | None = None

    def __post_init__(self) -> None:
        if self.status == "answered" and not self.sentences:
            raise ValueError("an answered question needs a sentence")
        if self.status == "abstained" and any(sentence.citations for sentence in self.sentences):
            raise ValueError("an abstention cites nothing")
