"""One ASGI app: the conversation, the pages, the API and whatever else is asked for, all behind the guard.

A module with routes exports `ROUTES`, the rows of the guard's table, and `add`, which puts them on the app; it is named
here once.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Protocol

from fastapi import FastAPI, Request
from starlette.responses import Response

from index.errors import OnRecordError
from rag.errors import InvalidQuestion
from ui import answer_page, check_page, library_page, pages
from ui.access import login
from ui.answerer import Answerer
from ui.discreet import Discreet, spared
from ui.embed import routes as embedding
from ui.guard import Guard
from ui.modelwatch import NO_MODEL, ModelWatch
from ui.refused import told
from ui.route import Route
from ui.routes import agents, completions, every
from ui.serving import Site

GRADIO = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": str(2**31),
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
}
"""What gradio reads from the environment: that it reports to nobody, and keeps no statistics, which it would otherwise
count anew, with pandas, after every question."""


class Routes(Protocol):
    """A module with routes."""

    @property
    def ROUTES(self) -> tuple[Route, ...]:
        """The rows of the guard's table for them."""

    def add(self, app: FastAPI, answerer: Answerer, site: Site) -> None:
        """Put them on `app`."""


MODULES: tuple[Routes, ...] = (pages, check_page, answer_page, library_page, login, every, completions, agents)
"""Modules with routes; beside them stand the embedded chats', whose rows are the site's, and the conversation's, which
takes long to import."""


class App(Guard):
    """The app behind its guard; `end_streams` lets the open pages go: to be called as a server begins to stop."""

    end_streams: Callable[[], None]


def create_app(
    answerer: Answerer, site: Site | None = None, *, examples: Iterable[str] = (), model: str | None = None
) -> App:
    """The whole app behind its guard; without a `site` it is for the person at this machine alone.

    `examples` are questions offered to begin with. `model` is the name of the language model that writes the answers,
    None where answers are quotes only.
    """
    os.environ.update(GRADIO)
    from ui import chat

    site = site or Site.alone()
    if site.model is NO_MODEL:
        site = replace(site, model=ModelWatch(model))
    answerer = Discreet(answerer) if site.is_discreet else answerer
    app = FastAPI(title="On Record", docs_url=None, redoc_url=None, openapi_url=None)
    # Gradio has pages of signing in and out, too: where nobody signs in here, those paths are no row of the table.
    modules = [module for module in MODULES if module is not login or site.sign_in]
    for module in modules:
        module.add(app, answerer, site)
    embedding.add(app, answerer, site, writes=model is not None)
    _add_failures(app, site)
    end_streams = chat.mount(app, answerer, site, tuple(examples), model=model)
    rows = [row for module in modules for row in module.ROUTES]
    guarded = App(app, site, routes=(*rows, *embedding.routes(site), *chat.ROUTES))
    guarded.end_streams = partial(_end, end_streams, site)
    return guarded


def _end(end_streams: Callable[[], None], site: Site) -> None:
    end_streams()
    site.model.end()
    if site.keeper is not None:
        site.keeper.jobs.stop()


def _add_failures(app: FastAPI, site: Site) -> None:
    @app.exception_handler(OnRecordError)
    async def cannot(request: Request, error: OnRecordError) -> Response:
        error = spared(error) if site.is_discreet else error
        return told(request.scope["path"], 400 if isinstance(error, InvalidQuestion) else 503, str(error))

    @app.exception_handler(Exception)
    async def failed(request: Request, error: Exception) -> Response:
        # The exception goes on to the server's log after this.
        return told(request.scope["path"], 500, "Something went wrong here; the server's log says what.")
