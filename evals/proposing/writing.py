"""Who puts questions into words: the rules alone, or a model beside them."""

from __future__ import annotations

from typing import Protocol

from evals.proposing.answerable import Candidate
from evals.proposing.proposal import Statement
from evals.proposing.rules import wordings


class Wordsmith(Protocol):
    """What makes questions of statements, and other words for questions."""

    def candidates(self, statement: Statement) -> tuple[Candidate, ...]:
        """The questions of a statement, the best first."""

    def reworded(self, question: str) -> tuple[str, ...]:
        """Other words for a question; none where there are none."""


class ByRule:
    """The grammar rules; other words come from `evals.proposing.paraphrases`."""

    def candidates(self, statement: Statement) -> tuple[Candidate, ...]:
        """One for each rule that fits."""
        made = wordings(statement.text, statement.before, statement.document.text)
        return tuple(Candidate(statement, wording, wording.rule) for wording in made)

    def reworded(self, question: str) -> tuple[str, ...]:
        """None: rules need the question's grammar, not its words alone."""
        return ()
