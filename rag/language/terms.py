"""The words of a question and of a sentence: what is asked about, how rare it is, and what kind of answer is wanted."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

Kind = Literal["date", "duration", "number", "person", "place", "reason", "other"]

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_ALIASES = (
    ("America", re.compile(r"\bUnited States(?: of America)?\b|\bU\.S\.A?|\bUSA?\b|\bAmericans?\b")),
    ("Britain", re.compile(r"\bUnited Kingdom\b|\bU\.K\.|\bUK\b|\bBritish\b")),
    ("EU", re.compile(r"\bEuropean Union\b|\bE\.U\.")),
    ("UN", re.compile(r"\bUnited Nations\b|\bU\.N\.")),
    ("Kiev", re.compile(r"\bKyiv\b")),
)
_FULL_NAME = re.compile(r"[A-Z][\w'’-]+(?: [A-Z]\.)? [A-Z][\w'’-]+(?: [A-Z][\w'’-]+)*")
"""Two capitalised words or more in a row."""
_POSSESSIVE = re.compile(r"['’].*$")
_COMMON_WORDS = """
    a about after again all also am an and any are as at be because been before being between both but by can
    could define describe did do does doing during each explain for from further give had has have having he her
    here hers him his how i if in into is it its itself just list many may me mean meaning means might more most
    much must my no nor not of off on once only or other our out over own please s said same say says shall she
    should so some stated such t tell than that the their them then there these they this those through to told
    too u under until up us very was we were what when where which while who whom whose why will with would you
    your yours"""
_COMMON = frozenset(_COMMON_WORDS.split())
_OPENERS = """
    who whom whose what when where why how which is are was were do does did can could has have had will would should
    may might"""
_ASKING = frozenset(_OPENERS.split())
_ENDINGS = """
    ational iveness fulness ousness ements ations ators ement ments ities ation ator ment edly ings ions ing ies
    ity ers ors ion ed er or al ly es s e y"""
_SUFFIXES = tuple(_ENDINGS.split())
_KINDS: tuple[tuple[Kind, str], ...] = (
    ("duration", r"\bhow long\b|\bhow many (?:years|months|weeks|days|hours|minutes)\b"),
    ("number", r"\bhow (?:many|much|old|big|tall|far|fast|often|large|high|deep)\b|\bpopulation\b|\bnumber of\b"),
    ("date", r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|century)\b"),
    ("place", r"\bwhere\b|\b(?:what|which) (?:country|city|state|place|town|continent|part)\b"),
    ("person", r"\bwho(?:m|se)?\b"),
    ("reason", r"\bwhy\b|\breasons?\b|\bcauses?d?\b"),
)
_NUMBER = (
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundreds?|"
    r"thousands?|millions?|billions?|dozens?|half|several|first|second|third)\b"
)
_PERIOD = r"\b(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?|decades?|centur(?:y|ies))\b|-(?:hour|day|year)"
_DATE = (
    r"\b1\d{3}\b|\b20\d\d\b|\b(?:january|february|march|april|june|july|august|september|october|november|december|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|yesterday)\b|\b\d+(?:st|nd|rd|th) |\bcentury\b|"
    r"\blast (?:year|month|week)\b|\bin may\b|\bmay \d"
)
_REASON = (
    r"\bbecause\b|\bdue to\b|\bcaus|\breason|\bresult|\btherefore\b|\bsince\b|\bso that\b|\bin order\b|\bled to\b|"
    r"\bowing\b|\bthus\b|\bso as\b"
)
_SHOWN: dict[Kind, tuple[re.Pattern[str], ...]] = {
    "date": (re.compile(_DATE),),
    "number": (re.compile(_NUMBER),),
    "reason": (re.compile(_REASON),),
    "duration": (re.compile(_NUMBER), re.compile(_PERIOD)),
}
"""What a sentence holds, all of it, if it has an answer of the kind."""
RELATED = 0.7
"""What a word of the same field counts, where the question's own word would count 1."""
CLOSE_SPELLING = 0.8
"""SequenceMatcher ratio from which two long names are one: Zelensky and Zelenskiy are, Macron and Marcos are not."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question taken apart.

    `weights` has a weight of 0 to 1 for the stem of each word that carries meaning, more for rarer words. `names` are
    the stems of capitalised words and of numbers: who, where and which year it is about. `kind` is the kind of answer
    wanted; `asks` is whether the text is put as a question at all.
    """

    weights: Mapping[str, float]
    names: frozenset[str]
    kind: Kind
    asks: bool

    def covered(self, stems: Iterable[str]) -> float:
        """The share, by weight, of the question's words that are among `stems`; NaN where the question has none."""
        total = sum(self.weights.values())
        present = set(stems)
        met = sum(weight * self._met(stem, present) for stem, weight in self.weights.items())
        return met / total if total else math.nan

    def beyond(self, stems: Iterable[str]) -> Asked:
        """The same question without the words that are among `stems`."""
        known = set(stems)
        left = {stem: weight for stem, weight in self.weights.items() if self._met(stem, known) < 1.0}
        return replace(self, weights=left)

    def _met(self, stem: str, present: Set[str]) -> float:
        if stem in present or (stem in self.names and near(stem, present)):
            return 1.0
        return RELATED if not present.isdisjoint(_FIELDS.get(stem, ())) else 0.0

    def missing(self, stems: Iterable[str]) -> frozenset[str]:
        """The names that do not occur among `stems`, in no spelling near to it."""
        present = set(stems)
        return frozenset(name for name in self.names if name not in present and not near(name, present))


