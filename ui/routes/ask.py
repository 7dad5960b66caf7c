"""Asking a question and checking a text over the API, whole or as server-sent events."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import aclosing
from functools import partial
from typing import Any, TypeVar

from fastapi import APIRouter, Request
from starlette.responses import Response

from rag.answer import Answer
from rag.events import Answered, Event
from ui import api, eventstream
from ui.answerer import Answerer
from ui.audit.noted import noted
from ui.caller import caller_of, principal_of
from ui.driven import driven, unless_gone
from ui.eventstream import EventStream
from ui.route import POST, Route
from ui.routes import running
from ui.routes.answering import Answering
from ui.routes.asked import Ask, Check
from ui.routes.conversing import Conversing
from ui.routes.refusal import ASKING, failing, given
from ui.routes.shown import Checked, Told
from ui.serving import Site
from ui.wording import wording_of

T = TypeVar("T")

ROUTES = (Route(re.compile(r"/api/v1/(?:ask|check)"), POST, use="ask", asks=True),)
CLIENT_GONE = 499
"""The status that nobody reads: whoever asked has left."""
_EVENTS: dict[str, Any] = {"schema": {"type": "string", "description": "Server-sent events; see the documentation."}}
_ALSO_EVENTS: dict[int | str, dict[str, Any]] = {200: {"content": {api.EVENTS: _EVENTS}}}


def add(router: APIRouter, answerer: Answerer, site: Site) -> None:
    """Put both on `router`."""
    _add_ask(router, answerer, site)
    _add_check(router, answerer)


def _add_ask(router: APIRouter, answerer: Answerer, site: Site) -> None:
    conversing = Conversing(answerer, site.records.conversations, reserved=site.running.reserved)

    @router.post(
        "/api/v1/ask", tags=["answers"], response_model=Told, responses=_ALSO_EVENTS | failing(*ASKING, 404, 409)
    )
    async def ask(request: Request, asked: Ask) -> Response:
        """The answer to a question; as server-sent events where they are accepted."""
        caller = caller_of(request.scope)
        asked.asked()  # what is wrong with the question is told before a conversation is opened for it
        talk = await conversing.open(caller, asked.conversation) if asked.conversation else None
        close = partial(conversing.close, talk) if talk else _nothing
        answering = Answering(
            answerer,
            caller.principal,
            asked.asked(talk.history if talk else ()),
            noted(request.scope),
            site.link_hosts,
            asked.id,
            talk,
        )
        if api.wants_events(request.headers.get("accept", "")):
            answering.partly = True
            if talk:
                return running.asked(site.running, conversing, answering, talk)
            return EventStream(eventstream.answering(answering, wording_of(request.scope)))
        try:
            answer = await unless_gone(request.receive, lambda: _answer(answering.events()))
            return _gone() if answer is None else given(answering.told(answer))
        finally:
            close()


def _add_check(router: APIRouter, answerer: Answerer) -> None:
    @router.post("/api/v1/check", tags=["answers"], response_model=Checked, responses=_ALSO_EVENTS | failing(*ASKING))
    async def check(request: Request, sent: Check) -> Response:
        """What the library says to each statement of a text; as server-sent events where they are accepted."""
        noting = noted(request.scope)
        checking = answerer.check(principal_of(request.scope), sent.text, sent.as_of, sent.within)
        statements = api.noting(checking, noting)
        if api.wants_events(request.headers.get("accept", "")):
            return EventStream(eventstream.checking(statements, wording_of(request.scope)))
        sentences = await unless_gone(request.receive, lambda: _all(statements))
        return _gone() if sentences is None else given({"sentences": [api.checked_json(each) for each in sentences]})


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


def _nothing() -> None:
    pass
