"""Somebody at the page of conversations: what they ask is begun here, and what their page shows of before is found."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.types import Scope

from index.errors import LibraryError, OnRecordError
from index.records.conversations import KeptTurn
from rag.question import Question
from ui import within
from ui.answerer import Answerer
from ui.audit.noted import Noted, noted, with_noted
from ui.auditing import Auditor, Handled
from ui.caller import Caller, caller_of
from ui.earlier import Before, Earlier, Viewer
from ui.limiting.turned_away import TurnedAway
from ui.routes.answering import Answering
from ui.routes.conversing import Conversing, Talk, where
from ui.running import Running
from ui.serving import Site
from ui.wording import Wording, wording_of

LONGEST_ID = 64
"""Characters of a conversation's id."""


@dataclass(frozen=True, slots=True)
class Looking:
    """Somebody at an open page: who they are, to the library too, what is told of their request, which page it is, and
    what its address says."""

    caller: Caller
    viewer: Viewer
    handled: Handled
    session: str
    address: Mapping[str, str]

    @property
    def wording(self) -> Wording:
        """Their language."""
        return self.viewer.wording

    @property
    def noted(self) -> Noted:
        """What is noted of what they do."""
        return noted(self.handled.scope)


class Pages:
    """What the open pages of one server ask for."""

    def __init__(self, answerer: Answerer, site: Site) -> None:
        self._answerer = answerer
        self._limits = site.limits
        self._running = site.running
        self._conversations = site.records.conversations
        self._conversing = Conversing(answerer, self._conversations, reserved=site.running.reserved)
        self._auditor = Auditor(site.audit, questions=site.audit_questions)
        self._link_hosts = site.link_hosts

    def looking(self, scope: Scope, session: str, address: Mapping[str, str]) -> Looking:
        """Who looks. What they asked for is answered when the request that brought it is long over, so what is told of
        it is noted anew."""
        scope = with_noted({**scope, "path": "/"})
        caller = caller_of(scope)
        viewer = Viewer(self._answerer, caller.principal, wording_of(scope), tuple(self._link_hosts))
        return Looking(caller, viewer, Handled(scope, None, caller, status=200), session, address)

    async def begin(self, text: str, scope: str, remembered: Earlier, looking: Looking) -> Running:
        """The answer, begun in the page's conversation. What is wrong with the question is told before that.

        Raises OnRecordError, and HTTPException where the conversation cannot take the question now.
        """
        looking.noted.action, looking.noted.question = "asked on the page", text
        chosen, as_of = within.read(scope or "")
        Question(text, as_of, within=chosen)
        talk = await self._conversing.open(looking.caller, remembered.conversation, anew=True)
        question = Question(text, as_of, talk.history, chosen)
        principal, noting = looking.caller.principal, looking.noted
        answering = Answering(self._answerer, principal, question, noting, self._link_hosts, talk=talk, partly=True)
        return self._running.begin(answering, self._around(talk, looking.handled))

    async def under_way(self, conversation: str, looking: Looking) -> Running | None:
        """The answer under way in this conversation of theirs; also one that has just failed or was stopped, and that
        the library does not have. None for a credential that is not good for kept conversations."""
        if not looking.caller.may("history"):
            return None
        running = self._running.conversation(conversation, where(looking.caller), looking.caller.principal)
        if running is None or (running.is_over and running.answering.is_kept):
            return None
        return running if await run_in_threadpool(running.answering.is_readable) else None

    async def before(self, remembered: Earlier, looking: Looking, running: Running | None = None) -> Before:
        """What their page shows of its turns, without the one that is `running`."""
        held = await run_in_threadpool(partial(self._held, remembered.conversation, looking))
        held = tuple(turn for turn in held if running is None or turn.id != running.talk.turn)
        return await run_in_threadpool(partial(looking.viewer.before, remembered, held))

    async def opened(self, before: Before, looking: Looking) -> None:
        """Tell the audit log that they were shown a conversation again."""
        looking.noted.action = "opened a conversation"
        looking.noted.showed(before.documents)
        await self._auditor.tell(looking.handled)

    async def told(self, looking: Looking) -> None:
        """Tell the audit log of a question that was not begun."""
        await self._auditor.tell(looking.handled)

    @asynccontextmanager
    async def _around(self, talk: Talk, handled: Handled) -> AsyncIterator[None]:
        """What stands around an answer: its turn, as for any other question, and what is told of it afterwards."""
        try:
            async with AsyncExitStack() as turn:
                try:
                    await turn.enter_async_context(self._limits.answering(caller_of(handled.scope)))
                except (TurnedAway, OnRecordError) as error:
                    handled.refused, handled.status = True, error.status if isinstance(error, TurnedAway) else 503
                    raise
                yield
        finally:
            self._conversing.close(talk)
            await self._auditor.tell(handled)

    def _held(self, conversation: str, looking: Looking) -> tuple[KeptTurn, ...]:
        # A key that is good for asking comes here, too, and for nothing else.
        if not looking.caller.may("history"):
            return ()
        here = where(looking.caller)
        try:
            held = self._conversations.find(here.owner, here.place, conversation)
        except LibraryError:
            return ()
        return held.turns if held else ()
