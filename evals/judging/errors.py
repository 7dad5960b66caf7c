"""Why an answer has no grade: it is unscored then, which is neither wrong nor zero."""

from __future__ import annotations

from evals.errors import EvalError


class Unjudged(EvalError):
    """The judge model cannot be reached, is too slow, or answers with something that is no verdict."""
