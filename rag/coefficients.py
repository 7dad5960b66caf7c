"""The fitted numbers of evidence selection: written by `python -m evals.fit_evidence --write`, not by hand.

Fitted on x.
"""

from __future__ import annotations

from rag.relevance import LinearModel

SENTENCE = LinearModel(
    figures=(
        "meaning",
        "meaning_with_title",
        "words_met",
        "words_met_with_title",
        "covered",
        "covered_with_context",
        "opens_document",
        "document_rank",
        "document_meaning",
        "answer_kind",
        "log_length",
        "points_backward",
        "closed",
        "asked_speaker",
    ),
    mean=(
        0.23707,
        0.25045,
        0.29362,
        0.32722,
        0.18702,
        0.2176,
        0.14456,
        0.41986,
        0.23707,
        0.12963,
        3.15513,
        0.16444,
        0.97508,
        0.0,
    ),
    deviation=(
        0.16691,
        0.17894,
        0.13572,
        0.15881,
        0.22928,
        0.23404,
        0.35166,
        0.30894,
        0.15363,
        0.72193,
        0.49596,
        0.37067,
        0.15587,
        0.5,
    ),
    weight=(
        0.32841,
        0.23357,
        0.47281,
        0.28288,
        0.08688,
        0.4242,
        0.2012,
        0.50856,
        0.42421,
        0.31997,
        0.04791,
        -0.02272,
        0.01792,
        0.7,
    ),
    intercept=0.0,
)
ANSWERABLE = LinearModel(
    figures=(
        "best_meaning",
        "meaning_of_three",
        "stands_out",
        "all_words_met",
        "title_covers",
        "asks",
        "name_missing",
        "name_missing_here",
        "asked_speaker",
    ),
    mean=(0.54845, 0.4992, 0.18133, 0.61064, 0.19272, 0.88756, 0.22487, 0.31175, -0.00681),
    deviation=(0.14648, 0.13711, 0.10562, 0.13439, 0.27156, 0.3159, 0.4175, 0.46321, 0.2183),
    weight=(0.32761, 0.48913, 0.63471, 0.89594, -0.58525, 0.47339, -0.43123, -0.41654, 0.15192),
    intercept=-0.18835,
)
RELEVANT = LinearModel(
    figures=("score", "answerable"),
    mean=(-2e-05, 0.37208),
    deviation=(2.53166, 2.05065),
    weight=(1.72778, 0.63282),
    intercept=-5.03395,
)
THRESHOLD = 0.54
FLOOR = 0.05
