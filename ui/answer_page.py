"""The page that the link to an answer leads to: the question, and of its answer what whoever opens it may read now.

It is for everybody known to this server and for no embedded chat. Who asked is not said: a link goes from hand to hand,
and what is shown rests on the documents alone. Nor is what the asker's own bounds left out, which was counted among the
documents that they may read, nor which collections they chose, nor which publishers where nothing is shown of one of
them: those names may be known to them alone. That there was such a choice is said without them. There being no such
link, its having been taken back and its reader's being allowed nothing of it look alike. The page runs no script.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC

from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse, Response

from index.records.conversations import KeptTurn
from ui import kept, render, reopened
from ui.answerer import Answerer
from ui.audit.noted import noted
from ui.brief import Turn
from ui.caller import caller_of, signed_in
from ui.kept import Reader, ShownTurn
from ui.route import Route
from ui.serving import Site
from ui.wording import Wording, wording_of

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
ROUTES = (Route(re.compile(r"/answer/[0-9a-f]{32}"), use="history", is_page=True, policy=POLICY),)


def add(app: FastAPI, answerer: Answerer, site: Site) -> None:
    """Put it on `app`."""

    @app.api_route("/answer/{id}", methods=["GET", "HEAD"])
    def answer(request: Request, id: str) -> Response:
        caller, wording = caller_of(request.scope), wording_of(request.scope)
        turn = None if caller.embed else site.records.shares.find(id)
        shown = turn and _shown(turn, Reader(answerer, caller.principal, site.link_hosts))
        if not shown:
            return HTMLResponse(render.answer_page(None, None, wording, signed_in(request.scope)), 404)
        noted(request.scope).showed(kept.fed(shown.answer))
        day = wording.day(shown.turn.asked.astimezone(UTC).date())
        page = render.answer_page(_turn(shown, wording, site), day, wording, signed_in(request.scope))
        return HTMLResponse(page)


def _shown(turn: KeptTurn, reader: Reader) -> ShownTurn | None:
    """The turn as far as `reader` may read; None where that is nothing."""
    shown = next(iter(reader.shown((turn,))), None)
    is_empty = shown is not None and shown.removed and not (shown.answer.evidence or shown.answer.related)
    return None if is_empty else shown


def _turn(shown: ShownTurn, wording: Wording, site: Site) -> Turn:
    """The turn without what only its owner can do or is to know."""
    told = reopened.turn(1, shown, wording, link_hosts=site.link_hosts)
    notice = wording.say("answerRemoved") if shown.removed else told.notice
    seen = frozenset(each.publisher for each in (*shown.answer.evidence, *shown.answer.related) if each.publisher)
    chosen = told.within
    publishers = chosen.publishers if chosen.publishers and chosen.publishers <= seen else None
    bounds = replace(chosen, publishers=publishers, collections=None)
    return replace(
        told,
        id=None,
        conversation=None,
        can_be_retried=False,
        within=bounds,
        unnamed=bounds != chosen,
        scope=None,
        outside=None,
        notice=notice,
    )
