"""Whether a quote says, or denies, just what a claim states: the same subject, verb and object in the same order.

Made to be silent: whatever stands between that could turn the sense (a modal, a claim of others, another subject, a
passive) makes it none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.answer import Evidence
from rag.forms.claim import Claim
from rag.language import speech
from rag.language.speech import word_set
from rag.language.terms import near
from rag.language.verbs import is_past, lemma
from rag.language.words import Words, words_of

_SMALL = word_set(
    "a an the of in on at to for by with from and that which who as 's is are was were be been do does did"
)
_HAVE = word_set("has have had")
_BEING = word_set("is are was were be been")
_BETWEEN = _HAVE | _BEING | word_set("did do does not never no also already then now indeed formally officially again")
"""What may stand between a subject and its verb."""
_NEGATORS = word_set("not never no")
_HEDGES = word_set(
    """if whether unless claim claims claimed rumour rumours rumor rumors reportedly allegedly supposedly apparently
    perhaps possibly could would might may should will suggest suggests suggested suggesting expect expects expected
    hope hopes hoped want wants wanted urge urged demand demands asked proposed propose plan plans considering likely
    unlikely doubt doubts doubted false untrue incorrect wrong true speculation accused accuses alleged alleges
    hypothetical nearly almost until"""
)
_DENYING = word_set("denied denies deny denying")
_NO_SUBJECT_AFTER = speech.PREPOSITIONS | {"and", "or", "nor", "than", "not", "no"}
_BEFORE_NAMES = speech.TITLES | speech.ROLES | {"the", "a", "an"}
_GOING_ON = (
    speech.PREPOSITIONS | speech.SUBORDINATORS | speech.ADVERBS | speech.BE | _HAVE | {"and", "or", "who", "which"}
)
_APART = frozenset((";", ":", "—", "–", "(", ")", "“”"))
_TURNING = word_set("but while although though whereas because unless if when until or nor not never no without except")
LONGEST = 60
"""Words of a quote that is read so closely."""
_GAP = 5
"""Other words that may stand between two words of the claim behind its verb."""


@dataclass(frozen=True, slots=True)
class Told:
    """That a quote affirms or denies the claim, the claim as a statement, and whom it reports as saying so, None where
    that is its subject: "Peskov blamed NATO" is no word of his."""

    positive: bool
    speaker: str | None
    text: str


def says(claim: Claim, evidence: Evidence) -> Told | None:
    """Whether the quote affirms or denies the claim; None where it does neither for certain."""
    words = words_of(evidence.quote)
    if words.is_question or not 0 < len(words) <= LONGEST or not _is_of_time(claim, evidence):
        return None
    wanted = [place for place, word in enumerate(claim.words) if word.casefold() not in _SMALL | _HAVE]
    places = _places([claim.words[place] for place in wanted], words)
    verb = _verb(claim, wanted, places, words) if places and len(places) > 1 else None
    if places is None or verb is None:
        return None
    first = places[0] - (words.lower[places[0] - 1 : places[0]] == ["no"])
    negations = _negations(places, verb, words, claim)
    voice = _voice(_without_may(words, 0, first), _without_may(words, places[-1] + 1, len(words)), evidence.speaker)
    if negations is None or voice is None or not _heads(words, first) or not _ends(words, places[-1] + 1):
        return None
    positive = (negations + voice + (first < places[0])) % 2 == 0
    if not positive and claim.is_shaded:
        return None
    subject = {_key(claim.words[place]) for place in wanted[:verb]}
    own = subject & set(map(_key, (evidence.speaker or "").split()))
    return Told(positive, None if own else evidence.speaker, _statement(claim, wanted[verb]))


def _is_of_time(claim: Claim, evidence: Evidence) -> bool:
    """Whether the quote was published in the time that the claim names, if it names one."""
    day = evidence.attribution.published
    if len(claim.times) > 1 or any(time.relation != "in" for time in claim.times):
        return False
    return all(day is not None and time.first <= day <= time.last for time in claim.times)


def _places(wanted: Sequence[str], words: Words) -> list[int] | None:
    """Where the claim's words stand in the quote, in their order, as close together as any."""
    best: list[int] | None = None
    for start in range(len(words)):
        if wanted and _same(wanted[0], words.text[start]):
            found = [start]
            for word in wanted[1:]:
                following = (at for at in range(found[-1] + 1, len(words)) if _same(word, words.text[at]))
                at = next(following, None)
                if at is None:
                    break
                found.append(at)
            if len(found) == len(wanted) and (best is None or found[-1] - found[0] < best[-1] - best[0]):
                best = found
    return best


def _same(mine: str, theirs: str) -> bool:
    one, other = _key(mine), _key(theirs)
    return one == other or (mine[0].isupper() and theirs[0].isupper() and near(one, [other]))


def _key(word: str) -> str:
    bare = re.sub(r"['’]s?$", "", word.casefold())
    base = lemma(bare)
    return base[:-1] if len(base) > 3 and base.endswith("s") and not base.endswith("ss") else base


def _verb(claim: Claim, wanted: Sequence[int], places: Sequence[int], words: Words) -> int | None:
    """Which of the claim's words is its verb, or the first of what it says with "is"; it follows its subject at once
    in the quote too."""
    for order, (before, at) in enumerate(pairwise(places), 1):
        between = _without_aside(words, before, at)
        if claim.words[wanted[order]][0].isupper() and claim.auxiliary not in ("is", "are", "was", "were"):
            continue
        if not _is_said_of(claim, words, between, at):
            continue
        return order if _is_subject(claim, wanted[:order], places[:order], words) else None
    return None


