"""Lines as a page shows them to paragraphs as they were written: for formats that know lines only, such as PDF."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

_ENDS = re.compile(r"[.!?:…][”\"’')\]»]*$")
_ITEM = re.compile(r"(?:[-*•·‣▪●○◦–—]|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,5})[.)])\s")
_NUMBER_OF_PAGE = re.compile(r"(?:page\s+)?\d+\s*(?:of|/)\s*\d+|page\s+\d+|[-–—]\s*\d+\s*[-–—]", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SPACES = re.compile(r"[ \t\u00a0]+")
_CUT_WORD = re.compile(r"([^\W_]+(?:[.-][^\W_]+)*\.?)[-\u2010\u00ad]$")

_NARROWEST = 30
"""Characters of a full line below which a page is taken for a table, whose rows are not joined."""
_LONGEST_RUNNING = 60
_EDGE = 2
"""Lines at the top and at the foot of a page that may be its running head or foot."""
_FORCED = 0.85
"""Share of the page's width that a line and the next word would have filled, from which on the break was forced:
letters have many widths, and characters are all there is to count."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line and the usual length of the full lines of its page; whether a blank line, or a new page, is before it."""

    text: str
    width: int
    after_blank: bool
    opens_page: bool


def paragraphs(pages: Sequence[str]) -> tuple[str, tuple[int, ...]]:
    """The text of `pages`, each given as the lines that it shows, and the offset in it where each of them begins.

    Lines that were broken only because they were full, or the page was, are joined; words that were hyphenated there
    are healed; what pages repeat at head or foot is left out. Paragraphs are set apart by a blank line, rows and the
    items of a list by a line end. A page of which nothing is left begins where the next one does.
    """
    lines: list[_Line] = []
    first: list[int] = []
    for page in _without_running([_shown(page) for page in pages]):
        first.append(len(lines))
        lines.extend(_lines(page))
    known = Counter(word.lower() for line in lines for word in _WORD.findall(line.text))
    parts = [_with_gap(line, following, known) for line, following in pairwise(lines)]
    parts += [line.text for line in lines[-1:]]
    starts = (0, *accumulate(map(len, parts)))
    return "".join(parts), tuple(starts[line] for line in first)


def _shown(page: str) -> list[str]:
    """The lines of a page, blank ones included, without the spaces that only set them."""
    return [_SPACES.sub(" ", line).strip() for line in page.strip("\n").splitlines()]


def _without_running(pages: list[list[str]]) -> Iterator[list[str]]:
    """The pages without running heads and feet: what stands, but for its figures, at the edge of half the pages and of
    three at least; and lines that count the pages."""
    edges = Counter(key for page in pages for key in {_key(page[at]) for at in _edge(page)})
    often = max(3, len(pages) / 2)
    running = {key for key, times in edges.items() if times >= often}
    for page in pages:
        left_out = {
            at
            for at in _edge(page)
            if _key(page[at]) in running or (len(pages) > 1 and _NUMBER_OF_PAGE.fullmatch(page[at]))
        }
        yield [line for at, line in enumerate(page) if at not in left_out]


def _key(line: str) -> str:
    """What two running heads have in common: all but their figures, unless they are too long to be no sentence."""
    return _DIGITS.sub("#", line) if len(line) < _LONGEST_RUNNING else line


def _edge(page: list[str]) -> set[int]:
    """Where the first and the last lines of a page are that are not blank."""
    full = [at for at, line in enumerate(page) if line]
    return {*full[:_EDGE], *full[-_EDGE:]}


def _lines(page: list[str]) -> Iterator[_Line]:
    lengths = sorted(map(len, filter(None, page)))
    width = lengths[round(0.9 * (len(lengths) - 1))] if lengths else 0
    after_blank, opens_page = False, True
    for text in page:
        if text:
            yield _Line(text, width, after_blank, opens_page)
            after_blank, opens_page = False, False
        else:
            after_blank = True


def _with_gap(line: _Line, following: _Line, known: Counter[str]) -> str:
    """`line` and what comes between it and `following`."""
    if not _goes_on(line, following):
        near = _ITEM.match(following.text) or (_is_row(line) and _is_row(following))
        return line.text + ("\n" if near and not following.after_blank else "\n\n")
    cut = _CUT_WORD.search(line.text)
    if cut is None:
        return line.text + " "
    soft = line.text.endswith("\u00ad")
    return line.text[:-1] if soft or _was_hyphenated(cut[1], following.text, known) else line.text


def _is_row(line: _Line) -> bool:
    return not _ENDS.search(line.text) and (len(line.text) < 0.6 * line.width or line.width < _NARROWEST)


def _goes_on(line: _Line, following: _Line) -> bool:
    """Whether the paragraph of `line` goes on with `following`."""
    if following.after_blank and not following.opens_page:
        return False
    if _ITEM.match(following.text):
        return False
    ended = _ENDS.search(line.text)
    word = following.text.split(" ", 1)[0]
    if not ended and (word[0].islower() or _CUT_WORD.search(line.text)):
        return True
    if ended and (following.opens_page or _is_row(following)):
        return False
    return line.width >= _NARROWEST and len(line.text) + 1 + len(word) > _FORCED * line.width


def _was_hyphenated(start: str, following: str, known: Counter[str]) -> bool:
    """Whether the hyphen at the end of a line is there only because the line was full.

    The document itself says so, where it has the word elsewhere; else a hyphen before small letters was.
    """
    rest = _WORD.match(following)
    if rest is None or not rest.group()[0].islower() or start[-1].isdigit():
        return False
    whole, parted = (f"{start}{mark}{rest.group()}".lower() for mark in ("", "-"))
    if known[whole] != known[parted]:
        return known[whole] > known[parted]
    return start.islower() or start.istitle()
