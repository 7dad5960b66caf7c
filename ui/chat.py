"""The page of conversations on the app, in gradio, which takes long to import (3.9 s): so import this only to serve."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route as Served

from ui.answerer import Answerer
from ui.conversation import Conversation
from ui.masthead import masthead_of
from ui.modules import modules
from ui.pagesessions import OwnPages
from ui.render import Assets, chat_page
from ui.route import POST, Route
from ui.routes.state import said
from ui.serving import Site
from ui.worded import Worded

SESSIONS = 500
"""Pages of which the server remembers the conversation at most; the oldest goes first."""
STEPS_EACH = 2
"""Events that gradio handles at once, for each question that is answered or waits: pages only follow some answers."""

_IMMUTABLE = "public, max-age=31536000, immutable"
_GET = frozenset({"GET"})

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Gradio sets styles from its scripts and in its markup, so those stay 'unsafe-inline'; scripts do not."""

# What gradio's client asks for in this page, found by watching it. All other routes of gradio (uploads, files, proxy,
# monitoring, API pages, run history, deep links, login, ...) are shut.
ROUTES = (
    Route(re.compile(r"/"), is_page=True, policy=PAGE_POLICY),
    Route(re.compile(r"/config"), _GET),
    Route(re.compile(r"/theme\.css"), _GET),
    Route(re.compile(r"/assets/[\w-]+(?:\.[\w-]+)*\.(?:js|css|woff2?|svg)"), _GET, cache=_IMMUTABLE),
    Route(re.compile(r"/gradio_api/info"), _GET),
    Route(re.compile(r"/gradio_api/app_id"), _GET),
    Route(re.compile(r"/gradio_api/heartbeat/\w{1,32}"), _GET),
    Route(re.compile(r"/gradio_api/queue/data"), _GET, use="ask"),
    Route(re.compile(r"/gradio_api/queue/join"), POST, use="ask"),
)

_FRONTEND = Path(gr.__file__).parent / "templates" / "frontend" / "index.html"
_SCRIPT = re.compile(r'<script type="module"[^>]* src="\./(assets/[^"]+)"')
_STYLE = re.compile(r'<link rel="stylesheet"[^>]* href="\./(assets/[^"]+)"')
_SYSTEM_FONTS = ("ui-sans-serif", "system-ui", "sans-serif")


def assets() -> Assets:
    """The files that gradio's own page starts from; ours starts from the same, without its inline scripts."""
    html = _FRONTEND.read_text(encoding="utf-8")
    scripts, styles = _SCRIPT.findall(html), _STYLE.findall(html)
    if not scripts:
        raise RuntimeError(f"{_FRONTEND} names no module script; this gradio is not one the page was made for")
    return Assets(tuple(f"/{path}" for path in scripts), tuple(f"/{path}" for path in styles))


def mount(
    app: Starlette, answerer: Answerer, site: Site, examples: tuple[str, ...], *, model: str | None
) -> Callable[[], None]:
    """Put the conversation's routes on `app`, behind whatever `app` already answers. Not from inside an event loop.
    `model` names the model that writes the answers, None where none does.

    Gives what ends the pages' answers and the stream that each open page holds; a server that is to stop would wait for
    them otherwise.
    """
    files, scripts = assets(), modules("main.js")

    async def conversation(request: Request) -> Response:
        head = masthead_of(request.scope, site, "ask")
        restoring = "conversation" in request.query_params
        return HTMLResponse(chat_page(files, scripts, head, said(site, head.wording), restoring=restoring))

    async def inside_a_loop() -> None:
        # Outside of one, gradio opens an event loop for each lock it makes, and never closes it.
        blocks = Conversation(answerer, site, examples, writes=model is not None).blocks
        blocks.max_threads = max(blocks.max_threads, STEPS_EACH * site.limits.turns.places)
        blocks.queue(max_size=site.limits.turns.places, api_open=False)
        blocks.state_session_capacity = SESSIONS
        theme = gr.themes.Base(font=_SYSTEM_FONTS, font_mono=("ui-monospace", "monospace"))
        gr.mount_gradio_app(
            app, blocks, path="/", theme=theme, footer_links=[], run_history=False, show_error=False, ssr_mode=False
        )

    app.router.routes.append(Served("/", conversation, methods=["GET", "HEAD"]))
    asyncio.run(inside_a_loop())
    mounted: Any = app.routes[-1]
    streams = mounted.app.stop_event
    mounted.app = OwnPages(Worded(mounted.app))

    def end_streams() -> None:
        site.running.end()
        streams.set()

    return end_streams
