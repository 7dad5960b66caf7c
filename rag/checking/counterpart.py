"""Denials of a sentence to which nothing in its quotes answers, and denials of the quotes that it leaves out.

Where the words themselves differ ("would not be asked to sign away", "would have to give up"), clauses are set side by
side by whatever else they speak of, and only whether each denies anything is compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.checking.clauses import clauses
from rag.checking.finding import Mismatch
from rag.checking.mood import Mood
from rag.checking.predication import is_negative, predication
from rag.checking.saying import Case

_IMPLICIT = re.compile(
    r"\b(?:un(?!der|it|ion|iv|til)\w{3,}|non\w{3,}|exclud\w+|forgo\w*|renounc\w+|abandon\w*|cancel\w*|halt\w*"
    r"|ceas(?:e|es|ed|ing)|bann?(?:ed|s)?|prohibit\w*|forb[ia]d\w*|prevent\w*|avoid\w*|miss(?:ing|ed|es)?|absent|absence"
    r"|omit\w*|only|rarely|secret|silent|fr[oe]ez?\w*|frozen|shelv\w+|formerly|lack\w*|left out|gives? up|gave up"
    r"|drops?|dropped|difficult|except|other than|instead of|rather than|declin\w+|withdr[ae]w\w*|reject\w*|lost"
    r"|refus\w+|free of|themselves|withh[eo]ld\w*)\b",
    re.IGNORECASE,
)
"""Words of a quote that a faithful sentence may put as a negation."""
_OPEN = re.compile(r"\b(?:remain\w*|still|un\w{4,}|doubt\w*|only|until|before|yet|hardly|keep|kept)\b", re.IGNORECASE)
"""Words with which a faithful sentence may put a negation of its quotes."""
_CUE = re.compile(r"\b(?:not|no|never|nor|neither|none|nothing|nobody|without|cannot)\b|n['’]t\b", re.IGNORECASE)
_OF_SOURCES = re.compile(
    r"\b(?:passages?|texts?|sources?|documents?|articles?|quotes?|context|excerpts?|mention\w*|information)\b",
    re.IGNORECASE,
)
"""Words of a sentence about what the sources do not say, which no quote can bear out or deny."""
_SHARED = 0.5
"""Share of the claim's matter that a quote must speak of, to be what a negation without counterpart goes against."""
_FULL = 0.5
"""Share of a claim's clause that a quote's clause must have, for what either denies to be one thing."""


@dataclass(frozen=True, slots=True)
class Side:
    """A clause of the claim or of a quote: what it speaks of, its words, and whether it denies any of it; `heads` are
    what it denies, `moods` how it puts its verbs, those of saying left out."""

    keys: frozenset[str]
    text: str
    negated: bool
    heads: frozenset[str]
    contrary: bool
    moods: frozenset[Mood]


def sides(sentence: str) -> tuple[Side, ...]:
    """The clauses of a sentence."""
    found, made = predication(sentence), list[Side]()
    for number, clause in enumerate(clauses(sentence)):
        words = [word for word in found.words if word.clause == number]
        made.append(
            Side(
                frozenset(word.key for word in words),
                " ".join(token.lower for token in clause.tokens),
                number in found.negated,
                frozenset(word.key for word in words if word.governed),
                any(word.sign < 0 for word in words if not word.governed),
                frozenset(word.mood for word in words if word.key != "say") - {"unclear"},
            )
        )
    return tuple(made)


def nearest(mine: Side, theirs: Sequence[Side]) -> tuple[tuple[Side, ...], int]:
    """The clauses that share most with one, and how much they share."""
    shared = [len(mine.keys & each.keys) for each in theirs]
    most = max(shared, default=0)
    return tuple(each for each, count in zip(theirs, shared, strict=True) if count == most), most


def without_counterpart(claim: str, case: Case, near: Sequence[str]) -> Iterator[Mismatch]:
    """Where a claim's clause denies and none of the quotes' clauses most like it does; or, with few quotes, where it
    affirms and all those deny. `near` are the sentences that are looked at."""
    if _OF_SOURCES.search(claim):
        return
    theirs = [side for each in near if not predication(each).elliptic for side in sides(each)]
    affirming = case.are_few and not is_negative(claim)
    affirming = affirming and not any(each.search(claim) for each in (_IMPLICIT, _OPEN, _CUE))
    for mine in sides(claim):
        if mine.heads and _is_denied_alone(mine, theirs, case):
            word = next(each.text for each in predication(claim).words if each.governed and each.key in mine.heads)
            yield Mismatch("negation", word, None, f"the quotes do not deny “{word}”", True)
            return
        if affirming and (denied := _denied(mine, theirs)) is not None:
            yield Mismatch("negation", mine.text, denied.text, f"the quotes deny it: “{denied.text}”", True)
            return


def _is_denied_alone(mine: Side, theirs: Sequence[Side], case: Case) -> bool:
    alike, shared = nearest(mine, theirs)
    known = frozenset(stem for each in case.near for stem in each.stems)
    if (
        not alike
        or shared < max(1, 0.4 * len(mine.keys))
        or len(case.claim.stems & known) < _FULL * len(case.claim.stems)
    ):
        return False
    if any(each.negated and each.keys & mine.keys for each in theirs):
        return False
    if _IMPLICIT.search(mine.text):
        return True
    return not any(each.contrary or _IMPLICIT.search(each.text) for each in alike)


def _denied(mine: Side, theirs: Sequence[Side]) -> Side | None:
    """The clause most like one that affirms, if it and all as like it deny what they say by a negation."""
    alike, shared = nearest(mine, theirs)
    if shared < max(2, _FULL * len(mine.keys)) or not all(each.heads for each in alike):
        return None
    alike = tuple(each for each in alike if not each.heads & mine.keys and shared >= 0.4 * len(each.keys - each.heads))
    return alike[0] if alike else None
