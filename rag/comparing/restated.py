"""One plain statement made twice, with another figure, time or name in one place, or once denied.

"The ferry leaves at 9 o'clock." and "The ferry leaves at 10 o'clock." have too few words for a wording to be told by;
but all of them are the same, in the same order, except in the one place.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from rag.comparing.statement import Statement, content
from rag.language import speech
from rag.language.entities import is_name
from rag.language.figures import figures, kind_of_thing
from rag.language.terms import stem
from rag.language.verbs import is_past

_LONGEST = 16
"""Words of a plain statement; in a longer one the rest may tell why both hold."""
_WORD = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’\-][^\W\d_]+)*|[%€$£]")
_DENIED = re.compile(
    r"\bcannot\b|\bcan['’]t\b|\b(do|does|did|is|are|was|were|must|has|have|should)n['’]t\b", re.IGNORECASE
)
_CLOCK = re.compile(r"(\d{1,2})[:.](\d\d)")
_THOUSANDS = re.compile(r",(?=\d{3}\b)")
_ORDINALS = {
    "first": 1.0, "second": 2.0, "third": 3.0, "fourth": 4.0, "fifth": 5.0, "sixth": 6.0, "seventh": 7.0, "eighth": 8.0,
    "ninth": 9.0, "tenth": 10.0,
}  # fmt: skip
_SAID_OF = speech.BE | speech.MODALS | {"can", "has", "have"}
"""Words that divide what a statement is about from what it says of it."""

_PAST = frozenset(("was", "were", "had", "did"))
_POINTING = speech.PRONOUNS | {"there", "here", "its", "his", "her", "their", "such"}


def restated(one: Statement, other: Statement) -> tuple[str, str] | None:
    """The words of each in the one place where they differ; None where they differ elsewhere too, or where what they
    speak of is only pointed back to, happened once, or is by their titles not the same.
    """
    if one.title and other.title and not one.title & other.title:
        return None
    ours, theirs = _words(one.text), _words(other.text)
    if not (_holds(ours) and _holds(theirs)):
        return None
    matcher = SequenceMatcher(None, list(map(_key, ours)), list(map(_key, theirs)), autojunk=False)
    places = [(slice(i, j), slice(k, m)) for kind, i, j, k, m in matcher.get_opcodes() if kind != "equal"]
    if len(places) != 1:
        return None
    mine, his = places[0]
    if _is_denial(ours, mine, theirs, his) or _is_denial(theirs, his, ours, mine):
        return _shown(ours, mine), _shown(theirs, his)
    if _are_figures(ours, mine, theirs[his]) or _are_names(ours, mine, theirs[his]):
        return _shown(ours, mine, 1), _shown(theirs, his, 1)
    return None


def _holds(words: list[str]) -> bool:
    """Whether a plain statement names what it is about, and says what holds on and on and not what happened once."""
    lower = [word.casefold() for word in words]
    if not 0 < len(words) <= _LONGEST or lower[0] in _POINTING:
        return False
    done = (at for at, word in enumerate(lower) if word in _PAST or is_past(word))
    return all(at > 0 and _SAID_OF.intersection(lower[max(0, at - 2) : at]) - _PAST for at in done)


def _words(text: str) -> list[str]:
    """The words of a text, each denial a word of its own."""
    return _WORD.findall(_DENIED.sub(lambda found: f"{found[1] or found[0][:3]} not", text))


def _key(word: str) -> str:
    """What two spellings of a word share: a figure's value, a stem."""
    value = _value(word)
    return stem(kind_of_thing(word.casefold())) if value is None else str(value)


def _value(word: str) -> float | None:
    """The number that a word is, a clock's time in hours; None where it is none."""
    if clock := _CLOCK.fullmatch(word):
        return int(clock[1]) + int(clock[2]) / 60
    if word[0].isdigit():
        digits = _THOUSANDS.sub("", word)
        return float(digits) if re.fullmatch(r"\d+(?:\.\d+)?", digits) else None
    if word.casefold() in _ORDINALS:
        return _ORDINALS[word.casefold()]
    found = figures(word)
    return found[0].low if found and found[0].text == word else None


def _is_denial(words: list[str], place: slice, others: list[str], theirs: slice) -> bool:
    """Whether one only lacks the negation of the other: "not" behind its auxiliary, or "no longer"."""
    denied = [word.casefold() for word in others[theirs]]
    behind = others[theirs.start - 1].casefold() if theirs.start else ""
    return not words[place] and (denied == ["no", "longer"] or (denied == ["not"] and behind in _SAID_OF))


def _are_figures(words: list[str], place: slice, theirs: list[str]) -> bool:
    """Whether the place holds two numbers, and what a number is said to be: no year, and no number that is a name."""
    mine = words[place]
    if len(mine) != 1 or len(theirs) != 1 or place.start == 0:
        return False
    values = _value(mine[0]), _value(theirs[0])
    if any(value is None or 1900 <= value <= 2100 for value in values):
        return False
    before = words[place.start - 1]
    is_label = is_name(before) or (place.start <= _SUBJECT and bool(content(before.casefold())))
    return not is_label and _is_said(words, place.start)


_SUBJECT = 2
"""Words within which a number behind a noun is part of its name: "Room 12 is", "The bus 12 leaves"."""


def _are_names(words: list[str], place: slice, theirs: list[str]) -> bool:
    """Whether one thing is said to be two: "The contact person is Anna Berg." """
    named = all(is_name(word) for word in (*words[place], *theirs))
    last = words[place.start - 1].casefold() if place.start else ""
    is_the_one = words[0].casefold() == "the" and place.stop == len(words) and last in ("is", "are")
    return named and is_the_one and bool(words[place]) and bool(theirs)


def _is_said(words: list[str], at: int) -> bool:
    """Whether a place belongs to what is said, and not to what it is said of: "The hall on floor 2 is closed"."""
    return not any(word.casefold() in _SAID_OF for word in words[at:])


def _shown(words: list[str], place: slice, more: int = 0) -> str:
    """The words at a place with the unit behind, or with the word that is denied, so that a reader knows them."""
    start = place.start if words[place] and more else max(0, place.start - 1)
    end = place.stop + (1 if not more or _is_unit(words, place.stop) else 0)
    return " ".join(words[start:end])


def _is_unit(words: list[str], at: int) -> bool:
    return at < len(words) and words[at].casefold() not in speech.EMPTY
