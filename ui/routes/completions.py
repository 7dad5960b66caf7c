"""/v1/models and /v1/chat/completions: On Record as a model that any OpenAI client can ask."""

from __future__ import annotations

import re
import time
from contextlib import aclosing
from functools import partial

from fastapi import FastAPI, HTTPException, Request
from starlette.responses import Response

from index.errors import OnRecordError
from ui import failures, wire
from ui.answerer import Answerer
from ui.audit.noted import noted
from ui.caller import principal_of
from ui.compatible.body import MODEL, Chat, UnknownModel, chat
from ui.compatible.completion import Completion, status_of
from ui.compatible.error import MODEL_NOT_FOUND, error_json
from ui.compatible.text import Telling
from ui.compatible.wire import Head, model_json
from ui.driven import driven, unless_gone
from ui.eventstream import EventStream
from ui.reached import reached_at
from ui.route import POST, SAFE_METHODS, Route
from ui.routes.answering import Answering
from ui.routes.refusal import parsed
from ui.serving import Site

ROUTES = (
    Route(re.compile(r"/v1/chat/completions"), POST, use="ask", asks=True),
    Route(re.compile(r"/v1/models(?:/[\w.:-]{1,100})?"), use="ask"),
)
CLIENT_GONE = 499
"""The status that nobody reads: whoever asked has left."""


def add(app: FastAPI, answerer: Answerer, site: Site) -> None:
    """Put them on `app`."""
    _add_models(app)

    @app.post("/v1/chat/completions", include_in_schema=False)
    async def complete(request: Request) -> Response:
        try:
            asked = chat(parsed(await request.body()))
        except HTTPException as error:
            return _failed(error.status_code, str(error.detail))
        except UnknownModel as error:
            return _failed(404, str(error), MODEL_NOT_FOUND)
        except OnRecordError as error:
            return _failed(status_of(error), str(error))
        completion = _completion(request, asked, answerer, site)
        if asked.stream:
            return EventStream(completion.frames())
        return await _whole(request, completion)


def _add_models(app: FastAPI) -> None:
    started = int(time.time())

    @app.api_route("/v1/models", methods=sorted(SAFE_METHODS), include_in_schema=False)
    async def models() -> Response:
        return _json({"object": "list", "data": [model_json(started)]})

    @app.api_route("/v1/models/{name}", methods=sorted(SAFE_METHODS), include_in_schema=False)
    async def model(name: str) -> Response:
        if name != MODEL:
            return _failed(404, f"there is no model {name!r} here; ask for {MODEL!r}", MODEL_NOT_FOUND)
        return _json(model_json(started))


def _completion(request: Request, asked: Chat, answerer: Answerer, site: Site) -> Completion:
    answering = Answering(answerer, principal_of(request.scope), asked.question, noted(request.scope), site.link_hosts)
    telling = Telling(reached_at(request, site), tuple(site.link_hosts))
    return Completion(answering, telling, Head(counts=asked.counts))


async def _whole(request: Request, completion: Completion) -> Response:
    try:
        told = await unless_gone(request.receive, partial(_all, completion))
    except OnRecordError as error:
        return _failed(status_of(error), str(error))
    return Response(status_code=CLIENT_GONE) if told is None else _json(told)


async def _all(completion: Completion) -> wire.Json:
    async with aclosing(driven(completion.pieces())) as pieces:
        async for _ in pieces:
            pass
    return completion.json()


def _failed(status: int, message: str, code: str | None = None) -> Response:
    return _json(error_json(status, failures.sentence(message), code), status)


def _json(value: wire.Json, status: int = 200) -> Response:
    return Response(wire.dumps(value), status, media_type="application/json")
