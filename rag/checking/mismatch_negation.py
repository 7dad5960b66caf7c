"""What a sentence affirms and its quotes deny, or the other way round: "rejected" where they say "did not reject"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.checking.clauses import SENSES
from rag.checking.counterpart import without_counterpart
from rag.checking.finding import Mismatch
from rag.checking.predication import Predication, Word, is_one_matter, predication
from rag.checking.saying import Case, Saying

_ANSWER = re.compile(r"^\W*(?:yes|no)\b\s*[,.:;–—-]+\s*", re.IGNORECASE)
_ANTONYMS = frozenset(sense for sense, _ in SENSES.values())


@dataclass(frozen=True, slots=True)
class _Opposed:
    """A word of the claim and the word of a quote that says the contrary."""

    mine: Word
    theirs: Word
    saying: Saying


def negations_not_borne_out(case: Case) -> Iterator[Mismatch]:
    """What the claim and the quotes that speak of the same thing sign differently."""
    text = _ANSWER.sub("", case.claim.text)
    claim = predication(text)
    near = [(each, predication(each.text)) for each in (case.said if case.are_few else case.close)]
    opposed = [each for word in claim.words if (each := _opposed(claim, word, near, case)) is not None]
    agreeing = {word.clause for word in claim.words if word.governed and _agrees(word, near)}
    standing = [each for each in opposed if not (each.mine.governed and each.mine.clause in agreeing)]
    if case.are_few and (stronger := next(_stronger(claim, near), None)):
        yield stronger
    elif standing:
        yield _mismatch(min(standing, key=lambda each: not (each.mine.governed or each.theirs.governed)))
    elif not agreeing and case.are_few:
        yield from without_counterpart(text, case, [each.text for each, _ in near])


def _stronger(claim: Predication, near: list[tuple[Saying, Predication]]) -> Iterator[Mismatch]:
    """What the claim affirms and the quotes only do not refuse: who did not reject a plan has not accepted it.

    The other way round is how people speak: what cannot be accepted is unacceptable.
    """
    for word in claim.words:
        if word.sign < 1 or word.governed or word.key not in _ANTONYMS or word.text[0].isupper():
            continue
        same = [theirs for _, each in near for theirs in each.words if theirs.key == word.key]
        agreeing = [theirs for theirs in same if theirs.sign == word.sign]
        if agreeing and all(theirs.governed for theirs in agreeing):
            reason = f"the quotes only deny “{agreeing[0].text}”, which is not yet “{word.text}”"
            yield Mismatch("negation", word.text, agreeing[0].text, reason, False)


def _opposed(claim: Predication, word: Word, near: list[tuple[Saying, Predication]], case: Case) -> _Opposed | None:
    """The contrary of a word in the quotes, if none of them has the word itself as it is signed."""
    if word.sign == 0 or word.text[0].isupper():
        return None
    found = [(saying, each, theirs) for saying, each in near for theirs in each.words if theirs.key == word.key]
    if any(theirs.sign == word.sign for *_, theirs in found):
        return None
    matter = claim.matter(word)
    for saying, each, theirs in found:
        if (
            theirs.sign != -word.sign
            or (each.elliptic and not theirs.governed)
            or _is_doer(word.text) != _is_doer(theirs.text)
        ):
            continue
        if not is_one_matter(matter, each.matter(theirs)) and not (case.are_few and _touches(claim, each, word)):
            continue
        if not case.are_few and "unclear" in (word.mood, theirs.mood) and word.key not in _ANTONYMS:
            continue
        if not (word.governed or theirs.governed or (word.key in _ANTONYMS and _is_of_one_thing(word, saying, case))):
            continue
        if saying is case.said[0] and not word.governed:
            return _Opposed(word, theirs, saying)
        return None if _said_elsewhere(word, case) else _Opposed(word, theirs, saying)
    return None


def _touches(claim: Predication, theirs: Predication, word: Word) -> bool:
    """Whether a claim and one of the few quotes it cites share anything beside the word in question."""
    ours = {each.key for each in claim.words} - {word.key}
    return not ours.isdisjoint(each.key for each in theirs.words)


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
