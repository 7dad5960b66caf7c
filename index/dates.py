"""Dates as documents write them, and only those that can mean one day.

`03/07/2024` is the third of July or the seventh of March, so it is no date here: a guessed date is worse than none.
"""

from __future__ import annotations

import re
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"

DATE = (
    rf"(?:\d{{4}}-\d{{2}}-\d{{2}}|\d{{4}}/\d{{2}}/\d{{2}}"
    rf"|{_WEEKDAY}{_DAY}(?:\s+of)?\s+{_MONTH},?\s+\d{{4}}|{_WEEKDAY}{_MONTH}\s+{_DAY},?\s+\d{{4}})"
)
"""A regular expression, without groups and without regard to case, for a day with its month and year."""

TIME = (
    r"(?:(?:\s*[,|–-]\s*|\s+at\s+|\s+|t)\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[.,]\d+)?(?:\s*[ap]\.?m\.?)?"
    r"(?:\s*(?:z|[a-z]{2,5}|(?:utc|gmt)?[+-]\d{2}:?(?:\d{2})?))?)?"
)
"""A regular expression for the time of day that may follow a date."""

BESIDE_DATE = (
    r"(?:(?:\s*[|·•,(–-]\s*(?:(?:last\s+)?(?:updated|modified|edited)\b|\d{1,3}\s*-?\s*min|[a-z]{2,5}\)|[a-z]+day\)?$)"
    r"|\W{0,3}\bby\s)[^.!?]{0,80})?"
)
"""A regular expression for what else stands on a line of its own with a date: when it was updated, by whom."""

_WHOLE = re.compile(rf"\s*({DATE}|\d{{8}}(?=t|\s*$)){TIME}\s*", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(\d{4})[-/]?(\d{2})[-/]?(\d{2})")
_DAY_FIRST = re.compile(rf"(\d{{1,2}})\D*?\b({_MONTH}),?\s+(\d{{4}})", re.IGNORECASE)
_MONTH_FIRST = re.compile(rf"\b({_MONTH})\s+(\d{{1,2}})\D*?\b(\d{{4}})", re.IGNORECASE)


def parse_date(text: str) -> date | None:
    """The day that `text` names, the day as written where a time and a zone follow; None unless it is one whole date.

    >>> parse_date("Wednesday, 3 July 2024, 14:05")
    datetime.date(2024, 7, 3)
    >>> parse_date("03/07/2024") is None
    True
    """
    whole = _WHOLE.fullmatch(text)
    if not whole:
        return None
    day = whole.group(1)
    if found := _YEAR_FIRST.match(day):
        return _date(found[1], found[2], found[3])
    if found := _DAY_FIRST.search(day):
        return _date(found[3], found[2], found[1])
    if found := _MONTH_FIRST.search(day):
        return _date(found[3], found[1], found[2])
    return None


def _date(year: str, month: str, day: str) -> date | None:
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    try:
        return date(int(year), number, int(day))
    except ValueError:
        return None
