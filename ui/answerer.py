"""What the faces ask: something that answers questions, finds and gives documents, and keeps what readers say."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

import index.search
from index.document import Document, Passage
from index.feedback import Feedback
from index.principal import Principal
from index.within import EVERYTHING, Within
from rag.ask import Desk, stream
from rag.check import Checked, check
from rag.events import Event
from rag.question import Question
from rag.understand import understand

if TYPE_CHECKING:
    from index.choices import Choices
    from index.listing import Listing


class Answerer(Protocol):
    """The whole of what a face may do; its methods raise OnRecordError where a person can act on it.

    A generator that is closed ends what it has begun, a request to a model too.
    """

    def stream(self, principal: Principal, question: Question) -> Generator[Event, None, None]:
        """The answer event by event, the whole of it last."""
        ...

    def check(
        self, principal: Principal, draft: str, as_of: date | None = None, within: Within = EVERYTHING
    ) -> Generator[Checked, None, None]:
        """The statements of somebody's text, each with what the library says to it, as soon as it is known."""
        ...

    def search(self, principal: Principal, question: Question, limit: int) -> tuple[Passage, ...]:
        """The passages nearest to the question, best first, at most `limit`, without judging whether they answer it."""
        ...

    def listing(
        self, principal: Principal, *, after: str | None, limit: int, words: str = "", collection: str | None = None
    ) -> Listing:
        """The documents that `principal` may read, a page of them: those after `after`, at most `limit`."""
        ...

    def choices(self, principal: Principal) -> Choices:
        """What `principal` may choose between when they narrow a question."""
        ...

    def readable(self, principal: Principal, ids: Iterable[str]) -> frozenset[str]:
        """Those of the documents `ids` that there are and that `principal` may read now."""
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

    def check(
        self, principal: Principal, draft: str, as_of: date | None = None, within: Within = EVERYTHING
    ) -> Generator[Checked, None, None]:
        yield from check(principal, draft, self.desk, as_of, within)

    def search(self, principal: Principal, question: Question, limit: int) -> tuple[Passage, ...]:
        query = understand(question.text, as_of=question.as_of, within=question.within)
        return index.search.search(principal, query, self.desk.corpus, limit=limit)

    def listing(
        self, principal: Principal, *, after: str | None, limit: int, words: str = "", collection: str | None = None
    ) -> Listing:
        library = self.desk.corpus.library
        return library.listing(principal, after=after, limit=limit, words=words, collection=collection)

    def choices(self, principal: Principal) -> Choices:
        return self.desk.corpus.library.choices(principal)

    def readable(self, principal: Principal, ids: Iterable[str]) -> frozenset[str]:
        return self.desk.corpus.library.readable(principal, ids)

    def document(self, principal: Principal, document_id: str) -> Document | None:
        return self.desk.corpus.library.document(principal, document_id)

    def keep(self, feedback: Feedback) -> None:
        self.desk.corpus.library.feedback.give(feedback)

    def generation(self) -> int:
        return self.desk.corpus.generation
