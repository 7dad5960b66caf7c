"""Words of a claim of which no quote speaks: "bridge", where the quote says "Dogs are not allowed on the ferry."

A sentence about something else often has the same frame, so that most of its words are met. Two signs give it away: a
word that stands where the quote, in the same frame, has another that does not mean the same; and what a plain claim is
about that no word of the quotes comes near. How near is the mean of two cosines, that of the words as their sentences
have them and that of the words alone. Words for two things of one kind that are spoken of alike ("cats", "dogs";
"buyer", "seller") are too near to be told apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher

from rag.checking.alignment import Alignment, Word, key
from rag.checking.clauses import AUXILIARIES
from rag.checking.finding import Mismatch, missing
from rag.checking.predication import is_negative
from rag.language import speech
from rag.language.speech import word_set
from rag.language.terms import content_words

Nearness = Callable[[str, str], float]
"""The cosine of two words, each read alone."""

_SAME = 0.43
"""Nearness from which a word in another's place may mean the same: of 60 others put in the place of a noun in plain
rules, hours and prices it refuses 57, of 31 synonyms it lets 28 stand."""
_SAME_DEED = 0.32
"""The same for what is done: deeds are put in more ways."""
_FAR = 0.22
"""Nearness under which no word of the quotes speaks of what a word does, wherever it stands."""
_FRAME = 0.5
"""Share of the claim's words that a sentence has in the same order, from which they have one frame."""
_WHOLE_FRAME = 0.7
"""The same for deeds."""
_BEFORE_OBJECT = 2
"""Words that carry meaning before a bare object, at the least: a subject and its verb."""
_LONGEST = 2
"""Words that may stand in the place of as many."""
_PLAIN = 14
"""Words of a claim, at most, that is about one thing; a longer one says more than its subject in its own words."""
_WORD = re.compile(r"[^\W_]+")
_POINTING = re.compile(
    r"\b(?:it|its|they|them|their|theirs|this|these|those|that|such|he|she|his|her|him|so)\b", re.IGNORECASE
)
"""Words of a quote that stand for others, which a faithful sentence may name."""
_DETERMINERS = word_set("the a an any every each all no our your his her its their some most both")


def unspoken(alignment: Alignment, nearness: Nearness) -> Iterator[Mismatch]:
    """What the claim speaks of and none of the sentences it is laid beside does, in the order of the claim."""
    rivals, deeds = _rivals(alignment, _FRAME), _deeds(alignment)
    for at, word in enumerate(alignment.words):
        if word.kind != "word" or alignment.held[at].any():
            continue
        if _is_thing(alignment.words, at):
            others, bound = (rivals[at], _SAME) if at in rivals else (_all(alignment, at), _FAR)
        else:
            others, bound = deeds.get(at, ()), _SAME_DEED
        if others and _nearest(word, float(alignment.met[at].max()), others, nearness) < bound:
            yield missing("subject", word.text, f"no quote speaks of “{word.text.lower()}”")


def _nearest(word: Word, met: float, others: Sequence[str], nearness: Nearness) -> float:
    return (met + max(nearness(word.text, other) for other in others)) / 2


def _deeds(alignment: Alignment) -> dict[int, tuple[str, ...]]:
    """The same for what a plain claim says is done; where it denies that, the contrary may mean the same."""
    claim = " ".join(word.text for word in alignment.words)
    plain = len(alignment.words) <= _PLAIN and not is_negative(claim)
    return _rivals(alignment, _WHOLE_FRAME) if plain else {}


def _rivals(alignment: Alignment, frame: float) -> dict[int, tuple[str, ...]]:
    """Of each word that stands in another's place: the words that a sentence of the same frame has there."""
    claim, found = [word.key for word in alignment.words], dict[int, tuple[str, ...]]()
    for text in alignment.texts:
        written = _WORD.findall(text)
        matcher = SequenceMatcher(None, claim, [key(word) for word in written], autojunk=False)
        if sum(block.size for block in matcher.get_matching_blocks()) < frame * len(claim):
            continue
        for change, start, end, first, last in matcher.get_opcodes():
            theirs = tuple(written[first:last])
            if change == "replace" and _are_alike([word.text for word in alignment.words[start:end]], theirs):
                found |= {at: (*found.get(at, ()), *theirs, " ".join(theirs)) for at in range(start, end)}
    return found


def _are_alike(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether a few words that carry meaning stand in the place of a few such words."""
    return max(len(mine), len(theirs)) <= _LONGEST and all(
        content_words(word) and not word[0].isdigit() for word in (*mine, *theirs)
    )


def _is_thing(words: Sequence[Word], at: int) -> bool:
    """Whether the word names a thing, and not what is done or a manner: behind a determiner, as the subject before its
    auxiliary, or as the bare object that ends a clause."""
    before = words[at - 1].text.lower() if at else ""
    following = words[at + 1].text.lower() if at + 1 < len(words) else ""
    if before in _DETERMINERS:
        return True
    if not before:
        return following in AUXILIARIES
    ends = not following or following in speech.PREPOSITIONS | {"and", "or"}
    said = sum(word.kind != "common" for word in words[:at])
    return ends and said >= _BEFORE_OBJECT and words[at - 1].kind == "word" and not before.endswith("ly")


def _all(alignment: Alignment, at: int) -> tuple[str, ...]:
    """All words of the sentences for a plain claim's word to be near to; none where one of them points back."""
    if len(alignment.words) > _PLAIN or alignment.met[at].max() >= 2 * _FAR:
        return ()
    if any(_POINTING.search(text) for text in alignment.texts):
        return ()
    return tuple({other for text in alignment.texts for other in _WORD.findall(text) if content_words(other)})
