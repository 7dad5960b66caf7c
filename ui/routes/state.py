"""What the page is to say of itself: whether there is anything to ask, and whether the language model answers."""

from __future__ import annotations

import re
from typing import Literal

from fastapi import APIRouter, Request
from starlette.responses import Response

from ui import wire
from ui.answerer import Answerer
from ui.caller import principal_of
from ui.librarian import keeps_here
from ui.modelwatch import ModelWatch
from ui.route import GET, Route
from ui.routes.refusal import READING, failing, given
from ui.routes.shown import Shown
from ui.serving import Site
from ui.wording import Wording, wording_of

ROUTES = (Route(re.compile(r"/api/v1/state"), GET),)


class Writing(Shown):
    """The language model: its name, whether it answers, and the sentence that a reader is told of it."""

    name: str | None
    state: Literal["none", "connected", "unreachable", "slow"]
    say: str


class Nothing(Shown):
    """There is nothing to ask: what a reader is told of it, and where they can do something about it, if they can."""

    say: str
    link: Literal["/library"] | None


class State(Shown):
    """`empty` where there is no document that whoever asks may read. `librarian`: they may add some."""

    empty: Nothing | None
    librarian: bool
    model: Writing


def add(router: APIRouter, answerer: Answerer, site: Site) -> None:
    """Put it on `router`."""

    @router.get("/api/v1/state", tags=["state"], response_model=State, responses=failing(*READING))
    def state(request: Request) -> Response:
        """Whether there is anything to ask, and whether the language model answers."""
        wording, keeps = wording_of(request.scope), keeps_here(request.scope, site)
        first = answerer.listing(principal_of(request.scope), after=None, limit=1)
        model = {"name": site.model.name, "state": site.model.asked(), "say": said(site, wording)}
        empty = None if first.documents else _nothing(site, wording, keeps=keeps)
        return given({"empty": empty, "librarian": keeps, "model": model})


def _nothing(site: Site, wording: Wording, *, keeps: bool) -> wire.Json:
    if keeps:
        return {"say": wording.say("libraryEmptyKeeper"), "link": "/library"}
    return {"say": wording.say("libraryEmptyReader" if site.is_discreet else "libraryEmptyCommand"), "link": None}


def said(site: Site, wording: Wording) -> str:
    """What a reader is told of the model; of where it is, only the person at this machine."""
    return _readers(site.model, wording) if site.is_discreet else _own(site.model, wording)


def _readers(model: ModelWatch, wording: Wording) -> str:
    match model.state:
        case "none":
            return wording.say("quotesOnly")
        case "unreachable":
            return wording.say("modelAway")
        case "slow":
            return wording.say("modelSlow")
        case "connected":
            return wording.say("writtenBy", model=model.name)


def _own(model: ModelWatch, wording: Wording) -> str:
    match model.state:
        case "none":
            return wording.say("modelConnect")
        case "unreachable":
            return wording.say("modelAwayLocal", model=model.name)
        case "slow":
            return wording.say("modelSlowLocal", model=model.name)
        case "connected":
            return wording.say("writtenBy", model=model.name)
