"""What happens on the way to an answer, in order, for whoever shows it while it comes."""

from __future__ import annotations

from dataclasses import dataclass

from rag.answer import Answer, Disagreement, Dropped, Evidence, Group, Sentence


@dataclass(frozen=True, slots=True)
class Understood:
    """The question is a follow-up, and this is how it was understood; before any evidence."""

    question: str


@dataclass(frozen=True, slots=True)
class EvidenceFound:
    """The quotes are known; nothing else is."""

    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class EvidenceCompared:
    """How the quotes stand to each other, before anything is written: the answer's own fields of these names.

    A face lays the quotes out once, so that nothing moves under the eyes of who reads them while a model writes.
    """

    points: tuple[tuple[int, ...], ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class Writing:
    """The model is at work and has written so many words of whole sentences.

    Comes at least every half second while a model is waited for, so that a reader who has left is noticed.
    """

    words: int


@dataclass(frozen=True, slots=True)
class SentenceWritten:
    """One more sentence of the answer stands."""

    sentence: Sentence


@dataclass(frozen=True, slots=True)
class SentenceDropped:
    """The model wrote a sentence that the quotes do not bear out; it is no part of the answer."""

    dropped: Dropped


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer is whole; always the last event."""

    answer: Answer


Event = Understood | EvidenceFound | EvidenceCompared | Writing | SentenceWritten | SentenceDropped | Answered
