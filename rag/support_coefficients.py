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
        0.73778,
        0.67449,
        0.47303,
        0.50609,
        0.65,
        0.38871,
        0.81558,
        0.69874,
        0.47501,
        0.24684,
        2.52169,
        0.29912,
        0.0774,
    ),
    deviation=(
        0.14665,
        0.15602,
        0.19061,
        0.21321,
        0.24965,
        0.27484,
        0.31105,
        0.25776,
        0.91904,
        0.6667,
        0.44574,
        0.45787,
        0.26722,
    ),
    weight=(
        0.14339,
        0.16595,
        0.17957,
        0.18049,
        0.19144,
        0.22022,
        0.13405,
        0.19347,
        -0.18004,
        -0.17116,
        -0.10831,
        -0.29085,
        -0.16256,
    ),
    intercept=0.58306,
)
THRESHOLD = 0.646
"""From here a claim of unknown origin is supported: where false alarms and misses weigh the same."""
ANSWERS_THRESHOLD = 0.404
"""From here one written from the quotes does: it loses a tenth of the true ones on RAGTruth."""
