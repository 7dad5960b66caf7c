"""The fitted numbers of evidence selection. Written by `python -m evals.fit_evidence`; not to be edited by hand."""

from __future__ import annotations

from rag.relevance import QUESTION_FIGURES, SENTENCE_FIGURES, LinearModel

SENTENCE = LinearModel(
    SENTENCE_FIGURES,
    (0.0,) * 13,
    (1.0,) * 13,
    (3.0, 2.0, 3.0, 2.0, 0.5, 0.5, 0.3, 0.5, 1.0, 0.2, 0.2, -0.2, 0.3),
)
ANSWERABLE = LinearModel(
    QUESTION_FIGURES,
    (0.0,) * 13,
    (1.0,) * 13,
    (4.0, 3.0, 0.0, 3.0, 2.0, 0.0, 0.5, -1.5, 0.0, 0.0, 0.0, 0.0, 0.0),
    -5.0,
)
RELEVANT = LinearModel(("score", "answerable"), (6.0, 0.0), (1.0, 1.0), (1.0, 0.5))
THRESHOLD = 0.5
FLOOR = 0.2
