"""One ASGI app: the conversation, the source pages, the JSON API and the health checks, all behind the guard."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Generator, Iterable
from contextlib import aclosing
from pathlib import Path
from typing import TypeVar

from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

from index.errors import LibraryError, OnRecordError
from rag.answer import Answer
from rag.errors import InvalidQuestion
from rag.events import Answered, Event
from ui import api, eventstream, render, source, wire
from ui.access.identity import Identify
from ui.access.local import local
from ui.answerer import Answerer
from ui.caller import principal_of
from ui.driven import driven, unless_gone
from ui.eventstream import EventStream
from ui.guard import Guard, Route

T = TypeVar("T")

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Gradio sets styles from its scripts and in its markup, so those stay 'unsafe-inline'; scripts do not."""
SOURCE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-same-origin"
)
"""A source page runs no script and goes nowhere by itself, and only our own page may frame it."""
QUOTES_ONLY = "Quotes only: no language model is connected."

OWN_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
"""A page that is ours alone needs no exceptions."""
CLIENT_GONE = 499
"""The status that nobody reads: whoever asked has left."""

GRADIO = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": str(2**31),
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
}
"""What gradio reads from the environment: that it reports to nobody, and keeps no statistics, which it would otherwise
count anew, with pandas, after every question."""

STATIC = Path(__file__).parent / "static"
ROUTES = (
    Route(re.compile(r"/"), policy=PAGE_POLICY),
    Route(re.compile(r"/source/[0-9a-f]{32}"), policy=SOURCE_POLICY),
    Route(re.compile(r"/page/[a-z]+\.(?:css|js|svg)"), cache="no-cache"),
    Route(re.compile(r"/check"), policy=OWN_POLICY),
    Route(re.compile(r"/api/v1/(?:ask|check)"), frozenset({"POST"})),
    Route(re.compile(r"/healthz|/readyz")),
)
"""What is open besides the conversation itself."""


class App(Guard):
    """The app behind its guard; `end_streams` lets the open pages go: to be called as a server begins to stop."""

    end_streams: Callable[[], None]


def create_app(
    answerer: Answerer,
    *,
    examples: Iterable[str] = (),
    model: str | None = None,
    identify: Identify = local,
    hosts: Iterable[str] = (),
) -> App:
    """The whole app behind its guard.

    `examples` are questions offered to begin with. `model` is the name of the language model that writes the answers,
    None where answers are quotes only. `hosts` are names the server is reached by, besides those of loopback.
    """
    os.environ.update(GRADIO)
    from ui import chat

    app = FastAPI(title="On Record", docs_url=None, redoc_url=None, openapi_url=None)
    app.mount("/page", StaticFiles(directory=STATIC))
    _add_pages(
        app,
        answerer,
        render.chat_page(chat.assets(), f"Written by {model}, each sentence checked." if model else QUOTES_ONLY),
    )
    _add_api(app, answerer)
    _add_health(app, answerer)
    _add_failures(app)
    end_streams = chat.mount(app, answerer, tuple(examples), writes=model is not None)
    guarded = App(app, routes=(*chat.ROUTES, *ROUTES), identify=identify, hosts=hosts)
    guarded.end_streams = end_streams
    return guarded


def _add_pages(app: FastAPI, answerer: Answerer, chat_page: str) -> None:
    @app.api_route("/", methods=["GET", "HEAD"])
    def conversation() -> Response:
        return HTMLResponse(chat_page)

    @app.api_route("/source/{document_id}", methods=["GET", "HEAD"])
    def document(request: Request, document_id: str) -> Response:
        found = answerer.document(principal_of(request.scope), document_id)
        if found is None:
            return HTMLResponse(render.source_page(source.MISSING), 404)
        query = request.query_params
        page = source.page(found, query.get("at", ""), query.get("sum", ""), beside="beside" in query)
        return HTMLResponse(render.source_page(page))

    @app.api_route("/check", methods=["GET", "HEAD"])
    def checking() -> Response:
        return HTMLResponse(render.check_page(api.LONGEST_DRAFT))


def _add_failures(app: FastAPI) -> None:
    @app.exception_handler(OnRecordError)
    async def cannot(request: Request, error: OnRecordError) -> Response:
        if request.scope["path"].startswith("/api/"):
            return _json({"error": str(error)}, 400 if isinstance(error, InvalidQuestion) else 503)
        return PlainTextResponse(f"{error}\n", 503)

    @app.exception_handler(Exception)
    async def failed(request: Request, error: Exception) -> Response:
        # The exception goes on to the server's log after this.
        return PlainTextResponse("Something went wrong here; the server's log says what.\n", 500)


def _add_api(app: FastAPI, answerer: Answerer) -> None:
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


def _add_health(app: FastAPI, answerer: Answerer) -> None:
    @app.api_route("/healthz", methods=["GET", "HEAD"])
    async def alive() -> Response:
        return PlainTextResponse("ok\n")

    @app.api_route("/readyz", methods=["GET", "HEAD"])
    def ready() -> Response:
        try:
            answerer.generation()
        except LibraryError:
            return PlainTextResponse("the library cannot be read\n", 503)
        return PlainTextResponse("ok\n")


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
