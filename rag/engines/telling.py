"""An answer as it comes, for llama-index's streamed responses: evidence first, then sentence by sentence."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import closing
from typing import TypeVar

from llama_index.core.base.llms.types import ChatMessage, ChatResponse, MessageRole
from llama_index.core.schema import NodeWithScore

from rag.answer import Answer
from rag.engines.nodes import evidence_node
from rag.engines.response import cited_nodes, described, numbered, whole
from rag.events import Answered, Event, EvidenceFound, SentenceWritten, Writing

T = TypeVar("T")


class Told:
    """An answer as it comes: its evidence is known when this is made, the rest once `text` has been read.

    `keep` is handed the answer at the end, and never if the reader leaves before.
    """

    def __init__(self, events: Iterator[Event], keep: Callable[[Answer], None] = lambda answer: None) -> None:
        self.nodes: list[NodeWithScore] = []
        self.metadata: dict[str, object] = {}
        self._keep = keep
        self._events = self._from_evidence_on(events)

    def text(self) -> Generator[str, None, None]:
        """The text, sentence by sentence; together they are what a response that is not streamed holds.

        Empty while a model is waited for, so that whoever reads this can leave; closing it ends the answer.
        """
        given = ""
        try:
            for event in self._events:
                piece = self._piece(event, given)
                given += piece
                if piece or isinstance(event, Writing):
                    yield piece
        finally:
            if isinstance(self._events, Generator):
                self._events.close()

    def _piece(self, event: Event, given: str) -> str:
        if isinstance(event, SentenceWritten):
            return f"{' ' if given else ''}{numbered(event.sentence)}"
        if not isinstance(event, Answered):
            return ""
        self.nodes[:] = cited_nodes(event.answer)
        self.metadata.update(described(event.answer))
        self._keep(event.answer)
        all_of_it = whole(event.answer)
        return all_of_it.removeprefix(given) if all_of_it.startswith(given) else ""

    def _from_evidence_on(self, events: Iterator[Event]) -> Iterator[Event]:
        for event in events:
            if isinstance(event, EvidenceFound):
                self.nodes += [evidence_node(number, each) for number, each in enumerate(event.evidence, start=1)]
                return events
            if isinstance(event, Answered):
                return iter((event,))
        raise RuntimeError("an answer ends with its Answered event")


def replies(pieces: Generator[str, None, None]) -> Generator[ChatResponse, None, None]:
    """Pieces of text as a chat model's reply: each with all that came before it."""
    said = ""
    with closing(pieces):
        for piece in pieces:
            said += piece
            yield ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT, content=said), delta=piece)


async def in_threads(items: Generator[T, None, None]) -> AsyncGenerator[T, None]:
    """The items of a generator, each waited for in a thread; closing this closes it, once the thread is through."""
    lock = threading.Lock()

    def following() -> T | None:
        with lock:
            return next(items, None)

    def close() -> None:
        with lock:
            items.close()

    try:
        while (item := await asyncio.to_thread(following)) is not None:
            yield item
    finally:
        await asyncio.to_thread(close)
