"""The fitted numbers of evidence selection: written by `python -m evals.fit_evidence --write`, not by hand.

Fitted on 272 questions of clapnq, 234 questions of ramdocs, 77 questions of news.
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
        0.27935,
        0.2958,
        0.33182,
        0.37217,
        0.25667,
        0.28202,
        0.15426,
        0.51827,
        0.27935,
        0.01379,
        3.19152,
        0.14905,
        0.97181,
        0.0,
    ),
    deviation=(
        0.17682,
        0.19066,
        0.14125,
        0.16696,
        0.24236,
        0.24705,
        0.3612,
        0.32884,
        0.16434,
        0.73502,
        0.50231,
        0.35614,
        0.1655,
        0.5,
    ),
    weight=(
        0.36123,
        0.26412,
        0.3862,
        0.26174,
        -0.02031,
        0.35096,
        0.22792,
        0.60872,
        0.47892,
        0.37066,
        0.0805,
        -0.00438,
        -0.00509,
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
    mean=(0.54869, 0.5006, 0.18375, 0.61112, 0.34329, 0.4631, 0.88679, 0.20926, 0.30017, -0.00172),
    deviation=(0.15033, 0.14304, 0.10484, 0.13823, 0.2819, 0.33845, 0.31685, 0.40678, 0.45833, 0.20707),
    weight=(0.56558, 0.6059, 0.59017, 0.42784, -0.45472, 0.4592, 0.39064, -0.05214, -0.45404, 0.13548),
    intercept=-0.37245,
)
RELEVANT = LinearModel(
    figures=("score", "answerable"),
    mean=(-2e-05, 0.23239),
    deviation=(2.46768, 2.08601),
    weight=(1.77066, 0.59243),
    intercept=-4.36246,
)
THRESHOLD = 0.43
FLOOR = 0.05
