"""What was asked before, for a question that leans on it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question, as it was understood, and what was answered; an answer not known is empty.

    It tells what a follow-up speaks of. It is never evidence: each question is answered from the documents anew.
    """

    question: str
    answer: str = ""
