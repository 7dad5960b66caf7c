"""What a sentence affirms, what it denies, and what it only holds possible, planned or required.

Every word that carries meaning gets a sign (1 affirmed, -1 denied, 0 unclear) and a mood. A negation reaches the word
it governs and leaves the rest of its clause unclear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rag.checking.clauses import AUXILIARIES, Token, clauses
from rag.checking.mood import Mood, mood
from rag.language import speech
from rag.language.speech import word_set
from rag.language.verbs import is_past

_NOT = word_set("not never cannot nor hardly barely scarcely")
_NO = word_set("no without lack lacks lacked absence")
_NONE = word_set("none nothing nobody neither no-one")
_REFUSING = word_set(
    """refuse refuses refused refusing decline declines declined declining fail fails failed failing unable unwilling
    failure refusal forgot neglected neglects refrain refrained refrains avoid avoids avoided avoiding stop stops
    stopped stopping cease ceases ceased prevent prevents prevented bar bars barred"""
)
"""Words behind which "to", "from" or a form in -ing names what does not happen."""
_DENYING = word_set("deny denies denied denying refute refutes refuted dispute disputes disputed disputing")
_ELLIPTIC = re.compile(
    r"(?:\b(?:do|does|did|is|are|was|were|has|have|had|will|would|can|could|must|should|may)(?: not|n['’]t)|\bcannot"
    r"|\bno longer (?:do|does|did|is|are|was|were|has|have)|\b(?:if|why|or) not)\s*(?:[.,;:!?)]|$)",
    re.IGNORECASE,
)
_CLAIMS = word_set(
    "claim claims report reports suggestion suggestions allegation allegations rumour rumours idea notion talk"
)
_REJECTING = word_set(
    "reject rejects rejected rejecting dismiss dismisses dismissed dismissing against aside false untrue"
)
_UNTRUE = word_set("false untrue incorrect wrong inaccurate")
_NEGATING = _REFUSING | _DENYING | _UNTRUE
"""Words that deny and are themselves affirmed."""
_CUES = _NOT | _NONE | _REFUSING | _DENYING | {"no", "out"}
_PASSING_ON = word_set("that which who whom whose and or")
"""Openers of a clause that a denial in the clause before reaches."""
_OUT_OF = word_set("reach question touch sight work office power order control stock date")
"""What something is not that is "out of" it."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a sentence as it is affirmed or denied. `clause` counts clauses from 0; `governed` tells whether a
    negation belongs to it; `at` is its place among its clause's tokens."""

    text: str
    key: str
    sign: int
    mood: Mood
    clause: int
    at: int
    governed: bool


@dataclass(frozen=True, slots=True)
class Predication:
    """All words of a sentence that carry meaning; `negated` are the clauses in which something is denied;
    `elliptic` tells whether a negation stands without its word, as in "and no longer does"."""

    words: tuple[Word, ...]
    negated: frozenset[int]
    elliptic: bool

    def matter(self, word: Word) -> frozenset[str]:
        """What the clause of a word speaks of beside it; the whole sentence, where the clause says little."""
        clause = frozenset(each.key for each in self.words if each.clause == word.clause) - {word.key}
        return clause if len(clause) > 1 else frozenset(each.key for each in self.words) - {word.key}


@lru_cache(maxsize=8_000)
def predication(sentence: str) -> Predication:
    """What `sentence` affirms and denies.

    >>> [(word.text, word.sign) for word in predication("Putin did not reject the plan.").words]
    [('Putin', 0), ('reject', 1), ('plan', 0)]
    """
    words, negated, denied = list[Word](), set[int](), ""
    for number, clause in enumerate(clauses(sentence)):
        passed_on = denied if clause.opener in _PASSING_ON else ""
        heads = _heads(clause.tokens, passed_on)
        denied = _denied_next(clause.tokens, heads) or (passed_on if clause.opener in ("and", "or") else "")
        if (
            _is_negated(clause.tokens, heads)
            or passed_on
            or _UNTRUE.intersection(token.lower for token in clause.tokens)
        ):
            negated.add(number)
        for at, token in enumerate(clause.tokens):
            if token.key:
                sign = heads.get(at, 0 if number in negated and token.lower not in _NEGATING else 1)
                put = mood(clause, at)
                words.append(Word(token.text, token.key, sign * token.sense, put, number, at, at in heads))
    return Predication(tuple(words), frozenset(negated), _ELLIPTIC.search(sentence) is not None)


