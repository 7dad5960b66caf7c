"""A question on the page: from the events of its answer to the steps of its turn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from rag.answer import Evidence
from rag.errors import InvalidQuestion
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
from ui import unfolding, within
from ui.brief import Turn
from ui.failures import sentence
from ui.running import Running


@dataclass(frozen=True, slots=True)
class Asked:
    """One step of a turn: what it shows now, and the evidence that it speaks of."""

    turn: Turn
    evidence: tuple[Evidence, ...] = ()

    def after(self, events: Iterable[Event]) -> Asked:
        """The step at which these events have been shown as well."""
        asked = self
        for event in events:
            evidence = event.evidence if isinstance(event, EvidenceFound) else asked.evidence
            asked = Asked(_shown(asked.turn, event, evidence), evidence)
        return asked


def begun(running: Running, number: int, *, writes: bool) -> Turn:
    """The turn of this answer before any of its events; `writes` says that a model writes here."""
    answering, question = running.answering, running.answering.question
    return Turn(
        number,
        question.text.strip(),
        "searching",
        as_of=question.as_of,
        writes=writes,
        link_hosts=tuple(sorted(answering.link_hosts)),
        id=running.talk.turn,
        conversation=running.talk.id,
        within=question.within,
        scope=within.written(question.within, question.as_of),
    )


def refused(text: str, scope: str, number: int) -> Turn:
    """The turn of a question that was never begun. Where its scope is no scope, it is to be asked again within another
    one."""
    turn = Turn(number, text, "searching")
    try:
        chosen, as_of = within.read(scope)
    except InvalidQuestion:
        return turn
    return replace(turn, as_of=as_of, within=chosen, scope=within.written(chosen, as_of))


def ended(turn: Turn, running: Running) -> Turn:
    """The turn once its answer is over: whole, whatever happened, and named only where it is kept."""
    if running.failure:
        turn = unfolding.failed(turn, sentence(running.failure))
    elif not turn.is_whole:
        turn = unfolding.stopped(turn)
    return turn if running.answering.is_kept else replace(turn, id=None, conversation=None)


def _shown(turn: Turn, event: Event, evidence: tuple[Evidence, ...]) -> Turn:
    match event:
        case Understood(question):
            return replace(turn, understood=question)
        case EvidenceFound():
            return unfolding.found(turn, evidence)
        case EvidenceCompared():
            return unfolding.compared(turn, evidence, event)
        case Writing(words):
            return unfolding.writing(turn, words)
        case SentenceWritten(sentence):
            return unfolding.written(turn, sentence)
        case SentenceDropped(dropped):
            return unfolding.left_out(turn, dropped)
        case Answered(answer):
            return unfolding.finished(turn, answer)
