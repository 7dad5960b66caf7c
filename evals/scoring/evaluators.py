"""All scorers, as evaluators of a pydantic-evals data set whose inputs are located cases."""

from __future__ import annotations

from evals.judging.judge import Judge
from evals.scoring.abstention import Abstention
from evals.scoring.differences import Differences
from evals.scoring.exactness import Exactness
from evals.scoring.facts import Facts
from evals.scoring.judged import Judged
from evals.scoring.kept import ProseKept
from evals.scoring.leaks import Leaks
from evals.scoring.quotes import Quotes
from evals.scoring.scorer import Scorer
from evals.scoring.sources import Sources

DETERMINISTIC: tuple[type[Scorer], ...] = (
    Leaks, Exactness, Abstention, Quotes, Facts, Sources, Differences, ProseKept,
)  # fmt: skip
SCORERS: tuple[type[Scorer], ...] = (*DETERMINISTIC, Judged)
NAMES: tuple[str, ...] = tuple(name for scorer in SCORERS for name in scorer.names)
"""Of all checks and scores, in the order in which they are told: what is grave first."""


def evaluators(judge: Judge | None = None) -> tuple[Scorer, ...]:
    """Those that need no model, and the judge's grades where there is one."""
    deterministic = tuple(scorer() for scorer in DETERMINISTIC)
    return deterministic if judge is None else (*deterministic, Judged(judge))
