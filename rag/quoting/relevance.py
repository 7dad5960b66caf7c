"""What tells a sentence that answers a question from one that does not, as figures, and the models that weigh them.

Every figure comes from one reading of the sentence with its title by the encoder, or from the words. The models are
linear; their coefficients and where those come from stand in `coefficients.py`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.language.speaker import speaker
from rag.language.stance import speaks
from rag.language.terms import Asked, holds, stems, words

Floats = NDArray[np.float64]
Tokens = NDArray[np.float32]
"""(word pieces, dimensions): the encoder's last hidden states, each row of unit length."""

_BACKWARD = re.compile(
    r"(?:he|she|it|they|his|her|its|their|this|these|those|that|such|however|also|but|and|then|there)\b", re.IGNORECASE
)
_CLOSED = re.compile(r"[.!?…。！？।]['\"”’»)\]\s]*$")

SENTENCE_FIGURES = (
    "meaning",
    "meaning_with_title",
    "words_met",
    "words_met_with_title",
    "covered",
    "covered_with_context",
    "opens_document",
    "document_rank",
    "document_meaning",
    "answer_kind",
    "log_length",
    "points_backward",
    "closed",
    "asked_speaker",
)
"""
meaning               cosine of the question and the sentence, read after its title but averaged over its own words
meaning_with_title    the same averaged over title and sentence
words_met             for each word piece of the question its best cosine with one of the sentence, averaged
                      (MaxSim of ColBERT, Khattab and Zaharia 2020)
words_met_with_title  the same, over title and sentence
covered               share of the question's words, by rarity, that title and sentence hold
covered_with_context  the same with the sentence before
opens_document        1 for the first sentence of its document
document_rank          1 / (1 + the document's place among those found)
document_meaning       `meaning` averaged over the document's sentences that were read
answer_kind           1 if the sentence holds the kind of answer that is asked for (a date, a number, a new name ...),
                      -1 if it does not, 0 if the question asks for no such kind
log_length            log(words + 3)
points_backward       1 if it begins with a word that leans on the sentence before
closed                1 if it ends as sentences do; headings and cut lines do not
asked_speaker         1 if the question asks for somebody's words and the sentence names them as its speaker
"""

QUESTION_FIGURES = (
    "best_meaning",
    "meaning_of_three",
    "stands_out",
    "all_words_met",
    "title_covers",
    "rest_covered",
    "asks",
    "name_missing",
    "name_missing_here",
    "asked_speaker",
)
"""
best_meaning       highest `meaning` of any sentence
meaning_of_three   mean of the three highest
stands_out         highest `words_met_with_title` less the mean of the 4th to 12th highest; NaN where there are not five
all_words_met      `words_met` of a whole document's sentences that were read, highest of any document
title_covers       share of the question's words, by rarity, that the title of the document with the best sentence
                   holds, NaN without a title: what the title answers to is its subject, no answer
rest_covered       share of the other words of the question that this document's sentences hold, NaN if there are none
asks               1 if the text is put as a question
name_missing       1 if a name or year of the question occurs in none of the sentences read
name_missing_here  1 if one does not occur in the document with the best sentence
asked_speaker      1 if the question asks for somebody's words and a sentence has them as its speaker, -1 if none has,
                   0 if it asks for nobody's
"""

