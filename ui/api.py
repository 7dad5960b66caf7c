"""The JSON API's requests: from a body to a question, or a sentence that says what is wrong with it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from rag.ask import Question
from rag.errors import InvalidQuestion
from ui import lines

FIELDS = ("question", "as_of", "id")


@dataclass(frozen=True, slots=True)
class Request:
    """A question with the id its sender gave it; None where it has none."""

    question: Question
    id: str | int | None = None


def request(body: bytes) -> Request:
    """The request in `body`: {"question", "as_of", "id"}, of which only the question is required.

    Raises InvalidQuestion for anything else, unknown fields included: a field that is silently ignored would look
    like one that works.
    """
    fields = _object(body)
    if unknown := sorted(fields.keys() - set(FIELDS)):
        raise InvalidQuestion(f"there is no field {unknown[0]!r}; the fields are {', '.join(FIELDS)}")
    question, as_of, id = (fields.get(name) for name in FIELDS)
    if not isinstance(question, str):
        raise InvalidQuestion("the body has no question; give it one as text")
    if not isinstance(as_of, str | None):
        raise InvalidQuestion("as_of is no text; write the date as 2024-06-30")
    if isinstance(id, bool) or not isinstance(id, str | int | None):
        raise InvalidQuestion("the id is neither a text nor a number; give one of those, or leave it out")
    return Request(Question(question, None if as_of is None else lines.day(as_of)), id)


def _object(body: bytes) -> dict[str, object]:
    try:
        fields = json.loads(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InvalidQuestion("the body is not UTF-8; write it in UTF-8") from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise InvalidQuestion("the body is not JSON; send one JSON object") from error
    if not isinstance(fields, dict):
        raise InvalidQuestion("the body is no JSON object; send one")
    return fields
