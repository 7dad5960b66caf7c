"""A question being answered for a program or a frame: what it shows is noted for the audit log, and kept where that was
asked for."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass

from index.errors import LibraryError
from index.principal import Principal
from rag.answer import Answer
from rag.events import Event
from rag.question import Question
from ui import wire
from ui.answerer import Answerer
from ui.audit.noted import Noted
from ui.keeping import SoFar
from ui.routes.conversing import Talk


@dataclass(slots=True)
class Answering:
    """One question with all that it takes to answer it.

    `id` is the asker's own, `talk` its conversation, None where nothing is kept. `partly` says that the answer is shown
    as it comes: then a reader who leaves in the middle has seen part of it, and that part is kept; otherwise an answer
    that nobody waited for is not. `so_far` is what it has shown, and `is_kept` is true once that is kept.
    """

    answerer: Answerer
    principal: Principal
    question: Question
    noted: Noted
    link_hosts: frozenset[str]
    id: str | int | None = None
    talk: Talk | None = None
    partly: bool = False
    is_kept: bool = False
    so_far: SoFar | None = None

    def events(self) -> Generator[Event, None, None]:
        """The events of the answer; closing this ends what the answer has begun."""
        so_far = self.so_far = SoFar(self.question.text.strip())
        self.noted.question = self.question.text
        try:
            with closing(self.answerer.stream(self.principal, self.question)) as events:
                for event in events:
                    so_far = self.so_far = so_far.after(event)
                    self._showing(so_far)
                    yield event
        finally:
            if self.partly and so_far.whole is None:
                self.is_kept = self._keep(so_far)
            if self.talk and not self.is_kept:
                self.talk.leave()

    def is_readable(self) -> bool:
        """Whether whoever asked may still read all that may speak from it, as kept turns are judged: what it has shown,
        what the turns before had been fed by, and what their own choice left out; not where that cannot be told."""
        so_far = self.so_far or SoFar(self.question.text)
        leans_on = self.talk.leans_on if self.talk and so_far.is_understood else frozenset()
        documents = so_far.documents | so_far.left_out | leans_on
        try:
            return documents <= self.answerer.readable(self.principal, documents)
        except LibraryError:
            return False

    def told(self, answer: Answer) -> wire.Json:
        """The object of the whole answer; where it was kept, with its conversation and its turn."""
        kept = {"conversation": self.talk.id, "turn": self.talk.turn} if self.talk and self.is_kept else {}
        return wire.answer_json(answer, self.id, self.link_hosts) | kept

    def _showing(self, so_far: SoFar) -> None:
        """Note what is shown, and keep the answer before whoever gets it can ask for it."""
        self.noted.showed(so_far.documents)
        if so_far.whole is None:
            return
        if usage := so_far.whole.trace.usage:
            self.noted.tokens += usage.prompt_tokens + usage.completion_tokens
        self.is_kept = self._keep(so_far)

    def _keep(self, so_far: SoFar) -> bool:
        return self.talk is not None and self.talk.keep(self.question, so_far, self.link_hosts)
