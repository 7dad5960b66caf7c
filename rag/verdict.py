"""What the checker says of a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Finding = Literal["supported", "contradicted", "unsupported"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the quotes bear a sentence out: `probability` of it, calibrated, 0 to 1, and what speaks against it.

    `contradicted` says that a quote says otherwise, `unsupported` that none says it. `reasons` are written for a
    reader, such as "the quotes say five hours, not six"; a supported sentence has none.
    """

    support: Finding
    probability: float
    reasons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0.0 <= self.probability <= 1.0:
            raise ValueError(f"a probability is 0 to 1, not {self.probability}")
        if (self.support == "supported") != (not self.reasons):
            raise ValueError("a sentence is either supported or there are reasons why not")
