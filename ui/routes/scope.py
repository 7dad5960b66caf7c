"""What whoever asks may narrow a question to: the publishers, collections and dates of what they may read."""

from __future__ import annotations

import re
from collections.abc import Iterable

from fastapi import APIRouter, Request
from starlette.responses import Response

from index.choices import Choice, Choices
from ui import wire
from ui.answerer import Answerer
from ui.caller import principal_of
from ui.route import GET, Route
from ui.routes.refusal import READING, failing, given
from ui.routes.shown import Choosable
from ui.serving import Site

ROUTES = (Route(re.compile(r"/api/v1/scope"), GET, use="documents"),)


def add(router: APIRouter, answerer: Answerer, site: Site) -> None:
    """Put it on `router`."""

    @router.get("/api/v1/scope", tags=["documents"], response_model=Choosable, responses=failing(*READING))
    def scope(request: Request) -> Response:
        """The publishers and collections that a question can be narrowed to, and the dates between which."""
        return given(choices_json(answerer.choices(principal_of(request.scope))))


def choices_json(found: Choices) -> wire.Json:
    """What somebody may choose between."""
    return {
        "publishers": _choices(found.publishers),
        "collections": _choices(found.collections),
        "earliest": None if found.earliest is None else found.earliest.isoformat(),
        "latest": None if found.latest is None else found.latest.isoformat(),
        "documents": found.documents,
    }


def _choices(found: Iterable[Choice]) -> list[wire.Json]:
    return [{"name": each.name, "documents": each.documents} for each in found]
