"""A reader's verdict: from what was answered, as the server itself remembers it, to what the library keeps."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import Protocol

from index.document import Passage
from index.feedback import Exchange, Feedback, Made, Reason, ShownQuote, Verdict
from index.principal import Principal
from rag.answer import Answer, Evidence, Sentence, Status, Trace
from rag.events import Answered, Event, EvidenceFound, SentenceWritten, Understood
from rag.question import Question


class Traced(Protocol):
    """How an answer was made: as the answer tells it, or as it was kept. The fields are those of rag.answer.Trace."""

    @property
    def embedder(self) -> str: ...
    @property
    def evidence_model(self) -> str: ...
    @property
    def library_generation(self) -> int: ...
    @property
    def answerable(self) -> float: ...
    @property
    def threshold(self) -> float: ...
    @property
    def model(self) -> str | None: ...
    @property
    def prompts(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody was told: their question, and everything that the answer has shown so far.

    `name` tells this answer from every other. `trace` is None until the answer is whole, and stays so where the reader
    stops the writing.
    """

    principal: Principal
    question: Question
    understood: str
    status: Status = "answered"
    evidence: tuple[Evidence, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    related: tuple[Passage, ...] = ()
    trace: Trace | None = None
    name: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def documents(self) -> frozenset[str]:
        """The documents of which something was shown."""
        shown = (*(each.passage for each in self.evidence), *self.related)
        return frozenset(passage.attribution.document_id for passage in shown)

    @property
    def tokens(self) -> int:
        """What a model read and wrote for it."""
        usage = self.trace.usage if self.trace else None
        return usage.prompt_tokens + usage.completion_tokens if usage else 0


def beginning(principal: Principal, question: Question) -> Told:
    """What is told before anything is known."""
    return Told(principal, question, question.text.strip())


def told(before: Told, event: Event) -> Told:
    """What is told once `event` has been shown as well."""
    match event:
        case Understood(question):
            return replace(before, understood=question)
        case EvidenceFound(evidence):
            return replace(before, evidence=evidence)
        case SentenceWritten(sentence):
            return replace(before, sentences=(*before.sentences, sentence))
        case Answered(answer):
            return _whole(before, answer)
    return before


def feedback(
    told: Told, verdict: Verdict, comment: str = "", *, reason: Reason | None = None, about: int | None = None
) -> Feedback:
    """The verdict with all that it is about; `about` is the number of one of the quotes."""
    return Feedback(
        answer=told.name,
        verdict=verdict,
        principal=told.principal,
        question=told.question.text.strip(),
        understood=told.understood,
        status=told.status,
        comment=comment,
        as_of=told.question.as_of,
        history=tuple(Exchange(turn.question, turn.answer) for turn in told.question.history),
        shown=(*_quotes(told.evidence), *map(_related, told.related)),
        sentences=tuple(each.text for each in told.sentences if each.support != "unsupported"),
        made=made(told.trace) if told.trace else None,
        reason=reason,
        about=about,
        leans_on=None if told.question.history else frozenset(),
    )


def _whole(before: Told, answer: Answer) -> Told:
    return replace(
        before,
        understood=answer.question,
        status=answer.status,
        evidence=answer.evidence,
        sentences=answer.sentences,
        related=answer.related,
        trace=answer.trace,
    )


def _quotes(evidence: tuple[Evidence, ...]) -> tuple[ShownQuote, ...]:
    return tuple(
        ShownQuote(
            number, each.attribution.document_id, each.attribution.uri, each.span.start, each.span.end, each.quote
        )
        for number, each in enumerate(evidence, start=1)
    )


def _related(passage: Passage) -> ShownQuote:
    of, chunk = passage.attribution, passage.chunk
    return ShownQuote(0, of.document_id, of.uri, chunk.span.start, chunk.span.end, chunk.text)


def made(trace: Traced) -> Made:
    """What the library keeps of how an answer was made."""
    return Made(
        trace.library_generation,
        trace.answerable,
        trace.threshold,
        trace.embedder,
        trace.evidence_model,
        trace.model,
        trace.prompts,
    )
