"""One piece of evidence taken apart for comparison: who says it, when, and its figures, dates, names and signs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from rag.answer import Evidence
from rag.comparing.polarity import Predicate, predicates
from rag.language import speech
from rag.language.dating import Day, days, said_on
from rag.language.entities import entity, names
from rag.language.figures import Figure, figures, kind_of_thing
from rag.language.naming import same_speaker
from rag.language.terms import stem

_LONGEST = 800
"""Characters; what is longer is a table or a page's frame and no statement, and only its beginning is read."""
_LASTING = re.compile(
    r"\b(?:is|are|may|must|can|shall|costs?|remains?|applies|apply"
    r"|(?:has|have)(?=\s(?:\d|an?\b|the\b|no\b|up to|at least)))\b"
)
"""Words of what holds on and on, unlike what happened once."""

_POINTING_BACK = re.compile(
    r"\W*(?:it|its|he|his|she|her|they|their|this|these|there|as of|the \w+ (?:is|was|are|were|has|had))\b",
    re.IGNORECASE,
)
"""How a statement begins whose subject is named in a sentence before it."""


@dataclass(frozen=True, slots=True)
class Statement:
    """`number` counts the evidence from 1; `said` is the day it was said, as far as known; `topic` has the stems of
    its words that carry meaning, without names, figures and verbs of saying. `names` are those of the text, else of
    the document's title; `title` has the topic of that. `lasting` tells what holds from what happened once."""

    number: int
    document: str
    text: str
    title: frozenset[str]
    speaker: str | None
    publisher: str | None
    said: date | None
    figures: tuple[Figure, ...]
    days: tuple[Day, ...]
    predicates: tuple[Predicate, ...]
    names: frozenset[str]
    topic: frozenset[str]
    lasting: bool
    is_too_long: bool
    points_back: bool

    def revises(self, older: Statement) -> bool:
        """Whether this is a later word of the source of `older`: the same speaker, else the same publisher.

        What a publisher states itself may revise what it had from somebody, but not the other way round: whoever
        contradicts a publisher in its own pages disagrees with it.
        """
        if self.said is None or older.said is None or self.said <= older.said:
            return False
        if self.speaker and older.speaker:
            return same_speaker(self.speaker, older.speaker)
        if self.speaker or not self.publisher or not older.publisher:
            return False
        return self.publisher.casefold() == older.publisher.casefold()


def statement(number: int, evidence: Evidence) -> Statement:
    """The evidence of that number, taken apart."""
    text, origin = evidence.quote[:_LONGEST], evidence.attribution
    return Statement(
        number=number,
        document=origin.document_id,
        text=text,
        title=topic(origin.title or ""),
        speaker=evidence.speaker,
        publisher=origin.publisher,
        said=said_on(text, origin.published),
        figures=figures(text),
        days=days(text, origin.published),
        predicates=predicates(text),
        names=(names(text) - names(evidence.speaker or "")) or names(origin.title or ""),
        topic=topic(text),
        points_back=bool(_POINTING_BACK.match(text)),
        is_too_long=len(evidence.quote) > _LONGEST,
        lasting=bool(_LASTING.search(text)),
    )


def topic(text: str) -> frozenset[str]:
    """The stems of what a text is about, without its names and figures; nouns for one thing are folded.

    >>> sorted(topic("Peskov said the drafts were rejected."))
    ['plan', 'reject']
    """
    return frozenset(stem(kind_of_thing(word)) for word in content(text))


def content(text: str) -> tuple[str, ...]:
    """The words of a text that say what it is about, in order and in lower case; no names."""
    named = names(text)
    return tuple(
        word.casefold()
        for at, word in enumerate(_WORD.findall(text))
        if (word.islower() or (at == 0 and entity(word) not in named)) and word.casefold() not in _NO_TOPIC
    )


_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_NO_TOPIC = speech.EMPTY | speech.TIMES | speech.ROLES
