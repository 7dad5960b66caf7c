"""How the evidence of a comparison is laid out: by whoever or whatever is compared, or by the two times of a change.

`sides` is for before the evidence is found: each side of a comparison is searched for by itself, so that neither hides
the other. `groups` is for after: it puts the evidence under one heading for each side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from index.query import Query
from rag.answer import Evidence, Form, Group
from rag.forms.opposed import Opposed, matter, opposed
from rag.forms.timeless import timeless
from rag.language.stance import speaks
from rag.language.terms import content_words, near, stem, words
from rag.language.times import Named, named_times

MOST_DAYS = 4
"""Headings that are days; where the evidence has more days, its months are headings, and then its years."""
COVERED = 0.5
"""The share of a side's words that a quote and its title must hold to speak of that side."""
_OFFICES = frozenset(map(stem, ("desk", "ministry", "government", "news", "times")))
"""Words of a source's name that stand beside many a speaker."""
_ONE_DAY = timedelta(days=1)
_MOST_SIDES = 4


def sides(question: str, form: Form, query: Query, today: date | None = None) -> tuple[Query, ...]:
    """One query for each side of a change or a comparison, in the place of `query`; () where that is searched as it is.

    A change between two times is what was known at the end of the first, and what came after it up to the end of the
    second; "in June and in November" means those months alone. What sources that are no people say is also searched
    for without their names. Months without a year count back from the query's as-of
    date, else from `today`, else from the clock.
    """
    if form == "change":
        asked = replace(query, text=timeless(query.text))
        periods = _periods(question, query.as_of or today)
        return tuple(_within(asked, period) for period in periods) or (asked,)
    if form == "comparison":
        asked_for = [side.question for side in opposed(query.text)[:_MOST_SIDES]]
        whoever = matter(query.text) if asked_for else None
        return tuple(replace(query, text=text) for text in (*asked_for, *filter(None, [whoever])))
    return ()


def groups(question: str, form: Form, evidence: Sequence[Evidence], as_of: date | None = None) -> tuple[Group, ...]:
    """The evidence of a comparison by source, of a change by date and the oldest first; () unless it has two groups.

    Numbers count from 1 in the order of `evidence`; what belongs to no side, or has no date, is in no group.
    """
    found: Iterable[Group] = ()
    if form == "change":
        found = _by_period(_periods(question, as_of), evidence) or _by_date(evidence)
    elif form == "comparison":
        found = _by_side(opposed(question), evidence) or _by_publisher(evidence)
    return tuple(found)


class _Period:
    """Days from `first` to `last`, None where that side is open, and its heading; `recent` prefers its end."""

    __slots__ = ("first", "label", "last", "recent")

    def __init__(self, label: str, first: date | None, last: date | None, *, recent: bool = False) -> None:
        self.label, self.first, self.last, self.recent = label, first, last, recent

    def holds(self, day: date | None) -> bool:
        return day is not None and (self.first or date.min) <= day <= (self.last or date.max)


def _periods(question: str, today: date | None) -> tuple[_Period, ...]:
    """The times that a question about a change sets against each other; () where it names none."""
    times = named_times(question, today)
    if len(times) == 1:
        return _around(question, times[0])
    if any(time.relation in ("between", "from", "since") for time in times):
        times = tuple(sorted(times[:2], key=lambda time: time.first))
    elif any(time.relation != "in" for time in times):
        return ()
    ordered = sorted(times[:_MOST_SIDES], key=lambda time: time.first)
    if len(ordered) == 2 and (ordered[0].relation != "in" or "chang" in question.casefold()):
        return _from_to(*ordered)
    return tuple(_Period(_label(time), time.first, time.last) for time in ordered)


def _around(question: str, time: Named) -> tuple[_Period, ...]:
    """Before and after the one time that is named."""
    if "before and after" in question.casefold():
        day = _label(time)
        return (
            _Period(f"Before {day}", None, time.first - _ONE_DAY, recent=True),
            _Period(f"From {day} on", time.first, None),
        )
    if time.relation not in ("since", "after", "from"):
        return ()
    return _Period(f"Up to {_label(time)}", None, time.last, recent=True), _Period(
        f"After {_label(time)}", time.last + _ONE_DAY, None
    )


