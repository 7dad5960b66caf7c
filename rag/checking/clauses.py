"""A sentence as words and clauses, in which negations and auxiliaries reach only so far."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rag.language import speech
from rag.language.entities import entity, is_name
from rag.language.figures import kind_of_thing
from rag.language.speech import word_set
from rag.language.terms import stem
from rag.language.verbs import is_past, lemma

_TOKEN = re.compile(
    r"n[’']t\b|[^\W\d_]+?(?=n[’']t\b)|(?:[^\W\d_]\.){2,}|[^\W\d_]+(?:['’\-][^\W\d_]+)*|\d[\d.,]*\d|\d|[^\w\s]"
)
_MARKS = frozenset(";:—–()")
_OPENING = word_set("but while whereas although though because unless if when whether which who whose that until")
"""Words that open a clause of their own, whatever stands before them."""
_AFTER_COMMA = word_set("and or yet so as since after before nor even not adding insisting saying stressing noting")
_SAYERS = word_set("he she it they who the has have had did does may might will would n't never")
_JOINING = word_set("and or then")
AUXILIARIES = speech.BE | speech.MODALS | word_set("have has had having do does did being to ca wo ll d ve re s")
LIGHT = (
    (
        speech.EMPTY
        | AUXILIARIES
        | word_set("yes no so many much still yet longer ever even also not n't fully really currently own long")
    )
    - speech.FINITE
    - speech.PARTICIPLES
    - word_set("above below against without outside inside")
)
"""Words that carry no part of what is said; verbs of saying do."""
_SENSES: dict[str, tuple[str, str]] = {
    "accept": (
        "accept accepted acceptance agree agreed approve approved approval endorse endorsed consent consented adopt "
        "adopted",
        "reject rejected rejection dismiss dismissed dismissal refuse refusal spurn spurned rebuff rebuffed decline "
        "unacceptable veto vetoed",
    ),
    "true": ("true correct accurate right", "false untrue incorrect wrong inaccurate baseless unfounded fabricated"),
    "allow": (
        "allow allowed permit permitted authorise authorised authorize authorized lawful legal",
        "ban banned prohibit prohibited forbid forbidden barred unlawful illegal outlaw outlawed",
    ),
    "require": ("required mandatory compulsory obligatory", "optional voluntary"),
    "grow": (
        "increase increased increasing rise risen rose rising grow grew grown growing climbed climb soared gained",
        "decrease decreased decreasing fell fallen falling declined declining drop dropped dropping shrink shrank "
        "shrunk plunged",
    ),
    "ready": ("ready willing prepared", "unwilling unready unprepared reluctant"),
    "able": ("able capable", "unable incapable"),
    "possible": ("possible feasible", "impossible unfeasible"),
    "likely": ("likely probable", "unlikely improbable"),
    "exclude": ("exclude excluded excluding precluded preclude", "include included includes"),
    "win": ("win won winning", "lose lost losing"),
    "succeed": ("succeed succeeded successful success", "fail failed failing unsuccessful failure"),
    "guilty": ("guilty convicted", "innocent acquitted"),
    "confirm": ("confirm confirmed", "deny denied"),
    "public": ("public published publish disclosed disclose revealed", "secret unpublished undisclosed confidential"),
    "named": ("named identified", "unnamed unidentified anonymous"),
    "contact": ("contact touch", ""),
    "say": (
        "say said tell told state stated add added explain explained note noted announce announced declare declared "
        "reply replied write wrote written",
        "",
    ),
    "occur": ("held hold happen happened occur occurred", ""),
}
SENSES = {
    spelled: (sense, sign)
    for sense, signs in _SENSES.items()
    for sign, forms in zip((1, -1), signs, strict=True)
    for form in forms.split()
    for spelled in (form, lemma(form))
}
_PHRASES = {
    ("turn", "down"): ("accept", -1), ("turned", "down"): ("accept", -1), ("turns", "down"): ("accept", -1),
    ("brush", "aside"): ("accept", -1), ("brushed", "aside"): ("accept", -1), ("threw", "out"): ("accept", -1),
    ("rule", "out"): ("exclude", 1), ("ruled", "out"): ("exclude", 1), ("rules", "out"): ("exclude", 1),
    ("ruling", "out"): ("exclude", 1), ("under", "way"): ("occur", 1), ("took", "place"): ("occur", 1),
    ("take", "place"): ("occur", 1), ("taking", "place"): ("occur", 1), ("taken", "place"): ("occur", 1),
    ("called", "off"): ("occur", -1), ("call", "off"): ("occur", -1),
}  # fmt: skip
_PHRASE_OPENS = frozenset(first for first, _ in _PHRASES)
_APART = 6
"""Words between the parts of a phrase such as "turned the offer down", at most."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word or mark. `key` is what it says in any wording ('' for small words and marks), `sense` 1 or -1 whether it
    says so or the contrary."""

    text: str
    lower: str
    key: str
    sense: int = 1


@dataclass(frozen=True, slots=True)
class Clause:
    """The tokens of a clause; `opener` is the small word that opens it, '' for the first."""

    tokens: tuple[Token, ...]
    opener: str


@lru_cache(maxsize=8_000)
def clauses(sentence: str) -> tuple[Clause, ...]:
    """The clauses of a sentence, in order.

    >>> [clause.opener for clause in clauses("Peskov denied that Putin left, but said no more.")]
    ['', 'that', 'but']
    """
    words = [match[0] for match in _TOKEN.finditer(sentence)]
    lower = [word.casefold().replace("’", "'") for word in words]
    lower = ["not" if word == "n't" else {"ca": "can", "wo": "will"}.get(word, word) for word in lower]
    keys = _keys(words, lower)
    found, start, opener = list[Clause](), 0, ""
    for at in range(len(words) + 1):
        if at < len(words) and not _breaks(lower, at) and not _attributes(words, lower, at):
            continue
        tokens = tuple(Token(words[i], lower[i], *keys[i]) for i in range(start, at))
        if any(token.text[0].isalpha() for token in tokens):
            found.append(Clause(tokens, opener))
        if at < len(words):
            start, opener = at + 1, lower[at]
    return tuple(found)


def _breaks(lower: list[str], at: int) -> bool:
    """Whether a clause ends at a place and another begins behind it."""
    word = lower[at]
    if word in _MARKS:
        return not (word == "–" and at and lower[at - 1].isdigit())
    if word in _OPENING:
        return not (word == "that" and _points(lower, at))
    following = lower[at + 1] if at + 1 < len(lower) else ""
    if word in _AFTER_COMMA and at and lower[at - 1] == ",":
        return word not in _JOINING or _begins_clause(lower, at + 1)
    return word == "and" and following in AUXILIARIES - speech.BE - {"to"}


def _attributes(words: list[str], lower: list[str], at: int) -> bool:
    """Whether a comma parts off who said what stands before it: ", Peskov told reporters"."""
    if lower[at] != "," or at + 2 >= len(words) or not (words[at + 1][0].isupper() or lower[at + 1] in _SAYERS):
        return False
    behind = lower[at + 1 : at + 8]
    place = next((each for each, word in enumerate(behind) if word in speech.FINITE | {"say", "told", "according"}), 0)
    between = words[at + 1 : at + 1 + place]
    return place > 0 and all(
        word[0].isupper() or word.casefold() in _SAYERS | AUXILIARIES | {"not"} for word in between
    )


def _points(lower: list[str], at: int) -> bool:
    """Whether "that" only points: "on that basis", "after that"."""
    before = lower[at - 1] if at else ""
    return before in speech.PREPOSITIONS or lower[at + 1 : at + 2] in ([","], ["."], [])


def _begins_clause(lower: list[str], at: int) -> bool:
    """Whether a verb follows within a few words, so that "and" joins clauses and not the last of a list."""
    return any(word in AUXILIARIES or word in speech.FINITE or is_past(word) for word in lower[at : at + 6])


def _keys(words: list[str], lower: list[str]) -> list[tuple[str, int]]:
    keys = [key(word) for word in words]
    if words and kind_of_thing(lower[0]) in ("plan", "talk"):
        keys[0] = key(lower[0])
    for at, word in enumerate(lower):
        if word not in _PHRASE_OPENS:
            continue
        for other in range(at + 1, min(at + _APART, len(lower))):
            if lower[other] in _MARKS | {",", "."}:
                break
            if sense := _PHRASES.get((word, lower[other])):
                keys[at], keys[other] = sense, ("", 1)
                break
    return keys


@lru_cache(maxsize=20_000)
def key(word: str) -> tuple[str, int]:
    """What a word says in any wording, and whether it says so or the contrary; ('', 1) for what says nothing.

    >>> key("rejected"), key("withdrew"), key("withdrawn"), key("the")
    (('accept', -1), ('withdraw', 1), ('withdraw', 1), ('', 1))
    """
    lower = word.casefold().replace("’", "'")
    if not lower[0].isalpha() or lower in LIGHT:
        return "", 1
    if is_name(word):
        return entity(word), 1
    lower = lower.removesuffix("'s").removesuffix("'")
    for form in (lower, lower.removesuffix("s"), lower.removesuffix("es"), lemma(lower)):
        if form in SENSES:
            return SENSES[form]
    thing = kind_of_thing(lower)
    return (thing if thing in ("plan", "talk") else stem(lemma(thing))), 1
