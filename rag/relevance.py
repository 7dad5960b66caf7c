"""What tells a sentence that answers a question from one that does not, as figures, and the models that weigh them.

Every figure comes from one reading of the sentence with its title by the encoder, or from the words. The models are
linear; their coefficients and where those come from stand in `coefficients.py`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.terms import Asked, holds, stems, words

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
    "passage_rank",
    "passage_meaning",
    "answer_kind",
    "log_length",
    "points_backward",
    "closed",
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
passage_rank          1 / (1 + the passage's place among those found)
passage_meaning       `meaning` averaged over the passage
answer_kind           1 if the sentence holds the kind of answer that is asked for (a date, a number, a new name ...),
                      -1 if it does not, 0 if the question asks for no such kind
log_length            log(words + 3)
points_backward       1 if it begins with a word that leans on the sentence before
closed                1 if it ends as sentences do; headings and cut lines do not
"""

QUESTION_FIGURES = (
    "best_meaning",
    "best_words_met",
    "best_with_title",
    "passage_meaning",
    "passage_lead",
    "word_gaps",
    "covered",
    "name_missing",
    "name_missing_here",
    "answer_kind",
    "interrogative",
    "rarest_word",
    "best_score",
)
"""
best_meaning       highest `meaning` of any sentence
best_words_met     highest `words_met` of any sentence
best_with_title    highest `meaning_with_title` of any sentence
passage_meaning    highest `passage_meaning`
passage_lead       by how much it exceeds the mean of all passages
word_gaps          standard deviation over the question's word pieces of their best cosine in the best passage
covered            share of the question's words, by rarity, in the best passage and its title
name_missing       1 if a name or year of the question occurs in no passage
name_missing_here  1 if one does not occur in the best passage
answer_kind        highest `answer_kind` among the three best sentences
interrogative      1 if the question holds who, what, when, where, why, how or which
rarest_word        rarity of the question's rarest word
best_score         the sentence model's score of the best sentence
"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer, as read by the encoder.

    `passage` counts the passages from 0; `tokens` are the sentence's own word pieces, `titled` title and sentence.
    """

    passage: int
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
        """(n,) for `rows` (n, figures)."""
        standard = (rows - np.array(self.mean)) / np.array(self.deviation)
        scores: Floats = standard @ np.array(self.weight) + self.intercept
        return scores


def sentence_figures(question: Asked, tokens: Tokens, candidates: Sequence[Candidate]) -> Floats:
    """(candidates, SENTENCE_FIGURES) for a question with these unit-length `tokens`."""
    centre = unit(tokens.mean(axis=0))
    meaning = np.array([_cosine(centre, candidate.tokens) for candidate in candidates])
    places = np.array([candidate.passage for candidate in candidates])
    of_passage = {place: float(meaning[places == place].mean()) for place in set(places.tolist())}
    rows = [
        (
            meaning[row],
            _cosine(centre, candidate.titled),
            _words_met(tokens, candidate.tokens),
            _words_met(tokens, candidate.titled),
            *_from_words(question, candidate),
            float(candidate.opens_document),
            1.0 / (1 + candidate.passage),
            of_passage[candidate.passage],
            _answer_kind(question, candidate.text),
            math.log(len(words(candidate.text)) + 3),
            float(bool(_BACKWARD.match(candidate.text))),
            float(bool(_CLOSED.search(candidate.text))),
        )
        for row, candidate in enumerate(candidates)
    ]
    return np.array(rows, np.float64)


def question_figures(
    question: Asked, tokens: Tokens, candidates: Sequence[Candidate], figures: Floats, scores: Floats
) -> Floats:
    """(QUESTION_FIGURES,) from the candidates, their `sentence_figures` and their scores, at least one candidate."""
    column = {name: figures[:, place] for place, name in enumerate(SENTENCE_FIGURES)}
    best = int(np.argmax(column["meaning"] + column["words_met"]))
    here = [candidate for candidate in candidates if candidate.passage == candidates[best].passage]
    held = _stems(here)
    everything = _stems(candidates)
    per_passage = {candidate.passage: column["passage_meaning"][row] for row, candidate in enumerate(candidates)}
    gaps = (tokens @ np.concatenate([candidate.tokens for candidate in here]).T).max(axis=1)
    return np.array(
        (
            column["meaning"].max(),
            column["words_met"].max(),
            column["meaning_with_title"].max(),
            column["passage_meaning"].max(),
            column["passage_meaning"].max() - float(np.mean(list(per_passage.values()))),
            gaps.std(),
            question.covered(held),
            float(bool(question.missing(everything))),
            float(bool(question.missing(held))),
            column["answer_kind"][np.argsort(-scores, kind="stable")[:3]].max(),
            float(question.interrogative),
            math.sqrt(max(question.weights.values(), default=0.0)),
            scores.max(),
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


def _from_words(question: Asked, candidate: Candidate) -> tuple[float, float]:
    own = stems(candidate.text) | stems(candidate.title)
    return question.covered(own), question.covered(own | stems(candidate.before))


def _answer_kind(question: Asked, sentence: str) -> float:
    if question.kind == "other":
        return 0.0
    return 1.0 if holds(question.kind, sentence, question) else -1.0


def _stems(candidates: Sequence[Candidate]) -> frozenset[str]:
    return frozenset().union(*(stems(candidate.text) | stems(candidate.title) for candidate in candidates))
