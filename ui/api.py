"""The JSON API: from a body to a question or a draft, or a sentence that says what is wrong with it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from rag import history
from rag.check import Checked
from rag.errors import InvalidQuestion
from rag.question import Question
from ui import lines, wire
from ui.brief import source_link

FIELDS = ("question", "as_of", "id", "history")
EVENTS = "text/event-stream"
DRAFT_FIELDS = ("text", "as_of")
LONGEST_DRAFT = 20_000
"""Characters of a draft that are checked at once; each of its sentences is looked for in the library."""


@dataclass(frozen=True, slots=True)
class Request:
    """A question with the id its sender gave it; None where it has none."""

    question: Question
    id: str | int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """Somebody's text to be checked; `as_of` hides what was published later."""

    text: str
    as_of: date | None = None


def request(body: bytes) -> Request:
    """The request in `body`: {"question", "as_of", "id", "history"}, of which only the question is required.

    Raises InvalidQuestion for anything else, unknown fields included: a field that is silently ignored would look
    like one that works.
    """
    fields = _object(body, FIELDS)
    question, id = fields.get("question"), fields.get("id")
    if not isinstance(question, str):
        raise InvalidQuestion("the body has no question; give it one as text")
    if isinstance(id, bool) or not isinstance(id, str | int | None):
        raise InvalidQuestion("the id is neither a text nor a number; give one of those, or leave it out")
    return Request(Question(question, _day(fields), history.turns(fields.get("history"))), id)


def draft(body: bytes) -> Draft:
    """The draft in `body`: {"text", "as_of"}, of which only the text is required. Raises InvalidQuestion likewise."""
    fields = _object(body, DRAFT_FIELDS)
    text = fields.get("text")
    if not isinstance(text, str):
        raise InvalidQuestion("the body has no text; give it the text to check")
    if not text.strip():
        raise InvalidQuestion("the text is empty; give some sentences to check")
    if len(text) > LONGEST_DRAFT:
        raise InvalidQuestion(f"the text is {len(text)} characters long; check at most {LONGEST_DRAFT} at once")
    return Draft(text, _day(fields))


def checked_json(checked: Checked) -> wire.Json:
    """As ui.wire has it, each quote with `source`: the address on this server where it can be seen lit."""
    linked = [
        wire.evidence_json(number, each) | {"source": source_link(each.attribution.document_id, each.span, each.quote)}
        for number, each in enumerate(checked.evidence, start=1)
    ]
    return wire.checked_json(checked) | {"evidence": linked}


def wants_events(accept: str) -> bool:
    """Whether the Accept header names server-sent events."""
    return any(kind.partition(";")[0].strip().lower() == EVENTS for kind in accept.split(","))


def _day(fields: dict[str, object]) -> date | None:
    as_of = fields.get("as_of")
    if not isinstance(as_of, str | None):
        raise InvalidQuestion("as_of is no text; write the date as 2024-06-30")
    return None if as_of is None else lines.day(as_of)


def _object(body: bytes, known: tuple[str, ...]) -> dict[str, object]:
    try:
        fields = json.loads(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InvalidQuestion("the body is not UTF-8; write it in UTF-8") from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise InvalidQuestion("the body is not JSON; send one JSON object") from error
    if not isinstance(fields, dict):
        raise InvalidQuestion("the body is no JSON object; send one")
    if unknown := sorted(fields.keys() - set(known)):
        raise InvalidQuestion(f"there is no field {unknown[0]!r}; the fields are {', '.join(known)}")
    return fields
