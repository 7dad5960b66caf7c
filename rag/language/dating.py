"""The dates a sentence names, and the day on which what it reports was said."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from rag.language import speech

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTH = "(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|" + (
    r"Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_YEAR = r"(?:1\d|20)\d\d(?!\d|,\d|\.\d|-[^\W\d]|-\d\d?\b)"
_DATE = re.compile(
    r"(?<![\w$€£])(?<!\d[.,])(?:"
    rf"(?P<iso>(?:19|20)\d\d-[01]\d-[0-3]\d)"
    rf"|(?P<d1>[0-3]?\d)(?:st|nd|rd|th)?\s(?:of\s)?(?P<m1>{_MONTH})(?:,?\s(?P<y1>{_YEAR}))?"
    rf"|(?P<m2>{_MONTH})\s(?P<d2>[0-3]?\d)(?:st|nd|rd|th)?(?![\d,.]\d)(?:,?\s(?P<y2>{_YEAR}))?"
    rf"|(?P<m3>{_MONTH}),?\s(?:of\s)?(?P<y3>{_YEAR})"
    rf"|(?<=\b[Ii]n\s)(?P<m4>{_MONTH})"
    rf"|(?P<y4>{_YEAR})(?!\s(?:people|(?!is\b|was\b|has\b|as\b|this\b)[a-z]+s\b))"
    rf"|(?P<weekday>{'|'.join(_WEEKDAYS)})"
    r")(?!\w)"
)
_AGO = re.compile(r"\b(?P<back>yesterday|last week|last month|last year|a (?:week|month|year) (?:ago|earlier))\b", re.I)
_BACK = {"yesterday": 1, "week": 7, "month": 30, "year": 365}


@dataclass(frozen=True, slots=True)
class Day:
    """A date as far as a sentence gives it; `text` is how it is written, from character `start`.

    `weekday` counts from Monday as 0, and `about` is the day of publication, near which it lies.
    """

    text: str
    start: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    about: date | None = None

    def agrees(self, other: Day) -> bool:
        """Whether both can be one day: nothing that both name differs. Weekdays only tell within one week."""
        if self.weekday is not None or other.weekday is not None:
            return not self._near(other) or self._weekday_of() in (None, other._weekday_of())
        pairs = ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        return not any(one is not None and two is not None and one != two for one, two in pairs)

    def _near(self, other: Day) -> bool:
        ours, theirs = self._whole() or self.about, other._whole() or other.about
        return ours is not None and theirs is not None and abs((ours - theirs).days) < 7

    def _weekday_of(self) -> int | None:
        whole = self._whole()
        return whole.weekday() if whole else self.weekday

    def _whole(self) -> date | None:
        if self.year is None or self.month is None or self.day is None:
            return None
        return _date(self.year, self.month, self.day)


def days(sentence: str, published: date | None = None) -> tuple[Day, ...]:
    """The dates in `sentence`, in order; what `published` tells of a weekday or a missing year is filled in.

    >>> days("It began on 14 June 2024.")[0].month
    6
    """
    return tuple(_day(match, published) for match in _DATE.finditer(sentence))


def said_on(sentence: str, published: date | None) -> date | None:
    """The day of the statement that `sentence` reports: the day it names for it, else the day of publication.

    Only a date beside the reporting verb or in front of the sentence counts ("In May, he said"); the others are dates
    of what is talked about.
    """
    if published is None:
        return None
    for match in _AGO.finditer(sentence):
        if _dates_the_statement(sentence, match.start(), match.end()):
            word = match["back"].casefold().split()
            return published - timedelta(days=next(_BACK[each] for each in word if each in _BACK))
    for match in _DATE.finditer(sentence):
        if _dates_the_statement(sentence, match.start(), match.end()):
            return _latest(_day(match, published), published)
    return published


def _dates_the_statement(sentence: str, start: int, end: int) -> bool:
    before = [word.casefold() for word in re.findall(r"[\w’']+|,", sentence[max(0, start - 60) : start])]
    if all(word in ("in", "on", "earlier", "back") for word in before) and start < 20:
        return sentence[end : end + 1] in (",", " ")
    while before and before[-1] in ("in", "on", "earlier", "late", "early", "reporters", "back", "also"):
        before.pop()
    return bool(before) and before[-1] in speech.FINITE


def _latest(day: Day, published: date) -> date:
    """The last day that `day` can mean, but not one after `published`."""
    if day.weekday is not None:
        return published - timedelta(days=(published.weekday() - day.weekday) % 7)
    if day.year is None:
        return published
    month = day.month or 12
    return min(_date(day.year, month, day.day or monthrange(day.year, month)[1]) or published, published)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _day(match: re.Match[str], published: date | None) -> Day:
    text, start = match[0], match.start()
    if iso := match["iso"]:
        year, month, number = (int(part) for part in iso.split("-"))
        return Day(text, start, year, month, number)
    if weekday := match["weekday"]:
        return Day(text, start, weekday=_WEEKDAYS.index(weekday), about=published)
    if match["y4"]:
        return Day(text, start, int(match["y4"]))
    name = match["m1"] or match["m2"] or match["m3"] or match["m4"]
    month = next(place for place, each in enumerate(MONTHS, 1) if each.startswith(name[:3]))
    day, written = match["d1"] or match["d2"], match["y1"] or match["y2"] or match["y3"]
    return Day(text, start, int(written) if written else _year_of(month, published), month, int(day) if day else None)


def _year_of(month: int, published: date | None) -> int | None:
    """The year that brings a month without one nearest to the day of publication; None where that is unknown."""
    if published is None:
        return None
    distance = month - published.month
    return published.year + (distance < -6) - (distance > 6)
