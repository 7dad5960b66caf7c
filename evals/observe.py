"""From a case to what its answer was seen to be: asked as a reader asks, and looked at beside the library itself."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, field
from functools import lru_cache
from time import perf_counter

from evals.case import Case
from evals.observed import Differing, Failed, LeftOut, Observed, Said, Shown
from index.document import Attribution, Document, Passage, Span
from index.errors import OnRecordError
from index.library import Library
from index.principal import LOCAL, PUBLIC, Principal
from rag.answer import Answer, Evidence
from rag.ask import Desk, stream
from rag.events import Answered, Event, EvidenceFound
from rag.question import Question

_KEPT = 512
"""Documents whose text is kept in memory: many cases show the same few."""


class AskingStopped(Exception):
    """The run was stopped while this case was being answered: what came of it counts for nothing."""


class Documents:
    """The documents of a library, whoever may read them, each read from it once. Safe to use from several threads.

    They come from the library and not through the search: whoever looks for a leak must not ask what may be leaking.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._kept = lru_cache(_KEPT)(self._read)

    def get(self, document_id: str) -> Document | None:
        """The document, None if there is none."""
        return self._kept(document_id)

    def _read(self, document_id: str) -> Document | None:
        return self._library.document(LOCAL, document_id)


@dataclass(frozen=True, slots=True)
class Observatory:
    """Where answers are observed: the desk that is asked, the documents as they are, and whether to stop asking."""

    desk: Desk
    documents: Documents
    stopping: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def at(cls, desk: Desk, stopping: threading.Event | None = None) -> Observatory:
        """The observatory of a desk."""
        return cls(desk, Documents(desk.corpus.library), stopping or threading.Event())


@dataclass(frozen=True, slots=True)
class _Timed:
    """An answer, the seconds it took, and those until its evidence was there, None where there was none."""

    answer: Answer
    seconds: float
    first_seconds: float | None


def observe(case: Case, at: Observatory) -> Observed | Failed:
    """The answer to the case's question as its asker got it, or that none came, in the words that a reader is told.

    Raises AskingStopped if asking is to stop before the answer is there.
    """
    try:
        return _observed(answered(case, at), at.documents)
    except OnRecordError as error:
        return Failed(str(error))


def answered(case: Case, at: Observatory) -> _Timed:
    """The answer with its wall times; raises what asking raises, and AskingStopped."""
    start, first = perf_counter(), None
    question = Question(case.question, case.as_of, case.history)
    with closing(_events(principal(case), question, at.desk)) as events:
        for event in events:
            if isinstance(event, EvidenceFound):
                first = perf_counter() - start
            if isinstance(event, Answered):
                return _Timed(event.answer, perf_counter() - start, first)
            if at.stopping.is_set():
                raise AskingStopped
    raise RuntimeError("an answer ends with its Answered event")


def principal(case: Case) -> Principal:
    """Who asks: the person at this machine, who reads everything, or somebody with the labels of the case."""
    if case.readers is None:
        return LOCAL
    return Principal(", ".join(case.readers), frozenset({PUBLIC, *case.readers}))


def _events(asker: Principal, question: Question, desk: Desk) -> Generator[Event, None, None]:
    yield from stream(asker, question, desk)


def _observed(timed: _Timed, documents: Documents) -> Observed:
    answer, trace = timed.answer, timed.answer.trace
    usage = trace.usage
    return Observed(
        question=answer.question,
        status=answer.status,
        form=answer.form,
        sentences=tuple(
            Said(each.text, each.support, tuple(citation.number for citation in each.citations))
            for each in answer.sentences
        ),
        evidence=tuple(_evidence(number, each, documents) for number, each in enumerate(answer.evidence, 1)),
        related=tuple(_related(passage, documents) for passage in answer.related),
        differing=tuple(Differing(each.relation, each.evidence, each.differences) for each in answer.disagreements),
        left_out=tuple(LeftOut(each.text, each.reason) for each in answer.dropped),
        notice=answer.notice,
        answerable=trace.answerable,
        threshold=trace.threshold,
        seconds=timed.seconds,
        first_seconds=timed.first_seconds,
        written=trace.prompts is not None,
        tokens=usage.prompt_tokens + usage.completion_tokens if usage else None,
        cost=usage.cost if usage else None,
    )


def _evidence(number: int, piece: Evidence, documents: Documents) -> Shown:
    return _shown(number, piece.attribution, piece.span, piece.quote, piece.relevance, piece.speaker, documents)


def _related(passage: Passage, documents: Documents) -> Shown:
    chunk = passage.chunk
    return _shown(0, passage.attribution, chunk.span, chunk.text, passage.score, None, documents)


def _shown(
    number: int,
    source: Attribution,
    span: Span,
    quote: str,
    relevance: float,
    speaker: str | None,
    documents: Documents,
) -> Shown:
    document = documents.get(source.document_id)
    return Shown(
        number=number,
        document_id=source.document_id,
        uri=source.uri,
        title=source.title,
        publisher=source.publisher,
        published=source.published,
        speaker=speaker,
        start=span.start,
        end=span.end,
        quote=quote,
        relevance=relevance,
        exact=document is not None and span.of(document.text) == quote,
        readers=document.readers if document else (),
    )
