"""The façade, from a question to an answer of checked quotes: understand, search, quote, compare, write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from index.corpus import Corpus
from index.document import Passage
from index.principal import Principal
from index.search import search
from rag.answer import Answer, Citation, Evidence, Sentence, Trace
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
from rag.question import LONGEST_QUESTION, Question
from rag.quote import Quoted, Quoter
from rag.speaker import speaker
from rag.stopwatch import Stopwatch
from rag.understand import understand

__all__ = [
    "LONGEST_QUESTION", "Answered", "Desk", "Event", "EvidenceCompared", "EvidenceFound", "Question",
    "SentenceDropped", "SentenceWritten", "Understood", "Writing", "ask", "stream",
]  # fmt: skip

RELATED = 3
"""How many of the nearest passages are offered where nothing answers."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What answers questions: the corpus, what chooses quotes from it, and how much of each.

    `passages` are searched for each question, `quotes` at most are shown; below `threshold` (a probability, 0 to 1)
    the answer is that the documents do not say.
    """

    corpus: Corpus
    quoter: Quoter
    threshold: float
    passages: int = 20
    quotes: int = 6

    @property
    def model_name(self) -> str | None:
        """The model that writes; None where none does."""
        return None

    def close(self) -> None:
        """Let go of the corpus."""
        self.corpus.close()


def ask(principal: Principal, question: Question, desk: Desk) -> Answer:
    """The answer to `question` from what `principal` may read."""
    *_, last = stream(principal, question, desk)
    if not isinstance(last, Answered):
        raise RuntimeError("an answer ends with its Answered event")
    return last.answer


def stream(principal: Principal, question: Question, desk: Desk) -> Iterator[Event]:
    """The same answer as `ask`, event by event: evidence first, the whole answer last."""
    watch = Stopwatch()
    query = understand(question.text, as_of=question.as_of)
    with watch.stage("search"):
        passages = search(principal, query, desk.corpus, limit=desk.passages)
    with watch.stage("quote"):
        quoted = desk.quoter.quote(query.text, passages, limit=desk.quotes)
    if quoted.answerable < desk.threshold or not quoted.evidence:
        yield Answered(_abstention(query.text, passages, _trace(desk, quoted, watch)))
        return
    evidence = tuple(_attributed(piece) for piece in quoted.evidence)
    yield EvidenceFound(evidence)
    with watch.stage("compare"):
        compared = compare(query.text, evidence)
    yield EvidenceCompared(compared.points, compared.disagreements)
    sentences = _brief(evidence, compared)
    yield from map(SentenceWritten, sentences)
    yield Answered(
        Answer(
            question=query.text,
            status="answered",
            sentences=sentences,
            evidence=evidence,
            points=compared.points,
            disagreements=compared.disagreements,
            trace=_trace(desk, quoted, watch),
        )
    )


def _abstention(question: str, passages: tuple[Passage, ...], trace: Trace) -> Answer:
    return Answer(
        question=question, status="abstained", sentences=(), evidence=(), related=passages[:RELATED], trace=trace
    )


def _trace(desk: Desk, quoted: Quoted, watch: Stopwatch) -> Trace:
    return Trace(
        embedder=desk.corpus.embedder.fingerprint,
        evidence_model=desk.quoter.fingerprint,
        library_generation=desk.corpus.generation,
        answerable=quoted.answerable,
        threshold=desk.threshold,
        timings=watch.timings,
    )


def _attributed(evidence: Evidence) -> Evidence:
    """The same evidence with its speaker, looked for in the sentence and in what stands before it in its chunk."""
    chunk = evidence.passage.chunk
    before = chunk.text[: evidence.span.start - chunk.span.start]
    return replace(evidence, speaker=speaker(evidence.quote, before))


def _brief(evidence: tuple[Evidence, ...], compared: Compared) -> tuple[Sentence, ...]:
    """One quoted sentence for each piece of evidence, best first; those on the same point together, newest first."""
    point_of = {number: point for point in compared.points for number in point}
    order: dict[int, None] = {}
    for number in range(1, len(evidence) + 1):
        order.update(dict.fromkeys(point_of.get(number, (number,))))
    return tuple(_quoted_sentence(number, evidence[number - 1]) for number in order)


def _quoted_sentence(number: int, evidence: Evidence) -> Sentence:
    citation = Citation(number, evidence.attribution, evidence.span, evidence.quote)
    return Sentence(evidence.quote, (citation,), "quoted")
