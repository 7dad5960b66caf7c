"""A small library with its answers written out, for the faces: every state a turn can be in, without any search."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from threading import Event as Flag
from typing import TYPE_CHECKING

from index.document import Document, Passage, Span
from index.errors import LibraryError
from index.feedback import Feedback
from index.principal import Principal
from index.within import EVERYTHING, Within
from rag.answer import Answer, Citation, Disagreement, Dropped, Evidence, Group, Sentence, Timing, Trace, Usage
from rag.check import Checked
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
from rag.question import Question

if TYPE_CHECKING:
    from index.choices import Choices
    from index.listing import Listing

TRACE = Trace("embedder-1", "evidence-1", 7, 0.93, 0.5, (Timing("search", 41.0), Timing("quote", 168.0)))


def document(title: str | None, publisher: str | None, day: date | None, text: str, **more: object) -> Document:
    name = (title or "notes").lower().replace(" ", "-")
    values: dict[str, object] = {
        "uri": f"briefs/{name}.md",
        "text": text,
        "content_hash": "0" * 64,
        "readers": ("public",),
        "title": title,
        "publisher": publisher,
        "published": day,
        "language": "en",
    }
    return Document(**(values | more))  # type: ignore[arg-type]


FILLER = (
    "Officials on both sides spent the week preparing papers for the next round, and neither would say in public "
    "how far apart the drafts still are.\n\n"
)
CONDITIONS = document(
    "Moscow lists its conditions",
    "Briefing desk",
    date(2024, 6, 14),
    "Moscow lists its conditions\n\n"
    + FILLER * 6
    + "Vladimir Putin said Ukraine must withdraw its troops from Donetsk, Lugansk, Zaporizhzhia and Kherson before "
    "any talks can begin. He added that Kyiv has to drop its plan to join NATO for good.\n\n" + FILLER * 8,
)
SUMMIT = document(
    "What changed at the summit",
    "Briefing desk",
    date(2025, 8, 16),
    FILLER
    + "Putin now asks Kyiv to leave Donetsk and Lugansk, and would freeze the front line in the other two regions, "
    "the Kremlin spokesman Dmitry Peskov said.\n\n" + FILLER,
)
WIRE = document(
    "Diplomats doubt any shift",
    "Harbour Wire",
    date(2025, 8, 17),
    FILLER + "Moscow still insists on all four regions, two European diplomats told Harbour Wire.\n\n" + FILLER,
)
NOTES = document(None, None, None, "Neutral status would be written into the constitution of Ukraine.\n" + FILLER)
DOCUMENTS = (CONDITIONS, SUMMIT, WIRE, NOTES)


def may_read(principal: Principal, of: Document) -> bool:
    within = principal.collections is None or of.collection in principal.collections
    return within and (principal.reads_everything or bool(principal.readers & set(of.readers)))


def passage(of: Document) -> Passage:
    return Passage(of.chunk(Span(0, len(of.text)), 0), of.attribution, 0.5, keyword_rank=1)


def quoted(of: Document, quote: str, speaker: str | None = None, relevance: float = 0.8) -> Evidence:
    start = of.text.index(quote)
    return Evidence(passage(of), Span(start, start + len(quote)), quote, relevance, speaker)


EVIDENCE = (
    quoted(
        SUMMIT,
        "Putin now asks Kyiv to leave Donetsk and Lugansk, and would freeze the front line in the other two regions, "
        "the Kremlin spokesman Dmitry Peskov said.",
        "Dmitry Peskov",
    ),
    quoted(
        CONDITIONS,
        "Vladimir Putin said Ukraine must withdraw its troops from Donetsk, Lugansk, Zaporizhzhia and Kherson before "
        "any talks can begin.",
        "Vladimir Putin",
    ),
    quoted(WIRE, "Moscow still insists on all four regions, two European diplomats told Harbour Wire."),
    quoted(CONDITIONS, "He added that Kyiv has to drop its plan to join NATO for good.", "Vladimir Putin"),
    quoted(NOTES, "Neutral status would be written into the constitution of Ukraine."),
)


def citation(number: int, evidence: tuple[Evidence, ...]) -> Citation:
    cited = evidence[number - 1]
    return Citation(number, cited.attribution, cited.span, cited.quote)


def quotes(*numbers: int, evidence: tuple[Evidence, ...] = EVIDENCE) -> tuple[Sentence, ...]:
    return tuple(Sentence(evidence[n - 1].quote, (citation(n, evidence),), "quoted") for n in numbers)


CONDITIONS_ANSWER = Answer(
    question="What are Putin's stated conditions?",
    status="answered",
    sentences=quotes(3, 1, 2, 4, 5),
    evidence=EVIDENCE,
    points=((3, 1, 2),),
    disagreements=(
        Disagreement("disagreeing", (3, 1), ("all four regions", "Donetsk and Lugansk")),
        Disagreement("superseded", (1, 2), ("Donetsk and Lugansk", "Donetsk, Lugansk, Zaporizhzhia and Kherson")),
    ),
    trace=TRACE,
)
PROSE_ANSWER = replace(
    CONDITIONS_ANSWER,
    sentences=(
        Sentence(
            "Russia asks for land and for neutrality.", (citation(1, EVIDENCE), citation(5, EVIDENCE)), "supported"
        ),
    ),
    dropped=(Dropped("A treaty was signed.", "no quote says so"),),
)
WRITER = replace(TRACE, model="scripted", prompts="prompts-1", verifier="verifier-1", usage=Usage(812, 64))
WRITTEN_ANSWER = replace(
    CONDITIONS_ANSWER,
    form="yes_no",
    sentences=(
        Sentence("Yes.", (citation(1, EVIDENCE),), "supported"),
        Sentence(
            "The Kremlin spokesman Dmitry Peskov said that Putin now asks Kyiv to leave Donetsk and Lugansk.",
            (citation(1, EVIDENCE),),
            "supported",
        ),
        Sentence(
            "Two European diplomats told Harbour Wire that Moscow still insists on all four regions, as it did in June "
            "2024.",
            (citation(3, EVIDENCE), citation(2, EVIDENCE)),
            "supported",
        ),
    ),
    dropped=(
        Dropped("A treaty was signed in May.", "no quote speaks of a treaty"),
        Dropped("Putin asks for six regions.", "the quotes say four, not six"),
    ),
    trace=WRITER,
)
CHANGE_ANSWER = replace(
    WRITTEN_ANSWER,
    form="change",
    sentences=WRITTEN_ANSWER.sentences[1:],
    groups=(Group("June 2024", (2, 4)), Group("August 2025", (1, 3))),
    dropped=(),
)
UNWRITTEN_ANSWER = replace(
    CONDITIONS_ANSWER,
    notice="There is no written answer, because the model gave no word within 15 seconds.",
    trace=TRACE,
)
ABSTENTION = Answer(
    question="What is the population of Brazil?",
    status="abstained",
    sentences=(),
    evidence=(),
    related=(passage(NOTES), passage(SUMMIT), passage(WIRE)),
    trace=TRACE,
)


@dataclass
class Newsroom:
    """An answerer that knows these documents; what a question mentions decides what becomes of it.

    `pause` is seconds before each event, so that a test can see what comes first. `also` adds documents, and
    `answer`, where it is set, is given to every question. A question that says "forever" is written about until
    somebody closes the stream, which sets `left`. `checked` is what the library says to any text. `kept` is what
    readers said of the answers, the last word on each; words that say "full" cannot be kept.
    """

    pause: float = 0.0
    also: tuple[Document, ...] = ()
    answer: Answer | None = None
    before: Callable[[Question], None] = lambda question: None
    checked: tuple[Checked, ...] = ()
    left: Flag = field(default_factory=Flag)
    kept: dict[str, Feedback] = field(default_factory=dict)

    def stream(self, principal: Principal, question: Question) -> Generator[Event, None, None]:
        self.before(question)
        answer = self._within(principal, self.answer or _answer(question.text))
        try:
            for event in _events(answer, question.text, keeps=self.answer is not None):
                time.sleep(self.pause if not isinstance(event, EvidenceCompared | SentenceWritten) else 0)
                yield event
        finally:
            self.left.set()

    def check(
        self, principal: Principal, draft: str, as_of: date | None = None, within: Within = EVERYTHING
    ) -> Generator[Checked, None, None]:
        if "broken" in draft:
            raise LibraryError("the library is on a disk that is gone; mount it and ask again")
        try:
            for each in self.checked:
                time.sleep(self.pause)
                yield each
            while "forever" in draft:
                time.sleep(0.02)
                yield self.checked[0]
        finally:
            self.left.set()

    def search(self, principal: Principal, question: Question, limit: int) -> tuple[Passage, ...]:
        self.before(question)
        words = set(question.text.casefold().split())
        found = (each for each in self._documents(principal) if words & set(each.text.casefold().split()))
        return tuple(map(passage, found))[:limit]

    def listing(
        self, principal: Principal, *, after: str | None, limit: int, words: str = "", collection: str | None = None
    ) -> Listing:
        from index.listing import Listed, Listing

        found = sorted(
            (
                each
                for each in self._documents(principal)
                if words.casefold() in f"{each.title} {each.publisher}".casefold()
                and collection in (None, each.collection)
                and each.uri > (after or "")
            ),
            key=lambda each: each.uri,
        )
        shown = tuple(Listed(each.attribution, each.collection) for each in found[:limit])
        return Listing(shown, shown[-1].attribution.uri if len(found) > limit else None)

    def choices(self, principal: Principal) -> Choices:
        from index.choices import Choice, Choices

        found = self._documents(principal)
        publishers = Counter(each.publisher for each in found if each.publisher)
        collections = Counter(each.collection for each in found if each.collection)
        days = sorted(each.published for each in found if each.published)
        return Choices(
            tuple(Choice(name, count) for name, count in publishers.most_common()),
            tuple(Choice(name, count) for name, count in collections.most_common()),
            days[0] if days else None,
            days[-1] if days else None,
            len(found),
        )

    def readable(self, principal: Principal, ids: Iterable[str]) -> frozenset[str]:
        return frozenset(ids) & {each.id for each in self._documents(principal)}

    def document(self, principal: Principal, document_id: str) -> Document | None:
        return next((each for each in self._documents(principal) if each.id == document_id), None)

    def _documents(self, principal: Principal) -> tuple[Document, ...]:
        return tuple(each for each in (*DOCUMENTS, *self.also) if may_read(principal, each))

    def _within(self, principal: Principal, answer: Answer) -> Answer:
        """The answer unless it quotes a document that may not be read, else that there is none."""
        forbidden = {each.id for each in (*DOCUMENTS, *self.also)} - {each.id for each in self._documents(principal)}
        if any(each.attribution.document_id in forbidden for each in answer.evidence):
            return replace(ABSTENTION, related=())
        return answer

    def keep(self, feedback: Feedback) -> None:
        if "full" in feedback.comment:
            raise LibraryError("your feedback cannot be kept (database or disk is full); send it again")
        self.kept[feedback.answer] = feedback

    def generation(self) -> int:
        return 7


def _events(answer: Answer, question: str, *, keeps: bool) -> Iterator[Event]:
    if "then" in question:
        yield Understood(answer.question)
    if answer.evidence:
        yield EvidenceFound(answer.evidence)
        yield EvidenceCompared(answer.points, answer.disagreements, answer.groups)
    if "forever" in question:
        yield from _forever()
    if answer.trace.model or answer.notice:
        yield from (Writing(words) for words in (0, 6))
    for number, sentence in enumerate(answer.sentences, start=1):
        yield SentenceWritten(sentence)
        if sentence.support == "supported":
            yield Writing(6 + 5 * number)
    yield from map(SentenceDropped, answer.dropped)
    kept = keeps or "then" in question
    yield Answered(replace(answer, question=answer.question if kept else question.strip()))


def _forever() -> Iterator[Event]:
    """Longer than any reader waits; not without end, so that a test in which nobody stops it fails."""
    for words in range(1, 3_000):
        time.sleep(0.02)
        yield Writing(words)


def _answer(question: str) -> Answer:
    if "Brazil" in question:
        return ABSTENTION
    if "broken" in question:
        raise LibraryError("the library is on a disk that is gone; mount it and ask again")
    if "crash" in question:
        raise RuntimeError("a secret that must not be shown")
    if "change" in question:
        return CHANGE_ANSWER
    if "slow model" in question:
        return UNWRITTEN_ANSWER
    if "still" in question or "forever" in question:
        return WRITTEN_ANSWER
    return PROSE_ANSWER if "short" in question else CONDITIONS_ANSWER
