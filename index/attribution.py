"""What a text says of itself: its headline, the agency and day in its dateline, a line with its date, a byline.

Only the head of the text is looked at, and only shapes that can hardly mean anything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from index.claims import Claims, label
from index.dates import BESIDE_DATE, DATE, TIME, parse_date
from index.furniture import LABELLED, PREFIX, is_furniture

_HEAD = 8
"""Lines, not counting blank ones, at the start of a text that may speak of the text."""

_CUT = 400
"""Characters of a line that are looked at; every shape here is shorter."""

_PLACE = r"[A-Z][A-Z.’']+(?:[ /-][A-Z][A-Z.’']*){0,5}(?:,\s+[A-Z][\w.’' -]{1,30})?"
_DASH = r"\s*[-–—]{1,2}\s*"
_DAY = rf"(?:(?P<day>(?i:{DATE}))|[A-Z][a-z]{{2,8}}\.?\s+\d{{1,2}}|\d{{1,2}}\s+[A-Z][a-z]{{2,8}}\.?)"
_AGENCY = (
    r"(?:Thomson )?Reuters(?: Foundation)?|(?:The )?Associated Press|AP|AFP|UPI|PTI|ANI|IANS|dpa|DPA|PA|TASS|Interfax"
    r"|RIA(?: Novosti)?|Sputnik|Ukrinform|Xinhua|Kyodo(?: News)?|Yonhap|Bernama|Antara|EFE|ANSA|APA|PAP|Belga|ANP|NTB"
    r"|Anadolu|AA|IRNA|Tasnim|WAM|KUNA|SPA|JTA|Bloomberg|CNN|BBC|NPR|VOA|RFE/RL|RT|DW|AXIOS|Axios|Politico|POLITICO"
    r"|BUSINESS WIRE|Business Wire|GLOBE NEWSWIRE|PRNewswire"
)
_DATELINES = (
    # MOSCOW (Reuters) -The, WASHINGTON (AP) —, (Reuters) -, Moscow (AFP) –: names of agencies, since "(LSE) -" is none
    re.compile(
        rf"(?:(?:{_PLACE}|[A-Z][\w.’']+(?:[ ,/-]{{1,2}}[A-Z][\w.’']+){{0,3}})\s+)?"
        rf"\((?P<agency>{_AGENCY})\){_DASH}(?=\S)"
    ),
    # KYIV, July 3, 2024 (Reuters) -: with a day, any name signs
    re.compile(rf"{_PLACE},\s+{_DAY}\s+\((?P<agency>{_AGENCY}|[A-Z][\w.&’' -]{{1,29}})\){_DASH}(?=\S)"),
    # MOSCOW, November 20. /TASS/. and NEW YORK, July 3, 2024 /PRNewswire/ --
    re.compile(rf"{_PLACE},\s+{_DAY}\.?\s+/(?P<agency>[A-Z][\w ]{{1,29}})/(?:\.|{_DASH})"),
)
_DATED = re.compile(
    r"(?:date|dated|(?:(?:first|originally)\s+)?(?:published|posted|issued|released)|publication\s+date)(?:\s+on)?"
    rf"\s*[:,]?\s*({DATE}){TIME}{BESIDE_DATE}",
    re.IGNORECASE,
)
_BYLINE = re.compile(r"by\s+(.{3,100})", re.IGNORECASE)

_LONGEST_HEADLINE = 100
_MOST_WORDS = 20
_DECORATED = re.compile(r"\s*(?:[-*+•>|]|\d+[.)])\s")
_STARTS = re.compile(r"[“\"‘'«(\[¿¡]*(?:[^\W_]|[€$£])")
_ENDS_OPEN = re.compile(r"[.,;:…\-–—]$")
_ABBREVIATION = re.compile(r"\b(?:[A-Z]\.){2,}$")
_TWO_SENTENCES = re.compile(
    r"\b(?!(?:Mr|Mrs|Ms|Dr|St|vs|No|Gen|Sen|Rep|Gov|Lt|Col|Jr|Sr|Inc|Co|Ltd)\.)[^\W\d_]{2,}[.!?][”\"’']?\s+[A-Z“\"]"
)
_NO_HEADLINE = re.compile(r"(?:dear|hi|hello|to|from|subject|cc|re|fwd|sent|https?)\b[:,]?.*", re.IGNORECASE)
_NOT_A_KEY = re.compile(r"[\w ]{1,20}:\s*$|\w+=|.*\t|.*://")
_PROSE_WORDS = 6


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    after_blank: bool


def claims_of(text: str) -> Claims:
    """What the normalised `text` says of itself, as far as it says it."""
    prefix = PREFIX.match(text)
    head = tuple(islice(_lines(text[prefix.end(1) :] if prefix else text), _HEAD + 1))
    labelled = _labelled(head)
    dateline = next(filter(None, (_dateline(line.text) for line in head[:5])), Claims())
    title = None if prefix else _headline(head)
    said = Claims(title=title, author=_author(head), published=_published(prefix, head))
    return labelled.over(said).over(dateline)


def _lines(text: str) -> Iterator[_Line]:
    """The lines that are not blank."""
    after_blank = True
    for match in re.finditer(r"[^\n]*", text):
        if line := match.group().strip():
            yield _Line(line[:_CUT], after_blank)
            after_blank = False
        elif match.start() and text[match.start() - 1] == "\n":
            after_blank = True


def _dateline(line: str) -> Claims | None:
    for shape in _DATELINES:
        if found := shape.match(line):
            day = found.groupdict().get("day")
            return Claims(publisher=label(found["agency"]), published=parse_date(day) if day else None)
    return None


def _published(prefix: re.Match[str] | None, head: tuple[_Line, ...]) -> date | None:
    if prefix:
        return parse_date(prefix[2])
    return next((parse_date(found[1]) for line in head if (found := _DATED.fullmatch(line.text))), None)


def _author(head: tuple[_Line, ...]) -> str | None:
    bylines = (_BYLINE.fullmatch(line.text) for line in head if is_furniture(line.text))
    return next((label(found[1]) for found in bylines if found), None)


def _labelled(head: tuple[_Line, ...]) -> Claims:
    """Lines such as "Publisher: The Paper", at the very top only."""
    said: dict[str, str | None] = {}
    for line in head:
        if found := LABELLED.fullmatch(line.text):
            said.setdefault(found[1].lower(), label(found[2]))
        elif not is_furniture(line.text):
            break
    return Claims(
        title=said.get("title"), publisher=said.get("publisher") or said.get("source"), author=said.get("author")
    )


def _headline(head: tuple[_Line, ...]) -> str | None:
    """The first line that is not furniture, if it has the shape of a headline and prose follows."""
    lines = [line for line in head if not (is_furniture(line.text) or LABELLED.fullmatch(line.text))]
    if len(lines) < 2 or not _is_headline(lines[0].text) or not any(_is_prose(line.text) for line in lines[1:4]):
        return None
    return label(lines[0].text) if lines[1].after_blank or not _runs_on(lines) else None


def _is_headline(line: str) -> bool:
    if len(line) > _LONGEST_HEADLINE or not 2 <= len(line.split()) <= _MOST_WORDS:
        return False
    if not _STARTS.match(line) or line[0].islower() or _DECORATED.match(line) or parse_date(line):
        return False
    if _ENDS_OPEN.search(line) and not _ABBREVIATION.search(line):
        return False
    wrong = (_TWO_SENTENCES.search(line), _NO_HEADLINE.fullmatch(line), _NOT_A_KEY.match(line), _dateline(line))
    return not any(wrong)


def _is_prose(line: str) -> bool:
    return len(line) > _LONGEST_HEADLINE or (
        len(line.split()) >= _PROSE_WORDS and line.rstrip("”\"’')»").endswith((".", "!", "?"))
    )


def _runs_on(lines: list[_Line]) -> bool:
    """Whether the first line is only the first of a paragraph wrapped at a width: the next word did not fit into it."""
    paragraph = [lines[0].text]
    for line in lines[1:]:
        if line.after_blank:
            break
        paragraph.append(line.text)
    first, following = paragraph[0], paragraph[1]
    if following[0].islower():
        return True
    return len(first) + 1 + len(following.split()[0]) > max(map(len, paragraph)) - 3
