"""The conversation's page in gradio: the turns so far, the box, and the examples until the first question.

Gradio carries questions to the server and HTML back; what the HTML says is made in ui.render. Its Markdown component
shows it, because gr.HTML evaluates templates in the browser, which our content security policy forbids.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from html import escape
from typing import Any

import gradio as gr
from fastapi import HTTPException
from starlette.concurrency import run_in_threadpool

from index.errors import OnRecordError
from index.records.conversations import KeptTurn
from rag.question import LONGEST_QUESTION, Question
from ui import asking, unfolding, within
from ui.answerer import Answerer
from ui.asking import Asked
from ui.audit.noted import noted, with_noted
from ui.auditing import Auditor, Handled
from ui.brief import Turn
from ui.caller import Caller, caller_of
from ui.earlier import Earlier, Reader
from ui.failures import sentence
from ui.limiting.turned_away import TurnedAway
from ui.render import Parts, parts, turns
from ui.routes.answering import Answering
from ui.routes.conversing import Conversing, Talk, where
from ui.running import Running
from ui.serving import Site
from ui.worded import keyed
from ui.wording import Wording, wording_of

KEPT_SECONDS = 12 * 3600
"""How long the server remembers what an open page showed last."""
OFFERED = 6
"""Example questions that are shown."""
LONGEST_ID = 64
LONGEST_SCOPE = 20_000
"""Characters of a scope; fifty names of two hundred, written as a URL's query, are fewer."""

Update = dict[Any, Any]
"""What gradio sets: values by component."""


@dataclass(frozen=True, slots=True)
class Looking:
    """Somebody at a page: who they are, as the library's reader, and what is told of their request."""

    caller: Caller
    reader: Reader
    handled: Handled
    session: str
    address: dict[str, str]

    @property
    def wording(self) -> Wording:
        """Their language."""
        return self.reader.wording


