"""What the faces ask: something that answers questions, gives documents, and keeps what readers say of answers."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from index.document import Document
from index.feedback import Feedback
from index.principal import Principal
from rag.ask import Desk, stream
from rag.check import Checked, check
from rag.events import Event
from rag.question import Question


class Answerer(Protocol):
    """The whole of what a face may do; its methods raise OnRecordError where a person can act on it.

    A generator that is closed ends what it has begun, a request to a model too.
    """

    def stream(self, principal: Principal, question: Question) -> Generator[Event, None, None]:
        """The answer event by event, the whole of it last."""
        ...

    def check(self, principal: Principal, draft: str, as_of: date | None = None) -> Generator[Checked, None, None]:
        """The statements of somebody's text, each with what the library says to it, as soon as it is known."""
        ...

    def document(self, principal: Principal, document_id: str) -> Document | None:
        """The document; None alike if there is none and if `principal` may not read it."""
        ...

    def keep(self, feedback: Feedback) -> None:
        """Keep what a reader says of an answer, in place of what they said of it before. None of it is given back."""
        ...

    def generation(self) -> int:
        """The library's generation; raises LibraryError if the library cannot be read."""
        ...


@dataclass(frozen=True, slots=True)
class AtDesk:
    """The answerer that works on a library."""

    desk: Desk

    def stream(self, principal: Principal, question: Question) -> Generator[Event, None, None]:
        yield from stream(principal, question, self.desk)

    def check(self, principal: Principal, draft: str, as_of: date | None = None) -> Generator[Checked, None, None]:
        yield from check(principal, draft, self.desk, as_of)

    def document(self, principal: Principal, document_id: str) -> Document | None:
        return self.desk.corpus.library.document(principal, document_id)

    def keep(self, feedback: Feedback) -> None:
        self.desk.corpus.library.feedback.give(feedback)

    def generation(self) -> int:
        return self.desk.corpus.generation
