"""What goes wrong with cases and runs in ways that a person can act on: one sentence, the fact, then the remedy."""

from __future__ import annotations

from evals.case import Case, Place
from index.errors import OnRecordError


class EvalError(OnRecordError):
    """Anything of the evals that a person can act on."""


class InvalidRun(EvalError):
    """A stored run that cannot be read, or two that cannot be compared."""


class InvalidCases(EvalError):
    """Mistakes in files of cases, all of them, each at its place; `str()` is a line for each.

    `cases` are those that could be read, so that what they expect can be looked for, too, before anybody is told.
    """

    def __init__(self, mistakes: tuple[tuple[Place, str], ...], cases: tuple[Case, ...] = ()) -> None:
        super().__init__("\n".join(f"{place}: {what}" for place, what in mistakes))
        self.mistakes = mistakes
        self.cases = cases
