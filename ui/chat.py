"""The conversation, in gradio, which takes long to import (3.9 s): so import this only to serve.

Gradio carries questions to the server and HTML back; what the HTML says is made in ui.render. Its Markdown component
shows it, because gr.HTML evaluates templates in the browser, which our content security policy forbids.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import aclosing, closing
from pathlib import Path
from threading import Event as Flag
from typing import Any

import gradio as gr
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route as Served
from starlette.types import Scope

from index.errors import OnRecordError
from rag.question import LONGEST_QUESTION
from ui import unfolding
from ui.answerer import Answerer
from ui.asking import Asked, steps
from ui.audit.noted import noted, with_noted
from ui.auditing import Auditor, Handled
from ui.brief import Turn
from ui.caller import caller_of, principal_of
from ui.driven import driven
from ui.earlier import Earlier
from ui.failures import sentence
from ui.limiting.turned_away import TurnedAway
from ui.masthead import masthead_of
from ui.modules import modules
from ui.pagesessions import OwnPages
from ui.render import Assets, Parts, chat_page, parts, turns
from ui.route import POST, Route
from ui.routes.state import said
from ui.serving import Site
from ui.thumbs import Thumbs

JUDGING = 8
"""Verdicts that are kept at the same time; gradio's own limit is one."""
KEPT_SECONDS = 12 * 3600
"""How long the server remembers a conversation that nobody continues."""
SESSIONS = 500
"""Conversations that the server remembers at most; the oldest goes first."""

OFFERED = 6
"""Example questions that are shown."""

FIRST_LABEL = "Ask the documents"
NEXT_LABEL = "Ask another question"
WELCOME = (
    "## What do the documents say?\n\n"
    "Every answer is made of exact quotes, with who said it, where and when. "
    "A number opens the quote in its source."
)
WELCOME_WRITTEN = (
    "## What do the documents say?\n\n"
    "Exact quotes come first, with who said it, where and when; then an answer written from them, each sentence "
    "checked. A number opens the quote in its source."
)

_IMMUTABLE = "public, max-age=31536000, immutable"
_GET = frozenset({"GET"})

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Gradio sets styles from its scripts and in its markup, so those stay 'unsafe-inline'; scripts do not."""
QUOTES_ONLY = "Quotes only: no language model is connected."

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

    Gives what ends the stream that each open page holds; a server that is to stop would wait for them otherwise.
    """

    files, scripts = assets(), modules("main.js")

    async def conversation(request: Request) -> Response:
        head = masthead_of(request.scope, site, "ask")
        return HTMLResponse(chat_page(files, scripts, head, said(site, head.wording)))

    async def inside_a_loop() -> None:
        # Outside of one, gradio opens an event loop for each lock it makes, and never closes it.
        blocks = Conversation(answerer, site, examples, writes=model is not None).blocks
        blocks.queue(max_size=site.limits.turns.places, api_open=False)
        blocks.state_session_capacity = SESSIONS
        theme = gr.themes.Base(font=_SYSTEM_FONTS, font_mono=("ui-monospace", "monospace"))
        gr.mount_gradio_app(
            app, blocks, path="/", theme=theme, footer_links=[], run_history=False, show_error=False, ssr_mode=False
        )

    app.router.routes.append(Served("/", conversation, methods=["GET", "HEAD"]))
    asyncio.run(inside_a_loop())
    mounted: Any = app.routes[-1]
    end_streams: Callable[[], None] = mounted.app.stop_event.set
    mounted.app = OwnPages(mounted.app)
    return end_streams


