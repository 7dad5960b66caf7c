"""The fitted numbers of the checker: written by `python -m evals.fit_support --write`, not by hand.

Fitted on claims that people judged: 349 of wice, 3107 of ragtruth-qa, 2619 of ragtruth-summary.
"""

from __future__ import annotations

from rag.relevance import LinearModel

SUPPORT = LinearModel(
    figures=(
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
    ),
    mean=(
        0.77161,
        0.71462,
        0.53839,
        0.58442,
        0.71147,
        0.49957,
        0.86818,
        0.79982,
        0.21926,
        0.13053,
        2.39874,
        0.18617,
        0.01481,
    ),
    deviation=(
        0.17233,
        0.18324,
        0.22335,
        0.23659,
        0.27215,
        0.3081,
        0.2975,
        0.21988,
        0.56042,
        0.41722,
        0.49209,
        0.38925,
        0.12081,
    ),
    weight=(
        0.1474,
        0.16645,
        0.1696,
        0.15701,
        0.18492,
        0.18786,
        0.11675,
        0.24662,
        -0.14722,
        -0.15881,
        -0.05551,
        -0.22252,
        -0.1372,
    ),
    intercept=1.19509,
)
THRESHOLD = 0.629
"""From here a claim of unknown origin is supported: where false alarms and misses weigh the same."""
ANSWERS_THRESHOLD = 0.433
"""From here one written from the quotes does: it loses a tenth of the true ones on RAGTruth."""
