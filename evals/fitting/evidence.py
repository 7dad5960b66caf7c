"""Fits and measures evidence selection: `python -m evals.fitting.evidence --data DIR [--news DIR] [--write]`.

The sentence model is a pairwise logistic ranking of gold over other sentences within a question; the answerability
model and the calibration of relevance are logistic regressions. Each is fitted on a random half of the questions and
measured on the other, several times over; the coefficients that ship are fitted on all of them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from evals.fitting.evidence_cases import Labelled, LabelledSet, clapnq, found, news, probes, ramdocs, thinned
from evals.fitting.evidence_pool import Pool, pool
from evals.fitting.evidence_report import Measured, best_threshold, pooled, report
from index.document import Span
from index.embed import default_embedder
from rag.quote import Found, Quoter, Weighed, choose, relevances
from rag.quoting import coefficients
from rag.quoting.relevance import QUESTION_FIGURES, SENTENCE_FIGURES, Floats, LinearModel, probability

SEARCHED = 20
"""Passages found for each question, as the product asks for."""
RIDGE = 3.0
"""Weight of the sentence model's L2 penalty, against 1 for each question."""
INVERSE_RIDGE = 0.1
"""scikit-learn's C of the answerability model."""
ASKED_SPEAKER = 0.7
"""Set by hand, in units of half a figure: no public set asks for somebody's words, and a dozen probes fit nothing."""
SET_WEIGHT = {"clapnq": 1.0, "ramdocs": 0.3, "news": 0.2}
"""Of all questions of a set, against those of CLAP NQ."""
QUOTES = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One question as the product weighs it; `gold` has, for each sentence, which gold sentences it covers."""

    source: str
    question: Labelled
    weighed: Weighed
    gold: tuple[frozenset[int], ...]

    @property
    def is_gold(self) -> NDArray[np.bool_]:
        return np.array([bool(covered) for covered in self.gold])


@dataclass(frozen=True, slots=True)
class Fitted:
    """The three models and the threshold that belongs to them."""

    sentence: LinearModel
    answerable: LinearModel
    relevant: LinearModel
    threshold: float


def weigh(labelled: LabelledSet, quoter: Quoter) -> list[Row]:
    """Every question of a set against the pool of its documents."""
    with pool(labelled.documents, default_embedder()) as library:
        return list(weigh_in(library, labelled.name, labelled.questions, quoter))


def weigh_in(library: Pool, source: str, questions: Iterable[Labelled], quoter: Quoter) -> Iterator[Row]:
    """Questions of the set `source` against a pool; one for which there is no sentence at all is left out."""
    for question in questions:
        weighed = quoter.weigh(question.text, library.search(question.text, question.without, SEARCHED))
        if weighed is not None:
            gold = tuple(_covered(found, question) for found in weighed.found)
            yield Row(source, question, weighed, gold)


def fit(rows: Sequence[Row]) -> Fitted:
    """All models from these questions."""
    figures = np.vstack([row.weighed.figures for row in rows if row.source == "clapnq"])
    mean, deviation = np.nanmean(figures, axis=0), np.nanstd(figures, axis=0) + 1e-9
    rare = SENTENCE_FIGURES.index("asked_speaker")
    mean[rare], deviation[rare] = 0.0, 0.5  # no question of that set asks for somebody's words
    weight = _ranking([row for row in rows if row.question.gold], mean, deviation)
    weight[rare] = ASKED_SPEAKER
    sentence = _model(SENTENCE_FIGURES, mean, deviation, weight)
    answerable = _logistic(
        QUESTION_FIGURES,
        np.array([row.weighed.question for row in rows]),
        np.array([row.question.answerable for row in rows]),
        _balanced(rows),
    )
    relevant = _calibration([row for row in rows if row.source == "clapnq"], sentence, answerable)
    chances = np.array([probability(answer_logit(row, answerable)) for row in rows])
    labels = np.array([row.question.answerable for row in rows])
    return Fitted(sentence, answerable, relevant, best_threshold(chances, labels, _balanced(rows, equal_sets=True)))


def measure(rows: Sequence[Row], fitted: Fitted, quotes: int = QUOTES) -> Measured:
    """Answerability of all rows, and the first quote and the first so many of those with gold."""
    first, precision, recall, overlap = np.array([_selected(row, fitted, quotes) for row in rows]).T
    return Measured(
        tuple(row.question.group for row in rows),
        np.array([probability(answer_logit(row, fitted.answerable)) for row in rows]),
        np.array([row.question.answerable for row in rows]),
        first,
        precision,
        recall,
        overlap,
        fitted.threshold,
    )


def _selected(row: Row, fitted: Fitted, quotes: int) -> tuple[float, float, float, float]:
    """Whether the first quote is gold, and precision, recall and F1 of the first so many; NaN where there is no gold.

    Of the gold sentences that the quotes cover, against all gold ones; a quote that covers none counts as one.
    """
    if not (row.question.gold and row.question.answerable):
        return (float("nan"),) * 4
    scores = fitted.sentence.score(row.weighed.figures)
    relevance = relevances(fitted.relevant, scores, answer_logit(row, fitted.answerable))
    chosen = choose(row.weighed.candidates, scores, relevance, quotes)
    covered = len(frozenset().union(*(row.gold[place] for place in chosen)))
    quoted = sum(max(1, len(row.gold[place])) for place in chosen)
    gold = len(row.question.gold)
    return float(bool(row.gold[chosen[0]])), covered / quoted, covered / gold, 2 * covered / (quoted + gold)


def answer_logit(row: Row, model: LinearModel) -> float:
    """The log odds that the row's passages answer its question."""
    return float(model.score(row.weighed.question[None])[0])


