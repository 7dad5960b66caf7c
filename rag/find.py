"""From a question to its quotes: search, rerank where that is configured, choose, and say whose words they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, zip_longest
from typing import TypeVar

from index.alike import shared
from index.corpus import Corpus
from index.document import Passage
from index.principal import Principal
from index.query import Query
from index.search import search
from rag.answer import Evidence
from rag.forms.timeless import undated
from rag.language.speaker import speaker
from rag.quote import Quoted, Quoter
from rag.stopwatch import Stopwatch

Item = TypeVar("Item", Passage, Evidence)
Rerank = Callable[[str, tuple[Passage, ...]], tuple[Passage, ...]]
"""A question and its passages, best first, to some of them in a better order."""


@dataclass(frozen=True, slots=True)
class Finder:
    """Where quotes are looked for and how many: `passages` are searched for a question, `quotes` at most chosen."""

    corpus: Corpus
    quoter: Quoter
    passages: int
    quotes: int
    rerank: Rerank | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The passages, the quotes chosen from them, both best first, and the calibrated probability that they answer."""

    passages: tuple[Passage, ...]
    evidence: tuple[Evidence, ...]
    answerable: float


def find(principal: Principal, queries: tuple[Query, ...], finder: Finder, watch: Stopwatch) -> Found:
    """What `principal` may read on a question, which stands in `queries` once for each side that it compares.

    Each side has its share of the quotes, so that none hides the other; the likelier side says whether anything
    answers.
    """
    quotes = max(1, finder.quotes // len(queries))
    sides = tuple(_side(principal, query, finder, quotes, watch) for query in queries)
    evidence = _by_turns((quoted.evidence for _, quoted in sides), lambda piece: (piece.passage.chunk, piece.span))
    words = shared(" ".join(query.text for query in queries), [piece.quote for piece in evidence])
    return Found(
        passages=_by_turns((passages for passages, _ in sides), lambda passage: passage.chunk),
        evidence=tuple(_attributed(piece, its) for piece, its in zip(evidence, words, strict=True)),
        answerable=max(quoted.answerable for _, quoted in sides),
    )


def _side(
    principal: Principal, query: Query, finder: Finder, quotes: int, watch: Stopwatch
) -> tuple[tuple[Passage, ...], Quoted]:
    with watch.stage("search"):
        passages = search(principal, query, finder.corpus, limit=finder.passages)
    if finder.rerank is not None:
        with watch.stage("rerank"):
            passages = finder.rerank(query.text, passages)
    with watch.stage("quote"):
        return passages, finder.quoter.quote(_left_to_answer(query, passages), passages, limit=quotes)


def _left_to_answer(query: Query, passages: tuple[Passage, ...]) -> str:
    """The question as the passages have to answer it. Where all of them were published in the time that it names, that
    part is met by when they were said: a text of June 2024 need not say "June 2024"."""
    if not (query.earliest or query.latest):
        return query.text
    first, last = query.earliest or date.min, query.latest or date.max
    met = all(each.attribution.published and first <= each.attribution.published <= last for each in passages)
    return undated(query.text) if met else query.text


def _by_turns(sides: Iterable[tuple[Item, ...]], place: Callable[[Item], object]) -> tuple[Item, ...]:
    """One of each side by turns; of those at one place the first."""
    mixed = chain.from_iterable(zip_longest(*sides))
    first: dict[object, Item] = {}
    for item in mixed:
        if item is not None:
            first.setdefault(place(item), item)
    return tuple(first.values())


def _attributed(evidence: Evidence, words: tuple[str, ...]) -> Evidence:
    """The same evidence with the words that it shares with the question, and with its speaker, looked for in the
    sentence and in what stands before it in its chunk."""
    chunk = evidence.passage.chunk
    before = chunk.text[: evidence.span.start - chunk.span.start]
    return replace(evidence, words=words, speaker=speaker(evidence.quote, before))
