"""What a turn of the conversation shows, before any HTML: quotes grouped by the point they speak to, and their marks.

Only choices of what stands where are made here. Nothing is escaped; ui.render does that, for all of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from index.document import Attribution, Passage, Span
from rag.answer import Answer, Disagreement, Evidence, Sentence

LONGEST_EXCERPT = 300
"""Characters of a related passage that are shown."""
UNDATED = "no date given"

State = Literal["searching", "found", "answered", "abstained", "failed"]


@dataclass(frozen=True, slots=True)
class Source:
    """Whose words these are, and where they stand: `href` opens them lit in their document.

    `name` is the publisher, or what comes nearest to one; `title` is None where `name` says it already.
    """

    href: str
    name: str
    day: str
    iso: str | None
    title: str | None
    language: str | None

    @property
    def label(self) -> str:
        """Everything that tells this source from another, on one line."""
        by = f"{self.name}, {self.day}"
        return f"{self.title} ({by})" if self.title else by


@dataclass(frozen=True, slots=True)
class Reference:
    """A pointer to a quote of the same answer; `words` are what sets it apart there, if that is known."""

    number: int
    source: Source
    words: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """One numbered quote. `stands` is the newer statement that replaces it, None where it is not superseded."""

    number: int
    text: str
    source: Source
    speaker: str | None = None
    stands: Reference | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """One quote, or several that speak to the same point, newest first.

    `differing` are the groups of them in which the sources say different things.
    """

    quotes: tuple[Quote, ...]
    differing: tuple[tuple[Reference, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of prose with the quotes it rests on."""

    text: str
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Related:
    """A passage that came near without answering."""

    excerpt: str
    source: Source


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with what has become of it. `number` counts a conversation's turns from 1."""

    number: int
    question: str
    state: State
    as_of: date | None = None
    understood: str | None = None
    lines: tuple[Line, ...] = ()
    points: tuple[Point, ...] = ()
    others: tuple[Point, ...] = ()
    related: tuple[Related, ...] = ()
    left_out: tuple[str, ...] = ()
    documents: int = 0
    seconds: float | None = None
    message: str = ""

    @property
    def tally(self) -> str:
        """How much the turn shows, and how long it took: "2 quotes from 1 document, in 0.21 s"."""
        quotes = sum(len(point.quotes) for point in (*self.points, *self.others))
        took = f", in {self.seconds:.2f} s" if self.seconds else ""
        return f"{_counted(quotes, 'quote')} from {_counted(self.documents, 'document')}{took}"


def found(turn: Turn, evidence: tuple[Evidence, ...]) -> Turn:
    """The turn once its evidence is known: every quote, in the order of relevance."""
    quotes = _quotes(evidence, ())
    return replace(
        turn,
        state="found",
        points=tuple(Point((quote,)) for quote in quotes),
        documents=_documents(evidence),
    )


def finished(turn: Turn, answer: Answer) -> Turn:
    """The turn with its whole answer."""
    quotes = _quotes(answer.evidence, answer.disagreements)
    named = _quoted(answer.sentences)
    groups = tuple(_in_order((*named, *(quote.number for quote in quotes)), answer))
    used = tuple(group for group in groups if set(group) & set(named))
    return replace(
        turn,
        state=answer.status,
        understood=answer.question if answer.question != turn.question.strip() else None,
        lines=tuple(_line(sentence, quotes) for sentence in answer.sentences if not _is_quote(sentence)),
        points=tuple(_point(group, quotes, answer.disagreements) for group in used),
        others=tuple(_point(group, quotes, answer.disagreements) for group in groups[len(used) :]),
        related=tuple(related(passage) for passage in answer.related),
        left_out=tuple(f"{dropped.text} ({dropped.reason})" for dropped in answer.dropped),
        documents=_documents(answer.evidence),
        seconds=sum(timing.milliseconds for timing in answer.trace.timings) / 1000 or None,
    )


def failed(turn: Turn, message: str) -> Turn:
    """The turn that came to nothing, and why, in one sentence."""
    return replace(turn, state="failed", message=message)


def related(passage: Passage) -> Related:
    """The passage as something to look at, its whole text lit when opened."""
    return Related(_excerpt(passage), source(passage.attribution, passage.chunk.span, passage.chunk.text))


