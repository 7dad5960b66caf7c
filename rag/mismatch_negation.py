"""What a sentence affirms and its quotes deny, or the other way round: "rejected" where they say "did not reject"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.clauses import SENSES
from rag.finding import Mismatch
from rag.predication import Predication, Word, is_negative, is_one_matter, predication
from rag.saying import Case, Saying

_IMPLICIT = re.compile(
    r"\b(?:un(?!der|it|ion|iv|til)\w{3,}|non\w{3,}|exclud\w+|forgo\w*|renounc\w+|abandon\w*|cancel\w*|stop\w*|halt\w*"
    r"|ceas(?:e|es|ed|ing)|bann?(?:ed|s)?|prohibit\w*|forb[ia]d\w*|prevent\w*|avoid\w*|miss(?:ing|ed|es)?|absent|absence"
    r"|omit\w*|only|rarely|secret|silent|fr[oe]ez?\w*|frozen|shelv\w+|formerly|lack\w*|left out|gives? up|gave up"
    r"|drops?|dropped|difficult|except|other than|instead of|rather than|declin\w+|withdr[ae]w\w*|reject\w*|lost"
    r"|refus\w+|free of)\b",
    re.IGNORECASE,
)
"""Words of a quote that a faithful sentence may put as a negation."""
_ANSWER = re.compile(r"^\W*(?:yes|no)\b\s*[,.:;–—-]+\s*", re.IGNORECASE)
_OF_SOURCES = re.compile(
    r"\b(?:passages?|texts?|sources?|documents?|articles?|quotes?|context|excerpts?|mention\w*|information)\b",
    re.IGNORECASE,
)
"""Words of a sentence about what the sources do not say, which no quote can bear out or deny."""
_SHARED = 0.5
"""Share of the claim's matter that a quote must speak of, to be what a negation without counterpart goes against."""
_ANTONYMS = frozenset(sense for sense, _ in SENSES.values())


@dataclass(frozen=True, slots=True)
class _Opposed:
    """A word of the claim and the word of a quote that says the contrary."""

    mine: Word
    theirs: Word
    saying: Saying


def negations_not_borne_out(case: Case) -> Iterator[Mismatch]:
    """What the claim and the quotes that speak of the same thing sign differently."""
    claim = predication(_ANSWER.sub("", case.claim.text))
    near = [(each, predication(each.text)) for each in case.near]
    opposed = [each for word in claim.words if (each := _opposed(claim, word, near, case)) is not None]
    agreeing = {word.clause for word in claim.words if word.governed and _agrees(word, near)}
    standing = [each for each in opposed if not (each.mine.governed and each.mine.clause in agreeing)]
    if standing:
        yield _mismatch(min(standing, key=lambda each: not (each.mine.governed or each.theirs.governed)))
    elif not agreeing:
        yield from _without_counterpart(case, claim, near)


def _opposed(claim: Predication, word: Word, near: list[tuple[Saying, Predication]], case: Case) -> _Opposed | None:
    """The contrary of a word in the quotes, if none of them has the word itself as it is signed."""
    if word.sign == 0 or word.text[0].isupper():
        return None
    found = [(saying, each, theirs) for saying, each in near for theirs in each.words if theirs.key == word.key]
    if any(theirs.sign == word.sign for *_, theirs in found):
        return None
    matter = claim.matter(word)
    for saying, each, theirs in found:
        if theirs.sign != -word.sign or _is_doer(word.text) != _is_doer(theirs.text):
            continue
        if not is_one_matter(matter, each.matter(theirs)):
            continue
        if not (word.governed or theirs.governed or (word.key in _ANTONYMS and _is_of_one_thing(word, saying, case))):
            continue
        if saying is case.said[0] and not word.governed:
            return _Opposed(word, theirs, saying)
        return None if _said_elsewhere(word, case) else _Opposed(word, theirs, saying)
    return None


def _said_elsewhere(word: Word, case: Case) -> bool:
    """Whether any sentence of the quotes has the word signed as the claim has it."""
    opening = word.text[:4].casefold()
    return any(
        theirs.key == word.key and theirs.sign == word.sign and theirs.governed == word.governed
        for each in case.said
        if opening in each.text.casefold()
        for theirs in predication(each.text).words
    )


def _is_doer(word: str) -> bool:
    """Whether a word names whoever does something: a supporter is no support."""
    return word.endswith(("er", "ers", "or", "ors"))


def _is_of_one_thing(word: Word, saying: Saying, case: Case) -> bool:
    """Whether a quote shares more with the claim than two words that happen to be contraries."""
    shared = (case.claim.stems & saying.stems) - {word.key}
    return len(shared) >= max(2, 0.5 * (len(case.claim.stems) - 1))


def _agrees(word: Word, near: list[tuple[Saying, Predication]]) -> bool:
    return any(
        theirs.key == word.key and theirs.sign == word.sign and (theirs.governed or word.key in _ANTONYMS)
        for _, each in near
        for theirs in each.words
    )


def _mismatch(opposed: _Opposed) -> Mismatch:
    mine, theirs = opposed.mine, opposed.theirs
    if mine.governed and not theirs.governed:
        reason = f"the quotes say “{theirs.text}”, which it denies"
    elif theirs.governed and not mine.governed:
        reason = f"the quotes deny “{theirs.text}”, which it affirms"
    else:
        reason = f"the quotes say “{theirs.text}”, not “{mine.text}”"
    return Mismatch("negation", mine.text, theirs.text, reason, True)


def _without_counterpart(case: Case, claim: Predication, near: list[tuple[Saying, Predication]]) -> Iterator[Mismatch]:
    """A denial in the claim of which no quote that speaks of the matter has anything."""
    denied = [word for word in claim.words if word.governed]
    if not denied or not near or _overlap(case, near[0][0]) < _SHARED or _OF_SOURCES.search(case.claim.text):
        return
    if not any(is_negative(each.text) or _IMPLICIT.search(each.text) for each, _ in near):
        reason = f"the quotes do not deny “{denied[0].text}”"
        yield Mismatch("negation", denied[0].text, None, reason, True)


def _overlap(case: Case, saying: Saying) -> float:
    return len(case.claim.stems & saying.stems) / max(1, len(case.claim.stems))
