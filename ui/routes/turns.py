"""One's own kept turns, one by one: as JSON, as Markdown with footnotes, as plain text, and as a link for others.

A link leads to the page of the answer (ui.answer_page), which shows each who opens it what they may read of it. It is
made for answers of the server's own pages: whoever sits in an embedded chat could not open it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query, Request
from starlette.responses import Response

from index.records.conversations import Held
from index.records.shares import Shares
from ui import citing, kept, wire
from ui.answerer import Answerer
from ui.audit.noted import noted
from ui.caller import caller_of, principal_of
from ui.kept import Reader, ShownTurn
from ui.reached import reached_at
from ui.route import GET, POST, Route
from ui.routes import recalled
from ui.routes.asked import ID, FormQuery
from ui.routes.conversing import Where, where
from ui.routes.history import turn_json
from ui.routes.refusal import NO_TURN, READING, SENDING, failing, given
from ui.serving import Site
from ui.wording import Wording, wording_of

ROUTES = (
    Route(re.compile(r"/api/v1/turns/[0-9A-Za-z_-]{1,64}"), GET, use="history"),
    Route(re.compile(r"/api/v1/turns/[0-9A-Za-z_-]{1,64}/link"), POST | {"DELETE"}, use="history"),
)
OneId = Annotated[str, Path(pattern=ID)]
MARKDOWN = "text/markdown"
PLAIN = "text/plain"
TEXTS = {MARKDOWN: {"schema": {"type": "string"}}, PLAIN: {"schema": {"type": "string"}}}


def add(router: APIRouter, answerer: Answerer, site: Site) -> None:
    """Put them on `router`."""
    _add_turn(router, answerer, site)
    _add_link(router, site.records.shares)


def link(id: str | None) -> str | None:
    """The address on this server of the page that the link of this id leads to."""
    return None if id is None else f"/answer/{id}"


def _add_turn(router: APIRouter, answerer: Answerer, site: Site) -> None:
    @router.get(
        "/api/v1/turns/{turn}",
        tags=["history"],
        response_model=recalled.OneTurn,
        responses=failing(*READING, 404) | {200: {"content": TEXTS}},
    )
    def one(request: Request, turn: OneId, wanted: Annotated[FormQuery, Query()]) -> Response:
        """One of one's turns as far as one may read its answer now, to show it or to take it along."""
        here = where(caller_of(request.scope))
        held = _holding(site, here, turn)
        shown = Reader(answerer, principal_of(request.scope), site.link_hosts).shown(held.turns)
        if not shown:
            raise HTTPException(404, NO_TURN)
        noted(request.scope).showed(kept.fed(shown[0].answer))
        if wanted.form != "json":
            return _text(shown[0], wanted.form, reached_at(request, site), wording_of(request.scope))
        shared = link(site.records.shares.linked(here.owner, here.place, turn))
        return given(turn_json(shown[0]) | {"conversation": held.conversation.id, "link": shared})


def _add_link(router: APIRouter, shares: Shares) -> None:
    @router.post(
        "/api/v1/turns/{turn}/link", tags=["history"], response_model=recalled.Link, responses=failing(*SENDING, 404)
    )
    def share(request: Request, turn: OneId) -> Response:
        """Make a link to an answer for others known here; each is shown what they may read. It is always the same."""
        here = where(caller_of(request.scope))
        made = None if here.place else shares.link(here.owner, here.place, turn)
        if made is None:
            raise HTTPException(404, NO_TURN)
        found: wire.Json = {"link": link(made.id)}
        return given(found)

    @router.delete("/api/v1/turns/{turn}/link", tags=["history"], status_code=204, responses=failing(*READING, 404))
    def take_back(request: Request, turn: OneId) -> Response:
        """Take the link to an answer back, for good."""
        here = where(caller_of(request.scope))
        if not shares.unlink(here.owner, here.place, turn):
            raise HTTPException(404, NO_TURN)
        return Response(status_code=204)


def _holding(site: Site, here: Where, turn: str) -> Held:
    """The conversation with this one of its turns."""
    held = site.records.conversations.holding(here.owner, here.place, turn)
    if held is None:
        raise HTTPException(404, NO_TURN)
    return replace(held, turns=tuple(each for each in held.turns if each.id == turn))


def _text(shown: ShownTurn, form: str, address: str, wording: Wording) -> Response:
    if form == "markdown":
        return Response(citing.markdown(shown, address, wording), media_type=MARKDOWN)
    return Response(citing.plain(shown, address, wording), media_type=PLAIN)
