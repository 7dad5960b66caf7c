"""Figures that the quotes do not bear out: "six hours" where they say "almost five hours"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.checking.finding import Mismatch, missing, otherwise
from rag.checking.saying import Case, Saying
from rag.language.figures import Figure, kind_of_thing
from rag.language.speech import word_set

_HOURS = {"second": 1 / 3600, "minute": 1 / 60, "hour": 1.0, "day": 24.0, "week": 168.0, "month": 730.5, "year": 8766.0}
_MEASURES = frozenset(_HOURS) | word_set(
    """% $ € £ ¥ rouble hryvnia km kg cm mm m g l t mph kilometre kilometer mile metre meter foot inch litre liter kilo
    kilogram gram tonne ton pound degree acre hectare watt megawatt gigawatt"""
)
"""Units that are no other thing by another name, as papers may be documents."""
_EQUAL = 0.01
"""Share of a figure within which two exact ones are the same, where one is rounded."""
_APPROXIMATE = re.compile(
    r"^(?:almost|nearly|about|around|roughly|some|approximately|circa|estimated|over|above|at|more|well|less|fewer|up)\b",
    re.IGNORECASE,
)
_WORDS_FOR = {
    1: "one a an single sole once alone", 2: "two both pair couple twice double second half",
    3: "three trio triple third thirds", 4: "four quarter quarters fourth", 12: "dozen twelve", 50: "half",
    25: "quarter", 75: "quarters", 10: "ten decade tenth", 100: "hundred century",
}  # fmt: skip
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_RANGE = re.compile(r"(\d+(?:[.,]\d+)*)\s?(?:-|–|to|and|or)\s?(\d+(?:[.,]\d+)*)")
_LIST = re.compile(r"[^;:.()]*?\s(?:and|or|&)\s")
_MOST_LISTED = 8
"""A count up to this may be one of things that a quote lists without counting them."""


def figures_not_borne_out(case: Case) -> Iterator[Mismatch]:
    """The claim's figures that no quote has, or that the quote which speaks of the same thing gives otherwise."""
    dated = tuple((day.start, day.start + len(day.text)) for day in case.claim.days)
    for figure in case.claim.figures:
        if not _is_inside(figure.start, dated):
            yield from _figure(case, figure)
    yield from _labels(case, dated)


def _figure(case: Case, figure: Figure) -> Iterator[Mismatch]:
    rivals = [(each, theirs) for each in case.near for theirs in each.figures if counts_the_same(figure, theirs)]
    bearing = [each for each in case.said if any(bears_out(theirs, figure) for theirs in each.figures)]
    if bearing:
        rival = next(
            (theirs for each, theirs in rivals if each not in bearing and _is_nearer(case, each, bearing)), None
        )
        if rival is not None:
            yield otherwise("figure", figure.text, rival.text)
        return
    if any(_tells(each, figure) for each in case.said) or _is_in_titles(case, figure):
        return
    if rivals:
        yield otherwise("figure", figure.text, rivals[0][1].text)
    else:
        yield missing("figure", figure.text)


def _is_nearer(case: Case, one: Saying, others: list[Saying]) -> bool:
    """Whether one sentence speaks of the claim's matter by far more than those that have its figure."""
    ours = len(one.stems & case.claim.stems)
    return ours >= 3 and all(ours >= 2 * len(each.stems & case.claim.stems) for each in others)


def counts_the_same(one: Figure, other: Figure) -> bool:
    """Whether both count the same thing, so that only one of them can be right."""
    if not one.unit or not other.unit or one.further != other.further:
        return False
    return _is_same_unit(one, other)


def _is_same_unit(one: Figure, other: Figure) -> bool:
    return kind_of_thing(one.unit) == kind_of_thing(other.unit) or (one.unit in _HOURS and other.unit in _HOURS)


def bears_out(theirs: Figure, mine: Figure) -> bool:
    """Whether a quote's figure lets a sentence give `mine`: the same number, however exactly either puts it."""
    scale = 1.0
    if mine.unit in _HOURS and theirs.unit in _HOURS:
        scale = _HOURS[theirs.unit] / _HOURS[mine.unit]
    value, stated = _nominal(mine), _nominal(theirs) * scale
    if {mine.unit, theirs.unit} & _MEASURES and mine.unit and theirs.unit and not _is_same_unit(mine, theirs):
        return False
    if abs(value - stated) <= _EQUAL * max(value, stated) * (stated >= 1_000 or scale != 1.0) + 1e-9:
        return True
    if _APPROXIMATE.match(mine.text) and not _APPROXIMATE.match(theirs.text):
        return mine.low <= theirs.high * scale and theirs.low * scale <= mine.high
    return (stated >= 1_000 or stated != int(stated)) and _rounds_to(stated, mine)