def _from_to(one: Named, other: Named) -> tuple[_Period, ...]:
    """What was known at the end of one time, and what came then up to the end of the other."""
    if other.last <= one.last:
        return ()
    after = f"After {_label(one)}, up to {_label(other)}"
    return (
        _Period(f"Up to {_label(one)}", None, one.last, recent=True),
        _Period(after, one.last + _ONE_DAY, other.last, recent=True),
    )


def _within(query: Query, period: _Period) -> Query:
    """The query for one period; where its end is what counts, what is recent to that is preferred."""
    as_of = query.as_of
    if period.recent and period.last is not None:
        as_of = min(period.last, as_of or date.max)
    return replace(query, as_of=as_of, earliest=period.first, latest=period.last)


def _label(time: Named) -> str:
    """The days of a time as a heading: "3 July 2024", "June 2024", "2024"."""
    if time.first == time.last:
        return _day(time.first)
    if (time.first.day, time.first.month, time.last.month) == (1, 1, 12):
        return str(time.first.year)
    return f"{time.first:%B %Y}" if time.first.day == 1 else f"{_day(time.first)} to {_day(time.last)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _by_period(periods: Sequence[_Period], evidence: Sequence[Evidence]) -> tuple[Group, ...]:
    held = {
        period.label: [number for number, each in enumerate(evidence, 1) if period.holds(each.attribution.published)]
        for period in periods
    }
    return _groups({label: _oldest_first(numbers, evidence) for label, numbers in held.items()})


def _by_date(evidence: Sequence[Evidence]) -> tuple[Group, ...]:
    """By day of publication, or by month or year where there are too many days."""
    dated = [
        (each.attribution.published, number) for number, each in enumerate(evidence, 1) if each.attribution.published
    ]
    for heading in (_day, lambda day: f"{day:%B %Y}", lambda day: str(day.year)):
        held: dict[str, list[int]] = {}
        for day, number in sorted(dated):
            held.setdefault(heading(day), []).append(number)
        if len(held) <= MOST_DAYS:
            return _groups(held)
    return _groups(held)


def _oldest_first(numbers: Iterable[int], evidence: Sequence[Evidence]) -> list[int]:
    return sorted(numbers, key=lambda number: (evidence[number - 1].attribution.published or date.max, number))


def _by_side(compared: Sequence[Opposed], evidence: Sequence[Evidence]) -> tuple[Group, ...]:
    held: dict[str, list[int]] = {side.label: [] for side in compared}
    for number, each in enumerate(evidence, 1):
        mine = [side for side in compared if _is_from(side, each)]
        if not mine and not (each.speaker and any(side.source for side in compared)):
            mine = [side for side in compared if _is_about(side, each)]
        if len(mine) == 1:
            held[mine[0].label].append(number)
    return _groups(held)


def _is_from(side: Opposed, evidence: Evidence) -> bool:
    """Whether the side published the quote or says it."""
    name = frozenset(map(stem, words(side.source or "")))
    origin = evidence.attribution
    published = {stem(word) for part in (origin.publisher, origin.author) for word in words(part or "")}
    return bool(name) and (name <= published or speaks(name - _OFFICES, evidence.speaker, evidence.quote))


def _is_about(side: Opposed, evidence: Evidence) -> bool:
    """Whether the quote, with its title, holds most words of the side."""
    own = set(map(stem, content_words(side.label)))
    present = set(map(stem, words(f"{evidence.attribution.title or ''} {evidence.quote}")))
    met = sum(1 for word in own if word in present or near(word, present))
    return bool(own) and met / len(own) > COVERED


def _by_publisher(evidence: Sequence[Evidence]) -> tuple[Group, ...]:
    held: dict[str, list[int]] = {}
    for number, each in enumerate(evidence, 1):
        origin = each.attribution
        held.setdefault(origin.publisher or origin.title or origin.uri, []).append(number)
    return _groups(held)


def _groups(held: Mapping[str, Sequence[int]]) -> tuple[Group, ...]:
    filled = tuple(Group(label, tuple(numbers)) for label, numbers in held.items() if numbers)
    return filled if len(filled) > 1 else ()
