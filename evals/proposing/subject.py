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


def subject_before(words: Sequence[str], *, rule: bool = False) -> Subject | None:
    """The subject that `words` are, which stand before a verb; None where they are no plain one.

    `rule` says that the verb is one that tells what is to be done, so that a plural is no name: "Tenants must".

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
    return _thing(words, rule)


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


def _thing(words: Sequence[str], rule: bool) -> Subject | None:
    """A body, a place or a thing: with a name, with "the", or as a bare plural."""
    first, last = words[0], words[-1]
    named = any(word[0].isupper() and word.lower() not in speech.TIMES for word in words[1:])
    plural = last.endswith("s") and last.islower() and not last.endswith(("ss", "us", "is"))
    if first.lower() in ("a", "an"):
        return None
    if first == "The":
        return Subject(f"the {' '.join(words[1:])}", named, False, plural) if len(words) > 1 else None
    if len(words) == 1 or last.islower():
        return _without_article(words, named, plural, rule)
    return Subject(" ".join(words), True, False, "and" in words)


def _without_article(words: Sequence[str], named: bool, plural: bool, rule: bool) -> Subject | None:
    """One capitalised word, or several of which the last is a common noun."""
    text, first = " ".join(words), words[0]
    if first.lower() in _ADJECTIVES and len(words) > 1:
        return Subject(f"{first.lower()} {' '.join(words[1:])}", named, False, plural) if plural else None
    many = first.endswith("s") and first[1:].islower()
    known = first.isupper() or first.lower() in speech.NOT_PEOPLE or is_nation(first)
    if len(words) == 1 and first.lower() in speech.TITLES | speech.OPENERS | speech.ROLES:
        return None
    if named or known or (len(words) == 1 and not many):
        return Subject(text, True, False, plural)
    if len(words) == 1 and not (rule or first.lower().endswith(speech.GENERIC_ENDINGS)):
        return None
    common = len(words) == 1 or rule
    return Subject(f"{first[0].lower()}{text[1:]}", False, False, True) if common and (plural or many) else None
