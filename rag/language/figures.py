"""The figures of a sentence: how much, of what, and how exactly.

"Five", "5" and "almost five hours" are one figure as far as they overlap; years, days of a month, clock times and
numbers that are names ("Article 5", "F-16") are no figures.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from rag.language.speech import word_set

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|[^\w\s]")
_ONES = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen"""
_SMALL = {word: value for value, word in enumerate(_ONES.split())} | {"dozen": 12}
_TENS = {
    word: 10 * (place + 2)
    for place, word in enumerate(("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"))
}
_SCALES = {
    "hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "mn": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9,
    "trillion": 1e12, "trn": 1e12,
}  # fmt: skip
_CURRENCIES = {
    "$": "$", "dollar": "$", "usd": "$", "€": "€", "euro": "€", "eur": "€", "£": "£", "pound": "£", "gbp": "£",
    "¥": "¥", "yen": "¥", "rouble": "rouble", "ruble": "rouble", "hryvnia": "hryvnia",
}  # fmt: skip
_MONTHS = word_set(
    """january february march april may june july august september october november december jan feb mar apr jun jul aug
    sept sep oct nov dec"""
)
_UNDER = frozenset(("almost", "nearly", "under", "below", "to"))
_ABOUT = frozenset(("about", "around", "roughly", "some", "approximately", "circa", "estimated"))
_OVER = frozenset(("over", "than", "above", "least"))
_SLACK = 0.15
"""How far "almost" and "about" reach, as a share of the figure: "almost five" is 4.25 to 5."""
_BEYOND = 1.5
"""How far "more than" reaches: "more than five" is 5 to 7.5; nobody says it of eight."""
_ROUND = 0.01
"""How far a figure that ends in three zeros or more stands for its neighbours."""
_IRREGULAR = {"people": "person", "men": "man", "women": "woman", "children": "child", "feet": "foot", "news": "news"}
_PLANS = word_set("plan document draft proposal framework blueprint roadmap paper offer text")
_TALKS = word_set("talk meeting negotiation discussion session consultation dialogue conversation")
_SUFFIXED = frozenset(("k", "m", "mn", "bn", "km", "kg", "cm", "mm", "ft", "mph", "g", "l", "t", "pc"))
_NOT_HEADS = word_set(
    "of in on at by with for to from and or that which who was were is are be has have had as than since"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure between `low` and `high` of some `unit` (singular; "%", "$"; empty where none follows).

    `head` is the noun behind a compound, "plan" in "28-point plan"; `text` is the figure as the sentence writes it,
    from character `start` to `end`. `further` says that it counts on top of others: "four more papers".
    """

    low: float
    high: float
    unit: str
    head: str
    text: str
    start: int
    end: int
    further: bool = False

    def agrees(self, other: Figure) -> bool:
        """Whether both can be true of one thing."""
        return self.low <= other.high * (1 + 1e-9) and other.low <= self.high * (1 + 1e-9)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    lower: str
    start: int
    end: int


def figures(sentence: str) -> tuple[Figure, ...]:
    """The figures of `sentence`, in order.

    >>> [(figure.text, figure.unit, figure.head) for figure in figures("The 28-point plan took almost five hours.")]
    [('28-point', 'point', 'plan'), ('almost five hours', 'hour', '')]
    """
    tokens = [_Token(each[0], each[0].lower(), each.start(), each.end()) for each in _TOKEN.finditer(sentence)]
    found, at = list[Figure](), 0
    while at < len(tokens):
        value, after = _number(tokens, at)
        if value is None or _is_label(tokens, at, after, value):
            at = max(after, at + 1)
            continue
        figure, at = _figure(sentence, tokens, at, after, value)
        found.append(figure)
    return tuple(found)


def singular(noun: str) -> str:
    """A noun's singular, near enough to compare units.

    >>> singular("countries"), singular("hours"), singular("people")
    ('country', 'hour', 'person')
    """
    if noun in _IRREGULAR:
        return _IRREGULAR[noun]
    if noun.endswith("ies") and len(noun) > 4:
        return noun[:-3] + "y"
    if noun.endswith(("sses", "shes", "ches", "xes")):
        return noun[:-2]
    return noun[:-1] if noun.endswith("s") and not noun.endswith(("ss", "us", "is")) else noun


def kind_of_thing(noun: str) -> str:
    """One word for nouns that name the same thing in news: a draft is a plan, a session is talks."""
    one = singular(noun)
    if one in _PLANS:
        return "plan"
    return "talk" if one in _TALKS else one


def _number(tokens: list[_Token], at: int) -> tuple[float | None, int]:
    """The number that begins at `at`, and the place behind it."""
    first = tokens[at]
    if first.text[0].isdigit():
        value, place = _digits(first.text), at + 1
        if value is None:
            return None, place
    else:
        value, place = _spelled(tokens, at)
        if value is None:
            return None, at + 1
    while place < len(tokens) and tokens[place].lower in _SCALES and not _is_glued_unit(tokens, place):
        value, place = value * _SCALES[tokens[place].lower], place + 1
    return value, place


def _digits(text: str) -> float | None:
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text):
        return float(text.replace(",", ""))
    return float(text) if re.fullmatch(r"\d+(?:\.\d+)?", text) else None


def _spelled(tokens: list[_Token], at: int) -> tuple[float | None, int]:
    word = tokens[at].lower
    if word in _SMALL:
        return float(_SMALL[word]), at + 1
    if word not in _TENS:
        return None, at + 1
    value, place = float(_TENS[word]), at + 1
    if place + 1 < len(tokens) and tokens[place].text == "-" and 0 < _SMALL.get(tokens[place + 1].lower, 0) < 10:
        return value + _SMALL[tokens[place + 1].lower], place + 2
    return value, place


def _is_glued_unit(tokens: list[_Token], place: int) -> bool:
    """Whether a lone "m" or "k" stands apart from its number, where it is a metre or a name."""
    return len(tokens[place].lower) == 1 and tokens[place].start != tokens[place - 1].end


def _is_label(tokens: list[_Token], at: int, after: int, value: float) -> bool:
    """Whether the number is part of a date, a time, a name or a phrase and not a figure of something."""
    before = tokens[at - 1] if at else None
    following = tokens[after] if after < len(tokens) else None
    near = {token.lower for token in (before, following) if token}
    if near & _MONTHS or near & {":", "/"}:
        return True
    text = tokens[at].text
    if text.isdigit() and len(text) == 4 and 1000 <= value <= 2100 and after == at + 1 and not _is_money(before):
        return value >= 1900 or before is None or before.lower in ("in", "since", "by", "from", "until", "of", "(")
    if before and before.text[0].isupper() and before.lower in _NUMBERED:
        return True
    if value < 2 and not (following and (following.lower in _UNIT_OF_ONE or following.text == "-")):
        return True
    if following and (following.lower == "of" or _is_stuck(tokens[after - 1], following)):
        return following.lower == "of" or following.lower not in _SUFFIXED
    if before is None or not before.text[0].isalpha():
        return bool(before and before.text == "-" and at > 1 and before.end == tokens[at].start)
    return before.text[0].isupper() and at > 1 and not text[0].isupper() and not _is_approximate(before.lower)


_NUMBERED = frozenset(("article", "chapter", "resolution", "section", "part", "phase", "group", "page", "number", "no"))
_UNIT_OF_ONE = frozenset(("%", "percent", "per", "hour", "day", "week", "month", "year", "million", "billion"))


def _is_stuck(number: _Token, following: _Token) -> bool:
    return number.end == following.start and following.text[0].isalpha()


def _is_money(token: _Token | None) -> bool:
    return token is not None and token.text in _CURRENCIES


def _is_approximate(word: str) -> bool:
    return word in _UNDER | _ABOUT | _OVER


def _figure(sentence: str, tokens: list[_Token], at: int, after: int, value: float) -> tuple[Figure, int]:
    unit, head, end, further = _unit(tokens, after)
    start = at
    if at and _is_money(tokens[at - 1]):
        unit, start = _CURRENCIES[tokens[at - 1].text], at - 1
        end = max(end if unit in _CURRENCIES.values() else after, after)
    low, high, start = _reach(tokens, start, value)
    exact = sentence[tokens[start].start : tokens[end - 1].end]
    return Figure(low, high, unit, head, exact, tokens[start].start, tokens[end - 1].end, further), end


def _unit(tokens: list[_Token], after: int) -> tuple[str, str, int, bool]:
    """The unit behind a number: what is counted, the head of a compound, the place behind it, whether it adds."""
    if after + 1 < len(tokens) and tokens[after].text == "-" and tokens[after + 1].text[0].isalpha():
        return singular(tokens[after + 1].lower), _head(tokens, after + 2), after + 2, False
    if after < len(tokens) and tokens[after].lower in ("%", "percent", "pc"):
        return "%", "", after + 1, False
    if after + 1 < len(tokens) and (tokens[after].lower, tokens[after + 1].lower) == ("per", "cent"):
        return "%", "", after + 2, False
    further, place = False, after
    while place < len(tokens) and place - after < 3 and tokens[place].text[0].isalpha():
        word = tokens[place].lower
        if word in _NOT_HEADS:
            break
        if singular(word) != word or word in _CURRENCIES or word in _SUFFIXED or word in _UNIT_OF_ONE:
            return _CURRENCIES.get(singular(word), singular(word)), "", place + 1, further
        further = further or word in ("more", "additional", "further", "another", "extra", "other")
        place += 1
    return "", "", after, further


def _head(tokens: list[_Token], place: int) -> str:
    """The noun that ends the phrase behind a compound: "plan" in "28-point peace plan that leaked"."""
    head = ""
    for token in tokens[place : place + 3]:
        word = token.lower
        if not word[0].isalpha() or word in _NOT_HEADS or _is_approximate(word) or word.endswith(("ed", "ly")):
            break
        head = kind_of_thing(word)
        if head in ("plan", "talk"):
            break
    return head


def _reach(tokens: list[_Token], start: int, value: float) -> tuple[float, float, int]:
    """The bounds of the figure, with the words in front of it that widen them."""
    words = [token.lower for token in tokens[max(0, start - 2) : start]]
    last, pair = (words[-1] if words else ""), tuple(words)
    if last in _ABOUT:
        return value * (1 - _SLACK), value * (1 + _SLACK), start - 1
    if pair == ("at", "least"):
        return value, math.inf, start - 2
    if pair in (("more", "than"), ("well", "over")) or last in ("over", "above"):
        return value, value * _BEYOND, start - (2 if len(pair) == 2 and last == "than" else 1)
    if pair in (("less", "than"), ("fewer", "than"), ("up", "to")):
        return value / 2, value, start - 2
    if last in ("almost", "nearly"):
        return value * (1 - _SLACK), value, start - 1
    slack = value * _ROUND if value >= 1_000 and value % 1_000 == 0 else 0.0
    return value - slack, value + slack, start
