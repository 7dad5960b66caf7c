"""The façade, from a question to an answer: understand, find, compare, write what is checked.

Evidence comes first, within a fraction of a second; prose follows it, where a model is there to write it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol, Self

from index.corpus import Corpus
from index.principal import Principal
from index.query import Query
from rag.answer import Answer, Citation, Evidence, Form, Sentence, Trace
from rag.conflict import Compared, compare
from rag.events import (
    Answered,
    Event,
    EvidenceCompared,
    EvidenceFound,
    SentenceDropped,
    SentenceWritten,
    Understood,
    Writing,
)
from rag.find import Finder, Found, Rerank, find
from rag.followup import Resolved, resolve
from rag.forms.form import form
from rag.forms.layout import groups, sides
from rag.forms.lead import lead, ordered
from rag.leftout import is_narrowed, left_out
from rag.model import Model
from rag.outside import Outside
from rag.prose import Prose, prose
from rag.question import LONGEST_QUESTION, Question
from rag.quote import Quoter
from rag.stopwatch import Stopwatch
from rag.understand import understand
from rag.verify import Verifier
from rag.write import Writer

__all__ = [
    "LONGEST_QUESTION", "Answered", "Desk", "Event", "EvidenceCompared", "EvidenceFound", "Question",
    "SentenceDropped", "SentenceWritten", "Understood", "Writing", "ask", "stream",
]  # fmt: skip

RELATED = 3
"""How many of the nearest passages are offered where nothing answers."""


class Closes(Protocol):
    """Something that is to be let go of."""

    def close(self) -> None:
        """Let go."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What answers questions: the corpus, what chooses quotes from it, and how much of each.

    `passages` are searched for each question, `quotes` at most are shown; below `threshold` (a probability, 0 to 1)
    the answer is that the documents do not say. `model` understands follow-ups, and through it `writer` writes prose
    that `verifier` checks; without them answers are quotes. What is `attached` is closed with the desk.
    """

    corpus: Corpus
    quoter: Quoter
    threshold: float
    passages: int = 20
    quotes: int = 6
    model: Model | None = None
    writer: Writer | None = None
    verifier: Verifier = field(default_factory=Verifier)
    rerank: Rerank | None = None
    attached: tuple[Closes, ...] = ()

    @property
    def model_name(self) -> str | None:
        """The model that writes; None where none does."""
        return self.model.name if self.model else None

    @property
    def finder(self) -> Finder:
        return Finder(self.corpus, self.quoter, self.passages, self.quotes, self.rerank)

    def close(self) -> None:
        """Let go of the model, of what is attached and of the corpus, in this order."""
        for each in (self.model, *self.attached, self.corpus):
            if each is not None:
                each.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def ask(principal: Principal, question: Question, desk: Desk) -> Answer:
    """The answer to `question` from what `principal` may read."""
    *_, last = stream(principal, question, desk)
    if not isinstance(last, Answered):
        raise RuntimeError("an answer ends with its Answered event")
    return last.answer


def stream(principal: Principal, question: Question, desk: Desk) -> Iterator[Event]:
    """The same answer as `ask`, event by event: evidence first, the whole answer last."""
    watch = Stopwatch()
    resolved = yield from _resolved(question, desk, watch)
    query = understand(resolved.text, as_of=question.as_of, within=question.within)
    asks = form(query.text)
    queries = sides(query.text, asks, query) or (query,)
    found = find(principal, queries, desk.finder, watch)
    if found.answerable < desk.threshold or not found.evidence:
        outside = _outside(principal, query, queries, desk, watch)
        yield Answered(_abstention(query.text, asks, found, outside, _trace(desk, found, watch)))
        return
    yield EvidenceFound(found.evidence)
    with watch.stage("compare"):
        compared = compare(query.text, found.evidence)
    laid_out = groups(query.text, asks, found.evidence, query.as_of)
    yield EvidenceCompared(compared.points, compared.disagreements, laid_out)
    written = yield from _written(query.text, asks, found.evidence, compared, desk, watch)
    sentences = written.sentences
    if not sentences:
        sentences = _brief(query.text, asks, found.evidence, compared, desk.verifier)
        yield from map(SentenceWritten, sentences)
    outside = _outside(principal, query, queries, desk, watch)
    yield Answered(
        Answer(
            question=query.text,
            status="answered",
            sentences=sentences,
            evidence=found.evidence,
            points=compared.points,
            disagreements=compared.disagreements,
            dropped=written.dropped,
            form=asks,
            groups=laid_out,
            notice=written.notice,
            outside=outside,
            trace=_trace(desk, found, watch, written),
        )
    )


def _resolved(question: Question, desk: Desk, watch: Stopwatch) -> Generator[Event, None, Resolved]:
    """The question as it stands alone; a reader who waits for a model to say so is told."""
    with watch.stage("understand"):
        steps = resolve(question.text, question.history, desk.model)
        while True:
            try:
                next(steps)
            except StopIteration as end:
                resolved: Resolved = end.value
                break
            yield Writing(0)
    if resolved.by != "question":
        yield Understood(resolved.text)
    return resolved


def _written(
    question: str, asks: Form, evidence: tuple[Evidence, ...], compared: Compared, desk: Desk, watch: Stopwatch
) -> Generator[Event, None, Prose]:
    if desk.writer is None:
        return Prose((), (), None, None)
    with watch.stage("write"):
        return (yield from prose(question, asks, evidence, compared, desk.writer, desk.verifier))


def _outside(
    principal: Principal, query: Query, queries: tuple[Query, ...], desk: Desk, watch: Stopwatch
) -> Outside | None:
    """What the reader's own choice left out; None where they chose nothing. What was searched for, `queries`, may have
    days of its own, which the question names and nobody chose."""
    if not is_narrowed(query):
        return None
    with watch.stage("outside"):
        return left_out(principal, query, queries, desk.corpus)


def _abstention(question: str, asks: Form, found: Found, outside: Outside | None, trace: Trace) -> Answer:
    return Answer(
        question=question,
        status="abstained",
        sentences=(),
        evidence=(),
        related=found.passages[:RELATED],
        trace=trace,
        form=asks,
        outside=outside,
    )


def _trace(desk: Desk, found: Found, watch: Stopwatch, written: Prose | None = None) -> Trace:
    """What produced the answer; the model's part of it only where one was asked to write."""
    writer = desk.writer if written else None
    model = desk.model if written else None
    return Trace(
        embedder=desk.corpus.embedder.fingerprint,
        evidence_model=desk.quoter.fingerprint,
        library_generation=desk.corpus.generation,
        answerable=found.answerable,
        threshold=desk.threshold,
        timings=watch.timings,
        model=model.fingerprint if model else None,
        prompts=writer.fingerprint if writer else None,
        verifier=desk.verifier.fingerprint if writer else None,
        usage=written.usage if written else None,
    )


def _brief(
    question: str, asks: Form, evidence: tuple[Evidence, ...], compared: Compared, verifier: Verifier
) -> tuple[Sentence, ...]:
    """One quoted sentence for each piece of evidence, best first; those on the same point together, newest first.

    Before them stands the bare yes or no, where one was asked for and the quotes give it beyond doubt.
    """
    point_of = {number: point for point in compared.points for number in point}
    order: dict[int, None] = {}
    for piece in ordered(question, asks, evidence):
        number = evidence.index(piece) + 1
        order.update(dict.fromkeys(point_of.get(number, (number,))))
    first = lead(question, asks, evidence, verifier, compared.disagreements)
    quoted = tuple(_quoted_sentence(number, evidence[number - 1]) for number in order)
    return (first, *quoted) if first else quoted


def _quoted_sentence(number: int, evidence: Evidence) -> Sentence:
    citation = Citation(number, evidence.attribution, evidence.span, evidence.quote)
    return Sentence(evidence.quote, (citation,), "quoted")
