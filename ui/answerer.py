"""What the faces ask: something that answers questions and gives documents, both for a principal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from index.document import Document
from index.principal import Principal
from rag.ask import Desk, Event, Question, stream


class Answerer(Protocol):
    """The whole of what a face may do; both methods raise OnRecordError where a person can act on it."""

    def stream(self, principal: Principal, question: Question) -> Iterator[Event]:
        """The answer event by event, the whole of it last."""
        ...

    def document(self, principal: Principal, document_id: str) -> Document | None:
        """The document; None alike if there is none and if `principal` may not read it."""
        ...

    def generation(self) -> int:
        """The library's generation; raises LibraryError if the library cannot be read."""
        ...


@dataclass(frozen=True, slots=True)
class AtDesk:
    """The answerer that works on a library."""

    desk: Desk

    def stream(self, principal: Principal, question: Question) -> Iterator[Event]:
        return stream(principal, question, self.desk)

    def document(self, principal: Principal, document_id: str) -> Document | None:
        return self.desk.corpus.library.document(principal, document_id)

    def generation(self) -> int:
        return self.desk.corpus.generation