class Conversation:
    """The gradio page: the turns so far, the box, and the examples until the first question."""

    def __init__(self, answerer: Answerer, site: Site, examples: tuple[str, ...], *, writes: bool = False) -> None:
        self.answerer = answerer
        self.limits = site.limits
        self.auditor = Auditor(site.audit, questions=site.audit_questions)
        self.examples = examples[:OFFERED]
        self.writes = writes
        self.link_hosts = tuple(site.link_hosts)
        self.stops: dict[str, Flag] = {}
        with gr.Blocks(title="On Record", analytics_enabled=False, fill_width=True) as self.blocks:
            self.memory = gr.State(Earlier(), time_to_live=KEPT_SECONDS)
            with gr.Column(elem_id="welcome") as self.welcome:
                gr.Markdown(WELCOME_WRITTEN if writes else WELCOME, latex_delimiters=[])
            self.earlier = gr.Markdown(elem_id="earlier", latex_delimiters=[])
            with gr.Column(elem_id="current"):
                self._lay_out_turn()
                self.thumbs = Thumbs(answerer, KEPT_SECONDS)
            with gr.Row(elem_id="composer"):
                self._lay_out_box()
            with gr.Column(elem_id="examples", visible=bool(examples)) as self.offered:
                gr.Markdown("Or try one of these", latex_delimiters=[])
                self.buttons = [gr.Button(example, elem_classes="example") for example in self.examples]
            self._connect()

    def _lay_out_turn(self) -> None:
        """The current turn in its parts, so that quotes stay as they are while prose comes."""
        self.asked = gr.Markdown(elem_id="asked", latex_delimiters=[])
        with gr.Column(elem_id="written"):
            self.prose = gr.Markdown(elem_id="prose", latex_delimiters=[])
            with gr.Row(elem_id="writing"):
                self.progress = gr.Markdown(elem_id="progress", latex_delimiters=[])
                self.halt = gr.Button("Stop", elem_id="stop", visible=False)
        self.quotes = gr.Markdown(elem_id="quotes", latex_delimiters=[])

    def _lay_out_box(self) -> None:
        self.question = gr.Textbox(
            label=FIRST_LABEL,
            placeholder="Who said what, and when?",
            lines=1,
            max_lines=6,
            max_length=LONGEST_QUESTION,
            submit_btn="Ask",
            elem_id="question",
            html_attributes=gr.InputHTMLAttributes(enterkeyhint="send", autocomplete="off"),
        )
        self.as_of = gr.Textbox(label="As of (optional)", max_lines=1, placeholder="YYYY-MM-DD", elem_id="as-of")
        self.again = gr.Button("New conversation", elem_id="again", visible=False)

    def _connect(self) -> None:
        turn = [self.asked, self.prose, self.progress, self.halt, self.quotes]
        shown = [self.earlier, *turn, self.memory, self.question, self.welcome, self.offered, self.again]
        shown += self.thumbs.components
        quiet = {"api_visibility": "private", "show_progress": "hidden"}
        # Whose turn it is, the server's own turns say, to the page as to programs; gradio lets all of them come.
        limits = {"concurrency_limit": self.limits.turns.places, "concurrency_id": "ask"}
        # A question sent while another is being answered waits for it; gradio would drop it without a word.
        waits = {"trigger_mode": "always_last"}
        self.question.submit(self.ask, [self.question, self.as_of, self.memory], shown, **quiet, **limits, **waits)
        for button in self.buttons:
            button.click(self.ask, [button, self.as_of, self.memory], shown, **quiet, **limits)
        self.again.click(self.forget, None, shown, **quiet)
        self.halt.click(self.stop, None, None, concurrency_limit=None, **quiet)
        self.thumbs.connect({"concurrency_limit": JUDGING, "concurrency_id": "judge", **quiet})

    async def ask(self, text: str, day: str, remembered: Earlier, request: gr.Request) -> AsyncIterator[dict[Any, Any]]:
        """Show the turn step by step, and remember it once it is whole; it waits for its turn like any other question.

        When the page is closed gradio closes this after its next step, and with it what the question has begun.
        """
        if not text.strip():
            return
        principal = principal_of(request.request.scope)
        so_far = await run_in_threadpool(remembered.shown_to, principal, self.answerer.readable)
        turn = Turn(so_far.next, text.strip(), "searching", writes=self.writes, link_hosts=self.link_hosts)
        handled, session = _handled(request, turn), str(request.session_hash)
        # Before anything is shown: from then on the page has a button that sets it.
        stop = self.stops[session] = Flag()
        try:
            yield self._begun(so_far) | self._changed(None, parts(turn))
            updates = self._updates(turn, day, so_far, stop, handled.scope)
            async with self.limits.answering(caller_of(handled.scope)), aclosing(driven(updates)) as each:
                async for update in each:
                    yield update
        except (TurnedAway, OnRecordError) as error:
            handled.refused, handled.status = True, error.status if isinstance(error, TurnedAway) else 503
            yield self._told(unfolding.failed(turn, sentence(str(error))), turn, so_far)
        finally:
            if self.stops.get(session) is stop:
                del self.stops[session]
            await self.auditor.tell(handled)

    def _updates(
        self, turn: Turn, day: str, so_far: Earlier, stop: Flag, scope: Scope
    ) -> Generator[dict[Any, Any], None, None]:
        noting, shown = noted(scope), parts(turn)
        asking = steps(self.answerer, principal_of(scope), turn, day, earlier=so_far.told, stop=stop)
        with closing(asking):
            for asked in asking:
                noting.showed(asked.documents)
                noting.tokens = asked.tokens
                now = parts(asked.turn)
                yield self._changed(shown, now) | self._remembered(asked, so_far)
                shown = now

    def _told(self, failed: Turn, before: Turn, so_far: Earlier) -> dict[Any, Any]:
        """The turn that was never begun, and why."""
        return self._changed(parts(before), parts(failed)) | self._remembered(Asked(failed, whole=True), so_far)

    def _changed(self, shown: Parts | None, now: Parts) -> dict[Any, Any]:
        """The parts of the turn that are not `shown` yet; nothing but a sign of life where all are."""
        update: dict[Any, Any] = {self.halt: gr.skip()}
        for name in Parts.__slots__:
            if shown is None or getattr(now, name) != getattr(shown, name):
                update[getattr(self, name)] = getattr(now, name)
        if shown is None or bool(now.progress) != bool(shown.progress):
            update[self.halt] = gr.update(visible=bool(now.progress))
        return update

    def _remembered(self, asked: Asked, so_far: Earlier) -> dict[Any, Any]:
        if not asked.whole:
            return {}
        offered = self.thumbs.offered(asked.told) if asked.told else {}
        return {self.memory: so_far.then(asked)} | offered

    def stop(self, request: gr.Request) -> None:
        """End the writing on this page at its next step; what is checked stays."""
        if flag := self.stops.get(str(request.session_hash)):
            flag.set()

    def forget(self) -> dict[Any, Any]:
        """An empty conversation."""
        return {
            self.memory: Earlier(),
            **dict.fromkeys((self.earlier, self.asked, self.prose, self.progress, self.quotes), ""),
            self.question: gr.update(value="", label=FIRST_LABEL),
            self.welcome: gr.update(visible=True),
            self.offered: gr.update(visible=bool(self.examples)),
            self.again: gr.update(visible=False),
            **self.thumbs.away(),
        }

    def _begun(self, so_far: Earlier) -> dict[Any, Any]:
        """The earlier turns move up, and the box is free for the next question."""
        return {
            self.earlier: turns(so_far.turns),
            self.question: gr.update(value="", label=NEXT_LABEL),
            self.welcome: gr.update(visible=False),
            self.offered: gr.update(visible=False),
            self.again: gr.update(visible=True),
            **self.thumbs.away(),
        }


def _handled(request: gr.Request, turn: Turn) -> Handled:
    """The question for the audit log: gradio answers it when the request that brought it is long over."""
    scope = with_noted({**request.request.scope, "path": "/"})
    noting = noted(scope)
    noting.action, noting.question = "asked on the page", turn.question
    return Handled(scope, None, caller_of(scope), status=200)
