"""A kept turn as the page shows it: from what may still be shown of it to the same turn that once came step by step.

What is taken out and why, ui.kept has decided; here that is only said. Quotes keep their numbers, also where others
between them are gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar, cast

from index.document import Attribution, Chunk, Passage, Span
from rag.answer import Answer, Citation, Disagreement, Dropped, Evidence, Group, Sentence, Timing, Trace
from rag.events import EvidenceCompared
from rag.outside import Outside
from ui import unfolding, within
from ui.brief import Quote, Reference, Turn
from ui.kept import ShownTurn
from ui.routes.recalled import KeptAnswer, KeptEvidence, KeptPassage
from ui.routes.shown import Attributed
from ui.routes.shown import Sentence as KeptSentence
from ui.wording import ENGLISH, Wording

T = TypeVar("T")

_UNTRACED = Trace("", "", 0, 0.0, 0.0)


def turn(
    number: int,
    shown: ShownTurn,
    wording: Wording = ENGLISH,
    *,
    link_hosts: Iterable[str] = (),
    conversation: str | None = None,
) -> Turn:
    """The turn, whole, as turn `number` of what is shown; `conversation` is where it is kept, None where it must not
    be named. Marks on quotes whose document has changed are those that `shown` brings (see ui.kept.marked)."""
    kept, answer = shown.turn, shown.answer
    chosen = within.read(answer.scope)[0]
    begun = Turn(
        number,
        kept.question.strip(),
        "searching",
        as_of=kept.as_of,
        link_hosts=tuple(link_hosts),
        id=kept.id,
        conversation=conversation,
        within=chosen,
        scope=within.written(chosen, kept.as_of),
    )
    told = _unfolded(begun, answer)
    if shown.removed and not (told.quotes or told.lines or told.related):
        return replace(unfolding.failed(told, wording.say("notShown")), can_be_retried=False)
    if shown.removed:
        return replace(told, notice=wording.say("removed"))
    return unfolding.stopped(told) if answer.stopped else told


def _unfolded(begun: Turn, answer: KeptAnswer) -> Turn:
    """The turn with the answer laid out, its quotes counted anew for that and numbered again as they were."""
    places = {each.number: place for place, each in enumerate(answer.evidence, start=1)}
    numbers = {place: number for number, place in places.items()}
    evidence = tuple(map(_evidence, answer.evidence))
    laid = _laid(answer, places)
    sentences = tuple(_sentence(each, evidence, places) for each in answer.sentences)
    if answer.status == "answered" and not sentences:
        told = replace(_compared(begun, evidence, laid), understood=_understood(begun, answer), state="answered")
    else:
        told = unfolding.finished(begun, _answer(answer, sentences, evidence, laid))
    changed = frozenset(each.number for each in answer.evidence if each.changed)
    return _numbered(told, numbers, changed)


def _compared(begun: Turn, evidence: tuple[Evidence, ...], laid: EvidenceCompared) -> Turn:
    """What is left where no sentence is: the quotes as they stand to each other."""
    return unfolding.compared(unfolding.found(begun, evidence), evidence, laid) if evidence else begun


def _understood(begun: Turn, answer: KeptAnswer) -> str | None:
    return answer.question if answer.question != begun.question else None


def _answer(
    kept: KeptAnswer, sentences: tuple[Sentence, ...], evidence: tuple[Evidence, ...], laid: EvidenceCompared
) -> Answer:
    return Answer(
        question=kept.question,
        status=kept.status,
        sentences=sentences,
        evidence=evidence,
        trace=_trace(kept),
        related=tuple(map(_passage, kept.related)),
        points=laid.points,
        disagreements=laid.disagreements,
        dropped=tuple(Dropped(each.text, each.reason) for each in kept.dropped),
        form=kept.form,
        groups=laid.groups,
        notice=kept.notice,
        outside=_outside(kept),
    )


def _outside(kept: KeptAnswer) -> Outside | None:
    left = kept.outside
    if left is None:
        return None
    return Outside(left.documents, left.later, left.earlier, left.undated, left.publishers, left.collections)


def _trace(kept: KeptAnswer) -> Trace:
    """Of how it was made only how long it took, which is all that a turn shows."""
    timings = kept.trace.timings if kept.trace else ()
    return replace(_UNTRACED, timings=tuple(Timing(each.stage, each.milliseconds) for each in timings))


def _attribution(of: Attributed) -> Attribution:
    return Attribution(of.document, of.uri, of.title, of.publisher, of.author, of.published)


def _evidence(kept: KeptEvidence) -> Evidence:
    """The quote as evidence; of the passage that it stood in, only the quote is known any more."""
    span = Span(kept.start, kept.end)
    by, words = (kept.why.by, kept.why.words) if kept.why else (None, ())
    # Which place it had is not kept, only whether it had one.
    keyword, vector = (1 if by in ("words", "both") else None), (1 if by in ("meaning", "both") else None)
    passage = Passage(Chunk(kept.document, span, 0, kept.quote), _attribution(kept), 0.0, keyword, vector)
    return Evidence(passage, span, kept.quote, kept.relevance, kept.speaker, words)


def _passage(kept: KeptPassage) -> Passage:
    chunk = Chunk(kept.document, Span(kept.start, kept.end), 0, kept.text)
    return Passage(chunk, _attribution(kept), kept.score)


def _sentence(kept: KeptSentence, evidence: tuple[Evidence, ...], places: Mapping[int, int]) -> Sentence:
    cited = tuple((place, evidence[place - 1]) for place in _placed(kept.citations, places))
    citations = tuple(Citation(place, each.attribution, each.span, each.quote) for place, each in cited)
    return Sentence(kept.text, citations, kept.support)


def _laid(answer: KeptAnswer, places: Mapping[int, int]) -> EvidenceCompared:
    """How the quotes stand to each other."""
    return EvidenceCompared(
        tuple(_placed(point, places) for point in answer.points),
        tuple(
            Disagreement(each.relation, _placed(each.evidence, places), each.differences)
            for each in answer.disagreements
        ),
        tuple(Group(each.label, _placed(each.evidence, places)) for each in answer.groups),
    )


def _placed(numbers: Iterable[int], places: Mapping[int, int]) -> tuple[int, ...]:
    return tuple(places[number] for number in numbers if number in places)


def _numbered(value: T, numbers: Mapping[int, int], changed: frozenset[int]) -> T:
    """The same with every quote, and every pointer to one, under the number it had, and marked if it has changed."""
    if isinstance(value, tuple):
        return cast("T", tuple(_numbered(each, numbers, changed) for each in value))
    if not is_dataclass(value) or isinstance(value, type):
        return value
    inner = {each.name: _numbered(getattr(value, each.name), numbers, changed) for each in fields(value)}
    if isinstance(value, Quote | Reference):
        inner["number"] = numbers[value.number]
    if isinstance(value, Quote):
        inner["changed"] = inner["number"] in changed
    return cast("T", replace(value, **inner))
