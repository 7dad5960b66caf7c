"""Files of questions: one JSON object a line in, one a line out, in the same order and with the line's own id."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from index.errors import OnRecordError
from index.within import Within
from rag import history
from rag.conversation import Turn
from rag.errors import InvalidQuestion
from ui import within
from ui.days import day
from ui.wire import Json

Id = str | int | None


@dataclass(frozen=True, slots=True)
class Line:
    """One question to answer; `as_of` and `user` are None where the line leaves them to the command.

    `history` are the turns before it, oldest first. `within` is what the line wants it answered from, None where it
    says nothing of that.
    """

    id: Id
    question: str
    as_of: date | None = None
    user: str | None = None
    history: tuple[Turn, ...] = ()
    within: Within | None = None


@contextmanager
def opened(path: Path) -> Iterator[Iterable[bytes]]:
    """The lines of a file, or of standard input for `-`, as they come."""
    if str(path) == "-":
        yield sys.stdin.buffer
        return
    try:
        stream = path.open("rb")
    except OSError as error:
        raise InvalidQuestion(f"{path} cannot be read ({error.strerror}); name a file of questions") from error
    with stream:
        yield stream


def answers(lines: Iterable[bytes], answer: Callable[[Line], Json]) -> Iterator[Json]:
    """`answer` of each line as it comes; a line that cannot be answered gives its id and the reason instead."""
    return objects(lines, lambda fields, id, number: answer(_line(fields, id, number)))


def objects(lines: Iterable[bytes], answer: Callable[[Json, str | int, int], Json]) -> Iterator[Json]:
    """`answer` of each line's fields, its id and its number from 1; blank lines are passed over, and one that is
    wrong, or whose answer is an error, gives its id as far as known and the reason."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        id: Id = None
        try:
            fields = _fields(line, number)
            id = _id(fields, number)
            yield answer(fields, id, number)
        except OnRecordError as error:
            yield {"id": id, "error": str(error)}


def _fields(line: bytes, number: int) -> Json:
    try:
        fields = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InvalidQuestion(f"line {number} is not UTF-8; write it in UTF-8") from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise InvalidQuestion(f"line {number} is not JSON ({error}); write one object a line") from error
    if not isinstance(fields, dict):
        raise InvalidQuestion(f"line {number} is no JSON object; write one object a line")
    return fields


def _id(fields: Json, number: int) -> str | int:
    id = fields.get("id")
    if isinstance(id, bool) or not isinstance(id, str | int):
        raise InvalidQuestion(f"line {number} has no id; give each line a text or a number as its id")
    return id


def _line(fields: Json, id: Id, number: int) -> Line:
    question, as_of, user = (fields.get(name) for name in ("question", "as_of", "user"))
    if not isinstance(question, str):
        raise InvalidQuestion(f"line {number} has no question; give it one as text")
    if not isinstance(user, str | None):
        raise InvalidQuestion(f"line {number} has a user that is no text; give reader labels, separated by commas")
    if not isinstance(as_of, str | None):
        raise InvalidQuestion(f"line {number} has an as_of that is no text; write the date as 2024-06-30")
    try:
        before = history.turns(fields.get("history"))
    except InvalidQuestion as error:
        raise InvalidQuestion(f"line {number}: {error}") from error
    return Line(id, question, None if as_of is None else day(as_of), user, before, _within(fields, number))


def _within(fields: Json, number: int) -> Within | None:
    """What a line wants it answered from, by the names that the API has for it."""
    earliest, latest, publishers, collections = (fields.get(name) for name in within.NAMES)
    if earliest is None and latest is None and publishers is None and collections is None:
        return None
    if not isinstance(earliest, str | None) or not isinstance(latest, str | None):
        raise InvalidQuestion(f"line {number} has a from or a to that is no text; write the date as 2024-06-30")
    try:
        first, last = (None if each is None else day(each) for each in (earliest, latest))
        return within.chosen(first, last, publishers, collections)
    except InvalidQuestion as error:
        raise InvalidQuestion(f"line {number}: {error}") from error
