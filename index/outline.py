"""Headings: which lines of a text are titles of what follows them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.document import Span

_LONGEST = 90
_MOST_WORDS = 14
_PLAIN_LEVEL = 7
"""The level of a title-like line: below the six of Markdown."""

_MARKDOWN = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*")
_UNDERLINE = re.compile(r"={3,}|-{3,}")
_TITLE = re.compile(r"[\"'“‘(\[¿¡]*[^\W_]")
_UNTITLED_END = re.compile(r"[.!…,;:。！、，；：|/=-][\"'”’)\]]*$")
_ITEM = re.compile(r"[-*+•·‣▪●○◦–—>|]|\(?(?:\d{1,3}|[A-Za-z])[.)]\s")
_PROSE_END = re.compile(r"[.!?…。！？؟۔।][\"'”’»)\]]*(?:\[\d{1,3}\])?$")


@dataclass(frozen=True, slots=True)
class Heading:
    """A title at a `level` from 1; it holds until the next one of its level or above."""

    level: int
    title: str


def heading_at(text: str, spans: Sequence[Span], number: int) -> Heading | None:
    """The heading that sentence `number` of a text is, if it is one: a line marked as such in Markdown, or a short line
    of its own that ends without a stop and is followed by prose."""
    span = spans[number]
    if span.end - span.start > _LONGEST or not _alone(text, spans, number):
        return None
    line = span.of(text)
    marked = _MARKDOWN.fullmatch(line)
    if marked is not None:
        return Heading(len(marked[1]), marked[2]) if marked[2] else None
    following = spans[number + 1].of(text) if number + 1 < len(spans) else ""
    underlined = _UNDERLINE.fullmatch(following)
    return Heading(_PLAIN_LEVEL, line) if _like_a_title(line) and (underlined or _prose(following, line)) else None


def path(above: tuple[Heading, ...], heading: Heading) -> tuple[Heading, ...]:
    """The headings in force below `heading`, those `above` it having been in force before."""
    return (*(one for one in above if one.level < heading.level), heading)


def _alone(text: str, spans: Sequence[Span], number: int) -> bool:
    """Whether a sentence has its line or lines to itself."""
    span = spans[number]
    before = text[spans[number - 1].end : span.start] if number else "\n"
    after = text[span.end : spans[number + 1].start] if number + 1 < len(spans) else "\n"
    return "\n" in before and "\n" in after and "\n" not in span.of(text)


def _like_a_title(line: str) -> bool:
    begins = _TITLE.match(line)
    if begins is None or _ITEM.match(line) or _UNTITLED_END.search(line):
        return False
    first = begins.group()[-1]
    return not first.islower() and any(map(str.isalpha, line)) and len(line.split()) <= _MOST_WORDS


def _prose(following: str, line: str) -> bool:
    return len(following) > len(line) // 2 and _PROSE_END.search(following) is not None
