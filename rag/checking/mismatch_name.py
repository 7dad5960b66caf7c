"""Names that the quotes, and what is known of their sources, do not have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from rag.checking.finding import Mismatch, missing, otherwise
from rag.checking.saying import Case, Saying, entities
from rag.language import speech
from rag.language.entities import entity, is_name, is_nation
from rag.language.figures import kind_of_thing
from rag.language.speech import word_set
from rag.language.terms import near
from rag.language.verbs import is_past

_RUN = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W\d_]+(?:['’\-][^\W\d_]+)*\d*")
_OPENS = re.compile(r"(?:^|[.!?:;—–•(]\s*|[“\"„«‘]\s*|\n\s*)$")
_NOUN = re.compile(
    r"(?:tion|ment|ness|ity|ance|ence|ing|ism|ship|ure|age|dom|hood|ings|ions|ments|ies|ers|ors|ists|ly|ful|ous|ive|able"
    r"|ible|less|ic|ical|al)$"
)
_APPOSITION = re.compile(r", (?:an?|who|whose) ")
_VERBAL = speech.FINITE | speech.BE | speech.MODALS | {"has", "have", "had", "also", "then"}
_NO_NAMES = (
    speech.EMPTY
    | speech.GENERIC
    | word_set(
        "here there please note see if make let both each every most such therefore overall alternatively "
        "furthermore consequently otherwise likewise besides conversely additionally"
    )
)
_POINTING = re.compile(
    r"\b(?:he|she|it|they|him|them|his|her|hers|its|their|theirs|the|this|these|both)\b", re.IGNORECASE
)
_MEANT = 300
"""Characters before a quote in which whatever it only points back to is named."""
_NUMBERED = re.compile(r"[^\W\d_]+\d+")
_DIRECTIONS = frozenset(("north", "south", "east", "west", "northern", "southern", "eastern", "western"))


@dataclass(frozen=True, slots=True)
class Name:
    """A run of words written as one name; `words` are those that carry it, without titles."""

    text: str
    words: tuple[str, ...]
    start: int
    before: str


def names_not_borne_out(case: Case) -> Iterator[Mismatch]:
    """The claim's names that are in no quote, publisher, speaker, author or title, whatever their spelling."""
    known = _known(case)
    shouted = sum(word.islower() and len(word) > 3 for word in case.claim.words) < 1 < len(case.claim.words) / 3
    for name in () if shouted else runs(case.claim):
        if (other := _other_bearer(case, name)) is not None:
            yield otherwise("name", name.text, other)
        elif not _is_said(name, case):
            rival = _in_its_place(case, name)
            if rival is not None:
                yield otherwise("name", name.text, rival)
            elif not _is_known(name, known, case):
                yield missing("name", name.text)


def _is_said(name: Name, case: Case) -> bool:
    """Whether a quote itself has the name, and not only what is known of it."""
    body = len(name.text.split()) > 1 and name.words[-1].casefold() in speech.ORGANISATIONS
    if body:
        return False
    return any(entity(name.words[-1]) in each.entities for each in case.said) or _is_shortened(name, case)


def runs(said: Saying) -> tuple[Name, ...]:
    """The names in a sentence, in order."""
    found, run = list[Name](), list[re.Match[str]]()
    for match in (*_RUN.finditer(said.text), None):
        joined = match is not None and run and said.text[run[-1].end() : match.start()] == " "
        if run and not (joined and match is not None and match[0][0].isupper()):
            if (name := _name(said, run)) is not None:
                found.append(name)
            run = []
        if match is not None and match[0][0].isupper():
            run.append(match)
    return tuple(found)


def _name(said: Saying, run: list[re.Match[str]]) -> Name | None:
    opens = _OPENS.search(said.text[: run[0].start()]) is not None
    if opens and not is_name(run[0][0]) and run[0][0].casefold() not in _DIRECTIONS:
        run, opens = run[1:], False
    while run and not is_name(run[-1][0]):
        run = run[:-1]
    if not run or (opens and len(run) == 1 and not _is_named(said, run[0])):
        return None
    kept = tuple(part for match in run for part in _parts(match[0]) if is_name(part))
    text = said.text[run[0].start() : run[-1].end()]
    before = said.text[: run[0].start()].split()[-1:]
    return Name(re.sub("['’]s?$", "", text), kept, run[0].start(), "".join(before).casefold()) if kept else None


def _parts(word: str) -> tuple[str, ...]:
    """The names inside a compound: "US" in "US-backed"; a name that is itself a compound stays whole."""
    pieces = word.split("-")
    return tuple(pieces) if len(pieces) > 1 and not all(piece[:1].isupper() for piece in pieces) else (word,)


