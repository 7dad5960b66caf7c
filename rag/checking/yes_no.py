"""Answers that only make sense with their question: "Yes.", "No, they have not met.", "Five hours."."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.checking.predication import predication
from rag.language.entities import is_name
from rag.language.figures import figures

_REPLY = re.compile(r"^\W*(?P<word>yes|no|yeah|nope|indeed|correct)\b\s*(?:[,.:;!–—-]+\s*|$)", re.IGNORECASE)
_ASKS = re.compile(
    r"^(?:and |but |so )?(?:did|does|do|is|are|was|were|has|have|had|will|would|can|could|should|must|may|might)"
    r"(?:n['’]t)?\s+(?P<rest>.+?)\s*\?*$",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"^(?:what|which|who|whom|whose|when|where|why|how)(?: (?:long|many|much|often|far|old|soon))?\b\s*"
    r"(?:(?:is|are|was|were|did|does|do|has|have|had|will|would|can|could|should) )?",
    re.IGNORECASE,
)
_SHORT = 6
"""Words up to which an answer without a verb is completed by its question."""
_SOURCE = re.compile(r"^(?:according to|says?|said|as)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a sentence answers to a question: `affirms` is True for yes and False for no, None where it says neither.

    `rest` is what it says besides, '' for a bare yes or no. `asked` is the question as a statement, None where it is
    no question of yes or no.
    """

    affirms: bool | None
    rest: str
    asked: str | None


def reply(claim: str, question: str | None) -> Reply:
    """The claim beside the question it answers.

    >>> reply("Yes, they met.", "Did Putin and Trump meet?")
    Reply(affirms=True, rest='they met.', asked='Putin and Trump meet')
    """
    asked = _ASKS.match(question.strip()) if question else None
    statement = asked["rest"] if asked else None
    opening = _REPLY.match(claim)
    if opening is None:
        return Reply(None, _completed(claim, question), statement)
    rest = claim[opening.end() :].strip()
    if statement and _SOURCE.match(rest):
        rest = ""
    return Reply(opening["word"].casefold() not in ("no", "nope"), rest, statement)


def _completed(claim: str, question: str | None) -> str:
    """A short answer without a verb, with the words of its question: "the talks last, five hours."."""
    if (
        question is None
        or not 0 < len(claim.split()) <= _SHORT
        or any(word.mood != "unclear" for word in predication(claim).words)
    ):
        return claim
    asked = _ASKING.sub("", question.strip()).rstrip(" ?")
    if not is_name(claim.split()[0]) or any(figure.start == 0 for figure in figures(claim)):
        claim = claim[:1].lower() + claim[1:]
    return f"{asked}, {claim}"
