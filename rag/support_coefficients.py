"""The fitted numbers of the checker: written by `python -m evals.fit_support --write`, not by hand.

Fitted on claims that people judged: 349 of wice, 349 of wice-quotes, 3107 of ragtruth-qa, 2619 of ragtruth-summary.
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
        0.71802,
        0.65642,
        0.44564,
        0.47664,
        0.62438,
        0.37294,
        0.79257,
        0.65818,
        0.51355,
        0.32411,
        2.54291,
        0.37349,
        0.10875,
    ),
    deviation=(
        0.15956,
        0.16452,
        0.19452,
        0.21916,
        0.25579,
        0.27066,
        0.32086,
        0.2791,
        0.97457,
        0.80228,
        0.43736,
        0.48373,
        0.31133,
    ),
    weight=(
        0.13299,
        0.15226,
        0.13359,
        0.14234,
        0.16269,
        0.18624,
        0.13522,
        0.15034,
        -0.15405,
        -0.12258,
        -0.08961,
        -0.21396,
        -0.10532,
    ),
    intercept=-0.02589,
)
THRESHOLD = 0.498
"""From here a claim of unknown origin is supported: where false alarms and misses weigh the same."""
ANSWERS_THRESHOLD = 0.333
"""From here one written from the quotes does: it loses a tenth of the true ones on RAGTruth."""