def is_one_matter(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether two clauses speak of the same thing beside the word in question, as far as they say."""
    shared = len(mine & theirs)
    return shared >= 2 or shared == min(len(mine), len(theirs)) or (shared == 1 and min(len(mine), len(theirs)) <= 2)


def is_negative(sentence: str) -> bool:
    """Whether anything in a sentence is denied, or put in a word that says a contrary ("rejected", "unlikely")."""
    found = predication(sentence)
    return bool(found.negated) or any(word.sign < 0 for word in found.words)


def _is_negated(tokens: tuple[Token, ...], heads: dict[int, int]) -> bool:
    """Whether more is denied in a clause than what it goes "without"."""
    return bool(heads) and not {token.lower for token in tokens}.isdisjoint(_CUES)


def _heads(tokens: tuple[Token, ...], passed_on: str) -> dict[int, int]:
    """The places that negations govern, with the sign each gets; `passed_on` is a denial by the clause before."""
    heads: dict[int, int] = {}
    for at, token in enumerate(tokens):
        undone = heads.get(at) == -1 and token.lower in _NEGATING
        for head in _governed(tokens, at, token.lower):
            heads[head] = 1 if undone else -heads.get(head, 1)
    if not passed_on:
        return heads
    if heads:
        return {head: -sign for head, sign in heads.items()}
    denied = _last_predicate(tokens) if passed_on == "none" else _predicate(tokens, 0)
    return {denied: -1} if denied is not None else {}


def _governed(tokens: tuple[Token, ...], at: int, word: str) -> Iterator[int]:
    following = tokens[at + 1].lower if at + 1 < len(tokens) else ""
    if word in _NOT or (word == "no" and following == "longer"):
        if following not in ("only", "just", "merely", "simply"):
            yield from _after_not(tokens, at + 1)
    elif word in _NO:
        yield from _noun_phrase(tokens, at + 1)
        if word == "no":
            yield from _verb_before(tokens, at)
            yield from _verb_after(tokens, at + 1)
    elif word in _NONE:
        yield from _verb_before(tokens, at)
        if (verb := _predicate(tokens, at + 1)) is not None:
            yield from _after_not(tokens, verb)
    elif (
        word == "out" and following == "of" and len(tokens) > at + 2 and not _OUT_OF.isdisjoint(_lower(tokens, at + 2))
    ):
        yield from _after_not(tokens, at + 2)
    elif word in _REFUSING and _refuses(tokens, at):
        yield from _after_not(tokens, _from(tokens, at) + 1)
    elif word in _DENYING and following != "that":
        yield from _noun_phrase(tokens, at + 1)


def _lower(tokens: tuple[Token, ...], at: int) -> list[str]:
    """The next two words from a place on."""
    return [token.lower for token in tokens[at : at + 2]]


def _refuses(tokens: tuple[Token, ...], at: int) -> bool:
    after = [token.lower for token in tokens[at + 1 : at + 6]]
    return after[:1] == ["to"] or (after[:1] != [] and after[0].endswith("ing")) or "from" in after


def _from(tokens: tuple[Token, ...], at: int) -> int:
    """The place of "from" behind "prevented somebody", else the place itself."""
    return next((place for place in range(at + 1, min(at + 6, len(tokens))) if tokens[place].lower == "from"), at)


def _after_not(tokens: tuple[Token, ...], at: int) -> Iterator[int]:
    """The first word that says something behind a negation, with its infinitive: "asked" and "sign" in "not be asked
    to sign"; of a noun phrase all of it."""
    head = _next(tokens, at)
    if head is None:
        return
    yield head
    if any(token.lower in ("a", "an", "any", "the") for token in tokens[at:head]):
        yield from (each for each in _noun_phrase(tokens, head) if each != head)
    elif tokens[head].lower not in _REFUSING:
        joined = head + 1 < len(tokens) and tokens[head + 1].lower == "to"
        if joined and (verb := _next(tokens, head + 2)) is not None:
            yield verb


def _next(tokens: tuple[Token, ...], at: int) -> int | None:
    if at < len(tokens) and tokens[at].lower == ",":
        at = next((place + 1 for place in range(at + 1, len(tokens)) if tokens[place].lower == ","), len(tokens))
    for place in range(at, min(at + 8, len(tokens))):
        token = tokens[place]
        if token.key and not token.lower.endswith("ly"):
            return place
        if token.lower == ",":
            return None
    return None


def _noun_phrase(tokens: tuple[Token, ...], at: int) -> Iterator[int]:
    """The words of the noun phrase that begins at a place: up to a preposition, a verb or a mark."""
    seen = False
    for place in range(at, min(at + 7, len(tokens))):
        token = tokens[place]
        if token.lower in ("that", ",", ".", "and", "but") or (
            token.lower in speech.PREPOSITIONS and not (place == at + 1 and not seen)
        ):
            return
        if seen and token.lower in AUXILIARIES:
            return
        if token.key and token.lower not in _CLAIMS | {"word"}:
            yield place
            seen = True


def _verb_before(tokens: tuple[Token, ...], at: int) -> Iterator[int]:
    """The verb right before "no": "held no talks"."""
    for place in (at - 1, at - 2):
        if place >= 0 and tokens[place].key and not tokens[place].text[0].isupper():
            if tokens[place].lower not in speech.FINITE or tokens[place].lower in ("made", "makes", "set"):
                yield place
            return
        if place >= 0 and tokens[place].lower in ("there", "is", "was", "are", "were", ","):
            return


def _verb_after(tokens: tuple[Token, ...], at: int) -> Iterator[int]:
    """The predicate behind a subject that is none: "no talks were held", "nobody came"."""
    head = _predicate(tokens, at)
    if head is not None:
        yield head


def _predicate(tokens: tuple[Token, ...], at: int) -> int | None:
    """The word that a clause says of its subject: behind its last auxiliary in a row, else its first past tense."""
    for place in range(at, len(tokens)):
        if tokens[place].lower in AUXILIARIES - {"to", "s", "d", "m", "ve", "re"}:
            return _next(tokens, place + 1)
    verbs = [place for place in range(at, len(tokens)) if tokens[place].key and not tokens[place].text[0].isupper()]
    return next(
        (place for place in verbs if is_past(tokens[place].lower)),
        verbs[0] if verbs and (at == 0 or tokens[at - 1].lower in _NONE) else None,
    )


def _last_predicate(tokens: tuple[Token, ...]) -> int | None:
    """What a clause says last of its subject: "taking place" in "that deserves the name is taking place"."""
    places = [place for place, token in enumerate(tokens) if token.lower in AUXILIARIES - {"to", "s"}]
    return _next(tokens, places[-1] + 1) if places else None


def _denied_next(tokens: tuple[Token, ...], heads: dict[int, int]) -> str:
    """What of the next clause this one denies: "that" where it says "Peskov denied (that)", "it is not true (that)",
    "none" where its subject is nothing or nobody and its predicate comes after a relative clause."""
    last = [token.lower for token in tokens if token.lower.isalpha()][-8:]
    if not last:
        return ""
    if not heads and not _NONE.isdisjoint(last[-2:]):
        return "none"
    negated = not _NOT.isdisjoint(last[-6:])
    if _denial_ends(last):
        return "" if negated else "that"
    denies = last[-1] in _NOT or (last[-1] in ("true", "correct", "accurate", "right") and negated)
    return "that" if denies else ""


def _denial_ends(last: list[str]) -> bool:
    if last[-1] in _DENYING | _UNTRUE or any(word in _DENYING for word in last[-4:]):
        return True
    return last[-1] in _CLAIMS and not _REJECTING.isdisjoint(last)
