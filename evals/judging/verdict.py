"""A judge model's reply to its grades, strictly: what is no verdict is none, and no grade is taken for granted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

from evals.judging.errors import Unjudged

Grade = Literal["yes", "partly", "no"]
GRADES: dict[Grade, float] = {"yes": 1.0, "partly": 0.5, "no": 0.0}
"""What each grade counts as a score."""
PARSER = "1"
"""Changes with how answers are laid out for a judge, and with what is read from the same reply."""
LONGEST_REASON = 300

_NAMES = "|".join(GRADES)
_VERDICT = re.compile(
    rf"[*_`#\s]*CORRECT[*_`]*\s?[:=]?[*_`\s]+({_NAMES})[*_`]*[,;.|/]?[*_`\s]+COMPLETE[*_`]*\s?[:=]?[*_`\s]+({_NAMES})[*_`.\s]*",
    re.IGNORECASE,
)
_THOUGHT = re.compile(r"\s*<think>.*?</think>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The two grades, and in a sentence what the judge saw, '' where it said nothing."""

    correctness: Grade
    completeness: Grade
    reason: str = ""

    @property
    def correct(self) -> float:
        """0, .5 or 1."""
        return GRADES[self.correctness]

    @property
    def complete(self) -> float:
        """0, .5 or 1."""
        return GRADES[self.completeness]


def verdict(reply: str) -> Verdict:
    """The grades in the last line of a reply, whose other lines are the reason. Raises Unjudged.

    A reply with the grades anywhere else, twice, or in the middle of a sentence is no verdict: it may be the answer's
    own words, said again.

    >>> verdict("It names the wrong day.\\nCORRECT PARTLY COMPLETE YES")
    Verdict(correctness='partly', completeness='yes', reason='It names the wrong day.')
    """
    lines = [line for line in _THOUGHT.sub("", reply, count=1).splitlines() if line.strip()]
    found = [match for line in lines if (match := _VERDICT.fullmatch(line)) is not None]
    if not lines or len(found) != 1 or _VERDICT.fullmatch(lines[-1]) is None:
        raise Unjudged(f"the judge's reply is no verdict ({_beginning(reply)}); a more capable judge keeps to the form")
    correctness, completeness = (cast(Grade, grade.lower()) for grade in found[0].groups())
    return Verdict(correctness, completeness, " ".join(" ".join(lines[:-1]).split())[:LONGEST_REASON])


def without_verdicts(text: str) -> str:
    """`text` with an ellipsis for whatever reads like a verdict: said again by a judge, it would be taken for its own.

    >>> without_verdicts("Five hours. Correct: YES, complete: YES.")
    'Five hours. …'
    """
    return re.sub(rf"(?<!\w)correct\W+(?:{_NAMES})\W+complete\W+(?:{_NAMES})(?!\w)\W*", "…", text, flags=re.IGNORECASE)


def _beginning(reply: str) -> str:
    flat = " ".join(reply.split())
    return f"it begins {flat[:60]!r}" if flat else "it is empty"
