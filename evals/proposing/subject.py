"""The subject of a plain statement, as a question can name it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.language import speech
from rag.language.entities import is_nation
from rag.language.phrases import Name
from rag.language.speech import word_set

_LEANING = speech.PRONOUNS - {"all", "each"} | word_set(
    """his her their its our my your there here another such other others former latter nothing all each no any
    authorities officials sources experts analysts critics people police"""
)
"""Words at a subject's head that point to something named before, or to nobody known."""
_NOT_INSIDE = speech.SUBORDINATORS | speech.DOUBTERS | word_set("that which who whom whose to not but or he she they")
_PEOPLE = speech.ROLES | speech.TITLES
_ASIDE = word_set(
    "the a an who which whose his her their its former founder head chief president chairman director then"
)
_ADJECTIVES = word_set(
    "senior junior top former local federal military civilian foreign public private young new old angry western "
    "eastern"
)
MOST = 9
"""Words."""


@dataclass(frozen=True, slots=True)
class Subject:
    """`text` as it stands inside a question; `named`: it holds a name; `person`: it is somebody's name."""

    text: str
    named: bool
    person: bool
    plural: bool

    @property
    def opening(self) -> str:
        """The subject with a capital, to begin with."""
        return self.text[:1].upper() + self.text[1:]


def subject_before(words: Sequence[str], *, rule: bool = False, context: str = "") -> Subject | None:
    """The subject that `words` are, which stand before a verb; None where they are no plain one.

    `rule` says that the verb is one that tells what is to be done, so that a plural is no name: "Tenants must".
    `context` tells how the first word is written elsewhere.

    >>> subject_before("Kremlin spokesman Dmitry Peskov".split())
    Subject(text='Dmitry Peskov', named=True, person=True, plural=False)
    """
    words = _without_aside(words)
    if not words or len(words) > MOST or any(re.search(r"[,:;()“”\"–—]|[\d]{5}", word) for word in words):
        return None
    lower = [word.lower() for word in words]
    if lower[0] in _LEANING or lower[0] in speech.PREPOSITIONS or not words[0][0].isupper():
        return None
    if any(word in _NOT_INSIDE for word in lower) or any(word.endswith("ing") for word in lower[:1]):
        return None
    person = _person(words)
    if person is not None:
        return person
    return _thing(words, rule, context)


def _without_aside(words: Sequence[str]) -> Sequence[str]:
    """The words without an apposition between commas at their end: "Dmitry Peskov, the Kremlin spokesman,"."""
    if not words or not words[-1].endswith(","):
        return words
    opened = [at for at, word in enumerate(words[:-1]) if word.endswith(",")]
    if not opened or words[opened[0] + 1].lower() not in _ASIDE:
        return words
    first = opened[0]
    return [*words[:first], words[first].rstrip(",")]


def _person(words: Sequence[str]) -> Subject | None:
    """Somebody's name, without the titles before it, or two joined by "and"."""
    start = len(words)
    while start > 0 and (words[start - 1][0].isupper() or words[start - 1] in speech.PARTICLES | {"and"}):
        start -= 1
    run = list(words[start:])
    before = [word.lower() for word in words[:start]]
    while run and (_is_title(run) or run[0].lower() in ("and", "the", "then")):
        before.append(run.pop(0).lower())
    if not run or run[-1].endswith(("'s", "’s")):
        return None
    title = bool(_PEOPLE.intersection(before)) or any(word.endswith(("'s", "’s")) for word in before)
    text = " ".join(run)
    if "and" in run:
        return _pair(run) if not before else None
    name = Name(text, 0, len(text))
    nouns = bool(before) and words[start - 1].islower() and len(run) >= 2
    title = title or nouns
    if not name.is_person or (before and not title) or not (title or 2 <= len(run) <= 4):
        return None
    return Subject(text, True, _has_two_names(run, title), False)


def _is_title(run: Sequence[str]) -> bool:
    """Whether the first of the capitalised words is a title, or the country before one."""
    if run[0].lower().rstrip(".") in speech.TITLES:
        return True
    return len(run) > 2 and is_nation(run[0]) and run[1].lower() in speech.TITLES


def _has_two_names(run: Sequence[str], title: bool) -> bool:
    return title or (2 <= len(run) <= 3 and not any(word.lower() in speech.ORGANISATIONS for word in run))


def _pair(run: Sequence[str]) -> Subject | None:
    """Two names: "Steve Witkoff and Jared Kushner", "Russia and the United States"."""
    text = " ".join(run)
    return Subject(text, True, False, True) if 3 <= len(run) <= 7 and run[0] != "and" else None


def _thing(words: Sequence[str], rule: bool, context: str) -> Subject | None:
    """A body, a place or a thing: with a name, with "the", or as a bare plural."""
    first, last = words[0], words[-1]
    named = any(word[0].isupper() and word.lower() not in speech.TIMES for word in words[1:])
    plural = _is_plural(_head(words))
    if first.lower() in ("a", "an"):
        return None
    if first == "The":
        return Subject(f"the {' '.join(words[1:])}", named, False, plural) if len(words) > 1 else None
    body = first.lower() in speech.ORGANISATIONS and words[1:2] == ["of"]
    if len(words) == 1 or last.islower() or (words[1].islower() and not body):
        return _without_article(words, plural, rule, context)
    return Subject(" ".join(words), True, False, "and" in words)


def _without_article(words: Sequence[str], plural: bool, rule: bool, context: str) -> Subject | None:
    """One capitalised word, or several of which the last is a common noun."""
    text, first = " ".join(words), words[0]
    named = any(word[0].isupper() for word in words[1:])
    if len(words) == 1 and first.lower() in speech.TITLES | speech.OPENERS | speech.ROLES:
        return None
    common = _is_common(first, rule=rule, alone=len(words) == 1, context=context)
    if common is None:
        return None
    if not common:
        return Subject(text, True, False, plural)
    return Subject(f"{first[0].lower()}{text[1:]}", named, False, True) if plural else None


def _head(words: Sequence[str]) -> str:
    """The noun that the phrase is about: the word before what hangs on it."""
    return words[next((at for at, word in enumerate(words) if at and word in speech.PREPOSITIONS), len(words)) - 1]


def _is_plural(noun: str) -> bool:
    return noun.endswith("s") and noun[1:].islower() and not noun.endswith(("ss", "us", "is", "'s", "’s"))


def _is_common(first: str, *, rule: bool, alone: bool, context: str) -> bool | None:
    """Whether the first word is a common noun or adjective, which has its capital from its place; None if unknown."""
    if first.isupper() or first.lower() in speech.NOT_PEOPLE or is_nation(first) or first.endswith(("'s", "’s")):
        return False
    if first.lower() in _ADJECTIVES:
        return True
    if re.search(rf"\b{re.escape(first.lower())}\b", context):
        return True
    if re.search(rf"[a-z,] {re.escape(first)}\b", context):
        return False
    if rule or first.lower().endswith(speech.GENERIC_ENDINGS):
        return True
    return False if alone and not first.endswith("s") else None