def halves(rows: Sequence[Row], seed: int) -> tuple[list[Row], list[Row]]:
    """A random half of the questions and the other; what belongs together stays together."""
    groups = sorted({row.question.group for row in rows})
    fitting = set(np.random.default_rng(seed).permutation(groups)[: len(groups) // 2].tolist())
    return (
        [row for row in rows if row.question.group in fitting],
        [row for row in rows if row.question.group not in fitting],
    )


def _covered(found: Found, question: Labelled) -> frozenset[int]:
    """The gold sentences that a sentence shares at least half of the shorter of the two with."""
    span = found.span.shifted(found.passage.chunk.span.start)
    return frozenset(
        number
        for number, (uri, gold) in enumerate(question.gold)
        if uri == found.passage.attribution.uri and _shared(span, gold) >= 0.5
    )


def _shared(one: Span, other: Span) -> float:
    common = min(one.end, other.end) - max(one.start, other.start)
    return common / min(one.end - one.start, other.end - other.start)


def _ranking(rows: Sequence[Row], mean: Floats, deviation: Floats) -> Floats:
    """Weights that rank gold above the rest: logistic loss over the pairs of a question, averaged by question."""
    pairs, weights = [], []
    for row in rows:
        standard, gold = np.nan_to_num((row.weighed.figures - mean) / deviation), row.is_gold
        if gold.any() and not gold.all():
            differences = (standard[gold][:, None] - standard[~gold][None]).reshape(-1, standard.shape[1])
            pairs.append(differences)
            weights.append(np.full(len(differences), SET_WEIGHT[row.source] / len(differences)))
    stacked, weight = np.vstack(pairs), np.concatenate(weights)

    def loss(beta: Floats) -> tuple[float, Floats]:
        margin = stacked @ beta
        slope = -(weight / (1 + np.exp(np.clip(margin, -50, 50)))) @ stacked
        return float(weight @ np.logaddexp(0, -margin) + RIDGE * beta @ beta / 2), slope + RIDGE * beta

    found: Floats = minimize(loss, np.zeros(stacked.shape[1]), jac=True, method="L-BFGS-B").x
    return found


def _calibration(rows: Sequence[Row], sentence: LinearModel, answerable: LinearModel) -> LinearModel:
    """From a sentence's score and its question's logit to the probability that it is part of an answer."""
    inputs = [
        np.stack([scores, np.full(len(scores), answer_logit(row, answerable))], axis=1)
        for row in rows
        for scores in [sentence.score(row.weighed.figures)]
    ]
    labels = np.concatenate([row.is_gold for row in rows])
    return _logistic(("score", "answerable"), np.vstack(inputs), labels, np.ones(len(labels)))


def _logistic(
    figures: tuple[str, ...], inputs: Floats, labels: NDArray[np.bool_], weights: NDArray[np.float64]
) -> LinearModel:
    mean, deviation = np.nanmean(inputs, axis=0), np.nanstd(inputs, axis=0) + 1e-9
    standard = np.nan_to_num((inputs - mean) / deviation)
    model = LogisticRegression(C=INVERSE_RIDGE, max_iter=5_000).fit(standard, labels, sample_weight=weights)
    return _model(figures, mean, deviation, model.coef_[0], float(model.intercept_[0]))


def _model(
    figures: tuple[str, ...], mean: Floats, deviation: Floats, weight: Floats, intercept: float = 0.0
) -> LinearModel:
    return LinearModel(figures, _rounded(mean), _rounded(deviation), _rounded(weight), round(intercept, 5))


def _rounded(values: Floats) -> tuple[float, ...]:
    return tuple(round(float(value), 5) for value in values)


def _balanced(rows: Sequence[Row], *, equal_sets: bool = False) -> NDArray[np.float64]:
    """Weights by which the answerable and the other questions of each set weigh the same, and sets as SET_WEIGHT."""
    keys = [(row.source, row.question.answerable) for row in rows]
    scale = sum(row.source == "clapnq" for row in rows)
    of_set = {source: 1.0 if equal_sets else weight for source, weight in SET_WEIGHT.items()}
    return np.array([of_set[key[0]] * scale / 2 / keys.count(key) for key in keys])


def _news(folder: Path) -> LabelledSet:
    documents = news(folder)
    questions = tuple(
        Labelled(probe.text, probe.text, bool(probe.expected), found(probe.expected, documents)) for probe in probes()
    )
    return LabelledSet("news", documents, questions)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _print_halves(rows: Sequence[Row], halvings: int) -> float:
    """Prints the measurements; the median of the thresholds that the halves chose, which one fit alone leaves open."""
    thresholds = []
    by_set: dict[str, list[Measured]] = {}
    for seed in range(halvings):
        fitting, held = halves(rows, seed)
        fitted = fit(fitting)
        thresholds.append(fitted.threshold)
        for source in sorted({row.source for row in held}):
            measured = measure([row for row in held if row.source == source], fitted)
            by_set.setdefault(source, []).append(measured)
            if seed == 0:
                _say(f"{source}, held half of the first division ({len(measured.labels)} questions):")
                _say(report(measured))
    for source, parts in by_set.items():
        figures = "  ".join(f"{name} {value:.3f}" for name, value in pooled(parts).items())
        _say(f"{source}, mean of {halvings} divisions: {figures}")
    return round(float(np.median(thresholds)), 2)


def _write(fitted: Fitted, sizes: str, path: Path) -> None:
    lines = [
        '"""Fitted numbers of evidence selection, written by `python -m evals.fitting.evidence --write`, not by hand.',
        "",
        f"Fitted on {sizes}.",
        '"""',
        "",
        "from __future__ import annotations",
        "",
        "from rag.quoting.relevance import LinearModel",
        "",
        f"SENTENCE = {fitted.sentence!r}",
        f"ANSWERABLE = {fitted.answerable!r}",
        f"RELEVANT = {fitted.relevant!r}",
        f"THRESHOLD = {fitted.threshold!r}",
        f"FLOOR = {coefficients.FLOOR!r}",
        "",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")


def main() -> None:
    """Measures, and with --write also ships, what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder with clapnq/ and ramdocs/")
    parser.add_argument("--news", type=Path, help="the folder of the news articles that the probes ask about")
    parser.add_argument("--halvings", type=int, default=10, help="how many random divisions to measure")
    parser.add_argument("--write", action="store_true", help="fit on everything and write rag/quoting/coefficients.py")
    arguments = parser.parse_args()
    sets = [clapnq(arguments.data), thinned(ramdocs(arguments.data), 3)]
    if arguments.news:
        sets.append(_news(arguments.news))
    quoter = Quoter()
    rows = [row for labelled in sets for row in weigh(labelled, quoter)]
    threshold = _print_halves(rows, arguments.halvings)
    if arguments.write:
        sizes = ", ".join(f"{len(part.questions)} questions of {part.name}" for part in sets)
        _write(replace(fit(rows), threshold=threshold), sizes, Path(coefficients.__file__))


if __name__ == "__main__":
    main()
