"""One case: from a mapping of fields to a Case, with the line of whatever is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from evals.case import Case, Place
from evals.reading.expectations import expected
from evals.reading.fields import Fields, kind_of, lines
from evals.reading.node import Listing, Mapping, Mistakes, Node, Scalar
from rag import history
from rag.conversation import Turn
from rag.errors import InvalidQuestion
from rag.question import Question

FIELDS = ("id", "question", "as_of", "as", "history", "without", "expect", "tags", "must", "note")
DEFAULTS = ("as_of", "as", "tags")
LONGEST_NAME = 120
"""Characters of an id or a tag."""
_NAME = re.compile(r"[^\W_][\w.-]*(?:/[^\W_][\w.-]*)*")
_FORM = f"letters, digits and . _ - in parts divided by /, at most {LONGEST_NAME} characters"


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the cases of a file hold where they say nothing themselves."""

    as_of: date | None = None
    readers: tuple[str, ...] | None = None
    tags: tuple[str, ...] = ()


def defaults(value: Node, mistakes: Mistakes) -> Defaults:
    """The `defaults:` at the top of a file."""
    fields = _fields(value, "defaults", DEFAULTS, mistakes)
    return Defaults() if fields is None else Defaults(fields.day("as_of"), _readers(fields), _tags(fields))


def case(value: Node, given: Defaults, seen: dict[str, Place], mistakes: Mistakes) -> Case | None:
    """The case that `value` is; None where it lacks what every case has, which is noted.

    `seen` are the ids before it with their places; its own is added, whatever else is wrong with it.
    """
    fields = _fields(value, "the case", FIELDS, mistakes)
    if fields is None:
        return None
    place = Place(mistakes.file, fields.line)
    id, question, without = _id(fields, seen, place), _question(fields), fields.texts("without")
    as_of, readers, tags = fields.day("as_of"), _readers(fields), _tags(fields)
    told = _history(fields, mistakes)
    must, note = fields.truth("must") or False, fields.text("note") or ""
    wanted = fields.value("expect")
    found = None if wanted is None else expected(wanted, mistakes)
    if fields.lacks("expect"):
        fields.wrong(fields.line, "the case has no expect; say there what its answer is held to")
    if id is None or question is None or found is None:
        return None
    return Case(
        id=id,
        question=question,
        expected=found[0],
        history=told,
        as_of=as_of if "as_of" in fields else given.as_of,
        readers=readers if "as" in fields else given.readers,
        without=tuple(each.text for each in without),
        tags=tags if "tags" in fields else given.tags,
        must=must,
        note=note,
        place=place,
        lines=(*found[1], *lines("without", without)),
    )


def _fields(value: Node, name: str, known: tuple[str, ...], mistakes: Mistakes) -> Fields | None:
    if isinstance(value, Mapping):
        return Fields(value, known, mistakes)
    mistakes.add(value.line, f"{name} is {kind_of(value)} and not a mapping of fields; write {', '.join(known)}")
    return None


def _id(fields: Fields, seen: dict[str, Place], place: Place) -> str | None:
    if fields.lacks("id"):
        fields.wrong(fields.line, "the case has no id; give it one, which no other case has")
    id = fields.text("id")
    if id is None or not _is_named(id, "id", fields.line_of("id"), fields):
        return None
    if id in seen:
        fields.wrong(fields.line_of("id"), f"the id {id!r} stands at {seen[id]} already; give each case its own")
        return None
    seen[id] = Place(place.file, fields.line_of("id"))
    return id


def _is_named(name: str, what: str, line: int, fields: Fields) -> bool:
    if len(name) <= LONGEST_NAME and _NAME.fullmatch(name):
        return True
    fields.wrong(line, f"{what} cannot be {name[:60]!r}; write {_FORM}")
    return False


def _question(fields: Fields) -> str | None:
    """The question, refused where it could not be asked."""
    if fields.lacks("question"):
        fields.wrong(fields.line, "the case has no question; write what is asked")
    text = fields.text("question")
    if text is None:
        return None
    try:
        return Question(text).text
    except InvalidQuestion as error:
        fields.wrong(fields.line_of("question"), str(error))
        return None


def _readers(fields: Fields) -> tuple[str, ...] | None:
    if "as" not in fields:
        return None
    labels = fields.texts("as")
    for label in labels:
        if label.text != label.text.strip() or re.search("[,;|]", label.text):
            fields.wrong(label.line, f"as has {label.text[:60]!r}, which is no one label; write each by itself")
    return tuple(label.text for label in labels)


def _tags(fields: Fields) -> tuple[str, ...]:
    tags = fields.texts("tags")
    return tuple(tag.text for tag in tags if _is_named(tag.text, "a tag", tag.line, fields))


def _history(fields: Fields, mistakes: Mistakes) -> tuple[Turn, ...]:
    value = fields.value("history")
    if value is None:
        return ()
    told = _plain(value, mistakes)
    try:
        return history.turns(told if told is not None else False)
    except InvalidQuestion as error:
        fields.wrong(_line_of_turn(value, told), str(error))
        return ()


def _line_of_turn(value: Node, told: object) -> int:
    """The line of the first item that is no turn after those before it; that of the whole where it is no list."""
    if isinstance(value, Listing) and isinstance(told, list):
        for number, item in enumerate(value.items):
            try:
                history.turns(told[: number + 1])
            except InvalidQuestion:
                return item.line
    return value.line


def _plain(value: Node, mistakes: Mistakes) -> object:
    """What JSON would hold of it."""
    match value:
        case Listing():
            return [_plain(item, mistakes) for item in value.items]
        case Mapping():
            known = [field.name for field in value.fields]
            fields = Fields(value, known, mistakes)
            return {name: _plain(inner, mistakes) for name in known if (inner := fields.value(name)) is not None}
        case Scalar():
            return {"text": value.text, "nothing": None}.get(value.kind, False)
