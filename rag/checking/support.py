"""How likely quotes bear a claim out, without a model server: a calibrated probability.

Every word of the claim is looked for, in meaning and in writing, in the few sentences of the quotes that together meet
most of it. A logistic regression weighs what is met and what is not, and what the rules find; it is fitted on claims
that people judged: see `support_coefficients.py` and `evals/fit_support.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from index.embed import MiniLM, default_embedder
from index.sentences import sentences
from rag.checking import support_coefficients
from rag.checking.alignment import Alignment, align, keys
from rag.checking.finding import Mismatch
from rag.checking.support_figures import support_figures
from rag.checking.unspoken import unspoken
from rag.ground import Ground
from rag.quoting.reading import Reader
from rag.quoting.relevance import Floats, LinearModel, probability, unit

_VERSION = 2
"""Of what the figures are."""
MOST_SENTENCES = 200
"""Sentences read for one claim, about 2.5 ms each on two cores; of more, those that share most words with the claim."""


class Supporter:
    """Says how likely quotes bear claims out. Sentences it has read are kept, so an answer's quotes are read once.

    Safe to use from several threads.
    """

    def __init__(self, encoder: MiniLM | None = None, model: LinearModel = support_coefficients.SUPPORT) -> None:
        self._encoder = encoder or default_embedder()
        self._reader = Reader(self._encoder)
        self._model = model

    @property
    def fingerprint(self) -> str:
        """Two with the same fingerprint say the same of the same claim."""
        return hashlib.sha256(f"{_VERSION} {self._encoder.fingerprint} {self._model!r}".encode()).hexdigest()[:16]

    def probability(self, claim: str, grounds: Sequence[Ground], mismatches: Sequence[Mismatch]) -> float:
        """The chance, 0 to 1, that `grounds` bear `claim` out, of which the rules found `mismatches`; 0 where either
        has no words. Calibrated to claims of which half are supported: where most are true, it is too low."""
        figures = self.figures(claim, grounds, mismatches)
        return 0.0 if figures is None else probability(float(self._model.score(figures[None])[0]))

    def figures(self, claim: str, grounds: Sequence[Ground], mismatches: Sequence[Mismatch]) -> Floats | None:
        """(SUPPORT_FIGURES,) of the claim; None where it or all of the grounds have no words."""
        aligned = self._aligned(claim, grounds)
        return None if aligned is None else support_figures(aligned, mismatches)

    def unspoken(self, claim: str, grounds: Sequence[Ground]) -> tuple[Mismatch, ...]:
        """What `claim` speaks of and no quote does; for few sentences, an article speaks of too much."""
        aligned = self._aligned(claim, grounds)
        return () if aligned is None else tuple(unspoken(aligned, self._nearness))

    def _aligned(self, claim: str, grounds: Sequence[Ground]) -> Alignment | None:
        texts = _nearest(claim, tuple(dict.fromkeys(_texts(grounds))))
        return align(claim, texts, self._encoder, self._reader)

    def _nearness(self, word: str, other: str) -> float:
        one, two = (unit(self._reader.read("", each.lower()).own.mean(axis=0)) for each in (word, other))
        return float(one @ two)


def _texts(grounds: Sequence[Ground]) -> Iterator[str]:
    """The sentences of the quotes, and of each quote's origin what is known, as one more."""
    for ground in grounds:
        for span in sentences(ground.quote):
            yield span.of(ground.quote)
        if origin := _origin(ground):
            yield origin


def _origin(ground: Ground) -> str:
    """What is known of where a quote comes from, as words that a claim may use."""
    published = f"{ground.published:%B} {ground.published.day}, {ground.published.year}" if ground.published else None
    known = (ground.title, ground.speaker, ground.author, ground.publisher, published)
    return ". ".join(part for part in known if part)


def _nearest(claim: str, texts: Sequence[str]) -> Sequence[str]:
    """The texts that are read, in their order: all, or those that share most of the claim's words."""
    if len(texts) <= MOST_SENTENCES:
        return texts
    wanted = keys(claim)
    order = sorted(range(len(texts)), key=lambda place: -len(wanted & keys(texts[place])))
    return [texts[place] for place in sorted(order[:MOST_SENTENCES])]
