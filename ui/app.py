"""One ASGI app: the conversation, the source pages, the JSON API and the health checks, all behind the guard."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

from index.errors import LibraryError, OnRecordError
from index.principal import Principal
from rag.answer import Answer
from rag.ask import Answered, Question
from rag.errors import InvalidQuestion
from ui import api, auth, render, source, wire
from ui.answerer import Answerer
from ui.guard import Guard, Route

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
    Route(re.compile(r"/api/v1/ask"), frozenset({"POST"})),
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
    identify: auth.Identify = auth.local,
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
    _add_pages(app, answerer, render.chat_page(chat.assets(), f"Written by {model}." if model else QUOTES_ONLY))
    _add_api(app, answerer)
    end_streams = chat.mount(app, answerer, tuple(examples))
    guarded = App(app, routes=(*chat.ROUTES, *ROUTES), identify=identify, hosts=hosts)
    guarded.end_streams = end_streams
    return guarded


def _add_pages(app: FastAPI, answerer: Answerer, chat_page: str) -> None:
    @app.api_route("/", methods=["GET", "HEAD"])
    def conversation() -> Response:
        return HTMLResponse(chat_page)

    @app.api_route("/source/{document_id}", methods=["GET", "HEAD"])
    def document(request: Request, document_id: str) -> Response:
        found = answerer.document(auth.principal_of(request.scope), document_id)
        if found is None:
            return HTMLResponse(render.source_page(source.MISSING), 404)
        query = request.query_params
        page = source.page(found, query.get("at", ""), query.get("sum", ""), beside="beside" in query)
        return HTMLResponse(render.source_page(page))

    @app.exception_handler(OnRecordError)
    def cannot(request: Request, error: OnRecordError) -> Response:
        return PlainTextResponse(f"{error}\n", 503)

    @app.exception_handler(Exception)
    def failed(request: Request, error: Exception) -> Response:
        # The exception goes on to the server's log after this.
        return PlainTextResponse("Something went wrong here; the server's log says what.\n", 500)


def _add_api(app: FastAPI, answerer: Answerer) -> None:
    @app.post("/api/v1/ask")
    async def ask(request: Request) -> Response:
        principal = auth.principal_of(request.scope)
        try:
            asked = api.request(await request.body())
            answer = await run_in_threadpool(_ask, answerer, principal, asked.question)
        except InvalidQuestion as error:
            return _json({"error": str(error)}, 400)
        except OnRecordError as error:
            return _json({"error": str(error)}, 503)
        return _json(wire.answer_json(answer, asked.id))

    @app.api_route("/healthz", methods=["GET", "HEAD"])
    def alive() -> Response:
        return PlainTextResponse("ok\n")

    @app.api_route("/readyz", methods=["GET", "HEAD"])
    def ready() -> Response:
        try:
            answerer.generation()
        except LibraryError:
            return PlainTextResponse("the library cannot be read\n", 503)
        return PlainTextResponse("ok\n")


def _ask(answerer: Answerer, principal: Principal, question: Question) -> Answer:
    *_, last = answerer.stream(principal, question)
    if not isinstance(last, Answered):
        raise RuntimeError("an answer ends with its Answered event")
    return last.answer


def _json(value: wire.Json, status: int = 200) -> Response:
    return Response(wire.dumps(value), status, media_type="application/json")
