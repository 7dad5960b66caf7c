"""Two statements in the same words but for one place: what stands there in each, if both cannot hold.

Most such pairs are one text and a corrected, outdated or falsified copy of it.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import pairwise

from rag.comparing.statement import content
from rag.language import speech
from rag.language.dating import days
from rag.language.entities import entity, is_name
from rag.language.figures import figures, kind_of_thing
from rag.language.terms import stem

_NEARLY_ALL = 0.85
"""Share of all words that two statements have in the same order where one is the other with an edit."""
_NEAR = 5
"""Words before a noun within which "is a" still speaks of it."""
_COPULAS = frozenset(("is", "was", "are", "were", "as", "became", "remains"))
_NOT = frozenset(("not", "never", "no", "cannot"))
_FURTHER = frozenset(("more", "further", "additional", "another", "other"))
"""Beside a figure: it counts on top of others, and is no rival of a whole."""
_WORD = re.compile(r"\d+(?:[.,]\d+)*%?|[^\W\d_]+(?:['’\-][^\W\d_]+)*")


def rivals(one: str, other: str) -> tuple[str, str] | None:
    """The differing words of each, where the texts differ in one place or the same way in several.

    Figures, dates and names count as rivals, a negation against none, and in texts that are equal otherwise what a
    thing is said to be.

    >>> rivals("The bridge was built in 1902.", "The bridge was built in 1920.")
    ('1902', '1920')
    """
    ours, theirs = _WORD.findall(one), _WORD.findall(other)
    first, second = [entity(word) for word in ours], [entity(word) for word in theirs]
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    places = [(slice(i, j), slice(k, m)) for kind, i, j, k, m in matcher.get_opcodes() if kind != "equal"]
    if any(_is_label(first, mine.start) for mine, _ in places):
        return None
    edited = len(places) == 1 and matcher.ratio() >= _NEARLY_ALL
    found = [
        (_shown(ours, mine), _shown(theirs, his))
        for mine, his in places
        if _are_rivals(ours[mine], theirs[his])
        or (edited and _says_what_it_is(first, mine.start) and _are_alternatives(ours[mine], theirs[his]))
    ]
    longest = max(found, key=lambda pair: len(pair[0]), default=None)
    numbered = [pair for mine, his in places if _are_numbers(*(pair := (_shown(ours, mine), _shown(theirs, his))))]
    return longest if longest and all(_repeats(pair, longest) for pair in (*found, *numbered)) else None


def of_two_things(one: str, other: str) -> bool:
    """Whether two texts have, before the same noun, each another word that tells which: "a single ticket", "a return
    ticket".

    >>> of_two_things("A single ticket costs 3 euros.", "A return ticket costs 5 euros.")
    True
    """
    first, second = ([word.casefold() for word in _WORD.findall(text)] for text in (one, other))
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    return any(
        kind == "replace" and _tells_which(first, i, j) and _tells_which(second, k, m)
        for kind, i, j, k, m in matcher.get_opcodes()
    )


def _tells_which(words: list[str], start: int, end: int) -> bool:
    """Whether one word stands between an article and a word that carries meaning."""
    if end - start != 1 or start == 0 or words[start - 1] not in ("a", "an", "the"):
        return False
    return bool(content(words[start])) and end < len(words) and bool(content(words[end]))


def _are_numbers(mine: str, other: str) -> bool:
    """Whether both are written in digits."""
    return mine[:1].isdigit() and other[:1].isdigit()


def _shown(words: list[str], place: slice) -> str:
    """The words at a place; where it is empty, the word before it."""
    return " ".join(words[place] or words[max(0, place.start - 1) : place.start])


def _repeats(pair: tuple[str, str], longest: tuple[str, str]) -> bool:
    """Whether a difference is the longest one over again, as a year in a title and in the date behind it."""
    return all(set(each.split()) <= set(whole.split()) for each, whole in zip(pair, longest, strict=True))


def _is_label(words: list[str], at: int) -> bool:
    """Whether the place holds a number in the name of a thing: "the 2016 census" and "the 2021 census" are two, and so
    are "Platform 3" and "Platform 4"."""
    if at == 1 and words[1:] and words[1].isdigit() and content(words[0].casefold()):
        return True
    year = at < len(words) and re.fullmatch(r"(?:1[5-9]|20)\d\d", words[at]) is not None
    return year and at > 0 and words[at - 1] in ("the", "a", "an")


def _says_what_it_is(words: list[str], at: int) -> bool:
    """Whether a word stands in what a thing is said to be: "is a free event", "A boxer, he", but not "needs money"."""
    if at == 1 and words[0] in ("a", "an"):
        return True
    before = words[max(0, at - _NEAR) : at]
    return any(verb in _COPULAS and article in ("a", "an") for verb, article in pairwise(before))


def _are_alternatives(mine: list[str], other: list[str]) -> bool:
    """Whether both are a few nouns or adjectives that could stand for each other: "short film", "documentary"."""
    if not (0 < len(mine) < 4 and 0 < len(other) < 4):
        return False
    words = [word.casefold() for word in (*mine, *other)]
    if len(content(" ".join(words))) < len(words) or any(word.endswith(("ed", "ing", "ly")) for word in words):
        return False
    left, right = ({stem(kind_of_thing(word.casefold())) for word in each} for each in (mine, other))
    return not left & right and not speech.FINITE.intersection(words)


def _are_rivals(mine: list[str], other: list[str]) -> bool:
    """Whether one place holds two figures, dates or names that differ, or a negation against none."""
    left, right = " ".join(mine), " ".join(other)
    if bool(_NOT.intersection(mine)) != bool(_NOT.intersection(other)):
        return not content(f"{left} {right}".casefold())
    if not mine or not other:
        return False
    if (dates := days(left)) and (others := days(right)):
        return not any(one.agrees(two) for one in dates for two in others)
    if bool(_FURTHER.intersection(mine)) != bool(_FURTHER.intersection(other)):
        return False
    if (amounts := figures(left)) and (rivals := figures(right)):
        return not any(one.agrees(two) for one in amounts for two in rivals)
    if _is_called(mine) and _is_called(other):
        return not {entity(word) for word in mine} & {entity(word) for word in other}
    return False


def _is_called(words: list[str]) -> bool:
    """Whether the words are a name and nothing else."""
    return is_name(words[0]) and all(word[0].isupper() for word in words)