def asked(question: str, rarities: Mapping[str, float]) -> Asked:
    """Takes a question apart; `rarities` holds 0 to 1 for each of its `content_words`."""
    weights: dict[str, float] = {}
    for word in content_words(question):
        weights[stem(word)] = max(weights.get(stem(word), 0.0), rarities.get(word, 1.0) ** 2)
    first = next(iter(words(question)), "").lower()
    return Asked(weights, _names(question), _kind(question), first in _ASKING or question.rstrip().endswith("?"))


def content_words(text: str) -> tuple[str, ...]:
    """The words of a text, lower case, without the commonest ones."""
    return tuple(word for word in map(_bare, words(text)) if word not in _COMMON)


def words(text: str) -> list[str]:
    """The words of a text as written, with the commonest short forms of a few names replaced by one form."""
    for name, forms in _ALIASES:
        text = forms.sub(name, text)
    return _WORD.findall(text)


@lru_cache(maxsize=4_000)
def stems(text: str) -> frozenset[str]:
    """The stems of all words of a text."""
    return frozenset(stem(_bare(word)) for word in words(text))


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """An English word without its ending, so that "demanded" and "demands" meet. Coarse on purpose: it only counts
    whether a question's words occur."""
    word = _bare(word)
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            return word[: -len(suffix)]
    return word


def rarity(pieces: Sequence[int]) -> float:
    """How rare a word is, 0 to 1, from the numbers of its word pieces: the vocabulary of BERT is ordered by how
    common a piece is, words begin at 1,996, and a word of several pieces is rarer than any of one."""
    if len(pieces) != 1:
        return 1.0
    return min(1.0, math.log1p(max(0, pieces[0] - 1_995)) / math.log(30_522))


def holds(kind: Kind, sentence: str, asked_for: Asked) -> bool:
    """Whether a sentence holds something of the kind that the question wants, and does not itself name already."""
    if kind == "person":
        return any(not asked_for.weights.keys() & stems(name[0]) for name in _FULL_NAME.finditer(sentence))
    if kind == "place":
        return any(stem(name) not in asked_for.weights for name in proper_names(sentence))
    lowered = sentence.lower()
    return all(pattern.search(lowered) for pattern in _SHOWN.get(kind, ()))


def proper_names(sentence: str) -> list[str]:
    """Capitalised words; the first one only if it is no common word."""
    found = words(sentence)
    return [word for place, word in enumerate(found) if word[0].isupper() and (place > 0 or _bare(word) not in _COMMON)]


def _names(question: str) -> frozenset[str]:
    """Stems of the question's capitalised words and numbers; none where everything is capitalised, as in a headline.
    The first word is a name only if the second is capitalised too."""
    every = words(question)
    found = [(place, word) for place, word in enumerate(every) if _bare(word) not in _COMMON]
    if question.isupper() or (len(found) > 2 and all(word[0].isupper() for _, word in found if not word.isdigit())):
        return frozenset()
    return frozenset(
        stem(word)
        for place, word in found
        if word.isdigit() or (word[0].isupper() and (place > 0 or (every[1:2] and every[1][0].isupper())))
    )


def _kind(question: str) -> Kind:
    lowered = question.lower()
    return next((kind for kind, pattern in _KINDS if re.search(pattern, lowered)), "other")


def near(name: str, present: Iterable[str]) -> bool:
    """Whether a name is among words under another spelling: Zelensky and Zelenskyy, Lugansk and Luhansk."""
    if len(name) < 5 or name.isdigit():
        return False
    return any(
        other[:2] == name[:2]
        and abs(len(other) - len(name)) <= 3
        and SequenceMatcher(None, name, other).ratio() >= CLOSE_SPELLING
        for other in present
    )


def _bare(word: str) -> str:
    return _POSSESSIVE.sub("", word).lower()


_RELATED_WORDS = """
    condition demand term require requirement precondition insist once unless provided
    talk negotiation consultation dialogue meeting discussion contact
    plan proposal framework roadmap formula draft blueprint initiative offer
    reject refuse dismiss decline unacceptable deny
    agree accept approve consent
    end conclude finish stop cease halt
    begin start launch open commence initiate
    kill assassinate murder death died
    found establish create form set
    buy purchase acquire acquisition
    rise increase grow raise
    fall decrease decline drop reduce
    envoy representative delegation diplomat ambassador negotiator
    troops army forces soldiers military
    limit restrict reduce curb cap
    write wrote written author
    sing sang sung singer song
    get receive obtain
    last take lasting hour
    cost price paid worth
    """
_FIELDS: dict[str, frozenset[str]] = {}
for _line in _RELATED_WORDS.strip().splitlines():
    _field = frozenset(map(stem, _line.split()))
    for _word in _field:
        _FIELDS[_word] = _FIELDS.get(_word, frozenset()) | _field
