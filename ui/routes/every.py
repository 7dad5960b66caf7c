"""All routes of /api/v1 together."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI

from ui.answerer import Answerer
from ui.library import changes, watching
from ui.library import routes as library
from ui.routes import ask, exported, feedback, find, history, openapi, refusal, running, scope, state, turns
from ui.serving import Site

_MODULES = (ask, find, exported, history, turns, running, feedback, scope, state, library, changes, watching, openapi)
ROUTES = tuple(row for module in _MODULES for row in module.ROUTES)


def add(app: FastAPI, answerer: Answerer, site: Site) -> None:
    """Put them on `app`, and what is told of whatever is refused there."""
    router = APIRouter(route_class=refusal.StrictRoute)
    for module in _MODULES:
        module.add(router, answerer, site)
    refusal.add(app)
    app.include_router(router)
