"""The page on which librarians see what the library holds, add to it, remove from it and sync it again.

The page itself holds no document: everything it shows comes over the API, to whoever may have it.
"""

from __future__ import annotations

import re

from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse, Response

from index.principal import NOBODY
from index.walk import KINDS
from ui import render
from ui.answerer import Answerer
from ui.library.keeper import LibraryKeeper
from ui.masthead import masthead_of
from ui.modules import modules
from ui.pages import OWN_POLICY
from ui.render import LibraryPage
from ui.route import Route
from ui.serving import Site

SCRIPTS = tuple(dict.fromkeys((*modules("library-first.js"), *modules("library.js"))))
"""The page's modules, those before all others that ask for the first rows."""
FIRST = "/api/v1/library?limit=25&order=uri"
"""What library-first.js asks for where the page's address names no part of the library: a browser that learns it from
the page itself has the rows by the time that its modules are there."""
ROUTES = (Route(re.compile(r"/library"), is_page=True, policy=OWN_POLICY),)


def add(app: FastAPI, answerer: Answerer, site: Site) -> None:
    """Put the page on `app`; whoever is no librarian is told who is."""

    @app.api_route("/library", methods=["GET", "HEAD"])
    def library(request: Request) -> Response:
        head = masthead_of(request.scope, site, "library")
        if site.keeper is None or not head.keeps:
            return HTMLResponse(render.library_shut(head), 403)
        first = "" if request.url.query else FIRST
        return HTMLResponse(render.library_page(_page(site.keeper, first), head))


def _page(keeper: LibraryKeeper, first: str) -> LibraryPage:
    """Who reads what is added is written down already where the settings say it; elsewhere it is always to be said."""
    readers = ", ".join(label for label in keeper.readers if label != NOBODY)
    return LibraryPage(tuple(KINDS), keeper.largest, readers, SCRIPTS, first)
