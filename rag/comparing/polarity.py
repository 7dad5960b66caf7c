"""What a sentence affirms and what it denies: "Putin did not reject the plan" denies a rejection.

Only what a list of senses knows is read, and only where the sentence commits itself: suppositions, questions and
possibilities ("if", "whether", "could") affirm nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.language import speech
from rag.language.entities import entity, is_name, names
from rag.language.figures import kind_of_thing
from rag.language.speech import word_set
from rag.language.terms import stem

_SENSES = {
    "accept": (
        "accept accepts accepted accepting agreed approve approves approved endorse endorses endorsed",
        "reject rejects rejected rejecting dismiss dismisses dismissed refuse refuses refused refusing oppose opposes "
        "opposed spurned rebuffed unacceptable",
    ),
    "occur": (
        "held hold holding met meet underway concluded began begun started continue continues continued continuing "
        "resumed ongoing progressing active lasted",
        "cancelled canceled postponed suspended",
    ),
    "ready": ("ready willing prepared", "unwilling unready unprepared"),
    "allow": (
        "allow allows allowed permit permits permitted authorised authorized",
        "ban bans banned prohibit prohibits prohibited forbid forbids forbidden barred",
    ),
    "confirm": ("confirm confirms confirmed", "deny denies denied"),
    "support": ("support supports supported back backs backed", "condemned"),
    "sign": ("sign signs signed signing", ""),
    "require": ("required mandatory compulsory obligatory", "optional voluntary"),
    "ripe": ("suitable ripe met", ""),
}
_SIGNS = {
    form: (sense, positive)
    for sense, forms in _SENSES.items()
    for words, positive in ((forms[0], True), (forms[1], False))
    for form in words.split()
}
_PHRASES = {
    ("took", "place"): ("occur", True), ("taken", "place"): ("occur", True), ("taking", "place"): ("occur", True),
    ("under", "way"): ("occur", True), ("called", "off"): ("occur", False), ("turned", "down"): ("accept", False),
    ("threw", "out"): ("accept", False), ("agreed", "to"): ("accept", True), ("signed", "up"): ("accept", True),
}  # fmt: skip
_NEGATORS = word_set("not never no neither nor without cannot none nobody hardly") | {"n't"}
_POSSIBLE = word_set("if whether unless could might must should possibly perhaps likely until before once")
_RULES = ("allow", "require")
"""Senses of rules, beside which "may" is a permission and no guess."""
_UNTELLING = speech.EMPTY | {"still", "peace", "so"}
_CONTINUING = word_set("willing ongoing")
_FUTURE = word_set("will would shall won't wouldn't")
_DENIAL = re.compile(
    r"\b(?:not (?:correct|true|right|accurate)|incorrect|untrue|wrong|false|no truth)\b(?:[^,;]{0,40}?)"
    r"\b(?:that|to (?:say|suggest|claim|state)|in)\b"
    r"|\b(?:den(?:y|ies|ied|ying)|refut(?:ed|es|ing)|disput(?:ed|es|ing)|reject(?:ed|s|ing)|dismiss(?:ed|es|ing)"
    r"|pushed back (?:on|against)|brushed aside|knocked down)\s(?:[\w“\"]+\s){0,3}?"
    r"(?:that|having|(?:claims?|reports?|suggestions?|allegations?|talk|rumou?rs?|ideas?|notion)\b)",
    re.IGNORECASE,
)
_LATE_DENIAL = re.compile(r"\b(?:in)?(?:correct|true)\b|\buntrue\b|\bdenie[sd]\b|\bfalse\b|\brefuted\b", re.IGNORECASE)
_TOKEN = re.compile(r"[^\W\d_]+(?:\.[^\W\d_]\b)*(?:['’\-][^\W\d_]+)*|\d[\d.,]*|[;,.:—–()]")
_BREAK = re.compile(r";|—|–|, (?:but|while|whereas|although|though|yet|and|insisting|adding|saying|noting|stressing)\b")
_REACH = 9
"""Words on each side of a predicate that tell what it is about."""
_AUXILIARIES = speech.BE | speech.MODALS | {"have", "has", "had"}
_LONGEST_TEXT = 80
"""Characters of a denial that are still shown as one."""
_NEAR = 4
"""Words before a predicate within which a negation belongs to it."""


@dataclass(frozen=True, slots=True)
class Predicate:
    """Something affirmed or denied: its sense, who does it (None if not named), the stems it is about, and all names
    of its clause."""

    sense: str
    positive: bool
    future: bool
    agent: str | None
    about: frozenset[str]
    names: frozenset[str]
    text: str


@dataclass(frozen=True, slots=True)
class _Clause:
    """The words of a clause and where they start in its text; `denied_at` is where a denial of it begins."""

    words: tuple[str, ...]
    starts: tuple[int, ...]
    denied_at: int | None
    text: str

    def lower(self, at: int) -> str:
        return self.words[at].casefold()


def predicates(sentence: str) -> tuple[Predicate, ...]:
    """What `sentence` affirms or denies, in order.

    >>> [(each.sense, each.positive, each.agent) for each in predicates("Putin did not reject the plan.")]
    [('accept', True, 'putin')]
    """
    return tuple(each for clause in _clauses(sentence) for each in _of_clause(clause))


def _clauses(sentence: str) -> Iterator[_Clause]:
    """The clauses that affirm or deny; where a denial stands behind what it denies, the clause says neither."""
    start = 0
    for end in [each.start() for each in _BREAK.finditer(sentence)] + [len(sentence)]:
        text = sentence[start:end]
        denial = _DENIAL.search(text)
        if denial or not _LATE_DENIAL.search(text):
            found = [match for match in _TOKEN.finditer(text) if not denial or match.start() >= denial.end()]
            words, starts = tuple(match[0] for match in found), tuple(match.start() for match in found)
            yield _Clause(words, starts, denial.start() if denial else None, text)
        start = end


def _of_clause(clause: _Clause) -> Iterator[Predicate]:
    for at in range(len(clause.words)):
        known = _sense(clause, at)
        if known is None:
            continue
        sense, positive, end = known
        before = [clause.lower(place) for place in range(max(0, at - _NEAR), at)]
        if _POSSIBLE.intersection(clause.lower(place) for place in range(at)) or _is_infinitive(before):
            continue
        if "may" in clause.words[max(0, at - _NEAR) : at] and sense not in _RULES:
            continue
        if _is_gerund(clause.lower(at), before):
            continue
        negated = bool(_NEGATORS.intersection(before)) or any(word.endswith(("n't", "n’t")) for word in before)
        if sense == "occur" and not negated:
            negated = _no_talks(clause, at) is not None
        sign = positive ^ negated ^ (clause.denied_at is not None)
        text = _text(clause, _first_negator(clause, at) if negated else at, end - 1)
        yield Predicate(
            sense,
            sign,
            bool(_FUTURE.intersection(before)),
            _agent(clause, at),
            _about(clause, at, 2 * _REACH if sense == "occur" else _REACH),
            names(clause.text),
            text,
        )


def _text(clause: _Clause, first: int, last: int) -> str:
    """The words that make the sign, from the denial or negation to the predicate if that is not too far."""
    end = clause.starts[last] + len(clause.words[last])
    start = clause.starts[first]
    if clause.denied_at is not None and end - clause.denied_at <= _LONGEST_TEXT:
        start = clause.denied_at
    return clause.text[start:end]


def _sense(clause: _Clause, at: int) -> tuple[str, bool, int] | None:
    pair = tuple(clause.lower(place) for place in range(at, min(at + 2, len(clause.words))))
    if len(pair) == 2 and pair in _PHRASES:
        return (*_PHRASES[(pair[0], pair[1])], at + 2)
    if pair[0] in _SIGNS:
        return (*_SIGNS[pair[0]], at + 1)
    return None


def _is_infinitive(before: list[str]) -> bool:
    """Whether the predicate is only intended: "asked to accept", but not "refused to accept", which stands itself."""
    return before[-1:] == ["to"]


def _is_gerund(word: str, before: list[str]) -> bool:
    """Whether a form in -ing stands for the deed as such: "suitable for holding talks"."""
    return word.endswith("ing") and word not in _CONTINUING and not speech.BE.intersection(before[-2:])


def _no_talks(clause: _Clause, at: int) -> int | None:
    """Where "no talks" or the like stands before the word at `at`, however long the talks' description is."""
    for place in range(at - 1, -1, -1):
        following = [clause.lower(each) for each in range(place + 1, min(place + 4, at))]
        if clause.lower(place) == "no" and "talk" in map(kind_of_thing, following):
            return place
    return None