def _is_named(said: Saying, match: re.Match[str]) -> bool:
    """Whether the first word of a sentence is a name and not only written with its capital."""
    word = re.sub("['’]s?$", "", match[0])
    if is_nation(word):
        return True
    if word.casefold() in speech.NOT_PEOPLE:
        return True
    if _NOUN.search(word) or word.casefold() in _NO_NAMES or kind_of_thing(word.casefold()) in ("plan", "talk"):
        return False
    if _APPOSITION.match(said.text, match.end()):
        return True
    following = said.text[match.end() :].split()
    if not following or word != match[0]:
        return word != match[0] and bool(following)
    if following[0] == "and":
        return any(each[0].isupper() for each in following[1:3])
    verb = following[0].strip(",.").casefold()
    plural = word.endswith("s") and verb not in speech.FINITE
    if following[0].islower() and verb.endswith("s") and not word.endswith("s") and len(verb) > 3:
        return True
    return not plural and (verb in _VERBAL or (is_past(verb) and following[0].islower()))


def _known(case: Case) -> frozenset[str]:
    about = " ".join(
        filter(
            None, (part for each in case.grounds for part in (each.publisher, each.speaker, each.title, each.author))
        )
    )
    every = entities(about).union(*(each.entities for each in case.said))
    meant = (each.before for each in case.grounds if each.before and _POINTING.search(each.quote))
    every = every.union(*(entities(before[-_MEANT:]) for before in meant))
    pieces = {
        entity(part) for each in case.said for word in each.words if "-" in word for part in word.split("-") if part
    }
    numbered = {entity(word) for each in case.said for word in _NUMBERED.findall(each.text)}
    return every | pieces | numbered


def _is_known(name: Name, known: frozenset[str], case: Case) -> bool:
    last, others = entity(name.words[-1]), name.text.split()[:-1]
    if last in speech.ORGANISATIONS and others:
        return any(entity(word) in known for word in others)
    if "-" in last and all(entity(part) in known for part in name.words[-1].split("-") if part):
        return True
    return last in known or near(last, known) or _is_shortened(name, case)


def _is_shortened(name: Name, case: Case) -> bool:
    """Whether the name and one of the quotes' are the initials of each other: "UN" and "United Nations"."""
    if re.fullmatch(r"[A-Z]{2,6}", name.words[-1]) and entity(name.words[-1]) in _initials(case):
        return True
    initials = "".join(word[0] for word in name.words).casefold()
    return len(initials) > 1 and any(initials in each.entities for each in case.said)


def _initials(case: Case) -> frozenset[str]:
    """What the names of the quotes shorten to: "un" of "United Nations"."""
    found = set[str]()
    for each in case.said:
        capitals = [
            word[0].casefold() if word[0].isupper() else " "
            for word in each.words
            if word.casefold() not in ("of", "the", "for", "and", "on")
        ]
        runs_of = "".join(capitals).split()
        found |= {run[i:j] for run in runs_of for i in range(len(run)) for j in range(i + 2, min(len(run), i + 6) + 1)}
    return frozenset(found)


def _other_bearer(case: Case, name: Name) -> str | None:
    """The quotes' "Andrey Yermak" where the claim has "Oleg Yermak", or their "North Korea" for its "South Korea"."""
    last = entity(name.words[-1])
    first = name.text.split()[-2] if len(name.text.split()) > 1 else ""
    if not first or is_nation(first) or first.casefold() in speech.TITLES - _DIRECTIONS:
        return None
    befores = [
        (each.words[at - 1], each.words[at])
        for each in case.said
        for at, word in enumerate(each.words)
        if at and entity(word) == last
    ]
    named = [
        pair for pair in befores if pair[0][0].isupper() and (is_name(pair[0]) or pair[0].casefold() in _DIRECTIONS)
    ]
    if any(_same(pair[0], first) for pair in befores) or not named or entity(first) in _known(case):
        return None
    if any(is_nation(pair[0]) for pair in named) or len(named) < len(befores):
        return None
    return " ".join(named[0])


def _same(one: str, other: str) -> bool:
    first, second = entity(one), entity(other)
    return first == second or near(first, (second,)) or (first[:1] == second[:1] and min(len(one), len(other)) <= 3)


def _in_its_place(case: Case, name: Name) -> str | None:
    """The name that the nearest quote has between the same words."""
    mine = [entity(word) for word in case.claim.words]
    for each in case.near[:3]:
        theirs = [entity(word) for word in each.words]
        for kind, i, j, k, m in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
            rival = [word for word in each.words[k:m] if is_name(word)]
            called = all(word[0].isupper() for word in (*case.claim.words[i:j], *each.words[k:m]))
            if kind == "replace" and rival and called and entity(name.words[-1]) in mine[i:j]:
                return " ".join(rival)
    return None
