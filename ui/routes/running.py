"""Answers that are under way in conversations, as server-sent events for whoever asked: all of an answer's events from
its first, and then those that come.

They are the events of `ui.eventstream`, and `stopped` where the answer was ended before it was whole.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ui import api, eventstream
from ui.answerer import Answerer
from ui.audit.noted import noted
from ui.caller import Caller, caller_of
from ui.driven import unless_gone
from ui.route import GET, Route
from ui.routes.answering import Answering
from ui.routes.asked import ID
from ui.routes.conversing import Conversing, Talk, where
from ui.routes.refusal import NOT_RUNNING, READING, failing
from ui.running import Answers, Running
from ui.serving import Site
from ui.wording import Wording, wording_of

ROUTES = (Route(re.compile(r"/api/v1/turns/[0-9A-Za-z_-]{1,64}/events"), GET, use="history"),)
OneId = Annotated[str, Path(pattern=ID)]
_EVENTS: dict[str, Any] = {"schema": {"type": "string", "description": "Server-sent events; see the documentation."}}


def add(router: APIRouter, answerer: Answerer, site: Site) -> None:
    """Put it on `router`."""

    @router.get(
        "/api/v1/turns/{turn}/events",
        tags=["answers"],
        response_class=Response,
        responses=failing(*READING, 404) | {200: {"content": {api.EVENTS: _EVENTS}}},
    )
    async def events(request: Request, turn: OneId) -> Response:
        """An answer of yours that is under way, or was a moment ago, from its first event."""
        caller = caller_of(request.scope)
        found = site.running.turn(turn, where(caller), caller.principal)
        if found is None or not await run_in_threadpool(found.answering.is_readable):
            raise HTTPException(404, NOT_RUNNING)
        noted(request.scope).showed(found.answering.noted.documents)
        return Followed(found)


def asked(answers: Answers, conversing: Conversing, answering: Answering, talk: Talk) -> Response:
    """The events of an answer in a conversation for whoever asks for it: when they leave it ends, unless somebody else
    has come to watch."""
    return Followed(answers.begin(answering, _closing(conversing, talk), grace=0), carries=True)


def under_way(answers: Answers, caller: Caller, conversation: str) -> str | None:
    """The turn that is being answered in this conversation of theirs, where it can be watched."""
    running = answers.conversation(conversation, where(caller), caller.principal)
    return running.talk.turn if running and not running.is_over else None


class Followed(Response):
    """The response that sends an answer's events as they come. One that `carries` the answer holds its turn, and so is
    not over before the answer is."""

    media_type = api.EVENTS

    def __init__(self, running: Running, *, carries: bool = False) -> None:
        # The second header keeps nginx, where one stands before, from holding the events back.
        super().__init__(headers={"cache-control": "no-store", "x-accel-buffering": "no"})
        del self.headers["content-length"]
        self.running = running
        self.carries = carries

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await unless_gone(receive, partial(self._send, send, wording_of(scope)))
        finally:
            if self.carries:
                await self.running.ended()

    async def _send(self, send: Send, wording: Wording) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        answering = self.running.answering
        body = eventstream.named(answering)
        async with aclosing(self.running.watch()) as news:
            async for events in news:
                body += b"".join(eventstream.frame(event, answering, wording) for event in events)
                if body:
                    await send({"type": "http.response.body", "body": body, "more_body": True})
                body = b""
        await send({"type": "http.response.body", "body": body + eventstream.ending(self.running, wording)})


@asynccontextmanager
async def _closing(conversing: Conversing, talk: Talk) -> AsyncIterator[None]:
    try:
        yield
    finally:
        conversing.close(talk)
