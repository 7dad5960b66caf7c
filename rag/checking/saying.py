"""A sentence that is checked, and the sentences it is checked against, each taken apart once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from index.sentences import sentences
from rag.ground import Ground
from rag.language import speech
from rag.language.dating import Day, days
from rag.language.entities import entity, is_name
from rag.language.figures import Figure, figures, kind_of_thing
from rag.language.terms import stem

_LONGEST = 1_500
"""Characters of a sentence that are read; what is longer is a table or a page's frame."""
MOST_CITED = 6
"""Sentences of quotes that one sentence cites, at most; more are an article."""
_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W\d_]+(?:['’\-][^\W\d_]+)*|\d+(?:[.,]\d+)*")
_MARKER = re.compile(r"^\s*(?:(?:\d{1,2}[.)]|[*•+–-])(?:\s+|$)|[Ss]tep \d+:\s*)+")
"""The mark of a list's item, which says nothing."""
_EMPTY = speech.EMPTY | speech.WITH_COMPLEMENT | frozenset(("yes", "no", "according", "so", "many", "much", "still"))


@dataclass(frozen=True, slots=True)
class Saying:
    """One sentence. `stems` has what it speaks of: the stems of its words that carry meaning, names in one spelling;
    `entities` has every word of it in the spelling of names."""

    text: str
    published: date | None
    words: tuple[str, ...]
    stems: frozenset[str]
    entities: frozenset[str]
    figures: tuple[Figure, ...]
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A claim and what it is checked against: the sentences of its grounds, nearest to it first."""

    claim: Saying
    said: tuple[Saying, ...]
    grounds: tuple[Ground, ...]

    @property
    def near(self) -> tuple[Saying, ...]:
        """The sentences that speak of what the claim speaks of; the nearest one always does."""
        shared = [len(self.claim.stems & each.stems) for each in self.said]
        most = max(shared, default=0)
        if most == 0:
            return self.said[:1]
        return tuple(each for each, count in zip(self.said, shared, strict=True) if count >= max(1, 0.5 * most))

    @property
    def are_few(self) -> bool:
        """Whether so few sentences are cited that the claim has to speak of what they speak of."""
        return len(self.said) <= MOST_CITED

    @property
    def close(self) -> tuple[Saying, ...]:
        """The sentences on which a claim may be held to rest: the near ones of a few, of an article only those that
        have half of what the claim speaks of."""
        if self.are_few:
            return self.near
        return tuple(each for each in self.near if 2 * len(self.claim.stems & each.stems) >= len(self.claim.stems))


def case(claim: str, grounds: Sequence[Ground]) -> Case:
    """The claim beside the sentences of its grounds."""
    mine = saying(_MARKER.sub("", claim))
    said = [each for ground in grounds for each in sayings(ground.quote, ground.published)]
    said.sort(key=lambda each: -len(mine.stems & each.stems))
    return Case(mine, tuple(said), tuple(grounds))


@lru_cache(maxsize=2_000)
def sayings(quote: str, published: date | None = None) -> tuple[Saying, ...]:
    """The sentences of a quote."""
    return tuple(saying(quote[span.start : span.end], published) for span in sentences(quote)) if quote.strip() else ()


@lru_cache(maxsize=4_000)
def saying(text: str, published: date | None = None) -> Saying:
    """A sentence taken apart; a date in it is read as of the day it was published."""
    text = text[:_LONGEST]
    words = tuple(_WORD.findall(text))
    return Saying(
        text=text,
        published=published,
        words=words,
        stems=frozenset(filter(None, map(content, words))),
        entities=frozenset(map(entity, words)),
        figures=figures(text),
        days=days(text, published),
    )


@lru_cache(maxsize=4_000)
def entities(text: str) -> frozenset[str]:
    """Every word of a text in the spelling of names."""
    return frozenset(map(entity, _WORD.findall(text)))


@lru_cache(maxsize=4_000)
def named(text: str) -> frozenset[str]:
    """The words of a text that are written as names, in one spelling."""
    return frozenset(entity(word) for word in _WORD.findall(text) if is_name(word))


@lru_cache(maxsize=50_000)
def content(word: str) -> str:
    """What a word adds to what a sentence speaks of: a name in one spelling, a stem, or '' where it adds nothing."""
    lower = word.casefold()
    if lower in _EMPTY or word[0].isdigit():
        return ""
    return entity(word) if is_name(word) else stem(kind_of_thing(lower))


def cited(grounds: Sequence[Ground]) -> int:
    """How many sentences the quotes have."""
    return sum(len(sayings(ground.quote, ground.published)) for ground in grounds)


def coverage(claim: str, grounds: Sequence[Ground]) -> float:
    """The share of what a claim speaks of that its grounds speak of too, 0 to 1; 1 where it speaks of nothing."""
    mine = saying(claim).stems
    known: set[str] = set()
    for ground in grounds:
        about = " ".join(filter(None, (ground.publisher, ground.speaker, ground.title, ground.author)))
        known |= saying(about).stems
        for each in sayings(ground.quote, ground.published):
            known |= each.stems
    return len(mine & known) / len(mine) if mine else 1.0