class Conversation:
    """The page for all who open it; what belongs to one of them is handed in and out by gradio."""

    def __init__(self, answerer: Answerer, site: Site, examples: tuple[str, ...], *, writes: bool = False) -> None:
        self.answerer = answerer
        self.limits = site.limits
        self.running = site.running
        self.conversations = site.records.conversations
        self.conversing = Conversing(answerer, self.conversations, reserved=site.running.reserved)
        self.auditor = Auditor(site.audit, questions=site.audit_questions)
        self.examples = examples[:OFFERED]
        self.writes = writes
        self.link_hosts = site.link_hosts
        self.watched: dict[str, Running] = {}
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
        looking = self._looking(request)
        remembered = remembered.of(looking.caller.principal)
        if text.strip():
            updates = self._answered(text.strip(), scope, replace(remembered, is_opened=True), looking)
        elif not remembered.is_opened:
            updates = self._opened(replace(remembered, is_opened=True), looking)
        else:
            return
        async with aclosing(updates):
            async for update in updates:
                yield update

    async def stop(self, request: gr.Request) -> None:
        """End the writing on this page now; what is checked stays."""
        if running := self.watched.get(str(request.session_hash)):
            running.stop()

    def forget(self, request: gr.Request) -> Update:
        """An empty conversation."""
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
        noted(looking.handled.scope).action = "asked on the page"
        noted(looking.handled.scope).question = text
        try:
            running = await self._begin(text, scope, remembered, looking)
        except (HTTPException, OnRecordError) as error:
            await self.auditor.tell(looking.handled)
            earlier, count, hidden = await self._before(remembered, looking)
            message = str(error.detail) if isinstance(error, HTTPException) else str(error)
            failed = unfolding.failed(Turn(_next(earlier), text, "searching"), sentence(message))
            told = self._under(earlier, looking, hidden) | self._free(looking)
            told |= self._changed(None, await _made(failed, looking))
            yield told | {self.memory: remembered.but(failed, count)}
            return
        earlier, count, hidden = await self._before(remembered, looking, running.talk.turn)
        first = self._under(earlier, looking, hidden) | self._free(looking)
        following = self._followed(running, _next(earlier), remembered, count, looking)
        async with aclosing(following):
            async for update in following:
                yield first | update
                first = {}

    async def _begin(self, text: str, scope: str, remembered: Earlier, looking: Looking) -> Running:
        """The answer, begun in the page's conversation. What is wrong with the question is told before that."""
        chosen, as_of = within.read(scope or "")
        Question(text, as_of, within=chosen)
        talk = await self.conversing.open(looking.caller, remembered.conversation, anew=True)
        answering = Answering(
            self.answerer,
            looking.caller.principal,
            Question(text, as_of, talk.history, chosen),
            noted(looking.handled.scope),
            self.link_hosts,
            talk=talk,
            partly=True,
        )
        return self.running.begin(answering, self._around(talk, looking.handled))

    @asynccontextmanager
    async def _around(self, talk: Talk, handled: Handled) -> AsyncIterator[None]:
        """What stands around an answer: its turn, as for any other question, and what is told of it afterwards."""
        try:
            async with AsyncExitStack() as turn:
                try:
                    await turn.enter_async_context(self.limits.answering(caller_of(handled.scope)))
                except (TurnedAway, OnRecordError) as error:
                    handled.refused, handled.status = True, error.status if isinstance(error, TurnedAway) else 503
                    raise
                yield
        finally:
            self.conversing.close(talk)
            await self.auditor.tell(handled)

    async def _followed(
        self, running: Running, number: int, remembered: Earlier, after: int, looking: Looking
    ) -> AsyncGenerator[Update, None]:
        """The turn of an answer, from its first step to its last, however much of it there is already."""
        asked = Asked(asking.begun(running, number, writes=self.writes))
        shown: Parts | None = None
        self.watched[looking.session] = running
        try:
            async with aclosing(running.watch()) as news:
                async for events in news:
                    asked = asked.after(events)
                    now = await _made(asked.turn, looking) if events or shown is None else shown
                    yield self._changed(shown, now) | ({self.memory: remembered} if shown is None else {})
                    shown = now
        finally:
            if self.watched.get(looking.session) is running:
                del self.watched[looking.session]
        whole = asking.ended(asked.turn, running)
        memory = await run_in_threadpool(remembered.then, running, whole, after)
        yield self._changed(shown, await _made(whole, looking)) | {self.memory: memory}

    # What the address names.

    async def _opened(self, remembered: Earlier, looking: Looking) -> AsyncGenerator[Update, None]:
        id = looking.address.get("conversation", "")[:LONGEST_ID]
        running = self.running.conversation(id, where(looking.caller), looking.caller.principal) if id else None
        if running and not await run_in_threadpool(running.answering.is_readable):
            running = None
        named = replace(remembered, conversation=id) if id else remembered
        earlier, count, hidden = await self._before(named, looking, running.talk.turn if running else None)
        if not earlier and not running:
            yield {self.memory: remembered} | ({self.earlier: _remark(looking.wording.say("notHere"))} if id else {})
            return
        noted(looking.handled.scope).action = "opened a conversation"
        await self.auditor.tell(looking.handled)
        if running is None:
            told = self._changed(None, await _made(earlier[-1], looking)) | {self.memory: named}
            yield self._under(earlier[:-1], looking, hidden) | told
            return
        first = self._under(earlier, looking, hidden)
        following = self._followed(running, _next(earlier), named, count, looking)
        async with aclosing(following):
            async for update in following:
                yield first | update
                first = {}

    async def _before(
        self, remembered: Earlier, looking: Looking, but: str | None = None
    ) -> tuple[tuple[Turn, ...], int, int]:
        """The page's turns, without the one that is under way: how many of them the library has, and how many older
        ones are not shown."""
        held = await run_in_threadpool(partial(self._held, remembered.conversation, looking))
        held = tuple(turn for turn in held if turn.id != but)
        shown, hidden = await run_in_threadpool(partial(looking.reader.turns, remembered, held))
        return shown, len(held), hidden

    def _held(self, conversation: str, looking: Looking) -> tuple[KeptTurn, ...]:
        here = where(looking.caller)
        try:
            held = self.conversations.find(here.owner, here.place, conversation)
        except OnRecordError:
            return ()
        return held.turns if held else ()

    # What gradio is told.

    def _looking(self, request: gr.Request) -> Looking:
        """Gradio answers when the request that brought the question is long over, so what is told of it is noted
        anew."""
        scope = with_noted({**request.request.scope, "path": "/"})
        caller, wording = caller_of(scope), wording_of(scope)
        reader = Reader(self.answerer, caller.principal, wording, tuple(self.link_hosts))
        handled = Handled(scope, None, caller, status=200)
        return Looking(caller, reader, handled, str(request.session_hash), dict(request.request.query_params))

    def _under(self, earlier: tuple[Turn, ...], looking: Looking, hidden: int = 0) -> Update:
        """The earlier turns above, and nothing of a first sight."""
        above = _remark(looking.wording.count("earlierNotShown", hidden), "note") if hidden else ""
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

    def _changed(self, shown: Parts | None, now: Parts) -> Update:
        """The parts of the turn that are not `shown` yet; nothing but a sign of life where all are."""
        update: Update = {self.halt: gr.skip()}
        for name in Parts.__slots__:
            if shown is None or getattr(now, name) != getattr(shown, name):
                update[getattr(self, name)] = getattr(now, name)
        if shown is None or bool(now.progress) != bool(shown.progress):
            update[self.halt] = gr.update(visible=bool(now.progress))
        return update


async def _made(turn: Turn, looking: Looking) -> Parts:
    return await run_in_threadpool(parts, turn, looking.wording)


def _next(earlier: tuple[Turn, ...]) -> int:
    return earlier[-1].number + 1 if earlier else 1


def _remark(sentence: str, kind: str = "failure") -> str:
    """A sentence of ours above the turns."""
    return f'<p class="{kind}">{escape(sentence)}</p>'
