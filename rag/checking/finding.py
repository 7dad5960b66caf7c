"""What a rule finds in a sentence that the quotes it cites do not bear out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Fact = Literal["figure", "date", "name", "quotation", "negation", "modality", "subject"]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """`claim` are the sentence's words, `quote` those that the quotes have in their place, None where they have none.

    `contradicted` says that a quote says otherwise, not only that none says it. `reason` is written for a reader.
    """

    kind: Fact
    claim: str
    quote: str | None
    reason: str
    contradicted: bool


def otherwise(kind: Fact, claim: str, quote: str) -> Mismatch:
    """A mismatch where the quotes say something else."""
    return Mismatch(kind, claim, quote, f"the quotes say “{quote}”, not “{claim}”", True)


def missing(kind: Fact, claim: str, reason: str | None = None) -> Mismatch:
    """A mismatch where the quotes say nothing of it."""
    return Mismatch(kind, claim, None, reason or f"“{claim}” is not in the quotes", False)
