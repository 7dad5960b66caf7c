"""One written line to its sentences, each without its evidence numbers, which are given beside it.

A model is asked for one sentence a line, ending in numbers such as [1] or [1][3], and writes them in many other ways.
What is plainly meant is read; what is not plain, and every number that no evidence has, makes a fault. Nothing is
guessed: a sentence whose numbers cannot be used is refused, never given others. The text is kept as it was written,
markup and links included, since it is the text that is checked; only what cannot be seen is taken out of it.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from index.document import Span
from index.normalise import normalise
from index.sentences import sentences

NOTHING = "NOTHING"
"""What a model is asked to answer, alone, where the evidence does not say; it gives no sentence."""
UNNAMED = "it names no quote that it rests on"

_HOLE = "\x00"
"""Stands for a citation while the text around it is read; `normalise` leaves no such character in a line."""
_SHOWN = 3
"""Numbers that a fault lists at most."""
_PREFIX = re.compile(r"(?:(?:[-*•·‣▪–—]|#{1,6}|\(?\d{1,2}[.)])\s+|>\s*)*")
_BOLD = re.compile(r"(?<!\d)\*\*|\*\*(?!\d)")
_DEFINITION = re.compile(r"\[[^\[\]]+\]:")
_RAISED = "[¹²³⁰⁴-⁹]"
_CITATION = re.compile(
    r"\[{1,2}([^\[\]]{1,200})\]{1,2}(?!\()"  # what a bracket follows is a link
    r"|【([^【】]{1,200})】|［([^［］]{1,200})］|〔([^〔〕]{1,200})〕|（([^（）]{1,200})）"
    rf"|(?:(?<=[^\W\d_]{{3}})|(?<=[.!?…。”’\"')\]»\s])){_RAISED}+(?:[,⁻–-]{_RAISED}+)*"  # no unit, as in "5 km²"
)
_LABEL = re.compile(r"(?:(?:evidence|sources?|quotes?|numbers?|nos?\.?|nr\.?)\s?:?\s*|[#^])", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*(?:[,;&、،]|\band\b|\bund\b)\s*(?:and\s+)?|(?<=\d)\s+(?=\d)")
_TO = re.compile(r"(?<=\d) (?:to|bis) (?=\d)")
_ITEM = re.compile(r"(\d+)(?:\s?[-‐-―−]\s?(\d+))?")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_NEXT = rf"\s?(?:,|;|、|，|&|and\b|und\b)?\s?{_HOLE}"
_GROUP = re.compile(
    rf"\s?\(\s?(?:see(?: also)?|cf\.?|vgl\.?|sources?|quotes?|evidence)?:?\s?{_HOLE}(?:{_NEXT})*\s?\)"
    rf"|\s?{_HOLE}(?:{_NEXT})*",
    re.IGNORECASE,
)
_NOTHING = re.compile(rf"\W*{NOTHING}\W*", re.IGNORECASE)
_LISTING = re.compile(
    r"\W*(?:(?:sources?|references?|citations?|quellen)\s?[:：].*|(?:evidence|quotes?)\W*)", re.IGNORECASE
)
_FENCE = re.compile(r"(?:```|~~~)")
_YES_OR_NO = re.compile(r"(?:yes|no|ja|nein|oui|non|sí|да|нет|是|不)[.!。]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Drafted:
    """A sentence as a model wrote it, and the evidence numbers it names, which are no part of `text`.

    `fault` says for a reader why its numbers cannot be used; then there are none.
    """

    text: str
    numbers: tuple[int, ...]
    fault: str | None = None

    def __post_init__(self) -> None:
        if bool(self.numbers) == (self.fault is not None):
            raise ValueError("a drafted sentence either names evidence or has a fault")


@dataclass(frozen=True, slots=True)
class _Named:
    """What one citation names: numbers that are evidence, and the words of those that are not."""

    numbers: tuple[int, ...] = ()
    unknown: tuple[str, ...] = ()


def drafted(line: str, citable: Set[int]) -> tuple[Drafted, ...]:
    """The sentences of one line, in order; `citable` are the evidence numbers that the model was given.

    Empty for a line without a sentence: a fence, a list of sources, numbers alone, or NOTHING. Takes time linear in
    the length of the line, whatever numbers and ranges it names.

    >>> drafted("The talks lasted five hours [1][3].", {1, 2, 3})
    (Drafted(text='The talks lasted five hours.', numbers=(1, 3), fault=None),)
    """
    plain = " ".join(normalise(line).split())
    if _FENCE.match(plain):
        return ()
    holed, named = _without_citations(_BOLD.sub("", plain[_end_of(_PREFIX, plain) :]), citable)
    text, places = _closed(holed)
    if not any(sign.isalnum() for sign in text) or _NOTHING.fullmatch(text) or _LISTING.fullmatch(text):
        return ()
    parts = _joined(text, sentences(text), places)
    starts = [part.start for part in parts]
    owned: list[list[_Named]] = [[] for _ in parts]
    for place, one in zip(places, named, strict=True):
        owned[max(0, bisect_left(starts, place) - 1)].append(one)
    return tuple(_draft(part.of(text), mine) for part, mine in zip(parts, owned, strict=True))


def _draft(text: str, named: Sequence[_Named]) -> Drafted:
    numbers = tuple(dict.fromkeys(number for one in named for number in one.numbers))
    unknown = tuple(dict.fromkeys(word for one in named for word in one.unknown))
    if unknown:
        return Drafted(text, (), _not_given(unknown))
    return Drafted(text, numbers) if numbers else Drafted(text, (), UNNAMED)


def _not_given(unknown: Sequence[str]) -> str:
    shown = [word if len(word) <= 12 else f"{word[:12]}…" for word in unknown[:_SHOWN]]
    shown += ["more"] if len(unknown) > _SHOWN else []
    listed = " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))
    return f"it names quote{'s' if len(unknown) > 1 else ''} {listed}, which it was not given"


def _without_citations(text: str, citable: Set[int]) -> tuple[str, list[_Named]]:
    """The text with a hole for each citation, and what each of them names."""
    named: list[_Named] = []

    def hole(match: re.Match[str]) -> str:
        inside = next((group for group in match.groups() if group is not None), match.group())
        items = _items(unicodedata.normalize("NFKC", inside))
        if items is None:
            return match.group()
        named.append(_named(items, citable))
        return _HOLE

    definition = _DEFINITION.match(text)
    kept = definition.end() if definition else 0
    return text[:kept] + _CITATION.sub(hole, text[kept:]), named


def _items(inside: str) -> list[re.Match[str]] | None:
    """The numbers and ranges between two brackets; None if anything else stands there, or a year alone."""
    bare = inside.strip()
    bare = bare[_end_of(_LABEL, bare) :].strip()
    bare = _TO.sub("-", bare)
    if _YEAR.fullmatch(bare):
        return None
    items = [_ITEM.fullmatch(part) for part in _SEPARATOR.split(bare)]
    return [item for item in items if item] if all(items) else None


def _named(items: Iterable[re.Match[str]], citable: Set[int]) -> _Named:
    numbers: list[int] = []
    unknown: list[str] = []
    for item in items:
        first, last = _number(item[1]), _number(item[2] or item[1])
        # Its length is looked at first: a range may name a hundred million numbers.
        if 0 <= last - first < len(citable) and citable >= set(range(first, last + 1)):
            numbers.extend(range(first, last + 1))
        else:
            unknown.append(item.group())
    return _Named(tuple(numbers), tuple(unknown))


def _number(digits: str) -> int:
    """The number, or one that no evidence has where it is too long to be read."""
    return int(digits) if len(digits) <= 9 else -1


def _closed(holed: str) -> tuple[str, list[int]]:
    """The text without its holes, and how many of its characters stand before each."""
    text, places, at = "", [], 0
    for group in _GROUP.finditer(holed):
        text += holed[at : group.start()]
        places.extend([len(text)] * group.group().count(_HOLE))
        at = group.end()
        if text[-1:].isalnum() and text[-1:].isascii() and holed[at : at + 1].isalnum():
            text += " "
    text += holed[at:]
    indent = len(text) - len(text.lstrip())
    return text.strip(), [max(0, place - indent) for place in places]


def _joined(text: str, parts: Sequence[Span], places: Sequence[int]) -> tuple[Span, ...]:
    """The sentences, a bare yes or no that names nothing itself together with the one behind it."""
    joined: list[Span] = []
    for part, following in pairwise((*parts, None)):
        if part is None:
            break
        if joined and joined[-1].end > part.start:
            continue
        bare = following is not None and _YES_OR_NO.fullmatch(part.of(text))
        own = any(part.start < place <= part.end for place in places)
        joined.append(Span(part.start, following.end) if bare and following and not own else part)
    return tuple(joined)


def _end_of(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.match(text)
    return match.end() if match else 0
