"""A claim laid beside sentences: how well each of its words is met by each of them, in meaning and in writing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from index.embed import MiniLM
from rag.language.terms import content_words, near, rarity, stem
from rag.quoting.reading import Reader
from rag.quoting.relevance import Tokens, unit

Kind = Literal["name", "figure", "word", "common"]
Cosines = NDArray[np.float32]
"""(words, sentences), each -1 to 1."""

MOST_CLAIM_WORDS = 120
"""Words and marks of a claim that are looked at; the encoder reads about as many."""
BEST = 3
"""Sentences that a claim is taken to rest on."""
MORE = 2
"""Sentences beside those that its names and figures may stand in, as a date does at the head of an article."""

_PIECE = re.compile(r"[^\W_]+|[^\w\s]|_")
"""A word or a mark, as the encoder's tokenizer divides them before it looks into its vocabulary."""
_MONTH_NAMES = "january february march april may june july august september october november december"
_COUNTED_NAMES = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty"""
_ORDERED_NAMES = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth"
_MONTHS = {short: name for name in _MONTH_NAMES.split() for short in (name, name[:3])} | {"sept": "september"}
_NUMBERS = {
    name: str(number) for names in (_COUNTED_NAMES, _ORDERED_NAMES) for number, name in enumerate(names.split())
}
_NUMBERS |= {"once": "1", "twice": "2"}
_NUMBERED = re.compile(r"(\d+)(?:st|nd|rd|th|s)$")
_LEAST = 0.05
"""What even the commonest word counts, beside the square of its rarity."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a claim: `key` is the form that two spellings of it share, `weight` how much it counts, 0 to 1.05, and
    `pieces` are the rows of the claim's tokens that make it up."""

    text: str
    key: str
    kind: Kind
    rarity: float
    weight: float
    pieces: slice


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that a claim may rest on: its tokens as the encoder reads it alone, and the keys of its words."""

    text: str
    tokens: Tokens
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Alignment:
    """A claim beside sentences. `met` has the best cosine of each word with a word of each sentence, `inner` the same
    once what all words of a text have in common is taken off, `held` whether the word itself is there.

    `texts` are the sentences; `best` are the up to BEST of them that together meet most of the claim, the first of them
    alone; `more` those that meet more of its names and figures.
    """

    words: tuple[Word, ...]
    texts: tuple[str, ...]
    met: Cosines
    inner: Cosines
    held: NDArray[np.bool_]
    best: tuple[int, ...]
    more: tuple[int, ...]
    cosine: float


def align(claim: str, texts: Sequence[str], encoder: MiniLM, reader: Reader) -> Alignment | None:
    """`claim` beside `texts`; None where either has no words."""
    tokens = reader.read("", claim).own
    words = _words(claim, len(tokens), encoder)
    sentences = [
        Sentence(text, reading.own, keys(text))
        for text, reading in zip(texts, reader.read_all([("", text) for text in texts]), strict=True)
        if len(reading.own)
    ]
    if not words or not sentences:
        return None
    met = _met(words, tokens, [each.tokens for each in sentences])
    inner = _met(words, centred(tokens), [centred(each.tokens) for each in sentences])
    weights = np.array([word.weight if word.kind != "common" else 0.0 for word in words])
    best, reached = _cover(met, weights if weights.any() else np.ones(len(words)), np.full(len(words), -1.0), BEST)
    exact = np.array([float(word.kind in ("name", "figure")) for word in words])
    more, _ = _cover(met, exact, reached, MORE)
    held = np.array([[_holds(each, word) for each in sentences] for word in words])
    return Alignment(
        words, tuple(each.text for each in sentences), met, inner, held, best, more, _closest(tokens, sentences)
    )


@lru_cache(maxsize=8_000)
def keys(text: str) -> frozenset[str]:
    """The keys of all words of a text."""
    return frozenset(key(piece) for piece in _PIECE.findall(text) if piece[0].isalnum())


def key(word: str) -> str:
    """The form that spellings of one word share: months in full, small numbers and ordinals in digits, else its stem.

    >>> [key(word) for word in ("Oct", "6th", "six", "released")]
    ['october', '6', '6', 'releas']
    """
    lower = word.lower()
    if lower in _MONTHS:
        return _MONTHS[lower]
    numbered = _NUMBERED.match(lower)
    return numbered.group(1) if numbered else _NUMBERS.get(lower) or stem(lower)


def centred(tokens: Tokens) -> Tokens:
    """The tokens without what they have in common, again of unit length."""
    return unit(tokens - tokens.mean(axis=0)) if len(tokens) else tokens


def _words(claim: str, length: int, encoder: MiniLM) -> tuple[Word, ...]:
    """The claim's words, marks left out, with their rows among `length` tokens."""
    texts = _PIECE.findall(claim)[:MOST_CLAIM_WORDS]
    words, at = [], 0
    for place, (text, pieces) in enumerate(zip(texts, encoder.word_pieces(texts), strict=True)):
        rows = slice(min(at, length), min(at + len(pieces), length))
        at = rows.stop
        if text[0].isalnum() and rows.start < rows.stop:
            rare = rarity(pieces)
            following = texts[place + 1][0] if place + 1 < len(texts) else ""
            kind = _kind(text, opens=place == 0, before_name=following.isupper())
            words.append(Word(text, key(text), kind, rare, rare**2 + _LEAST, rows))
    return tuple(words)


def _kind(text: str, *, opens: bool, before_name: bool) -> Kind:
    if text[0].isdigit() or text.lower() in _NUMBERS:
        return "figure"
    if len(text) == 1 or not content_words(text):
        return "common"
    return "name" if text[0].isupper() and (not opens or before_name) else "word"


def _met(words: Sequence[Word], claim: Tokens, sentences: Sequence[Tokens]) -> Cosines:
    """MaxSim word by word: the best cosine of each of its pieces, averaged over them."""
    starts = np.cumsum([0, *(len(each) for each in sentences[:-1])])
    of_piece = np.maximum.reduceat(claim @ np.concatenate(sentences).T, starts, axis=1)
    met: Cosines = np.stack([of_piece[word.pieces].mean(axis=0) for word in words])
    return met


def _cover(
    met: Cosines, weights: NDArray[np.float64], reached: NDArray[np.float64], most: int
) -> tuple[tuple[int, ...], NDArray[np.float64]]:
    """Up to `most` sentences, each the one that adds most to what is `reached` of the words, and what is then."""
    chosen: list[int] = []
    for _ in range(most):
        gains = weights @ np.maximum(met - reached[:, None], 0.0)
        place = int(np.argmax(gains))
        if gains[place] <= 0.0:
            break
        chosen.append(place)
        reached = np.maximum(reached, met[:, place])
    return tuple(chosen), reached


def _holds(sentence: Sentence, word: Word) -> bool:
    return word.key in sentence.keys or (word.kind == "name" and near(word.key, sentence.keys))


def _closest(tokens: Tokens, sentences: Sequence[Sentence]) -> float:
    """The highest cosine of the claim as a whole with a sentence as a whole."""
    centres = unit(np.stack([each.tokens.mean(axis=0) for each in sentences]))
    return float((centres @ unit(tokens.mean(axis=0))).max())
