"""What tells a claim that its quotes bear out from one that they do not, as figures."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.checking.alignment import Alignment, Kind
from rag.checking.finding import Mismatch
from rag.quoting.relevance import Floats

SUPPORT_FIGURES = (
    "met",
    "met_inner",
    "least_met",
    "second_least_met",
    "held",
    "pairs_held",
    "names_held",
    "least_name_met",
    "figures_missing",
    "figures_nowhere",
    "log_words",
    "any_mismatch",
    "date_mismatch",
)
"""Of the claim's words but the commonest, beside the up to three sentences that together meet most of it; means are
weighed by rarity.

met               best cosine of each word with a word of those sentences, mean (MaxSim of ColBERT, Khattab and Zaharia
                  2020, word by word)
met_inner         the same for tokens without what all words of their sentence have in common
least_met         mean of that cosine over the quarter of the words that are met worst
second_least_met  that cosine of the word that is met second worst
held              share of the words that those sentences hold themselves, in any spelling
pairs_held        share of neighbouring words that stand in one of them; NaN for a claim of one word
names_held        share of the names that they hold; NaN where there are none
least_name_met    cosine of the name that is met worst; NaN where there are none
figures_missing   how many figures they do not hold
figures_nowhere   how many figures no quote holds
log_words         log(words + 1)
any_mismatch      1 if the rules of rag.checking.mismatch find anything that the quotes do not bear out
date_mismatch     1 if they find a date
"""


def support_figures(alignment: Alignment, mismatches: Sequence[Mismatch]) -> Floats:
    """(SUPPORT_FIGURES,) of a claim beside the sentences it may rest on, and of what the rules find in it."""
    best = list(alignment.best)
    content = _places(alignment, "name", "figure", "word")
    content = content if content.any() else ~content
    weights = np.array([word.weight for word in alignment.words])
    met, held = alignment.met[:, best].max(axis=1), alignment.held[:, best]
    ordered = np.sort(met[content])
    names, figures = _places(alignment, "name"), _places(alignment, "figure")
    return np.array(
        (
            _mean(met, weights, content),
            _mean(alignment.inner[:, best].max(axis=1), weights, content),
            ordered[: max(1, len(ordered) // 4)].mean(),
            ordered[min(1, len(ordered) - 1)],
            _mean(held.max(axis=1), weights, content),
            _pairs_held(held[content]),
            _mean(held.max(axis=1), weights, names),
            met[names].min() if names.any() else math.nan,
            (~held.max(axis=1))[figures].sum(),
            (~alignment.held.max(axis=1))[figures].sum(),
            math.log(len(ordered) + 1),
            bool(mismatches),
            any(each.kind == "date" for each in mismatches),
        ),
        np.float64,
    )


def _places(alignment: Alignment, *kinds: Kind) -> NDArray[np.bool_]:
    """Which words are of one of the kinds."""
    return np.array([word.kind in kinds for word in alignment.words], np.bool_)


def _mean(
    values: NDArray[np.float32] | NDArray[np.bool_], weights: NDArray[np.float64], here: NDArray[np.bool_]
) -> float:
    """The weighted mean of the values at these places; NaN where there are none."""
    return float((values * weights)[here].sum() / weights[here].sum()) if here.any() else math.nan


def _pairs_held(held: NDArray[np.bool_]) -> float:
    """NaN for a claim of one word."""
    return float((held[1:] & held[:-1]).any(axis=1).mean()) if len(held) > 1 else math.nan
