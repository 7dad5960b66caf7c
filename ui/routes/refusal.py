"""What programs are told that ask in a wrong way: a status and one sentence, {"error"}, and never anything else.

The body is read here too, more strictly than usual: JSON as RFC 8259 has it, in UTF-8, of whole characters.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exception_handlers import http_exception_handler, request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException as AnyHTTPException
from starlette.responses import Response

from ui import wire
from ui.routes.asked import WRITTEN
from ui.routes.shown import Failure
from ui.told import Told

NOT_JSON = "the body is not JSON; send one JSON object"
NO_CONVERSATION = "there is no such conversation of yours here; begin one by asking with conversation: new"
NO_TURN = "there is no such turn of yours here; judge one that an answer named"
NOT_RUNNING = "no answer of yours is under way under this name; what was kept of it is in its conversation"
NO_DOCUMENT = "there is no such document, or you may not read it; list those you may with /api/v1/documents"
ANSWERING = "another question of this conversation is being answered; wait for its answer and ask again"
FULL = "this conversation has all the turns that one can have; begin a new one"

_MEANINGS = {
    400: "What was sent is wrong; the sentence says what.",
    401: "The request brings no credential, or one that does not hold.",
    403: "Whoever asks may not do this.",
    404: "There is no such thing, or none that whoever asks may read.",
    409: "The conversation cannot take this question now.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    429: "Too much was asked; Retry-After says when to ask again.",
    503: "The library or the model cannot be reached, or too many wait.",
}
READING = (400, 401, 403, 503)
SENDING = (*READING, 413, 415)
ASKING = (*SENDING, 429)


def given(value: wire.Json) -> Response:
    """The response that gives this object."""
    return Told(value)


def failing(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """These statuses as a description has them."""
    return {status: {"model": Failure, "description": _MEANINGS[status]} | _more(status) for status in sorted(statuses)}


def _more(status: int) -> dict[str, Any]:
    again = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
    return {"headers": again} if status in (429, 503) else {}


class StrictRequest(Request):
    """A request whose body is refused, in a sentence, for whatever is not exactly JSON."""

    async def json(self) -> object:
        """The body's value. Raises HTTPException with status 400."""
        return parsed(await self.body())


class StrictRoute(APIRoute):
    """A route that reads its requests so."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            return await handle(StrictRequest(request.scope, request.receive))

        return strictly


def parsed(body: bytes) -> object:
    """The value of a body of JSON. Raises HTTPException with status 400 and a sentence."""
    try:
        text = body.decode("utf-8")
        value = json.loads(text, parse_constant=_no_number)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeDecodeError as error:
        raise HTTPException(400, "the body is not UTF-8; write it in UTF-8") from error
    except UnicodeEncodeError as error:
        raise HTTPException(400, "the body has half of a character; write both halves of each pair") from error
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, NOT_JSON) from error
    return value


def add(app: FastAPI) -> None:
    """Make whatever is refused on `app` under /api/ a sentence; elsewhere it stays as FastAPI has it."""

    @app.exception_handler(AnyHTTPException)
    async def refused(request: Request, error: AnyHTTPException) -> Response:
        if not _is_ours(request):
            return await http_exception_handler(request, error)
        return _refusal(error.status_code, str(error.detail), error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        if not _is_ours(request):
            return await request_validation_exception_handler(request, error)
        return _refusal(400, sentence(error.errors()[0]))


def sentence(error: Mapping[str, Any]) -> str:
    """What is wrong with a field, as pydantic found it."""
    place, bounds = error["loc"], error.get("ctx") or {}
    name = str(place[1]) if len(place) > 1 else "the body"
    if name == "id":
        return "the id is neither a text nor a whole number; give one of those, or leave it out"
    match error["type"]:
        case "missing":
            return f"the body has no {name}; give one" if len(place) > 1 else NOT_JSON
        case "string_type":
            return f"{name} is no text; give it as text"
        case "string_too_short":
            return f"the {name} is empty; write something"
        case "string_pattern_mismatch" if bounds.get("pattern") == WRITTEN:
            return f"the {name} is empty; write something"
        case "string_pattern_mismatch":
            return f"{name} is no id; give one that was given to you"
        case "string_too_long":
            return f"{name} is over {bounds['max_length']} characters long; send less"
        case "literal_error":
            return f"{name} is not {bounds['expected']}; give one of those"
        case "int_type" | "int_parsing" | "int_from_float" | "int_parsing_size":
            return f"{name} is no whole number; give one"
        case "greater_than_equal":
            return f"{name} is below {bounds['ge']}; give at least that"
        case "less_than_equal":
            return f"{name} is above {bounds['le']}; give at most that"
    return f"{name} is no JSON object; send one" if len(place) == 1 else f"{name} is not what it has to be; see the API"


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _is_ours(request: Request) -> bool:
    return str(request.scope["path"]).startswith("/api/")


def _refusal(status: int, told: str, headers: Mapping[str, str] | None = None) -> Response:
    return Told({"error": told}, status, dict(headers or {}))
