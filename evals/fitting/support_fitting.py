"""Fits the checker's model to claims that people judged.

A logistic regression on WiCE and RAGTruth together, each set's supported and other claims weighing the same; then its
log odds are stretched and moved until they are calibrated on claims it was not fitted on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from evals.fitting.support_cases import Judged
from evals.fitting.support_report import Scored
from rag.checking.mismatch import mismatches
from rag.checking.support import Supporter
from rag.checking.support_figures import SUPPORT_FIGURES
from rag.ground import Ground
from rag.quoting.relevance import Floats, LinearModel, probability

INVERSE_RIDGE = 1.0
"""scikit-learn's C, where a set weighs 1."""
SET_WEIGHT = {"wice": 1.0, "wice-quotes": 0.5, "ragtruth-qa": 0.6, "ragtruth-summary": 0.4}
MOST_DROPPED = 0.10
"""The share of true sentences of answers that the threshold for answers may drop."""
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One judged claim and its SUPPORT_FIGURES."""

    judged: Judged
    figures: Floats


@dataclass(frozen=True, slots=True)
class Fitted:
    """The model, and the probabilities from which a claim counts as supported: `threshold` where both kinds of error
    weigh the same, `answers` where at most a tenth of the true sentences of answers is lost."""

    model: LinearModel
    threshold: float
    answers: float


def weigh(cases: Iterable[Judged], supporter: Supporter) -> Iterator[Row]:
    """Every claim in figures; one without words is left out."""
    for case in cases:
        grounds = [Ground(quote) for quote in case.quotes]
        figures = supporter.figures(case.claim, grounds, mismatches(case.claim, grounds))
        if figures is not None:
            yield Row(case, figures)


def fit(rows: Sequence[Row]) -> Fitted:
    """The calibrated model and its thresholds, from these claims.

    The model is fitted with both labels of a set weighing the same, so an even chance is where both kinds of error do.
    What a model says of the fifth that it was not fitted on gives the calibration, to claims of which half are
    supported, and the threshold for answers.
    """
    logits, labels = _held_out(rows), np.array([row.judged.supported for row in rows])
    stretch, move = _calibration(logits, labels, balanced(rows))
    true_answers = [
        stretch * value + move
        for value, row in zip(logits, rows, strict=True)
        if row.judged.source.startswith("ragtruth") and row.judged.supported
    ]
    answers = probability(float(np.quantile(true_answers, MOST_DROPPED)))
    return Fitted(_calibrated(fit_model(rows), stretch, move), round(probability(move), 3), round(answers, 3))


def fit_model(rows: Sequence[Row]) -> LinearModel:
    """Logistic regression on these claims, not calibrated; a figure that cannot be had counts as the mean."""
    inputs = np.array([row.figures for row in rows])
    labels = np.array([row.judged.supported for row in rows])
    weights = balanced(rows)
    mean, deviation = _spread(inputs, weights)
    standard = np.nan_to_num((inputs - mean) / deviation)
    fitted = LogisticRegression(C=INVERSE_RIDGE, max_iter=5_000).fit(standard, labels, sample_weight=weights)
    intercept = round(float(fitted.intercept_[0]), 5)
    return LinearModel(SUPPORT_FIGURES, _rounded(mean), _rounded(deviation), _rounded(fitted.coef_[0]), intercept)


def _spread(inputs: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """The weighted mean and standard deviation of each figure, over the claims that have it."""
    known = ~np.isnan(inputs)
    total = weights @ known
    mean = weights @ np.nan_to_num(inputs) / total
    variance = weights @ np.where(known, (inputs - mean) ** 2, 0.0) / total
    return mean, np.sqrt(variance) + 1e-9


def _held_out(rows: Sequence[Row]) -> Floats:
    """The log odds of each claim by a model that was fitted on the other four fifths of the documents."""
    groups = sorted({row.judged.group for row in rows})
    folds = dict(zip(groups, np.random.default_rng(1).permutation(len(groups)) % FOLDS, strict=True))
    of_row = np.array([folds[row.judged.group] for row in rows])
    inputs, logits = np.array([row.figures for row in rows]), np.zeros(len(rows))
    for fold in range(FOLDS):
        model = fit_model([row for row, own in zip(rows, of_row, strict=True) if own != fold])
        logits[of_row == fold] = model.score(inputs[of_row == fold])
    return logits


def _calibrated(model: LinearModel, stretch: float, move: float) -> LinearModel:
    """The model whose log odds are `stretch` times those of `model` plus `move`."""
    weight = _rounded(stretch * np.array(model.weight))
    return replace(model, weight=weight, intercept=round(stretch * model.intercept + move, 5))


def halves(rows: Sequence[Row], seed: int) -> tuple[list[Row], list[Row]]:
    """A random half of each set's documents and the other, with all claims that belong to them."""
    generator = np.random.default_rng(seed)
    fitting: set[str] = set()
    for origin in ("wice", "ragtruth-qa", "ragtruth-summary"):
        groups = sorted({row.judged.group for row in rows if row.judged.group.startswith(f"{origin}/")})
        fitting.update(generator.permutation(groups)[: len(groups) // 2].tolist())
    return [row for row in rows if row.judged.group in fitting], [
        row for row in rows if row.judged.group not in fitting
    ]


def score(rows: Sequence[Row], fitted: Fitted) -> Scored:
    """The probabilities of these rows beside what people say."""
    logits = fitted.model.score(np.array([row.figures for row in rows]))
    chances = np.array([probability(float(value)) for value in logits])
    return Scored(tuple(row.judged for row in rows), chances, fitted.threshold, fitted.answers)


def balanced(rows: Sequence[Row]) -> Floats:
    """Weights by which the supported and the other claims of each set weigh the same, and sets as SET_WEIGHT."""
    keys = [(row.judged.source, row.judged.supported) for row in rows]
    counts = {key: keys.count(key) for key in set(keys)}
    return np.array([SET_WEIGHT[key[0]] / 2 / counts[key] for key in keys])


def _calibration(logits: Floats, labels: NDArray[np.bool_], weights: Floats) -> tuple[float, float]:
    """Platt's scaling: the stretch and the move of log odds that make the labels most likely."""
    signs = np.where(labels, 1.0, -1.0)

    def loss(beta: Floats) -> float:
        return float(weights @ np.logaddexp(0.0, -signs * (beta[0] * logits + beta[1])))

    stretch, move = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x
    return float(stretch), float(move)


def _rounded(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(round(float(value), 5) for value in values)
