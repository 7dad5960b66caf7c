"""From requests to lines of the audit log: which of them are told there, and what of each.

Told are all that are refused, and of the others those that ask, show a document or change something for somebody;
files, pages without documents, health checks and what comes to nothing are not. A line is written by a thread of its
own, when the response has left.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

from starlette.types import Scope

from index.records.store import present
from ui.audit.auditlog import AuditLog
from ui.audit.entry import NOBODY, Entry
from ui.audit.noted import noted
from ui.caller import Caller
from ui.embed.embeds import VISITOR
from ui.route import SAFE_METHODS, Route
from ui.threads import Threads

REFUSALS_A_MINUTE = 600
"""Lines for requests that were refused and are nobody's, or a public chat's visitor's, in a minute: whoever knocks
without end fills no disk. Those beyond are counted, and the next minute's first line says how many they were."""


@dataclass(slots=True)
class Handled:
    """A request and what became of it: its `row`, None where it is in none, who sent it, and whether it was let
    through. `scope` is the one that the routes note on; `status` is 0 where nothing was sent."""

    scope: Scope
    row: Route | None
    caller: Caller | None = None
    refused: bool = False
    status: int = 0
    began: float = field(default_factory=time.perf_counter)

    @property
    def is_told(self) -> bool:
        """Whether the audit log has a line for it."""
        said = noted(self.scope)
        shows = self.row is not None and (self.row.asks or self.row.use is not None)
        changes = self.scope["method"] not in SAFE_METHODS and self.caller is not None
        return self.decision == "refused" or shows or changes or bool(said.action or said.documents)

    @property
    def decision(self) -> Literal["allowed", "refused"]:
        """Refused by the guard, or by a route that knows more than it; whatever is wrong with a stranger's request is
        a refusal too, as anybody can send it without end."""
        is_nobodys_fault = self.caller is None and 400 <= self.status < 500
        refused = self.refused or is_nobodys_fault or self.status in (401, 403, 429)
        return "refused" if refused else "allowed"

    def entry(self, *, questions: bool) -> Entry:
        """The line, with the question if `questions` are to be written."""
        said, caller, peer = noted(self.scope), self.caller, self.scope.get("client")
        return Entry(
            when=present(),
            who=caller.principal.name if caller else NOBODY,
            by=caller.by if caller else None,
            action=self.scope["path"],
            subject=said.action or None,
            method=self.scope["method"],
            status=self.status or None,
            decision=self.decision,
            documents=said.documents,
            milliseconds=round((time.perf_counter() - self.began) * 1000),
            tokens=said.tokens,
            embed=caller.embed if caller else None,
            key=caller.key if caller else None,
            peer=str(peer[0]) if peer else None,
            question=said.question if questions else None,
        )


class Auditor:
    """Writes the lines of one server; without a log it writes none."""

    def __init__(self, log: AuditLog | None, *, questions: bool = False) -> None:
        self._log = log
        self._questions = questions
        self._threads = Threads(1)
        self._minute = 0
        self._refusals = 0

    def is_ready(self) -> bool:
        """Whether what was to be written is; where it is not, no more is to be let through. It may block."""
        return self._log is None or self._log.ready()

    async def tell(self, handled: Handled) -> None:
        """Write the line of this request, if it has one."""
        if self._log is None or not handled.is_told:
            return
        entry = handled.entry(questions=self._questions)
        if (entry.who == NOBODY or entry.who.startswith(VISITOR)) and entry.decision == "refused":
            unwritten = self._one_more_refusal()
            if self._refusals > REFUSALS_A_MINUTE:
                return
            if unwritten:
                beyond = replace(entry, action="requests refused beyond those written", subject=str(unwritten))
                await self._threads.run(partial(self._log.write, beyond))
        await self._threads.run(partial(self._log.write, entry))

    def _one_more_refusal(self) -> int:
        """Count it; gives how many were not written of the last minute in which there were any, once."""
        minute, unwritten = int(time.monotonic() // 60), 0
        if minute != self._minute:
            unwritten = max(0, self._refusals - REFUSALS_A_MINUTE)
            self._minute, self._refusals = minute, 0
        self._refusals += 1
        return unwritten
