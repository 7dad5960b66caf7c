"""What becomes of a turn, step by step: from the events of an answer to what is shown of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from rag.answer import Answer, Disagreement, Dropped, Evidence, Form, Group, Sentence
from rag.events import EvidenceCompared
from rag.forms.form import form
from rag.language.voices import voices
from ui import markup
from ui.brief import Column, LeftOut, Line, Point, Quote, Reference, Source, Turn, Why, related, source

LED: frozenset[Form] = frozenset({"yes_no", "who", "when", "how_many"})
"""Forms whose first sentence is the answer in a word."""
UNBORNE = "no quote bears it out"


def found(turn: Turn, evidence: tuple[Evidence, ...]) -> Turn:
    """The turn once its evidence is known: every quote, in the order of relevance."""
    quotes = _quotes(evidence, ())
    return replace(
        turn,
        state="writing" if turn.writes else "found",
        points=tuple(Point((quote,)) for quote in quotes),
        quotes=len(quotes),
        documents=len({each.attribution.document_id for each in evidence}),
    )


def compared(turn: Turn, evidence: tuple[Evidence, ...], laid: EvidenceCompared) -> Turn:
    """The turn once it is known how its quotes stand to each other; prose will not move them."""
    return _laid_out(turn, evidence, laid, ())


def writing(turn: Turn, words: int) -> Turn:
    """The turn while a model writes: so many words, of which none is shown before its sentence is checked.

    A model that is only understanding the question yet has written nothing.
    """
    return turn if turn.state == "searching" else replace(turn, state="writing", words=words)


def written(turn: Turn, sentence: Sentence) -> Turn:
    """The turn with one more checked sentence; a quote word for word is shown already."""
    if sentence.support == "unsupported" or _is_quote(sentence):
        return turn
    lines = (*turn.lines, _line(sentence, turn.link_hosts))
    return replace(turn, lines=_led(lines, form(turn.understood or turn.question)))


def left_out(turn: Turn, dropped: Dropped) -> Turn:
    """The turn with one more sentence that did not pass."""
    return replace(turn, left_out=(*turn.left_out, LeftOut(dropped.text, dropped.reason)))


def finished(turn: Turn, answer: Answer) -> Turn:
    """The turn with its whole answer."""
    borne_out = tuple(sentence for sentence in answer.sentences if sentence.support != "unsupported")
    prose = tuple(sentence for sentence in borne_out if not _is_quote(sentence))
    named = () if prose else tuple(sentence.citations[0].number for sentence in borne_out)
    bare = (Dropped(each.text, UNBORNE) for each in answer.sentences if each.support == "unsupported")
    laid = EvidenceCompared(answer.points, answer.disagreements, answer.groups)
    turn = found(turn, answer.evidence)
    return replace(
        _laid_out(turn, answer.evidence, laid, named),
        state=answer.status,
        understood=answer.question if answer.question != turn.question.strip() else None,
        # Room that was kept stays, so that nothing moves; where nobody has waited for prose there need be none. It is
        # said there, too, that the documents do not say.
        writes=turn.writes and (bool(prose) or turn.words is not None or answer.status == "abstained"),
        lines=_led(tuple(_line(sentence, turn.link_hosts) for sentence in prose), answer.form),
        related=tuple(related(passage) for passage in answer.related),
        left_out=tuple(LeftOut(each.text, each.reason) for each in (*answer.dropped, *bare)),
        notice=answer.notice,
        outside=answer.outside if answer.outside and answer.outside.documents else None,
        seconds=sum(timing.milliseconds for timing in answer.trace.timings) / 1000 or None,
    )


def stopped(turn: Turn) -> Turn:
    """The turn whose writing the reader has stopped: what is checked stays, and the quotes."""
    return replace(turn, state="answered", is_stopped=True)


def failed(turn: Turn, message: str) -> Turn:
    """The turn that came to nothing more, and why, in one sentence; quotes that were found stay."""
    return replace(turn, state="failed", message=message, can_be_retried=True)


def _laid_out(turn: Turn, evidence: tuple[Evidence, ...], laid: EvidenceCompared, named: tuple[int, ...]) -> Turn:
    """The quotes as they stand to each other: `named` first, side by side if there are groups of them."""
    quotes = _quotes(evidence, laid.disagreements)
    if laid.groups:
        return _side_by_side(turn, quotes, laid)
    together = (*laid.points, *(disagreement.evidence for disagreement in laid.disagreements))
    groups = tuple(_in_order((*named, *(quote.number for quote in quotes)), together))
    used = tuple(group for group in groups if not named or set(group) & set(named))
    others = groups[len(used) :]
    return replace(
        turn,
        columns=(),
        differing=(),
        points=tuple(_point(group, quotes, laid.disagreements) for group in used),
        others=tuple(_point(group, quotes, laid.disagreements) for group in others),
    )


def _side_by_side(turn: Turn, quotes: tuple[Quote, ...], laid: EvidenceCompared) -> Turn:
    columns = tuple(_columns(laid.groups, quotes))
    shown = {quote.number for column in columns for quote in column.quotes}
    return replace(
        turn,
        columns=columns,
        differing=tuple(_differing(laid.disagreements, quotes)),
        points=tuple(Point((quote,)) for quote in quotes if quote.number not in shown),
        others=(),
    )


def _columns(groups: Iterable[Group], quotes: tuple[Quote, ...]) -> Iterator[Column]:
    """Each group with its quotes; a quote of several groups is shown in the first."""
    seen: set[int] = set()
    for group in groups:
        numbers = tuple(number for number in dict.fromkeys(group.evidence) if number not in seen)
        seen.update(numbers)
        if numbers:
            yield Column(group.label, tuple(quotes[number - 1] for number in numbers))


def _led(lines: tuple[Line, ...], form: Form) -> tuple[Line, ...]:
    return (replace(lines[0], leads=True), *lines[1:]) if lines and form in LED else lines


def _quotes(evidence: tuple[Evidence, ...], disagreements: Iterable[Disagreement]) -> tuple[Quote, ...]:
    sources = tuple(source(each.attribution, each.span, each.quote) for each in evidence)
    stands: dict[int, Reference] = {}
    for disagreement in disagreements:
        if disagreement.relation == "superseded":
            newest, *older = _references(disagreement, sources)
            stands |= {each.number: newest for each in older}
    speakers = tuple(_named(each.speaker) for each in evidence)
    voice = voices(filter(None, speakers))
    return tuple(
        Quote(
            number,
            each.quote,
            sources[number - 1],
            speaker=speaker,
            voice=speaker and voice[speaker],
            stands=stands.get(number),
            why=_why(each),
        )
        for number, (each, speaker) in enumerate(zip(evidence, speakers, strict=True), start=1)
    )


def _why(evidence: Evidence) -> Why | None:
    """Why it was picked; None where nothing says how it was found, as of what was kept before that was noted."""
    why = evidence.why
    known = why.words or why.keyword_rank is not None or why.vector_rank is not None
    return Why(why.words, why.by) if known else None


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


def _in_order(numbers: Iterable[int], groups: Iterable[tuple[int, ...]]) -> Iterator[tuple[int, ...]]:
    """`numbers` in their order, each with all of those on its point; every number comes once."""
    groups = tuple(groups)
    seen: set[int] = set()
    for number in numbers:
        if number not in seen:
            group = next((group for group in groups if number in group), (number,))
            yield tuple(each for each in group if each not in seen)
            seen.update(group)


def _point(group: tuple[int, ...], quotes: tuple[Quote, ...], disagreements: Iterable[Disagreement]) -> Point:
    on_it = (each for each in disagreements if set(each.evidence) & set(group))
    return Point(tuple(quotes[number - 1] for number in group), tuple(_differing(on_it, quotes)))


def _differing(disagreements: Iterable[Disagreement], quotes: tuple[Quote, ...]) -> Iterator[tuple[Reference, ...]]:
    sources = tuple(quote.source for quote in quotes)
    yield from (_references(each, sources) for each in disagreements if each.relation == "disagreeing")


def _line(sentence: Sentence, link_hosts: tuple[str, ...]) -> Line:
    cited = sentence.citations
    return Line(
        sentence.text,
        markup.shown(sentence, link_hosts),
        tuple(Reference(each.number, source(each.attribution, each.span, each.quote)) for each in cited),
        support="quoted" if sentence.support == "quoted" else "supported",
    )
