"""The page on which somebody's text is checked, sentence by sentence."""

from __future__ import annotations

import re

from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse, Response

from ui import api, render
from ui.answerer import Answerer
from ui.masthead import masthead_of
from ui.modules import modules
from ui.pages import OWN_POLICY
from ui.route import Route
from ui.serving import Site

ROUTES = (Route(re.compile(r"/check"), is_page=True, policy=OWN_POLICY),)


def add(app: FastAPI, answerer: Answerer, site: Site) -> None:
    """Put it on `app`."""
    scripts = modules("check.js")

    @app.api_route("/check", methods=["GET", "HEAD"])
    def checking(request: Request) -> Response:
        return HTMLResponse(render.check_page(api.LONGEST_DRAFT, scripts, masthead_of(request.scope, site, "check")))