def _first_negator(clause: _Clause, at: int) -> int:
    for place in range(max(0, at - _NEAR), at):
        word = clause.lower(place)
        if word in _NEGATORS or word.endswith(("n't", "n’t")):
            return place - (place > 0 and clause.lower(place - 1) in _AUXILIARIES)
    no_talks = _no_talks(clause, at)
    return at if no_talks is None else no_talks


def _agent(clause: _Clause, at: int) -> str | None:
    """Who does it: the name behind "by", else the last name in front of the predicate."""
    for place in range(at + 1, min(at + 3, len(clause.words) - 1)):
        if clause.lower(place) == "by":
            following = [word for word in clause.words[place + 1 : place + 6] if is_name(word)]
            return entity(following[-1]) if following else None
    for place in range(at - 1, max(-1, at - _REACH), -1):
        word = clause.words[place]
        if word in (",", ":") or clause.lower(place) in ("that", "who", "which"):
            return None
        if is_name(word) and (place > 0 or entity(word) in names(clause.text)):
            return entity(word)
    return None


def _about(clause: _Clause, at: int, reach: int) -> frozenset[str]:
    near = clause.words[max(0, at - reach) : at] + clause.words[at + 1 : at + 1 + reach]
    return frozenset(
        stem(kind_of_thing(word.casefold()))
        for place, word in enumerate(near)
        if (word[0].islower() or (place == 0 and not names(word))) and word.casefold() not in _UNTELLING
    )
