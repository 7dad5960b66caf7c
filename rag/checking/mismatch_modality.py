"""What a sentence states as a fact and its quotes only as possible, planned, required or foreseen, and the reverse.

Speech keeps its distance too: what a quote gives as somebody's claim is not stated without saying so. Plain verbs of
saying ("said", "reported", "announced") keep none, since the citation beside the sentence names the source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.checking.counterpart import Side, nearest, sides
from rag.checking.finding import Mismatch
from rag.checking.mood import Mood
from rag.checking.predication import Word, is_one_matter, predication
from rag.checking.saying import Case
from rag.language import speech
from rag.language.verbs import is_past

_UNREAL: frozenset[Mood] = frozenset(("possible", "must", "future", "would", "planned"))
_REAL: frozenset[Mood] = frozenset(("fact", "present"))
_FULL = 0.5
"""Share of a claim's clause that a quote's clause must have, to be the one it rests on."""
_GUESS = re.compile(
    r"(?<!\bin )(?<!\bof )(?<!\bon )(?<!\bsince )(?<!\d )"
    r"\b(?:may(?! not\b(?! (?:be|have)))|might|could|perhaps|possibly|maybe)\b",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\b(?:may|might|could|can|would|should|will|if|whether|perhaps|possib\w+|probab\w+|likely|unlikely|potential\w*"
    r"|risk\w*|expect\w*|able"
    r"|believ\w*|suggest\w*|appear\w*|seem\w*|consider\w*|weigh\w*|planned|planning|plans to|propos\w*"
    r"|hop(?:es?|ed|ing)|chance|sometimes|often|some|usually|generally|tend\w*|typical\w*|estimat\w*|about|optional\w*|allow\w*|claim\w*)\b",
    re.IGNORECASE,
)
"""Words of a quote that leave something open."""
_GUESS_AT_PAST = re.compile(r"\b(?:may|might|could)(?: not)? have (?:\w+ly )?(\w+)", re.IGNORECASE)
_UNCHANGED = frozenset(("let", "put", "set", "cut", "hit", "read", "shut", "come", "become", "run", "quit", "cost"))
"""Participles that are like their verb."""
_UNSURE = re.compile(
    r"\b(?:may|might|could|if|whether|perhaps|possib\w+|probab\w+|likely|unlikely|maybe|unclear|unknown|unconfirmed"
    r"|believ\w*|thought|think\w*|suspect\w*|suggest\w*|appear\w*|apparent\w*|seem\w*|claim\w*|alleg\w*|accus\w*"
    r"|reportedly|rumou?r\w*|supposed\w*|presum\w*|purported\w*|said to|doubt\w*|speculat\w*|estimat\w*|theor\w*)\b",
    re.IGNORECASE,
)
"""Words of a quote that leave open whether something has happened; "would" and "will" leave nothing past open."""
_DISTANT = re.compile(
    r"\b(?:claim(?:s|ed|ing)? (?:that|to)|, (?:he|she|they|it) claim(?:s|ed)|alleg(?:es?|ed|edly|ing|ations?)"
    r"|accus(?:es?|ed|ing)|reportedly|purported(?:ly)?|rumou?r(?:s|ed)?|supposed(?:ly)?|according to claims|suspected"
    r"|unconfirmed|(?:is|are|was|were) (?:also )?(?:said|believed|thought|alleged|rumoured) to)\b",
    re.IGNORECASE,
)
"""How a sentence keeps its distance from what it gives."""
_ATTRIBUTED = re.compile(
    r"\b(?:said|says?|saying|told|tells|stat(?:es?|ed)|announc\w+|claim\w*|alleg\w+|accus\w+|argu\w+|according to"
    r"|report\w*|rumou?r\w*|suppos\w+|believ\w+|thought|suspect\w*|insist\w*|assert\w*|den(?:y|ies|ied)|warn\w*"
    r"|maintain\w*|suggest\w*|purported\w*|describ\w+|call(?:s|ed)|sees?|view\w*|unconfirmed|cit(?:es?|ed|ing)|quot\w+"
    r"|wrote|writes|apparent\w*|may|might|could|dispute\w*|charg\w+|complain\w*|contend\w*|admit\w*|conced\w+|would"
    r"|acknowledg\w+|add(?:s|ed)|not(?:es?|ed))\b",
    re.IGNORECASE,
)
"""How a sentence names whose word it gives, or leaves open whether it holds."""


def modalities_not_borne_out(case: Case) -> Iterator[Mismatch]:
    """Where the claim is surer, or less sure, of something than any quote that speaks of the same thing."""
    claim = predication(case.claim.text)
    near = [predication(each.text) for each in case.close]
    for word in claim.words:
        if word.mood == "unclear":
            continue
        matter = claim.matter(word)
        found = [(each, theirs) for each in near for theirs in each.words if theirs.key == word.key]
        theirs = [theirs for each, theirs in found]
        related = any(is_one_matter(matter, each.matter(other)) for each, other in found)
        if related and (reason := _differs(case, word, theirs)):
            yield Mismatch("modality", word.text, theirs[0].text, reason, True)
            return
    if case.are_few:
        yield from _guess_at_past(case)
        yield from _without_counterpart(case)
        yield from _distance(case)


def _differs(case: Case, mine: Word, theirs: list[Word]) -> str | None:
    """How the quotes put the same word, where the claim may not put it so."""
    moods = {each.mood for each in theirs}
    if mine.mood == "fact" and moods <= _UNREAL:
        return f"the quotes do not say that it happened: “{mine.text}” is {_put(moods)} there"
    if mine.governed or any(each.governed for each in theirs):
        return None
    if mine.mood in ("future", "present") and moods == {"possible"}:
        return f"the quotes only hold “{mine.text}” possible"
    if mine.mood == "must" and moods <= {"possible", "can"}:
        return f"the quotes allow “{mine.text}”, they do not require it"
    if mine.mood in ("possible", "can") and moods == {"must"}:
        return f"the quotes require “{mine.text}”, they do not only allow it"
    if mine.mood == "possible" and moods <= _REAL and _GUESS.search(case.claim.text):
        return f"the quotes state “{mine.text}” as a fact, not as a possibility"
    if mine.mood in ("future", "planned") and moods == {"fact"}:
        return f"the quotes say that “{mine.text}” has happened, not that it will"
    return None


def _guess_at_past(case: Case) -> Iterator[Mismatch]:
    """A claim that something may have happened, where no quote is unsure of anything."""
    guess = _GUESS_AT_PAST.search(case.claim.text)
    if guess is None or not case.said or not _is_done(guess[1].casefold()):
        return
    if not any(_UNSURE.search(each.text) for each in case.said):
        yield Mismatch("modality", guess[0], None, f"the quotes are sure of it, where it says “{guess[0]}”", False)


def _is_done(word: str) -> bool:
    return is_past(word) or word in speech.BE or word in _UNCHANGED


def _without_counterpart(case: Case) -> Iterator[Mismatch]:
    """A guess in the claim, or a fact, where the quotes' clauses most like it have none of the kind, whatever their
    verbs."""
    theirs = [side for each in case.near for side in sides(each.text)]
    for mine in sides(case.claim.text):
        alike, shared = nearest(mine, theirs)
        guess = _GUESS.search(mine.text)
        if guess and shared >= max(1, _FULL * len(mine.keys)) and not any(_OPEN.search(each.text) for each in alike):
            reason = f"the quotes state it as a fact, where it says “{guess[0]}”"
            yield Mismatch("modality", guess[0], None, reason, False)
            return
        if shared >= max(2, _FULL * len(mine.keys)) and _is_unreal(mine, alike):
            reason = f"the quotes do not say that it happened: “{alike[0].text}”"
            yield Mismatch("modality", mine.text, alike[0].text, reason, True)
            return


def _is_unreal(mine: Side, alike: Sequence[Side]) -> bool:
    """Whether a clause only tells of what happened, and those like it only of what may, must or would."""
    if mine.moods != {"fact"} or mine.negated:
        return False
    return all(each.moods and each.moods <= _UNREAL and not each.negated for each in alike)


def _put(moods: set[Mood]) -> str:
    words = {"possible": "only possible", "must": "required", "planned": "planned"}
    return next((words[each] for each in ("possible", "must", "planned") if each in moods), "only foreseen")


def _states(case: Case) -> bool:
    """Whether the claim has a verb that states something, and is no item of a list."""
    verbs = any(word.mood in _REAL for word in predication(case.claim.text).words)
    return verbs or not speech.BE.isdisjoint(word.casefold() for word in case.claim.words)


def _distance(case: Case) -> Iterator[Mismatch]:
    """A claim without attribution whose nearest quote gives it as somebody's allegation."""
    if not case.said or _ATTRIBUTED.search(case.claim.text) or not _states(case):
        return
    nearest = case.said[0]
    distant = _DISTANT.search(nearest.text)
    shared = len(nearest.stems & case.claim.stems)
    if (
        distant
        and shared >= 0.5 * len(case.claim.stems)
        and not any(
            len(each.stems & case.claim.stems) >= 0.8 * shared and not _DISTANT.search(each.text)
            for each in case.said[1:]
        )
    ):
        reason = f"the quotes do not state it themselves: “{distant[0].strip(' ,')}”"
        yield Mismatch("modality", case.claim.text, distant[0].strip(" ,"), reason, False)
