"""The times that a question names, in order, each with the preposition before it and the days it covers.

>>> [(each.text, each.relation) for each in named_times("What did he say in June 2024 and what in November?")]
[('June 2024', 'in'), ('November', 'in')]
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Relation = Literal["in", "between", "from", "since", "until", "before", "after"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_PREPOSITION = (
    r"in|on|during|throughout|for|of|dated|around|since|between|from|until|till|to|by|up to|as of|through|before"
    r"|prior to"
    r"|ahead of|after|following|and|than|versus|vs\.?|with|against|or"
)
_TIME = re.compile(
    rf"(?:\b(?P<before>{_PREPOSITION})\s+)?(?:the\s+)?(?:(?:early|mid|late|beginning of|end of"
    rf"|start of)[\s-]+)?(?P<time>"
    r"(?P<iso>\b(?:19|20)\d\d-[01]\d(?:-[0-3]\d)?)"
    rf"|\b(?P<day1>[0-3]?\d)(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month1>{_MONTH})(?:,?\s+(?P<year1>(?:19|20)\d\d))?"
    rf"|\b(?P<month2>{_MONTH})\s+(?P<day2>[0-3]?\d)(?:st|nd|rd|th)?(?!\d)(?:,?\s+(?P<year2>(?:19|20)\d\d))?"
    rf"|\b(?P<month3>{_MONTH}),?\s+(?:of\s+)?(?P<year3>(?:19|20)\d\d)"
    rf"|\b(?P<month4>{_MONTH})"
    r"|\b(?P<year4>(?:19|20)\d\d)"
    r"|\b(?P<which>last|this)\s+(?P<unit>week|month|year)"
    r"|\b(?:a|one)\s+(?P<ago>week|month|year)\s+ago"
    r"|\b(?P<today>now|today|yesterday)"
    r")(?![\w-])",
    re.IGNORECASE,
)
_RELATIONS: dict[str, Relation] = {
    "between": "between", "from": "from", "since": "since", "until": "until", "till": "until", "to": "until",
    "by": "until", "up to": "until", "as of": "until", "through": "until", "before": "before", "prior to": "before",
    "ahead of": "before", "after": "after", "following": "after",
}  # fmt: skip
_JOINING = frozenset(("and", "than", "versus", "vs", "vs.", "with", "against", "or", "to"))
_DAYS = {"week": 7, "month": 30, "year": 365}
_MOST = 8
"""Times read in one question."""


@dataclass(frozen=True, slots=True)
class Named:
    """A time as named in characters `start` to `end` of a question, and the days it covers, both included.

    A month without a year is that of the next time named, else the latest one that has begun.
    """

    text: str
    start: int
    end: int
    relation: Relation
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class _Written:
    """A time as written, before the year that is left out is known."""

    match: re.Match[str]
    relation: Relation
    year: int | None
    month: int | None
    day: int | None


def named_times(question: str, today: date | None = None) -> tuple[Named, ...]:
    """The times of `question`; a year in a name ("the 2024 election") is none. Relative ones count from `today`."""
    clock = today or date.today()
    found: list[Named] = []
    for written in reversed(list(_written(question))):
        named = _named(written, clock, found[-1] if found else None)
        if named is not None:
            found.append(named)
    return tuple(reversed(found))


def _written(question: str) -> Iterator[_Written]:
    relation: Relation = "in"
    end = -1
    for count, match in enumerate(_TIME.finditer(question)):
        if count == _MOST:
            return
        before = (match["before"] or "").casefold()
        joined = before in _JOINING and 0 <= match.start() - end <= 1
        if not joined:
            relation = _RELATIONS.get(before, "in")
        if _is_time(match, before, joined):
            yield _Written(match, relation, *_parts(match))
            end = match.end()


def _is_time(match: re.Match[str], before: str, joined: bool) -> bool:
    """Whether what looks like a time is one: "the 2024 election" names a thing, and "may" is mostly a verb."""
    if match["year4"]:
        return bool(before) and (before not in _JOINING or joined or before == "to")
    if match["month4"]:
        named = match["month4"][0].isupper() or match["month4"].casefold()[:3] not in ("may", "mar")
        return named and bool(before)
    return True


def _parts(match: re.Match[str]) -> tuple[int | None, int | None, int | None]:
    if iso := match["iso"]:
        year, month, *day = (int(part) for part in iso.split("-"))
        return year, month, day[0] if day else None
    year_text = match["year1"] or match["year2"] or match["year3"] or match["year4"]
    month_text = match["month1"] or match["month2"] or match["month3"] or match["month4"]
    day_text = match["day1"] or match["day2"]
    return (
        int(year_text) if year_text else None,
        _MONTHS.index(month_text[:3].casefold()) + 1 if month_text else None,
        int(day_text) if day_text else None,
    )


def _named(written: _Written, today: date, following: Named | None) -> Named | None:
    match = written.match
    days = _relative(match, today)
    if days is None:
        year = written.year or _year(written, today, following)
        days = covered(year, written.month, written.day)
    if days is None:
        return None
    return Named(match["time"], match.start("time"), match.end("time"), written.relation, *days)


def _relative(match: re.Match[str], today: date) -> tuple[date, date] | None:
    if word := (match["today"] or "").casefold():
        day = today - timedelta(days=word == "yesterday")
        return day, day
    if unit := (match["ago"] or "").casefold():
        day = today - timedelta(days=_DAYS[unit])
        return day, day
    if unit := (match["unit"] or "").casefold():
        return _calendar(unit, today, back=match["which"].casefold() == "last")
    return None


def _calendar(unit: str, today: date, *, back: bool) -> tuple[date, date] | None:
    if unit == "week":
        monday = today - timedelta(days=today.weekday() + 7 * back)
        return monday, monday + timedelta(days=6)
    if unit == "year":
        return covered(today.year - back, None, None)
    year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
    return covered(year, month + 1, None)


def _year(written: _Written, today: date, following: Named | None) -> int:
    """The year that a month leaves out."""
    latest = following.first if following else today
    begun = (written.month or 1, written.day or 1) <= (latest.month, latest.day)
    return latest.year if begun else latest.year - 1


def covered(year: int, month: int | None, day: int | None) -> tuple[date, date] | None:
    """The first and last day of a year, a month or a day; None where there is none such, as 31 June."""
    try:
        first = date(year, month or 1, day or 1)
    except ValueError:
        return None
    if day is not None:
        return first, first
    if month is not None:
        return first, date(year, month, monthrange(year, month)[1])
    return first, date(year, 12, 31)
