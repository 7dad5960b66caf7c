"""The conversation's page in gradio: the turns so far, the box, and the examples until the first question.

Gradio carries questions to the server and HTML back; what the HTML says is made in ui.render. Its Markdown component
shows it, because gr.HTML evaluates templates in the browser, which our content security policy forbids.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from html import escape
from typing import Any

import gradio as gr
from fastapi import HTTPException
from starlette.concurrency import run_in_threadpool

from index.errors import OnRecordError
from rag.question import LONGEST_QUESTION
from ui import asking, unfolding
from ui.answerer import Answerer
from ui.asking import Asked
from ui.brief import Turn
from ui.earlier import Before, Earlier
from ui.failures import sentence
from ui.looking import LONGEST_ID, Looking, Pages
from ui.render import Parts, parts, turns
from ui.running import Running
from ui.serving import Site
from ui.worded import keyed
from ui.wording import wording_of

KEPT_SECONDS = 12 * 3600
"""How long the server remembers what an open page showed last."""
OFFERED = 6
"""Example questions that are shown."""
LONGEST_SCOPE = 20_000
"""Characters of a scope; fifty names of two hundred, written as a URL's query, are fewer."""

Update = dict[Any, Any]
"""What gradio sets: values by component."""


class Conversation:
    """The page for all who open it; what belongs to one of them is handed in and out by gradio."""

    def __init__(self, answerer: Answerer, site: Site, examples: tuple[str, ...], *, writes: bool = False) -> None:
        self.pages = Pages(answerer, site)
        self.examples = examples[:OFFERED]
        self.writes = writes
        self.watched: dict[str, Running] = {}
        self.telling: dict[str, AsyncGenerator[Update, None]] = {}
        with gr.Blocks(title="On Record", analytics_enabled=False, fill_width=True) as self.blocks:
            self.memory = gr.State(Earlier(), time_to_live=KEPT_SECONDS)
            with gr.Column(elem_id="welcome") as self.welcome:
                promise = keyed("welcomeWritten" if writes else "welcomeQuotes")
                gr.Markdown(f"## {keyed('welcome')}\n\n{promise}", latex_delimiters=[])
            self.earlier = gr.Markdown(elem_id="earlier", latex_delimiters=[])
            with gr.Column(elem_id="current"):
                self._lay_out_turn()
            with gr.Row(elem_id="composer"):
                self._lay_out_box()
            with gr.Column(elem_id="examples", visible=bool(examples)) as self.offered:
                gr.Markdown(keyed("tryOne"), latex_delimiters=[])
                self.buttons = [gr.Button(example, elem_classes="example") for example in self.examples]
            self._connect()

    def _lay_out_turn(self) -> None:
        """The current turn in its parts, so that quotes stay as they are while prose comes."""
        self.asked = gr.Markdown(elem_id="asked", latex_delimiters=[])
        with gr.Column(elem_id="written"):
            self.prose = gr.Markdown(elem_id="prose", latex_delimiters=[])
            with gr.Row(elem_id="writing"):
                self.progress = gr.Markdown(elem_id="progress", latex_delimiters=[])
                self.halt = gr.Button(keyed("stop"), elem_id="stop", visible=False)
        self.quotes = gr.Markdown(elem_id="quotes", latex_delimiters=[])

    def _lay_out_box(self) -> None:
        self.question = gr.Textbox(
            label=keyed("label"),
            placeholder=keyed("placeholder"),
            lines=1,
            max_lines=6,
            max_length=LONGEST_QUESTION,
            submit_btn=keyed("ask"),
            elem_id="question",
            html_attributes=gr.InputHTMLAttributes(enterkeyhint="send", autocomplete="off"),
        )
        # The scope as a URL's query: the page's own script sets it.
        self.scope = gr.Textbox(max_length=LONGEST_SCOPE, elem_id="scope-carrier", visible="hidden")
        self.again = gr.Button(keyed("newConversation"), elem_id="again", visible=False)

    def _connect(self) -> None:
        turn = [self.asked, self.prose, self.progress, self.halt, self.quotes]
        shown = [self.earlier, *turn, self.memory, self.question, self.welcome, self.offered, self.again]
        # Whose turn it is, the server's own turns say, to the page as to programs; gradio lets all of them come.
        quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "concurrency_limit": None}
        # A question sent while another is being answered waits for it; gradio would drop it without a word. So does one
        # that is asked while the page is still being given what its address names.
        triggers = [self.blocks.load, self.question.submit]
        gr.on(triggers, self.ask, [self.question, self.scope, self.memory], shown, trigger_mode="always_last", **quiet)
        for button in self.buttons:
            button.click(self.ask, [button, self.scope, self.memory], shown, **quiet)
        self.again.click(self.forget, None, shown, **quiet)
        self.halt.click(self.stop, None, None, **quiet)

    async def ask(self, text: str, scope: str, remembered: Earlier, request: gr.Request) -> AsyncIterator[Update]:
        """Show the turn step by step; without a question, what the page's address names, once.

        When the page is closed gradio closes this after its next step. The answer goes on for a while, and is found
        again by whoever opens its conversation.
        """
        page = request.request
        looking = self.pages.looking(page.scope, str(request.session_hash), page.query_params)
        remembered = remembered.of(looking.caller.principal)
        if text.strip():
            updates = self._answered(text.strip(), scope, replace(remembered, is_opened=True), looking)
        elif not remembered.is_opened:
            updates = self._opened(replace(remembered, is_opened=True), looking)
        else:
            # Where nothing at all is told, gradio empties everything that could have been.
            yield self._nothing()
            return
        told = self._told(looking.session, updates)
        async with aclosing(told):
            async for update in told:
                yield update

    async def _told(self, session: str, updates: AsyncGenerator[Update, None]) -> AsyncGenerator[Update, None]:
        """These updates for as long as the page is at what they tell of, and has begun nothing else."""
        self.telling[session] = updates
        try:
            async with aclosing(updates):
                async for update in updates:
                    if self.telling.get(session) is not updates:
                        # Gradio tells the last update once more at the end.
                        yield self._nothing()
                        return
                    yield update
        finally:
            if self.telling.get(session) is updates:
                del self.telling[session]

    async def stop(self, request: gr.Request) -> None:
        """End the writing on this page now; what is checked stays."""
        if running := self.watched.get(str(request.session_hash)):
            running.stop()

    def forget(self, request: gr.Request) -> Update:
        """An empty conversation. An answer under way goes on in its own for a while, as if the page were closed."""
        self.telling.pop(str(request.session_hash), None)
        wording = wording_of(request.request.scope)
        return {
            self.memory: Earlier(is_opened=True),
            **dict.fromkeys((self.earlier, self.asked, self.prose, self.progress, self.quotes), ""),
            self.halt: gr.update(visible=False),
            self.question: gr.update(value="", label=wording.say("label")),
            self.welcome: gr.update(visible=True),
            self.offered: gr.update(visible=bool(self.examples)),
            self.again: gr.update(visible=False),
        }

    # A question.

    async def _answered(
        self, text: str, scope: str, remembered: Earlier, looking: Looking
    ) -> AsyncGenerator[Update, None]:
        try:
            running = await self.pages.begin(text, scope, remembered, looking)
        except (HTTPException, OnRecordError) as error:
            await self.pages.told(looking)
            yield await self._refused(text, scope, error, remembered, looking)
            return
        before = await self.pages.before(remembered, looking, running)
        first = self._under(before.turns, before, looking) | self._free(looking)
        following = self._followed(first, running, before, remembered, looking)
        async with aclosing(following):
            async for update in following:
                yield update

    async def _refused(
        self, text: str, scope: str, error: HTTPException | OnRecordError, remembered: Earlier, looking: Looking
    ) -> Update:
        """The question that was never begun, and why."""
        before = await self.pages.before(remembered, looking)
        message = str(error.detail) if isinstance(error, HTTPException) else str(error)
        failed = unfolding.failed(asking.refused(text, scope, before.next), sentence(message))
        told = self._under(before.turns, before, looking) | self._free(looking)
        told |= self._changed(None, await _made(failed, looking))
        return told | {self.memory: remembered.but(failed, before.kept)}

    async def _followed(
        self, first: Update, running: Running, before: Before, remembered: Earlier, looking: Looking
    ) -> AsyncGenerator[Update, None]:
        """The turn of an answer from its first step, which comes with `first`, to its last, however much of it there is
        already."""
        asked = Asked(asking.begun(running, before.next, writes=self.writes))
        first |= {self.memory: remembered}
        shown: Parts | None = None
        self.watched[looking.session] = running
        try:
            async with aclosing(running.watch()) as news:
                async for events in news:
                    asked = asked.after(events)
                    now = await _made(asked.turn, looking) if events or shown is None else shown
                    yield first | self._changed(shown, now)
                    first, shown = {}, now
        finally:
            if self.watched.get(looking.session) is running:
                del self.watched[looking.session]
        whole = asking.ended(asked.turn, running)
        memory = await run_in_threadpool(remembered.then, running, whole, before.kept)
        yield first | self._changed(shown, await _made(whole, looking)) | {self.memory: memory}

    # What the address names.

    async def _opened(self, remembered: Earlier, looking: Looking) -> AsyncGenerator[Update, None]:
        id = looking.address.get("conversation", "")
        if not id:
            yield {self.memory: remembered}
            return
        named = replace(remembered, conversation=id[:LONGEST_ID])
        running = await self.pages.under_way(named.conversation, looking)
        before = await self.pages.before(named, looking, running)
        if not before.turns and not running:
            yield {self.memory: remembered, self.earlier: _remark(looking.wording.say("notHere"))}
            return
        await self.pages.opened(before, looking)
        if running is None:
            *earlier, last = before.turns
            told = self._changed(None, await _made(last, looking)) | {self.memory: named}
            yield self._under(tuple(earlier), before, looking) | told
            return
        following = self._followed(self._under(before.turns, before, looking), running, before, named, looking)
        async with aclosing(following):
            async for update in following:
                yield update

    # What gradio is told.

    def _under(self, earlier: tuple[Turn, ...], before: Before, looking: Looking) -> Update:
        """The earlier turns above, and nothing of a first sight."""
        hidden = looking.wording.count("earlierNotShown", before.hidden)
        above = _remark(hidden, "note") if before.hidden else ""
        return {
            self.earlier: above + turns(earlier, looking.wording),
            self.question: gr.update(label=looking.wording.say("askAnother")),
            self.welcome: gr.update(visible=False),
            self.offered: gr.update(visible=False),
            self.again: gr.update(visible=True),
        }

    def _free(self, looking: Looking) -> Update:
        """The box, free for the next question."""
        return {self.question: gr.update(value="", label=looking.wording.say("askAnother"))}

    def _nothing(self) -> Update:
        """An update that leaves everything as it is."""
        return {self.halt: gr.skip()}

    def _changed(self, shown: Parts | None, now: Parts) -> Update:
        """The parts of the turn that are not `shown` yet; nothing but a sign of life where all are."""
        update = self._nothing()
        for name in Parts.__slots__:
            if shown is None or getattr(now, name) != getattr(shown, name):
                update[getattr(self, name)] = getattr(now, name)
        if shown is None or bool(now.progress) != bool(shown.progress):
            update[self.halt] = gr.update(visible=bool(now.progress))
        return update


async def _made(turn: Turn, looking: Looking) -> Parts:
    return await run_in_threadpool(parts, turn, looking.wording)


def _remark(sentence: str, kind: str = "failure") -> str:
    """A sentence of ours above the turns."""
    return f'<p class="{kind}">{escape(sentence)}</p>'
