"""/mcp: On Record as tools for agents."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.routing import Route as Served
from starlette.types import Receive, Scope, Send

from ui.agents.toolbox import Toolbox
from ui.answerer import Answerer
from ui.route import POST, Route
from ui.serving import Site
from ui.threads import Threads

if TYPE_CHECKING:
    from ui.agents.protocol import Protocol

ROUTES = (Route(re.compile(r"/mcp"), POST),)
"""What a caller may use is judged tool by tool, and so is what counts as a question."""


class Agents:
    """The ASGI app at /mcp; what speaks the protocol is loaded by the first agent that asks."""

    def __init__(self, answerer: Answerer, site: Site) -> None:
        self._toolbox = Toolbox(answerer, site)
        self._site = site
        self._protocol = cache(self._load)
        self._loading = Threads(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        protocol = await self._loading.run(self._protocol)
        await protocol(scope, receive, send)

    def _load(self) -> Protocol:
        from ui.agents.protocol import Protocol

        return Protocol(self._toolbox, self._site)


def add(app: FastAPI, answerer: Answerer, site: Site) -> None:
    """Put it on `app`."""
    app.router.routes.append(Served("/mcp", Agents(answerer, site), methods=["POST"]))
