"""The page of a source with its quote lit, the files that pages load, and the checks of the server."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from index.errors import LibraryError
from ui import render, source
from ui.answerer import Answerer
from ui.asset import Asset, assets_below
from ui.audit.noted import noted
from ui.caller import principal_of, signed_in
from ui.route import Route
from ui.serving import Site
from ui.wording import wording_of

SOURCE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
"""A source page runs no script and goes nowhere by itself, and only our own page may frame it; the original opens in a
tab of its own, when somebody opens it."""
OWN_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
"""A page that is ours alone needs no exceptions."""

STATIC = Path(__file__).parent / "static"
SHARED = Path(__file__).parent / "embed" / "static"
"""What the page has in common with an embedded chat."""
ROUTES = (
    Route(re.compile(r"/source/[0-9a-f]{32}"), use="documents", is_page=True, policy=SOURCE_POLICY),
    Route(re.compile(r"/page/(?:shared/)?(?:[a-z-]+\.(?:css|js|svg)|words/[a-z]{2}\.json)"), cache="no-cache"),
    Route(re.compile(r"/healthz|/readyz"), who="anyone", any_host=True),
)


def add(app: FastAPI, answerer: Answerer, site: Site) -> None:
    """Put these pages on `app`, and the checks of whether it lives and is ready."""
    _add_files(app)
    _add_source(app, answerer)
    _add_health(app, answerer)


@cache
def _files() -> Mapping[str, Asset]:
    """What the pages load, by its address below /page/."""
    return assets_below(STATIC) | {f"shared/{name}": asset for name, asset in assets_below(SHARED).items()}


def _add_files(app: FastAPI) -> None:
    files = _files()

    @app.api_route("/page/{file:path}", methods=["GET", "HEAD"])
    async def page_file(request: Request, file: str) -> Response:
        found = files.get(file)
        return found.response(request) if found else PlainTextResponse("There is no such file.\n", 404)


def _add_source(app: FastAPI, answerer: Answerer) -> None:
    @app.api_route("/source/{document_id}", methods=["GET", "HEAD"])
    def document(request: Request, document_id: str) -> Response:
        found, wording = answerer.document(principal_of(request.scope), document_id), wording_of(request.scope)
        if found is None:
            return HTMLResponse(render.source_page(source.missing(wording), signed_in(request.scope)), 404)
        noted(request.scope).showed([document_id])
        query = request.query_params
        quotes = query.get("at", ""), query.get("sum", ""), query.getlist("also")
        page = source.page(found, *quotes, beside="beside" in query, wording=wording)
        return HTMLResponse(render.source_page(page, signed_in(request.scope)))


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
