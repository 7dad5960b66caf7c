"""What is kept of an answer: the object that was given, or where its reader left, as much of it as they were shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from rag.answer import Answer, Dropped, Evidence, Sentence
from rag.events import (
    Answered,
    Event,
    EvidenceCompared,
    EvidenceFound,
    SentenceDropped,
    SentenceWritten,
    Understood,
)
from ui import wire

_UNCOMPARED = EvidenceCompared()


@dataclass(frozen=True, slots=True)
class SoFar:
    """What an answer has shown so far; `whole` is the answer once it is there.

    `is_understood` says that `question` is not as it was asked, but as it was understood from the turns before.
    """

    question: str
    is_understood: bool = False
    evidence: tuple[Evidence, ...] = ()
    compared: EvidenceCompared = _UNCOMPARED
    sentences: tuple[Sentence, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    whole: Answer | None = None

    def after(self, event: Event) -> SoFar:
        """What it has shown when `event` has been shown as well."""
        match event:
            case Understood(question):
                return replace(self, question=question, is_understood=True)
            case EvidenceFound(evidence):
                return replace(self, evidence=evidence)
            case EvidenceCompared():
                return replace(self, compared=event)
            case SentenceWritten(sentence):
                return replace(self, sentences=(*self.sentences, sentence))
            case SentenceDropped(dropped):
                return replace(self, dropped=(*self.dropped, dropped))
            case Answered(answer):
                return replace(self, evidence=answer.evidence, whole=answer)
        return self

    @property
    def documents(self) -> frozenset[str]:
        """The ids of the documents that fed it."""
        related = self.whole.related if self.whole else ()
        fed = (*(each.attribution for each in self.evidence), *(each.attribution for each in related))
        return frozenset(each.document_id for each in fed)

    @property
    def left_out(self) -> frozenset[str]:
        """The ids of the documents that its reader's own choice left out."""
        return self.whole.outside.ids if self.whole and self.whole.outside else frozenset()

    def json(self, link_hosts: Iterable[str] = ()) -> wire.Json | None:
        """The object to keep; None if nothing of the documents has been shown."""
        if self.whole:
            return wire.answer_json(self.whole, link_hosts=link_hosts)
        return self._stopped(tuple(link_hosts)) if self.evidence else None

    def _stopped(self, hosts: tuple[str, ...]) -> wire.Json:
        """The same object as of a whole answer, as far as it came; nothing is known of how it was made."""
        return {
            "status": "answered",
            "question": self.question,
            "sentences": [wire.sentence_json(each, hosts) for each in self.sentences],
            "evidence": [wire.evidence_json(number, each) for number, each in enumerate(self.evidence, start=1)],
            "related": [],
            "points": [list(point) for point in self.compared.points],
            "disagreements": [wire.disagreement_json(each) for each in self.compared.disagreements],
            "dropped": [wire.dropped_json(each) for each in self.dropped],
            "form": "open",
            "groups": [{"label": each.label, "evidence": list(each.evidence)} for each in self.compared.groups],
            "notice": None,
            "outside": None,
            "trace": None,
            "stopped": True,
        }
