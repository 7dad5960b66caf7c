"""The fitted numbers of the checker: written by `python -m evals.fitting.support --write`, not by hand.

Fitted on claims that people judged: 349 of wice, 349 of wice-quotes, 3107 of ragtruth-qa, 2619 of ragtruth-summary.
"""

from __future__ import annotations

from rag.quoting.relevance import LinearModel

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
        0.35859,
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
        0.47959,
        0.31133,
    ),
    weight=(
        0.13247,
        0.15164,
        0.13321,
        0.14239,
        0.16196,
        0.186,
        0.13384,
        0.14843,
        -0.15364,
        -0.12122,
        -0.08972,
        -0.21661,
        -0.1038,
    ),
    intercept=-0.02713,
)
THRESHOLD = 0.498
"""From here a claim of unknown origin is supported: where false alarms and misses weigh the same."""
ANSWERS_THRESHOLD = 0.336
"""From here one written from the quotes does: it loses a tenth of the true ones on RAGTruth."""
