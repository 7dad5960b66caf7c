"""What readers are told where others serve them: nothing of where the model, the embedder or the library is.

The person at their own machine can put right what is amiss, and needs its address; readers cannot, and for whoever
looks for a way into the network it is a map. The server's log keeps the whole.
"""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from index.document import Document, Passage
from index.errors import EmbedderUnavailable, LibraryError, OnRecordError
from index.feedback import Feedback
from index.principal import Principal
from index.within import EVERYTHING, Within
from rag.answer import Answer, Trace
from rag.check import Checked
from rag.errors import InvalidQuestion, ModelUnavailable
from rag.events import Answered, Event
from rag.question import Question
from ui.answerer import Answerer

if TYPE_CHECKING:
    from index.choices import Choices
    from index.listing import Listing

T = TypeVar("T")

_log = logging.getLogger(__name__)

_MODEL_AT = re.compile(r"\bthe model .+? at \S+ ")
"""How ModelUnavailable begins: the model, its server, and then what is amiss with it."""
_PLACED = ("model:", "endpoint:")
"""Fingerprints that name a server."""
_AMISS: tuple[tuple[type[OnRecordError], str], ...] = (
    (ModelUnavailable, "the language model gave no answer"),
    (EmbedderUnavailable, "questions cannot be compared with the documents now"),
    (LibraryError, "the library cannot be read or written now"),
)


class Spared(OnRecordError):
    """Something is amiss, and its details are in the log."""


def spared(error: OnRecordError) -> OnRecordError:
    """The error as readers are told of it: what whoever asked did wrong in full, anything else without its details,
    and with its place in the log, where they are."""
    if isinstance(error, InvalidQuestion | Spared):
        return error
    reference = secrets.token_hex(4)
    _log.error("not told to a reader: %s; reference %s", error, reference)
    amiss = next((words for kind, words in _AMISS if isinstance(error, kind)), "the server cannot answer now")
    return Spared(f"{amiss}; ask again later, or tell who looks after the server that its log has it under {reference}")


@dataclass(frozen=True, slots=True)
class Discreet:
    """`answerer` without addresses in what it answers, and in what it raises; what `readable` and `generation` raise
    is told to nobody as it is."""

    answerer: Answerer

    def stream(self, principal: Principal, question: Question) -> Generator[Event, None, None]:
        yield from _sparing(self.answerer.stream(principal, question), _event)

    def check(
        self, principal: Principal, draft: str, as_of: date | None = None, within: Within = EVERYTHING
    ) -> Generator[Checked, None, None]:
        yield from _sparing(self.answerer.check(principal, draft, as_of, within), lambda checked: checked)

    def search(self, principal: Principal, question: Question, limit: int) -> tuple[Passage, ...]:
        return _told(lambda: self.answerer.search(principal, question, limit))

    def listing(
        self, principal: Principal, *, after: str | None, limit: int, words: str = "", collection: str | None = None
    ) -> Listing:
        wanted = {"words": words, "collection": collection}
        return _told(lambda: self.answerer.listing(principal, after=after, limit=limit, **wanted))  # type: ignore[arg-type]

    def choices(self, principal: Principal) -> Choices:
        return _told(lambda: self.answerer.choices(principal))

    def readable(self, principal: Principal, ids: Iterable[str]) -> frozenset[str]:
        return self.answerer.readable(principal, ids)

    def document(self, principal: Principal, document_id: str) -> Document | None:
        return _told(lambda: self.answerer.document(principal, document_id))

    def keep(self, feedback: Feedback) -> None:
        _told(lambda: self.answerer.keep(feedback))

    def generation(self) -> int:
        return self.answerer.generation()


def _told(work: Callable[[], T]) -> T:
    try:
        return work()
    except OnRecordError as error:
        raise spared(error) from None


def _sparing(coming: Generator[T, None, None], each: Callable[[T], T]) -> Generator[T, None, None]:
    with closing(coming):
        while True:
            try:
                item = next(coming)
            except StopIteration:
                return
            except OnRecordError as error:
                raise spared(error) from None
            yield each(item)


def _event(event: Event) -> Event:
    return Answered(_answer(event.answer)) if isinstance(event, Answered) else event


def _answer(answer: Answer) -> Answer:
    notice = answer.notice and _MODEL_AT.sub("the model ", answer.notice)
    if notice != answer.notice:
        _log.warning("told to a reader without its address: %s", answer.notice)
    return replace(answer, notice=notice, trace=_trace(answer.trace))


def _trace(trace: Trace) -> Trace:
    model = trace.model and _unplaced(trace.model)
    return replace(trace, model=model, embedder=_unplaced(trace.embedder))


def _unplaced(fingerprint: str) -> str:
    """The same for the same model, and no address."""
    if not fingerprint.startswith(_PLACED):
        return fingerprint
    return f"{fingerprint.partition(':')[0]}:{hashlib.sha256(fingerprint.encode()).hexdigest()[:16]}"
