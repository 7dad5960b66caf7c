"""One chat completion: an answer told as one text, piece by piece, or whole at the end."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing

from index.errors import OnRecordError, TokensUnavailable
from index.tokens import counts
from rag.answer import Answer, Usage
from rag.errors import InvalidQuestion
from ui import failures, wire
from ui.compatible.error import error_json
from ui.compatible.text import Telling
from ui.compatible.wire import Head, annotation_json, chunk_json, completion_json, counting_json
from ui.routes.answering import Answering

Frames = Generator[bytes, None, None]
WAITING = b": a sentence is being written\n\n"
"""A comment, which clients pass over: it tells everything on the way that the stream lives."""
DONE = b"data: [DONE]\n\n"


class Completion:
    """The completion of one question. Close what comes of `pieces` and `frames`; that ends what they have begun."""

    def __init__(self, asked: Answering, telling: Telling, head: Head) -> None:
        self._asked = asked
        self._telling = telling
        self._head = head
        self._usage: Usage | None = None

    def pieces(self) -> Generator[str, None, None]:
        """The text as it comes; an empty piece says that a sentence is waited for. After the last, `json` is whole."""
        with closing(self._asked.events()) as events:
            yield from self._telling.pieces(events)
        self._usage = self._count(self._whole)

    def json(self) -> wire.Json:
        """The completion, once all of its pieces have come."""
        return completion_json(self._head, self._telling.text, self._more(), self._usage)

    def frames(self) -> Frames:
        """The completion as server-sent events. Where it breaks off, the last is the error: by then the response has
        begun, so only there can it still be told."""
        try:
            yield from self._frames()
        except Exception as error:  # noqa: BLE001  the edge of the process; the log has the rest
            yield _frame(error_json(status_of(error), failures.sentence(failures.told(error))))

    def _frames(self) -> Frames:
        head = self._head
        yield _frame(chunk_json(head, {"role": "assistant", "content": "", "refusal": None}))
        with closing(self.pieces()) as pieces:
            for piece in pieces:
                yield _frame(chunk_json(head, {"content": piece})) if piece else WAITING
        yield _frame(chunk_json(head, self._more(), finished=True))
        if head.counts:
            yield _frame(counting_json(head, self._usage))
        yield DONE

    @property
    def _whole(self) -> Answer:
        if self._telling.answer is None:
            raise RuntimeError("an answer ends with its Answered event")
        return self._telling.answer

    def _more(self) -> wire.Json:
        annotations = [annotation_json(mark) for mark in self._telling.marks]
        return {"annotations": annotations, "on_record": self._asked.told(self._whole)}

    def _count(self, answer: Answer) -> Usage | None:
        """As the model's server counted, else as the table of tokens counts the question and the text."""
        if answer.trace.usage is not None:
            return answer.trace.usage
        question = self._asked.question
        told = [text for turn in question.history for text in (turn.question, turn.answer)]
        try:
            *read, written = counts([question.text, *told, self._telling.text])
        except TokensUnavailable:
            return None
        return Usage(sum(read), written)


def status_of(error: Exception) -> int:
    """What a request is answered with that failed so."""
    if isinstance(error, InvalidQuestion):
        return 400
    return 503 if isinstance(error, OnRecordError) else 500


def _frame(value: wire.Json) -> bytes:
    return f"data: {wire.dumps(value)}\n\n".encode()
