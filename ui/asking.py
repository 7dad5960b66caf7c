"""A question on the page: from the events of its answer to the steps of its turn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from rag.answer import Evidence
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
from ui import unfolding
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
    answering = running.answering
    return Turn(
        number,
        answering.question.text.strip(),
        "searching",
        as_of=answering.question.as_of,
        writes=writes,
        link_hosts=tuple(sorted(answering.link_hosts)),
        id=running.talk.turn,
        conversation=running.talk.id,
        within=answering.question.within,
    )


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
