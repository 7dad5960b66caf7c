"""Where two statements on one point differ: in figures, in dates, in what they affirm, or in one name.

A false alarm costs more than a miss, so every rule asks for the same thing counted, the same event dated, the same
doer and deed, or else the same wording around the one place that differs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.comparing.polarity import Predicate
from rag.comparing.restated import restated
from rag.comparing.statement import Statement, topic
from rag.comparing.wording import of_two_things, rivals
from rag.language import speech
from rag.language.dating import Day
from rag.language.entities import entity, is_name, names
from rag.language.figures import Figure, kind_of_thing
from rag.language.terms import stem

_SHARED_NAMES = 0.5
"""Share of their names beyond which two statements, each with a name of its own, are still about one event."""
_SHARED_CONTEXT = 0.7
"""Share of the words around a figure that the other must have around its own: two notice periods may differ."""
_PARALLEL = 0.6
"""Dice coefficient of two statements' words from which they have one wording."""
_FEWEST = 4
"""Words in common, at the least, for one wording; one less where a name is among them and hardly a word differs."""
_NEARLY_THE_SAME = 0.85
_DAYS_APART = 45
"""Two reports of something that happened once are of one event only this near to each other."""
_WINDOW = 9
"""Words on each side of a figure that tell what it counts."""
_WORD = re.compile(r"\d+(?:[.,]\d+)*%?|[^\W\d_]+(?:['’\-][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Difference:
    """What `one` says where `other` says something else, each in its own words."""

    one: str
    other: str


def difference(question: str, one: Statement, other: Statement) -> Difference | None:
    """Where the two cannot both hold; None where they agree or speak of different things."""
    if one.document == other.document or one.is_too_long or other.is_too_long:
        return None
    rules = (_by_figure, _by_day, _by_sign, _by_wording, _by_place)
    return next((found for rule in rules if (found := rule(question, one, other)) is not None), None)


def likeness(one: Statement, other: Statement) -> float:
    """How much of their words two statements share, 0 to 1: the Dice coefficient of topic and names."""
    ours, theirs = one.topic | one.names, other.topic | other.names
    return 2 * len(ours & theirs) / (len(ours) + len(theirs)) if ours or theirs else 0.0


def agrees_in_figure(one: Statement, other: Statement) -> bool:
    """Whether both give the same figure of one thing: "almost five hours of talks", "a five-hour meeting"."""
    if len(one.names & other.names) < 2 and not _same_names(one, other):
        return False
    return any(
        mine.agrees(theirs) and len(_around(one, mine) & _around(other, theirs)) >= 2
        for mine in one.figures
        for theirs in other.figures
        if _counts_the_same(mine, theirs)
    )


def _is_parallel(one: Statement, other: Statement) -> bool:
    common = len((one.topic | one.names) & (other.topic | other.names))
    alike = likeness(one, other)
    if common == _FEWEST - 1 and one.names & other.names:
        return alike >= _NEARLY_THE_SAME
    return common >= _FEWEST and alike >= _PARALLEL


def _are_near(one: Statement, other: Statement) -> bool:
    """Whether two events can be one by their dates; what lasts, and what is undated, always can."""
    if one.said is None or other.said is None or (one.lasting and other.lasting):
        return True
    return abs((one.said - other.said).days) <= _DAYS_APART


def _same_names(one: Statement, other: Statement) -> bool:
    """Whether by its names one event is told; words that only point back ("it", "the population") name nothing."""
    spoken = names(one.speaker or "") | names(other.speaker or "")
    ours, theirs = one.names - spoken, other.names - spoken
    if not ours or not theirs:
        unclear = (one.points_back and not ours) or (other.points_back and not theirs)
        return not unclear or bool(one.title and one.title == other.title)
    return ours <= theirs or theirs <= ours or len(ours & theirs) > _SHARED_NAMES * len(ours | theirs)


def _by_figure(question: str, one: Statement, other: Statement) -> Difference | None:
    if not _are_near(one, other) or not _same_names(one, other) or _dated_apart(one, other):
        return None
    if of_two_things(one.text, other.text):
        return None
    about = topic(question)
    for mine in one.figures:
        if _is_numbered(one.text[: mine.start]):
            continue
        rivals = [theirs for theirs in other.figures if _counts_the_same(mine, theirs)]
        family = [each for each in one.figures if _counts_the_same(each, mine)]
        if not rivals or any(each.agrees(theirs) for each in family for theirs in rivals):
            continue
        ours, theirs = _around(one, mine) - {stem(mine.unit)}, _around(other, rivals[0]) - {stem(mine.unit)}
        common = ours & theirs
        if len(common) < _SHARED_CONTEXT * min(len(ours), len(theirs)):
            continue
        if len(common) >= 2 or (common and common & about):
            return Difference(mine.text, rivals[0].text)
    return None


def _is_numbered(before: str) -> bool:
    """Whether what stands before a figure is one word that says what: in "Platform 3 closes" nothing is counted."""
    said = before.split()
    return len(said) == 1 and bool(topic(said[0].casefold()))


def _dated_apart(one: Statement, other: Statement) -> bool:
    """Whether both name years, and not the same: the figures of two censuses do not disagree."""
    ours = {day.year for day in one.days if day.year}
    theirs = {day.year for day in other.days if day.year}
    return bool(ours and theirs and ours != theirs)


def _counted_apart(one: Statement, other: Statement) -> bool:
    """Whether of two years each has a figure of its own: the figures of 2023 and 2024 do not disagree."""
    return _dated_apart(one, other) and any(
        _counts_the_same(mine, theirs) and not mine.agrees(theirs) for mine in one.figures for theirs in other.figures
    )


def _counts_the_same(one: Figure, other: Figure) -> bool:
    if not one.unit or kind_of_thing(one.unit) != kind_of_thing(other.unit) or one.further != other.further:
        return False
    return not one.head or not other.head or one.head == other.head


def _around(statement: Statement, figure: Figure) -> frozenset[str]:
    """What the figure is about: the topic and names of its clause, and the noun of its compound."""
    start, end = _clause(statement.text, figure.start, figure.end)
    before, after = statement.text[start : figure.start].split(), statement.text[figure.end : end].split()
    near = " ".join((*before[-_WINDOW:], statement.text[figure.start : figure.end], *after[:_WINDOW]))
    kept = {word for word in topic(near) if word in statement.topic}
    called = {entity(word) for word in _WORD.findall(near) if is_name(word)} & statement.names
    return frozenset(kept | called | ({figure.head} - {""}))


def _clause(text: str, start: int, end: int) -> tuple[int, int]:
    """The bounds of the clause around a place: from one semicolon, dash or "while" to the next."""
    breaks = [match.span() for match in re.finditer(r"[;—–:]|, (?:while|but|whereas|although|and)\b", text)]
    left = max((right for _, right in breaks if right <= start), default=0)
    return left, min((left for left, _ in breaks if left >= end), default=len(text))


def _by_day(question: str, one: Statement, other: Statement) -> Difference | None:
    if not _same_names(one, other) or not _are_near(one, other) or _counted_apart(one, other):
        return None
    for mine in one.days:
        deed = _deed(one, mine)
        rivals = [theirs for theirs in other.days if deed and deed & _deed(other, theirs)]
        same = [each for each in one.days if deed & _deed(one, each)]
        if not rivals or any(each.agrees(theirs) for each in same for theirs in rivals):
            continue
        if len((one.topic & other.topic) - deed) + len(one.names & other.names) >= 2:
            return Difference(mine.text, rivals[0].text)
    return None


_SAYING = frozenset(map(stem, speech.FINITE))
_DEED = re.compile(r"\b([a-z]{2,}ed|held|began|begun|built|born|met|made|won|took|set|opens?|starts?|ends?|due)\b")


def _deed(statement: Statement, day: Day) -> frozenset[str]:
    """The stem of the verb that the date belongs to: the last one within the eight words before it."""
    before = " ".join(statement.text[: day.start].split()[-8:])
    found = [match[1] for match in _DEED.finditer(before)]
    return frozenset((stem(found[-1]),)) - _SAYING if found else frozenset()


def _by_sign(question: str, one: Statement, other: Statement) -> Difference | None:
    if not _are_near(one, other):
        return None
    for mine in one.predicates:
        for theirs in other.predicates:
            if mine.sense != theirs.sense or mine.positive == theirs.positive or mine.future != theirs.future:
                continue
            if _is_one_event(one, other, mine, theirs) if mine.sense == "occur" else _is_one_deed(mine, theirs):
                return Difference(mine.text, theirs.text)
    return None


def _is_one_deed(one: Predicate, other: Predicate) -> bool:
    """The same doer and, of what is done to, something in common."""
    return one.agent is not None and one.agent == other.agent and bool(one.about & other.about)


def _is_one_event(one: Statement, other: Statement, mine: Predicate, theirs: Predicate) -> bool:
    """Both about talks, and everybody whom the denial names is in the affirmation too."""
    if "talk" not in mine.about & theirs.about:
        return False
    denied, denying, affirming = (mine, one, other) if not mine.positive else (theirs, other, one)
    missing = denied.names - names(denying.speaker or "")
    return bool(missing) and missing <= affirming.names


def _by_wording(question: str, one: Statement, other: Statement) -> Difference | None:
    """The one place where two statements of the same wording differ."""
    if not _is_parallel(one, other) or not _are_near(one, other):
        return None
    found = rivals(one.text, other.text)
    return Difference(*found) if found else None


def _by_place(question: str, one: Statement, other: Statement) -> Difference | None:
    """The one place where a plain statement of what holds on and on is made otherwise."""
    found = restated(one, other)
    return Difference(*found) if found else None
