"""From the reader's words to a query: the dates that a question names become bounds of the search.

Only a date that stands behind a preposition ("in June 2024", "before the summit on 2025-08-15") or a relative one
("last month") bounds anything. In "the 2024 election" the year is part of a name, and bounds nothing.

>>> found = bounds("What did Putin say in June 2024?", today=date(2024, 7, 3))
>>> found.earliest.isoformat(), found.latest.isoformat()
('2024-06-01', '2024-06-30')
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from index.query import Query
from index.within import EVERYTHING, Within

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<{0}month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?P<{0}day>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?P<{0}year>(?:19|20)\d\d)"


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Bounds:
    """The dates a question names, both included; None is no bound on that side."""

    earliest: date | None = None
    latest: date | None = None


def understand(
    question: str, *, as_of: date | None = None, today: date | None = None, within: Within = EVERYTHING
) -> Query:
    """The query for `question`; relative dates count from `as_of`, else from `today`, else from the clock. `within` is
    the reader's own choice, and no part of the question."""
    found = bounds(question, today=as_of or today or date.today())
    return Query(question.strip(), as_of=as_of, earliest=found.earliest, latest=found.latest, within=within)


def bounds(question: str, *, today: date) -> Bounds:
    """The bounds that `question` puts on the date of publication."""
    text = " ".join(question.casefold().split())
    for pattern, make in _RANGES:
        if match := pattern.search(text):
            first, second = _period(match, "a_"), _period(match, "b_")
            if first and second:
                return make(first, second)
    for pattern, bound in _RELATIONS:
        if (match := pattern.search(text)) and (period := _period(match, "a_")):
            return bound(period)
    return _relative(text, today)


def _date_pattern(prefix: str) -> str:
    """One date, its parts in groups that start with `prefix`: ISO, day month year, month day year, month year, year."""
    forms = (
        rf"(?P<{prefix}iso>(?:19|20)\d\d-[01]\d(?:-[0-3]\d)?)",
        _named(_DAY, prefix + "d1") + r"\s+" + _named(_MONTH, prefix + "d1") + r",?\s+" + _named(_YEAR, prefix + "d1"),
        _named(_MONTH, prefix + "m1") + r"\s+" + _named(_DAY, prefix + "m1") + r",?\s+" + _named(_YEAR, prefix + "m1"),
        _named(_MONTH, prefix + "y1") + r",?\s+(?:of\s+)?" + _named(_YEAR, prefix + "y1"),
        _named(_YEAR, prefix + "y2"),
    )
    return r"(?:the\s+)?(?:" + "|".join(forms) + r")(?![\w-])"


def _named(pattern: str, prefix: str) -> str:
    return pattern.replace("{0}", prefix)


def _period(match: re.Match[str], prefix: str) -> Period | None:
    """The days that a matched date covers; None where there is no such day, as on 31 June."""
    groups = match.groupdict()
    if iso := groups.get(prefix + "iso"):
        year, month, *day = (int(part) for part in iso.split("-"))
        return _days(year, month, day[0] if day else None)
    for form in ("d1", "m1", "y1", "y2"):
        if year_text := groups.get(f"{prefix}{form}year"):
            month_text, day_text = groups.get(f"{prefix}{form}month"), groups.get(f"{prefix}{form}day")
            return _days(int(year_text), _month(month_text), int(day_text) if day_text else None)
    return None


def _month(name: str | None) -> int | None:
    if name is None:
        return None
    return _MONTHS.index(name[:3]) + 1


def _days(year: int, month: int | None, day: int | None) -> Period | None:
    try:
        if month is None:
            return Period(date(year, 1, 1), date(year, 12, 31))
        if day is None:
            return Period(date(year, month, 1), date(year, month, monthrange(year, month)[1]))
        return Period(date(year, month, day), date(year, month, day))
    except ValueError:
        return None


def _relative(text: str, today: date) -> Bounds:
    for pattern, period in _RELATIVE:
        if match := pattern.search(text):
            found = period(today, match)
            return Bounds(found.first, found.last)
    return Bounds()


