"""A question on the page: from the events of its answer to the steps of its turn."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, replace
from threading import Event as Flag

from index.principal import Principal
from rag import conversation
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
from rag.question import Question
from ui import days, failures, rating, unfolding
from ui.answerer import Answerer
from ui.brief import Turn
from ui.rating import Told


@dataclass(frozen=True, slots=True)
class Asked:
    """One step of a turn: what it shows now, and whether it is whole.

    `told` is what the reader was told, once that can be judged; None before, and where no answer came. `documents` are
    those of which something is shown, and `tokens` what a model read and wrote.
    """

    turn: Turn
    whole: bool = False
    told: Told | None = None
    documents: frozenset[str] = frozenset()
    tokens: int = 0


def steps(
    answerer: Answerer,
    principal: Principal,
    turn: Turn,
    day: str,
    *,
    earlier: tuple[conversation.Turn, ...] = (),
    stop: Flag | None = None,
) -> Generator[Asked, None, None]:
    """What `turn` becomes, step by step; the last step is whole, whatever happens.

    Once `stop` is set the next event ends it. Whoever shows the steps learns of each `Writing`, changed or not, and so
    can see in time that nobody looks any more.
    """
    shown: frozenset[str] = frozenset()
    try:
        question = Question(turn.question, days.day(day.strip()) if day and day.strip() else None, earlier)
        turn = replace(turn, as_of=question.as_of)
        yield Asked(turn)
        evidence: tuple[Evidence, ...] = ()
        told = rating.beginning(principal, question)
        with closing(answerer.stream(principal, question)) as events:
            for event in events:
                evidence = event.evidence if isinstance(event, EvidenceFound) else evidence
                before, turn = turn, _shown(turn, event, evidence)
                told = rating.told(told, event)
                shown = told.documents
                if isinstance(event, Answered):
                    yield Asked(turn, whole=True, told=told, documents=shown, tokens=told.tokens)
                elif stop and stop.is_set():
                    yield Asked(unfolding.stopped(turn), whole=True, told=told, documents=shown)
                    return
                elif turn != before or isinstance(event, Writing):
                    yield Asked(turn, documents=shown)
    except Exception as error:  # noqa: BLE001  at the edge of the process the reader gets a sentence, the log the rest
        yield Asked(unfolding.failed(turn, failures.sentence(failures.told(error))), whole=True, documents=shown)


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
