"""An answer as server-sent events, for programs that show it while it comes.

`kept` with the ids of the conversation and the turn, where one is kept, then `understood`, `evidence`, `compared`
(how the quotes stand to each other), `writing`, `sentence` and `dropped` as they happen, then `answer` with the same
object that the plain request gives, or `error`; each with JSON as its data. While a model writes something comes at
least every half second, so that a client that has left is noticed.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import aclosing, closing
from functools import partial

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from rag.check import Checked
from rag.events import (
    Answered,
    Event,
    EvidenceCompared,
    EvidenceFound,
    SentenceDropped,
    SentenceWritten,
    Understood,
    Writing,
)
from ui import api, failures, wire
from ui.driven import driven, unless_gone
from ui.routes.answering import Answering
from ui.running import Running
from ui.told import with_said
from ui.wording import ENGLISH, Wording

Frames = Generator[bytes, None, None]


class EventStream(Response):
    """The response that sends `frames`; they are closed, in a worker thread, as soon as the client leaves. `ended` is
    called when they are, also where none was ever sent."""

    media_type = api.EVENTS

    def __init__(self, frames: Frames, ended: Callable[[], None] | None = None) -> None:
        # The second header keeps nginx, where one stands before, from holding the events back.
        super().__init__(headers={"cache-control": "no-store", "x-accel-buffering": "no"})
        del self.headers["content-length"]
        self.frames = frames
        self.ended = ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await unless_gone(receive, partial(self._send, send))
        finally:
            if self.ended:
                self.ended()

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async with aclosing(driven(self.frames)) as frames:
            async for frame in frames:
                await send({"type": "http.response.body", "body": frame, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def answering(asked: Answering, wording: Wording = ENGLISH) -> Frames:
    """The frames of an answer, the last of them `answer` or `error`."""
    return _ended(_answering(asked, wording), wording)


def checking(statements: Generator[Checked, None, None], wording: Wording = ENGLISH) -> Frames:
    """A frame `checked` for each statement of a text as soon as it is known, then `end` or `error`."""
    return _ended(_checking(statements, wording), wording)


def _ended(frames: Frames, wording: Wording) -> Frames:
    """The frames, and where they break off an `error`: the response has begun, so only here can it still be told."""
    try:
        yield from frames
    except Exception as error:  # noqa: BLE001  the edge of the process; the log has the rest
        yield _frame("error", {"error": failures.told(error)}, wording)


def named(asked: Answering) -> bytes:
    """The frame that says where the answer is kept; nothing where it is not."""
    return _frame("kept", {"conversation": asked.talk.id, "turn": asked.talk.turn}) if asked.talk else b""


def frame(event: Event, asked: Answering, wording: Wording = ENGLISH) -> bytes:
    """The frame of an event of that answer."""
    return _frame(*_told(event, asked), wording)


def ending(running: Running, wording: Wording = ENGLISH) -> bytes:
    """The last frame of an answer that is over without being whole: `error`, or `stopped`, with the ids of its
    conversation and its turn where what was shown of it is kept."""
    answering = running.answering
    if running.failure:
        return _frame("error", {"error": running.failure}, wording)
    if answering.so_far and answering.so_far.whole:
        return b""
    kept = {"conversation": running.talk.id, "turn": running.talk.turn} if answering.is_kept else {}
    return _frame("stopped", {**kept})


def _answering(asked: Answering, wording: Wording) -> Frames:
    if asked.talk:
        yield named(asked)
    with closing(asked.events()) as events:
        for event in events:
            yield frame(event, asked, wording)


def _checking(statements: Generator[Checked, None, None], wording: Wording) -> Frames:
    count = 0
    with closing(statements):
        for checked in statements:
            count += 1
            yield _frame("checked", api.checked_json(checked), wording)
    yield _frame("end", {"sentences": count})


def _told(event: Event, asked: Answering) -> tuple[str, wire.Json]:
    """The name and the data of an event."""
    match event:
        case Understood(question):
            return "understood", {"question": question}
        case EvidenceFound(evidence):
            return "evidence", {"evidence": [wire.evidence_json(n, each) for n, each in enumerate(evidence, start=1)]}
        case Writing(words):
            return "writing", {"words": words}
        case SentenceWritten(sentence):
            return "sentence", wire.sentence_json(sentence, asked.link_hosts)
        case SentenceDropped(dropped):
            return "dropped", wire.dropped_json(dropped)
        case Answered(answer):
            return "answer", asked.told(answer)
        case EvidenceCompared(points, disagreements, groups):
            return "compared", wire.compared_json(points, disagreements, groups)


def _frame(name: str, value: wire.Json, wording: Wording = ENGLISH) -> bytes:
    """One event as it goes over the wire; JSON on one line, so that nothing in it can end the event."""
    return f"event: {name}\ndata: {wire.dumps(with_said(value, wording))}\n\n".encode()