def _is_subject(claim: Claim, wanted: Sequence[int], places: Sequence[int], words: Words) -> bool:
    """Whether the words before the verb are the claim's own, with nothing but small words and names among them."""
    inside = [word for one, two in pairwise(places) for word in words.text[one + 1 : two]]
    if not all(word.casefold() in _SMALL or word[0].isupper() for word in inside):
        return False
    own = zip((claim.words[place] for place in wanted), (words.text[place] for place in places), strict=True)
    return all(mine[0].isupper() or mine.casefold() == theirs.casefold() for mine, theirs in own)


def _is_said_of(claim: Claim, words: Words, between: Sequence[str], at: int) -> bool:
    """Whether the word is the finite verb behind its subject, in the claim's voice and time."""
    if any(word not in _BETWEEN for word in between if word not in ("a", "an", "the")):
        return False
    form, is_being = words.lower[at], bool(_BEING.intersection(between))
    if claim.auxiliary in ("is", "are", "was", "were"):
        now = bool({"is", "are"}.intersection(between)) and not _HAVE.intersection(between)
        return is_being and now == claim.is_present
    if is_being != bool(_BEING.intersection(word.casefold() for word in claim.words)):
        return False
    if claim.is_present:
        return not is_past(form) and not _HAVE.intersection(between) and (form.endswith("s") or claim.auxiliary == "do")
    return is_past(form) or "did" in between or (claim.auxiliary == "" and is_being)


def _without_aside(words: Words, before: int, at: int) -> list[str]:
    """The words between subject and verb, without "then the leading candidate" between commas, or "in the West"."""
    between = words.lower[before + 1 : at]
    if between[:1] == [","] and "," in between[1:]:
        end = between.index(",", 1)
        if not speech.FINITE.intersection(between[:end]):
            return between[end + 1 :]
    if between and between[0] in ("in", "of", "from", "at"):
        place = 1 + (between[1:2] == ["the"])
        while place < len(between) and words.is_capital(before + 1 + place):
            place += 1
        return between[place:]
    return between


def _negations(places: Sequence[int], verb: int, words: Words, claim: Claim) -> int | None:
    """How often the quote denies the verb or its object; None where something between may turn the sense."""
    count = len(_NEGATORS.intersection(words.lower[places[verb - 1] + 1 : places[verb]]))
    of_claim = {word.casefold() for word in claim.words}
    for order, (one, two) in enumerate(pairwise(places[verb:])):
        between = words.lower[one + 1 : two]
        if order == 0 and between[:1] == ["no"]:
            count, between = count + 1, between[1:]
        turning = (_TURNING | speech.PREPOSITIONS | (_HEDGES if order else frozenset())) - of_claim
        if len(between) > _GAP or turning.intersection(between) or _APART.intersection(words.text[one + 1 : two]):
            return None
        if order == 0 and _names_another(words, one + 1, two):
            return None
    return count if count < 2 else None


def _names_another(words: Words, start: int, end: int) -> bool:
    """Whether a name before the object is none of its own: "Scholz's" in "met Scholz's minister", not "Friedrich"."""
    named = [word for word in words.text[start:end] if word[0].isupper()]
    is_fuller = words.is_capital(end) and not any(word.endswith(("'s", "’s", "'", "’")) for word in named)
    return bool(named) and not is_fuller


def _voice(before: Sequence[str], after: Sequence[str], speaker: str | None) -> int | None:
    """How often whoever reports the statement denies it; None where nobody stands for it."""
    around = {*before, *after}
    if _HEDGES.intersection(around) or _NEGATORS.intersection(before) or _reports_of_others(after):
        return None
    reports = (speech.FINITE | speech.PARTICIPLES).intersection(around) or "according" in around
    if reports and speaker is None:
        return None
    return 1 if _DENYING.intersection(before) else 0


def _without_may(words: Words, start: int, end: int) -> list[str]:
    """The words in lower case, without the month of May, which is no guess."""
    return [words.lower[at] for at in range(start, end) if words.text[at] != "May"]


def _reports_of_others(after: Sequence[str]) -> bool:
    """Whether the statement goes on to deny or to doubt itself: ", which Kyiv denies"."""
    return bool((_DENYING | {"disputed", "disputes", "rejected", "but", "although"}).intersection(after))


def _heads(words: Words, first: int) -> bool:
    """Whether the subject is the subject, and not "of" or "to" another, or only one of several."""
    place = first - 1
    while place >= 0 and (words.is_capital(place) or words.lower[place] in _BEFORE_NAMES):
        if words.lower[place] in speech.TIMES:
            return True
        place -= 1
    return place < 0 or words.lower[place] not in _NO_SUBJECT_AFTER


def _ends(words: Words, after: int) -> bool:
    """Whether the last word of the claim is no mere beginning: "the appeal" of "the appeal judge"."""
    if after >= len(words) or not words.text[after][0].isalpha():
        return True
    return words.lower[after] in _GOING_ON or words.lower[after].endswith("ly")


def _statement(claim: Claim, verb: int) -> str:
    """The claim as a statement, its auxiliary behind its subject."""
    parts: Iterable[str] = (*claim.words[:verb], claim.auxiliary, *claim.words[verb:])
    if claim.auxiliary in ("is", "are", "was", "were"):
        article = claim.words[verb - 1].casefold() in ("the", "a", "an") if verb else False
        cut = verb - article
        parts = (*claim.words[:cut], claim.auxiliary, *claim.words[cut:])
    text = " ".join(part for part in parts if part)
    return f"{text[0].upper()}{text[1:]}."
