"""Dates that the quotes do not bear out, read as of the day each was published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from rag.checking.finding import Mismatch, missing, otherwise
from rag.checking.saying import Case, Saying
from rag.language import speech
from rag.language.dating import MONTHS, Day

_BARE_MONTH = re.compile(
    rf"(?<=[a-z’'] )(?:{'|'.join(each for each in MONTHS if each != 'May')}|May(?! (?:be|have|not)\b))\b(?!\s\d)"
)
_BACK = re.compile(r"\b(?:yesterday|the day before|the previous day)\b", re.IGNORECASE)
_SAYING = speech.SAYING | frozenset(("reported", "reports", "announced", "announces", "according", "published", "say"))
_WEEK = timedelta(days=7)


def days_not_borne_out(case: Case) -> Iterator[Mismatch]:
    """The claim's dates that no quote has and that are no day of publication."""
    published = {ground.published for ground in case.grounds if ground.published}
    for mine in named_days(case.claim):
        theirs = [(each, day) for each in case.said for day in named_days(each)]
        if any(_covers(day, mine) for _, day in theirs) or _stands(mine, case):
            continue
        rivals = [(each, day) for each, day in theirs if each in case.near and _is_rival(day, mine)]
        if any(_covers(_whole(day), mine) for day in published) and _may_be_published(case.claim, mine, rivals):
            continue
        yield otherwise("date", mine.text, rivals[0][1].text) if rivals else missing("date", mine.text)


def _may_be_published(claim: Saying, mine: Day, rivals: list[tuple[Saying, Day]]) -> bool:
    """Whether a date of the claim may be that of publication: no other date stands for it in the quotes, or it dates
    a statement that the quotes do not date."""
    return not rivals or (_is_of_report(claim, mine) and not any(_is_of_report(each, day) for each, day in rivals))


def _stands(mine: Day, case: Case) -> bool:
    """Whether a title has the date, or a quote has the number that looks like a year: "Form 1040"."""
    if any(mine.text in (ground.title or "") for ground in case.grounds):
        return True
    return mine.month is None and any(re.search(rf"(?<!\d){mine.text}(?!\d)", each.text) for each in case.said)


def named_days(saying: Saying) -> tuple[Day, ...]:
    """The dates of a sentence, with months that stand alone ("the August meeting") and yesterday."""
    taken = [(day.start, day.start + len(day.text)) for day in saying.days]
    months = [
        Day(match[0], match.start(), month=MONTHS.index(match[0]) + 1, year=_year(match[0], saying.published))
        for match in _BARE_MONTH.finditer(saying.text)
        if not any(start <= match.start() < end for start, end in taken)
    ]
    back = _BACK.search(saying.text) if saying.published else None
    before = [_whole(saying.published - timedelta(days=1), back[0])] if back and saying.published else []
    return (*saying.days, *months, *before)


def _year(month: str, published: date | None) -> int | None:
    if published is None:
        return None
    return published.year - (MONTHS.index(month) + 1 > published.month + 6)


def _whole(day: date, text: str = "") -> Day:
    return Day(text or day.isoformat(), 0, day.year, day.month, day.day)


def _covers(theirs: Day, mine: Day) -> bool:
    """Whether a date that a quote has lets a sentence give `mine`, which may be less exact but not more."""
    if mine.weekday is not None:
        return mine.weekday in (theirs.weekday, _weekday(theirs))
    if theirs.weekday is not None:
        return theirs.about is not None and any(_agrees(_whole(day), mine) for day in _weekdays(theirs))
    return _agrees(theirs, mine)


def _agrees(theirs: Day, mine: Day) -> bool:
    if mine.day is not None and mine.day != theirs.day:
        return False
    if mine.month is not None and mine.month != theirs.month:
        return False
    return mine.year is None or mine.year == theirs.year or (theirs.year is None and mine.month is not None)


def _weekdays(theirs: Day) -> Iterator[date]:
    """The days that a weekday may mean as of publication: that day, else the last and the next one."""
    if theirs.about is not None and theirs.weekday is not None:
        last = theirs.about - timedelta(days=(theirs.about.weekday() - theirs.weekday) % 7)
        yield from (last,) if last == theirs.about else (last, last + _WEEK)


def _weekday(day: Day) -> int | None:
    if day.year is None or day.month is None or day.day is None:
        return None
    try:
        return date(day.year, day.month, day.day).weekday()
    except ValueError:
        return None


def _is_rival(theirs: Day, mine: Day) -> bool:
    """Whether both are as exact as each other, so that one is given for the other."""
    if theirs.weekday is not None and theirs.about is not None:
        return mine.day is not None or mine.weekday is not None
    return any(
        one is not None and other is not None and one != other
        for one, other in (
            (theirs.year, mine.year),
            (theirs.month, mine.month),
            (theirs.day, mine.day),
            (theirs.weekday, mine.weekday),
        )
    )


def _is_of_report(claim: Saying, mine: Day) -> bool:
    """Whether a date of the claim is that of the statement it gives: "said on 3 July", or "On 3 July," before all."""
    before = claim.text[: mine.start].split()
    while before and before[-1].casefold() in ("on", "in", "late", "early", "back", "the"):
        before.pop()
    if not before:
        return claim.text[: mine.start].strip().casefold() in ("on", "in")
    return before[-1].casefold().strip(",") in _SAYING | speech.FINITE
