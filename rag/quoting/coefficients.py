"""Fitted numbers of evidence selection, written by `python -m evals.fitting.evidence --write`, not by hand.

Fitted on 272 questions of clapnq, 234 questions of ramdocs, 77 questions of news.
"""

from __future__ import annotations

from rag.quoting.relevance import LinearModel

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
        0.27918,
        0.29517,
        0.33608,
        0.37576,
        0.267,
        0.28762,
        0.15196,
        0.51886,
        0.27918,
        0.01317,
        3.22325,
        0.14231,
        0.96676,
        0.0,
    ),
    deviation=(
        0.18094,
        0.19487,
        0.13912,
        0.16461,
        0.24061,
        0.24721,
        0.35898,
        0.34221,
        0.16945,
        0.73503,
        0.50967,
        0.34937,
        0.17927,
        0.5,
    ),
    weight=(
        0.39653,
        0.28611,
        0.38213,
        0.21255,
        0.01518,
        0.41471,
        0.21109,
        0.48914,
        0.50566,
        0.35512,
        0.07953,
        -0.00239,
        -0.02874,
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
        "rest_covered",
        "asks",
        "name_missing",
        "name_missing_here",
        "asked_speaker",
    ),
    mean=(0.5496, 0.50215, 0.18178, 0.6116, 0.34389, 0.45756, 0.88679, 0.18353, 0.30189, -0.00172),
    deviation=(0.14913, 0.14138, 0.10427, 0.1375, 0.28178, 0.3426, 0.31685, 0.3871, 0.45908, 0.20707),
    weight=(0.56469, 0.61224, 0.60999, 0.42832, -0.46869, 0.44683, 0.38579, -0.05475, -0.4096, 0.13997),
    intercept=-0.35637,
)
RELEVANT = LinearModel(
    figures=("score", "answerable"),
    mean=(0.0, 0.23812),
    deviation=(2.43719, 2.09048),
    weight=(1.72087, 0.59024),
    intercept=-4.27648,
)
THRESHOLD = 0.41
FLOOR = 0.05
