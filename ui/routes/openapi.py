"""The description of the API in OpenAPI 3.1, for whoever is known here: what each route takes and gives."""

from __future__ import annotations

import re
from functools import cache, partial
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter
from fastapi.openapi.utils import get_openapi
from starlette.responses import Response

from ui.answerer import Answerer
from ui.route import GET, Route
from ui.routes.refusal import READING, failing, given
from ui.serving import Site

ROUTES = (Route(re.compile(r"/api/v1/openapi\.json"), GET),)
_DESCRIPTION = (
    "Answers to questions from a team's own documents, each sentence with the quotes it rests on. Whoever asks gets "
    "only what they may read. A question with a conversation is kept, with its answer, for whoever asked it. "
    "With Accept: text/event-stream, asking and checking answer in server-sent events, each with one JSON object. "
    "Beside this, /v1 speaks the API of OpenAI, and /mcp the Model Context Protocol."
)


def add(router: APIRouter, answerer: Answerer, site: Site) -> None:
    """Put it on `router`, whose routes it describes."""
    described = cache(partial(_description, router))

    @router.get("/api/v1/openapi.json", tags=["description"], responses=failing(*READING))
    def openapi() -> Response:
        """This description."""
        return given(described())


def _description(router: APIRouter) -> dict[str, Any]:
    made = get_openapi(title="On Record", version=version("onrecord"), description=_DESCRIPTION, routes=router.routes)
    for operations in made["paths"].values():
        for operation in operations.values():
            # Whatever is wrong with a request is told with 400 here.
            operation["responses"].pop("422", None)
    for unused in ("HTTPValidationError", "ValidationError"):
        made["components"]["schemas"].pop(unused, None)
    made["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    made["security"] = [{"key": []}]
    return made
