"""From passages to the sentences that answer a question, and whether any does.

Sentences that share words with the question, or stand in the passages found first, are read by the encoder after
their document's title; a linear model ranks them and another says how likely the passages answer at all.
"""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from index.document import Passage, Span
from index.embed import MiniLM, default_embedder
from index.sentences import sentences
from rag.answer import Evidence
from rag.comparing.wording import rivals
from rag.language.stance import wanted_speaker
from rag.language.terms import Asked, asked, content_words, rarity, stems
from rag.quoting import coefficients
from rag.quoting.addressed import asks_the_writer
from rag.quoting.reading import Reader
from rag.quoting.relevance import (
    Candidate,
    Floats,
    LinearModel,
    Tokens,
    probability,
    question_figures,
    sentence_figures,
)

MOST_SENTENCES = 24
"""Sentences read for one question, about 4 ms each on two cores; 20 to 44 choose equally well on CLAP NQ."""
SENTENCE_LIKE = 15
"""Words from which a title or heading is a sentence worth quoting; a shorter one only names what is told below it."""
BESIDE_BEST = 0.25
"""The share of the best relevance below which a quote is noise beside it."""
SAME_DOCUMENT = 0.6
"""What a sentence's score loses for each quote from its document."""
ASKED_ABOUT = 0.5
"""The share of a question's words in an order to the writer of an answer from which the question is about such orders;
less may be one word of its kind, as "discussions" is of "consultations"."""
_HEADING = re.compile(r"#{1,6}\s")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
REPEATED = 0.9
"""Cosine of two sentences from which the second says nothing new."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """The quotes for a question, best first, and the calibrated probability, 0 to 1, that the passages answer it."""

    evidence: tuple[Evidence, ...]
    answerable: float


@dataclass(frozen=True, slots=True)
class Found:
    """A sentence in its passage; `span` counts the chunk's characters, `document` the documents found, from 0."""

    document: int
    passage: Passage
    span: Span
    text: str
    before: str

    @property
    def title(self) -> str:
        return self.passage.attribution.title or ""

    @property
    def opens_document(self) -> bool:
        return self.passage.chunk.ordinal == 0 and not self.before


@dataclass(frozen=True, slots=True)
class Weighed:
    """All that is known of a question and its candidates: what the models see, and what they say."""

    found: tuple[Found, ...]
    candidates: tuple[Candidate, ...]
    figures: Floats
    scores: Floats
    question: Floats


class Quoter:
    """Chooses the quotes. Making one is cheap; one serves any number of threads and libraries.

    `threshold` is the probability of an answer below which to abstain; it and the models were fitted together.
    """

    threshold = coefficients.THRESHOLD

    def __init__(self, encoder: MiniLM | None = None) -> None:
        self._encoder = encoder or default_embedder()
        self._reader = Reader(self._encoder)

    @property
    def fingerprint(self) -> str:
        """Changes with the encoder and with any coefficient."""
        fitted = repr((coefficients.SENTENCE, coefficients.ANSWERABLE, coefficients.RELEVANT, coefficients.FLOOR))
        return f"quotes-3:{hashlib.sha256(fitted.encode()).hexdigest()[:16]}:{self._encoder.fingerprint}"

    def quote(self, question: str, passages: Sequence[Passage], *, limit: int = 6) -> Quoted:
        """At most `limit` quotes, best first, no two alike, and how likely the passages answer; (), 0 without any."""
        weighed = self.weigh(question, passages)
        if weighed is None:
            return Quoted((), 0.0)
        logit = float(coefficients.ANSWERABLE.score(weighed.question[None])[0])
        relevance = relevances(coefficients.RELEVANT, weighed.scores, logit)
        chosen = choose(weighed.candidates, weighed.scores, relevance, limit)
        return Quoted(tuple(_evidence(weighed.found[row], relevance[row]) for row in chosen), probability(logit))

    def weigh(
        self, question: str, passages: Sequence[Passage], model: LinearModel = coefficients.SENTENCE
    ) -> Weighed | None:
        """The candidates with their figures and scores; None if there is no sentence at all."""
        rarities = {
            word: rarity(pieces)
            for word, pieces in zip(
                content_words(question), self._encoder.word_pieces(content_words(question)), strict=True
            )
        }
        about = asked(question, rarities)
        found = shortlist(about, find(passages))
        tokens = self._reader.read("", question)
        if not found or not len(tokens.own):
            return None
        candidates, wanted = self._read(found), wanted_speaker(question)
        figures = sentence_figures(about, tokens.own, wanted, candidates)
        scores = model.score(figures)
        return Weighed(
            found, candidates, figures, scores, question_figures(about, tokens.own, wanted, candidates, figures)
        )

    def _read(self, found: Sequence[Found]) -> tuple[Candidate, ...]:
        readings = self._reader.read_all([(one.title, one.text) for one in found])
        return tuple(
            Candidate(one.document, one.text, one.title, one.before, one.opens_document, reading.own, reading.titled)
            for one, reading in zip(found, readings, strict=True)
        )