_COMPARED = ("meaning", "words_met", "words_met_with_title", "asked_speaker")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer, as read by the encoder.

    `document` counts the documents found from 0, best first; `tokens` are the sentence's own word pieces, `titled`
    those of title and sentence.
    """

    document: int
    text: str
    title: str
    before: str
    opens_document: bool
    tokens: Tokens
    titled: Tokens


@dataclass(frozen=True, slots=True)
class LinearModel:
    """sum(weight * (figure - mean) / deviation) + intercept, over figures in the order of `figures`."""

    figures: tuple[str, ...]
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    weight: tuple[float, ...]
    intercept: float = 0.0

    def __post_init__(self) -> None:
        if not len(self.figures) == len(self.mean) == len(self.deviation) == len(self.weight):
            raise ValueError("a model has a mean, a deviation and a weight for each figure")

    def score(self, rows: Floats) -> Floats:
        """(n,) for `rows` (n, figures); NaN, a figure that cannot be had, counts as the mean."""
        standard = np.nan_to_num((rows - np.array(self.mean)) / np.array(self.deviation))
        scores: Floats = standard @ np.array(self.weight) + self.intercept
        return scores


def sentence_figures(
    question: Asked, tokens: Tokens, wanted: frozenset[str], candidates: Sequence[Candidate]
) -> Floats:
    """(candidates, SENTENCE_FIGURES) for a question with these unit-length `tokens` that asks for `wanted`'s words."""
    centre = unit(tokens.mean(axis=0))
    meaning = np.array([_cosine(centre, candidate.tokens) for candidate in candidates])
    places = np.array([candidate.document for candidate in candidates])
    of_document = {place: float(meaning[places == place].mean()) for place in set(places.tolist())}
    rows = [
        (
            meaning[row],
            _cosine(centre, candidate.titled),
            _words_met(tokens, candidate.tokens),
            _words_met(tokens, candidate.titled),
            *_from_words(question, candidate),
            float(candidate.opens_document),
            math.nan if wanted else 1.0 / (1 + candidate.document),
            math.nan if wanted else of_document[candidate.document],
            _answer_kind(question, candidate.text),
            math.log(len(words(candidate.text)) + 3),
            float(bool(_BACKWARD.match(candidate.text))),
            float(bool(_CLOSED.search(candidate.text))),
            float(_is_asked_speaker(wanted, candidate)),
        )
        for row, candidate in enumerate(candidates)
    ]
    return np.array(rows, np.float64)


def question_figures(
    question: Asked, tokens: Tokens, wanted: frozenset[str], candidates: Sequence[Candidate], figures: Floats
) -> Floats:
    """(QUESTION_FIGURES,) from the candidates, of which there is one at least, and their `sentence_figures`."""
    meaning, met, titled, spoken = (figures[:, SENTENCE_FIGURES.index(name)] for name in _COMPARED)
    best = candidates[int(np.argmax(meaning + met))]
    here = _stems([candidate for candidate in candidates if candidate.document == best.document])
    highest = np.sort(titled)[::-1]
    return np.array(
        (
            meaning.max(),
            np.sort(meaning)[::-1][:3].mean(),
            highest[0] - highest[3:12].mean() if len(highest) > 4 else np.nan,
            _all_words_met(tokens, candidates),
            question.covered(stems(best.title)) if best.title else np.nan,
            question.beyond(stems(best.title)).covered(here),
            float(question.asks),
            float(bool(question.missing(_stems(candidates)))),
            float(bool(question.missing(here))),
            (1.0 if spoken.any() else -1.0) if wanted else 0.0,
        ),
        np.float64,
    )


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same directions with unit length along the last axis; zero stays zero."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    result: NDArray[np.float32] = vectors / np.maximum(length, 1e-9)
    return result


def probability(logit: float) -> float:
    """The logistic function, safe for any finite logit."""
    return 0.5 * (1.0 + math.tanh(0.5 * logit))


def _cosine(centre: NDArray[np.float32], tokens: Tokens) -> float:
    return float(centre @ unit(tokens.mean(axis=0)))


def _words_met(question: Tokens, tokens: Tokens) -> float:
    return float((question @ tokens.T).max(axis=1).mean())


def _all_words_met(question: Tokens, candidates: Sequence[Candidate]) -> float:
    best: dict[int, NDArray[np.float32]] = {}
    for candidate in candidates:
        met = (question @ candidate.tokens.T).max(axis=1)
        best[candidate.document] = np.maximum(best.get(candidate.document, met), met)
    return max(float(met.mean()) for met in best.values())


def _from_words(question: Asked, candidate: Candidate) -> tuple[float, float]:
    own = stems(candidate.text) | stems(candidate.title)
    return question.covered(own), question.covered(own | stems(candidate.before))


def _answer_kind(question: Asked, sentence: str) -> float:
    if question.kind == "other":
        return 0.0
    return 1.0 if holds(question.kind, sentence, question) else -1.0


def _is_asked_speaker(wanted: frozenset[str], candidate: Candidate) -> bool:
    return bool(wanted) and speaks(wanted, speaker(candidate.text, candidate.before), candidate.text)


def _stems(candidates: Sequence[Candidate]) -> frozenset[str]:
    return frozenset().union(*(stems(candidate.text) | stems(candidate.title) for candidate in candidates))