def _calendar_month(today: date, back: int) -> Period:
    months = today.year * 12 + today.month - 1 - back
    year, month = divmod(months, 12)
    return Period(date(year, month + 1, 1), date(year, month + 1, monthrange(year, month + 1)[1]))


def _calendar_week(today: date, back: int) -> Period:
    monday = today - timedelta(days=today.weekday() + 7 * back)
    return Period(monday, monday + timedelta(days=6))


def _calendar_year(today: date, back: int) -> Period:
    return Period(date(today.year - back, 1, 1), date(today.year - back, 12, 31))


def _single_day(today: date, back: int) -> Period:
    day = today - timedelta(days=back)
    return Period(day, day)


def _recent(today: date, match: re.Match[str]) -> Period:
    """The last so many days, weeks, months or years, counted back from today."""
    count = int(match["count"])
    days = {"day": 1, "week": 7, "month": 30, "year": 365}[match["unit"]] * count
    return Period(today - timedelta(days=min(days, 36500)), today)


_PeriodMaker = Callable[[date, re.Match[str]], Period]

_RELATIVE: tuple[tuple[re.Pattern[str], _PeriodMaker], ...] = (
    (
        re.compile(
            r"\b(?:in|over|during|within) the (?:last|past) (?P<count>\d{1,3}) (?P<unit>day|week|month|year)s?\b"
        ),
        _recent,
    ),
    (re.compile(r"\blast month\b"), lambda today, _: _calendar_month(today, 1)),
    (re.compile(r"\bthis month\b"), lambda today, _: _calendar_month(today, 0)),
    (re.compile(r"\blast week\b"), lambda today, _: _calendar_week(today, 1)),
    (re.compile(r"\bthis week\b"), lambda today, _: _calendar_week(today, 0)),
    (re.compile(r"\blast year\b"), lambda today, _: _calendar_year(today, 1)),
    (re.compile(r"\bthis year\b"), lambda today, _: _calendar_year(today, 0)),
    (re.compile(r"\byesterday\b"), lambda today, _: _single_day(today, 1)),
    (re.compile(r"\btoday\b"), lambda today, _: _single_day(today, 0)),
)

_ONE_DAY = timedelta(days=1)
_UP_TO_THREE_WORDS = r"(?:(?:the|a|an)\s+)?(?:[\w'’-]+\s+){0,3}?(?:on|of|in)\s+"
"""What may stand between "before" and its date: "before the summit on 2025-08-15"."""

_RANGES: tuple[tuple[re.Pattern[str], Callable[[Period, Period], Bounds]], ...] = (
    (
        re.compile(rf"\bbetween {_date_pattern('a_')} and {_date_pattern('b_')}"),
        lambda first, second: Bounds(min(first.first, second.first), max(first.last, second.last)),
    ),
    (
        re.compile(rf"\bfrom {_date_pattern('a_')} (?:to|until|till|through) {_date_pattern('b_')}"),
        lambda first, second: Bounds(min(first.first, second.first), max(first.last, second.last)),
    ),
)

_RELATIONS: tuple[tuple[re.Pattern[str], Callable[[Period], Bounds]], ...] = (
    (
        re.compile(rf"\b(?:before|prior to|ahead of)\s+(?:{_UP_TO_THREE_WORDS})?{_date_pattern('a_')}"),
        lambda period: Bounds(latest=period.first - _ONE_DAY),
    ),
    (
        re.compile(rf"\bafter\s+(?:{_UP_TO_THREE_WORDS})?{_date_pattern('a_')}"),
        lambda period: Bounds(earliest=period.last + _ONE_DAY),
    ),
    (
        re.compile(rf"\bsince\s+(?:{_UP_TO_THREE_WORDS})?{_date_pattern('a_')}"),
        lambda period: Bounds(earliest=period.first),
    ),
    (
        re.compile(rf"\b(?:until|till|up to|by|as of)\s+{_date_pattern('a_')}"),
        lambda period: Bounds(latest=period.last),
    ),
    (
        re.compile(rf"\b(?:in|on|during|throughout|for|dated|from)\s+(?:early |mid[- ]|late )?{_date_pattern('a_')}"),
        lambda period: Bounds(period.first, period.last),
    ),
)