def find(passages: Sequence[Passage]) -> tuple[Found, ...]:
    """All sentences of the passages in order, without short headings, each once: of copies the one published first, an
    undated one last, at the place of the copy found first."""
    found: dict[str, Found] = {}
    order: dict[str, int] = {}
    for passage in passages:
        document = order.setdefault(passage.chunk.document_id, len(order))
        for key, one in _sentences_of(passage, document):
            known = found.get(key)
            if known is None:
                found[key] = one
            elif _published(one) < _published(known):
                found[key] = replace(one, document=known.document)
    return tuple(found.values())


def _sentences_of(passage: Passage, document: int) -> Iterator[tuple[str, Found]]:
    """A passage's sentences, each with what tells copies apart."""
    text, title = passage.chunk.text, _normalised(passage.attribution.title or "")
    before = ""
    for span in sentences(text):
        sentence = span.of(text)
        key = _normalised(sentence)
        heads = key == title or _HEADING.match(sentence)
        if key and not (heads and len(sentence.split()) < SENTENCE_LIKE):
            yield key, Found(document, passage, span, sentence, before)
            before = sentence


def _published(found: Found) -> date:
    return found.passage.attribution.published or date.max


def shortlist(about: Asked, found: Sequence[Found], most: int = MOST_SENTENCES) -> tuple[Found, ...]:
    """The sentences worth reading, in their order: those that share the question's words, and the first passages'.

    What tells the writer of an answer what to do is none of them, unless the question is about such things itself.
    """
    answers = [one for one in found if not asks_the_writer(one.text) or about.covered(stems(one.text)) >= ASKED_ABOUT]

    def promise(one: Found) -> float:
        own = stems(one.text)
        covered = about.covered(own | stems(one.title)) + about.covered(own)
        return (0.0 if math.isnan(covered) else covered) + 1.0 / (1 + one.document)

    ranked = sorted(range(len(answers)), key=lambda row: (-promise(answers[row]), row))
    return tuple(answers[row] for row in sorted(ranked[:most]))


def relevances(model: LinearModel, scores: Floats, logit: float) -> list[float]:
    """The probability that each sentence is part of the answer, from its score and the answerability's logit."""
    rows = np.stack([scores, np.full(len(scores), logit)], axis=1)
    return [probability(float(value)) for value in model.score(rows)]


def choose(candidates: Sequence[Candidate], scores: Floats, relevance: Sequence[float], limit: int) -> list[int]:
    """Rows of the quotes, best first: at least one, none below the floor, none that repeats one before it. Each quote
    already taken from a document lowers its other sentences, so that more documents are heard."""
    means = np.stack([_mean(candidate.tokens) for candidate in candidates])
    documents = np.array([candidate.document for candidate in candidates])
    floor = max(coefficients.FLOOR, BESIDE_BEST * max(relevance))
    left = np.where(np.array(relevance) >= floor, scores, -np.inf)
    left[np.argmax(scores)] = scores.max()
    chosen: list[int] = []
    while len(chosen) < limit and left.max() > -np.inf:
        row = int(np.argmax(left))
        chosen.append(row)
        left[documents == documents[row]] -= SAME_DOCUMENT
        for other in map(int, np.flatnonzero(means @ means[row] >= REPEATED)):
            if _repeats(candidates, row, other):
                left[other] = -np.inf
        left[row] = -np.inf
    return chosen


def _repeats(candidates: Sequence[Candidate], row: int, other: int) -> bool:
    """Whether a sentence close to one already taken says the same: a correction of it, or what it denies, does not."""
    one, two = candidates[row].text, candidates[other].text
    return rivals(one, two) is None and set(_NUMBER.findall(one)) == set(_NUMBER.findall(two))


def _mean(tokens: Tokens) -> Tokens:
    mean = tokens.mean(axis=0)
    result: Tokens = mean / max(float(np.linalg.norm(mean)), 1e-9)
    return result


def _evidence(found: Found, relevance: float) -> Evidence:
    span = found.span.shifted(found.passage.chunk.span.start)
    return Evidence(found.passage, span, found.text, relevance)


def _normalised(text: str) -> str:
    """Letters and digits only, caseless: two prints of one sentence are one."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())
