"""Asking a question and checking a text over the API, whole or as server-sent events."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import aclosing
from typing import TypeVar

from fastapi import FastAPI, Request
from starlette.responses import Response

from rag.answer import Answer
from rag.events import Answered, Event
from ui import api, eventstream, wire
from ui.answerer import Answerer
from ui.caller import principal_of
from ui.driven import driven, unless_gone
from ui.eventstream import EventStream
from ui.route import POST, Route
from ui.serving import Site

T = TypeVar("T")

ROUTES = (Route(re.compile(r"/api/v1/(?:ask|check)"), POST, use="ask", asks=True),)
CLIENT_GONE = 499
"""The status that nobody reads: whoever asked has left."""


def add(app: FastAPI, answerer: Answerer, site: Site) -> None:
    """Put both on `app`."""

    @app.post("/api/v1/ask")
    async def ask(request: Request) -> Response:
        asked = api.request(await request.body())
        principal = principal_of(request.scope)
        if api.wants_events(request.headers.get("accept", "")):
            return EventStream(eventstream.answering(answerer, principal, asked))
        answer = await unless_gone(request.receive, lambda: _answer(answerer.stream(principal, asked.question)))
        return _gone() if answer is None else _json(wire.answer_json(answer, asked.id))

    @app.post("/api/v1/check")
    async def check(request: Request) -> Response:
        draft = api.draft(await request.body())
        principal = principal_of(request.scope)
        if api.wants_events(request.headers.get("accept", "")):
            return EventStream(eventstream.checking(answerer, principal, draft))
        statements = answerer.check(principal, draft.text, draft.as_of)
        sentences = await unless_gone(request.receive, lambda: _all(statements))
        return _gone() if sentences is None else _json({"sentences": [api.checked_json(each) for each in sentences]})


async def _answer(events: Generator[Event, None, None]) -> Answer:
    last = (await _all(events))[-1]
    if not isinstance(last, Answered):
        raise RuntimeError("an answer ends with its Answered event")
    return last.answer


async def _all(generator: Generator[T, None, None]) -> list[T]:
    async with aclosing(driven(generator)) as items:
        return [item async for item in items]


def _gone() -> Response:
    return Response(status_code=CLIENT_GONE)


def _json(value: wire.Json, status: int = 200) -> Response:
    return Response(wire.dumps(value), status, media_type="application/json")
