"""A reader's verdict on an answer that was kept: made of what the server answered, never of what a browser sends."""

from __future__ import annotations

import re
from functools import partial

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from ui import judging, kept
from ui.answerer import Answerer
from ui.caller import caller_of
from ui.route import POST, Route
from ui.routes.asked import Verdict
from ui.routes.conversing import where
from ui.routes.refusal import NO_TURN, SENDING, failing
from ui.serving import Site

ROUTES = (Route(re.compile(r"/api/v1/feedback"), POST, use="feedback"),)


def add(router: APIRouter, answerer: Answerer, site: Site) -> None:
    """Put it on `router`."""

    @router.post("/api/v1/feedback", tags=["feedback"], status_code=204, responses=failing(*SENDING, 404))
    def feedback(request: Request, sent: Verdict) -> Response:
        """Keep what a reader thinks of one of their answers, in place of what they thought of it before."""
        caller = caller_of(request.scope)
        here = where(caller)
        held = site.records.conversations.holding(here.owner, here.place, sent.turn)
        turns = kept.shown(held.turns if held else (), partial(answerer.readable, caller.principal))
        verdict = judging.feedback(
            caller.principal, turns, sent.turn, sent.verdict, sent.comment, reason=sent.reason, about=sent.quote
        )
        if verdict is None:
            raise HTTPException(404, NO_TURN)
        answerer.keep(verdict)
        return Response(status_code=204)