def _nominal(figure: Figure) -> float:
    """The number that a figure is written with, whatever "almost" or "more than" stands before it."""
    opening = _APPROXIMATE.match(figure.text)
    word = opening[0].casefold() if opening else ""
    if word in ("almost", "nearly", "less", "fewer", "up"):
        return figure.high
    if word in ("over", "above", "at", "more", "well"):
        return figure.low
    return (figure.low + figure.high) / 2


def _rounds_to(stated: float, mine: Figure) -> bool:
    """Whether `mine` is the quote's number, rounded to as many places as it is written with."""
    digits = _DIGITS.search(mine.text)
    if digits is None:
        return False
    written = digits[0].replace(",", "").rstrip("0").rstrip(".") or "0"
    places = len(written.replace(".", "").lstrip("0"))
    return places > 0 and float(f"{stated:.{places}g}") == float(f"{_nominal(mine):.{places}g}")


def _tells(saying: Saying, figure: Figure) -> bool:
    """Whether a sentence gives the number in other words: "both", "half", or as many things listed."""
    if any(_near_same(figure, theirs) for theirs in saying.figures) and not _in_range(saying.text, figure):
        return False
    value = _nominal(figure)
    lower = {word.casefold() for word in saying.words}
    if value in _WORDS_FOR and not lower.isdisjoint(_WORDS_FOR[int(value)].split()):
        return True
    measured = [(each.start, each.end) for each in saying.figures if figure.unit in _MEASURES and each.unit]
    for match in _DIGITS.finditer(saying.text):
        if _equals(match[0], value) and not _is_inside(match.start(), tuple(measured)):
            return True
    return 2 <= value <= _MOST_LISTED and value in _listed(saying.text)


def _in_range(text: str, figure: Figure) -> bool:
    """Whether the number is an end of a range: "15 to 20 minutes"."""
    return any(_equals(end, _nominal(figure)) for match in _RANGE.finditer(text) for end in match.groups())


def _near_same(figure: Figure, theirs: Figure) -> bool:
    return counts_the_same(figure, theirs) and not bears_out(theirs, figure)


def _equals(token: str, value: float) -> bool:
    try:
        return float(token.replace(",", "")) == value
    except ValueError:
        return False


def _listed(text: str) -> set[int]:
    """How many things a sentence may list: "A and B" two, "A, B and C" three."""
    sizes = set[int]()
    for match in _LIST.finditer(text):
        commas = match[0].count(",")
        sizes |= {commas + 2, commas + 1} if match[0].rstrip("andor& ").endswith(",") else {commas + 2}
        sizes |= set(range(2, commas + 3))
    return sizes


def _is_in_titles(case: Case, figure: Figure) -> bool:
    digits = _DIGITS.search(figure.text)
    return bool(digits) and any(digits[0] in _DIGITS.findall(each.title or "") for each in case.grounds if digits)


_LABEL = re.compile(r"\d{1,2}[:.]\d{2}(?!\d|[.:]\d)|\d+(?:[.,]\d+)*")
_CITATION = re.compile(r"\[[\d,;\s–-]+\]")


def _labels(case: Case, dated: tuple[tuple[int, int], ...]) -> Iterator[Mismatch]:
    """Numbers that are no figures of something: "Article 5", "F-16", a clock's time."""
    counted = tuple((figure.start, figure.end) for figure in case.claim.figures)
    known = {token for each in case.said for pattern in (_DIGITS, _LABEL) for token in pattern.findall(each.text)}
    known |= {token for each in case.grounds for token in _DIGITS.findall(f"{each.title} {each.published}")}
    cited = tuple(match.span() for match in _CITATION.finditer(case.claim.text))
    values = {_nominal(figure) for each in case.said for figure in each.figures}
    for match in _LABEL.finditer(case.claim.text):
        if _is_inside(match.start(), (*dated, *counted, *cited)):
            continue
        token = match[0]
        if token not in known and token.replace(",", "") not in known and not any(_equals(token, v) for v in values):
            yield missing("figure", token)


def _is_inside(at: int, places: tuple[tuple[int, int], ...]) -> bool:
    return any(start <= at < end for start, end in places)