def source(attribution: Attribution, span: Span, quote: str) -> Source:
    """Whose words `quote` at `span` is, as the page says it."""
    day = attribution.published
    name = attribution.publisher or attribution.author or attribution.title or attribution.uri
    return Source(
        href=source_link(attribution.document_id, span, quote),
        name=name,
        day=long_date(day) if day else UNDATED,
        iso=day.isoformat() if day else None,
        title=attribution.title if attribution.title != name else None,
        language=attribution.language,
    )


def source_link(document_id: str, span: Span, quote: str) -> str:
    """Where `quote` can be seen lit in its document; the checksum tells a document that has changed since."""
    return f"/source/{document_id}?at={span.start}-{span.end}&sum={checksum(quote)}#quote"


def checksum(quote: str) -> str:
    """Twelve hex digits that change when the quote does."""
    return hashlib.sha256(quote.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def long_date(day: date) -> str:
    """
    >>> long_date(date(2024, 7, 3))
    '3 July 2024'
    """
    return f"{day.day} {day:%B} {day.year}"


def _quotes(evidence: tuple[Evidence, ...], disagreements: Iterable[Disagreement]) -> tuple[Quote, ...]:
    sources = tuple(source(each.attribution, each.span, each.quote) for each in evidence)
    stands: dict[int, Reference] = {}
    for disagreement in disagreements:
        if disagreement.relation == "superseded":
            newest, *older = _references(disagreement, sources)
            stands |= {each.number: newest for each in older}
    return tuple(
        Quote(number, each.quote, sources[number - 1], _named(each.speaker), stands.get(number))
        for number, each in enumerate(evidence, start=1)
    )


def _named(speaker: str | None) -> str | None:
    """The speaker as a line begins: "The Kremlin", not "the Kremlin"."""
    return speaker and speaker[:1].upper() + speaker[1:]


def _references(disagreement: Disagreement, sources: tuple[Source, ...]) -> tuple[Reference, ...]:
    """The statements that disagree, newest first, each with the words that set it apart if they are known."""
    numbers, words = disagreement.evidence, disagreement.differences
    if len(words) != len(numbers):
        words = ("",) * len(numbers)
    return tuple(Reference(number, sources[number - 1], word) for number, word in zip(numbers, words, strict=True))


def _is_quote(sentence: Sentence) -> bool:
    """Whether this sentence is a quote word for word, and so shown as one."""
    return sentence.support == "quoted" and sentence.text == sentence.citations[0].quote


def _quoted(sentences: Iterable[Sentence]) -> tuple[int, ...]:
    return tuple(sentence.citations[0].number for sentence in sentences if _is_quote(sentence))


def _in_order(numbers: Iterable[int], answer: Answer) -> Iterator[tuple[int, ...]]:
    """`numbers` in their order, each with all of those on its point; every number comes once."""
    groups = (*answer.points, *(disagreement.evidence for disagreement in answer.disagreements))
    seen: set[int] = set()
    for number in numbers:
        if number not in seen:
            group = next((group for group in groups if number in group), (number,))
            yield tuple(each for each in group if each not in seen)
            seen.update(group)


def _point(group: tuple[int, ...], quotes: tuple[Quote, ...], disagreements: Iterable[Disagreement]) -> Point:
    sources = tuple(quote.source for quote in quotes)
    differing = tuple(
        _references(each, sources)
        for each in disagreements
        if each.relation == "disagreeing" and set(each.evidence) & set(group)
    )
    return Point(tuple(quotes[number - 1] for number in group), differing)


def _line(sentence: Sentence, quotes: tuple[Quote, ...]) -> Line:
    numbers = (citation.number for citation in sentence.citations)
    return Line(sentence.text, tuple(Reference(number, quotes[number - 1].source) for number in numbers))


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _documents(evidence: Iterable[Evidence]) -> int:
    return len({each.attribution.document_id for each in evidence})


def _excerpt(passage: Passage) -> str:
    """The beginning of the passage on one line, without the headings it stands under, cut between words."""
    named = {passage.attribution.title, *passage.chunk.headings}
    lines = passage.chunk.text.splitlines()
    line = " ".join(" ".join(each for each in lines if each.strip(" #") not in named).split())
    if len(line) <= LONGEST_EXCERPT:
        return line
    return line[:LONGEST_EXCERPT].rsplit(" ", 1)[0] + " …"
