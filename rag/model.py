"""A language model behind any OpenAI-compatible server: messages in, pieces of text out, and never past its time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Generator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from typing import Literal

from index.tokens import counts
from rag.answer import Usage
from rag.endpoint.background import Emit, Stopped, pieces, schedule
from rag.endpoint.breaker import State
from rag.endpoint.caller import Call, Caller
from rag.endpoint.caller import Limits as Limits
from rag.endpoint.chatserver import ChatServer
from rag.endpoint.completion import Counted, Written
from rag.endpoint.fault import CLOSED, Fault
from rag.endpoint.fault import seconds as in_words
from rag.errors import ModelUnavailable

WAITING_SECONDS = 0.5
NAMES_SECONDS = 5.0
CLOSE_SECONDS = 2.0
RECENT_SECONDS = 300.0
"""For which the last reply says how fast the model is."""


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of what the model reads."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Text:
    """More of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Half a second went by and nothing came."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The answer is whole, and this is what it took."""

    usage: Usage


Piece = Text | Waiting | Ended


@dataclass(frozen=True, slots=True)
class Prices:
    """What a million tokens cost to be read and to be written, in one's own currency."""

    input: float
    output: float


class Model:
    """The model `name` at `url` (as http://127.0.0.1:11434/v1; None is OpenAI itself); `key` is sent there and shown
    nowhere. Making one reaches nothing. Safe to use from several threads.

    Whatever goes wrong raises ModelUnavailable with one sentence for a reader. `fingerprint` is for whoever knows more
    of the model than its address.
    """

    def __init__(
        self,
        url: str | None,
        name: str,
        key: str | None = None,
        *,
        limits: Limits | None = None,
        prices: Prices | None = None,
        streaming: bool = True,
        fingerprint: str | None = None,
    ) -> None:
        self.name = name
        self._fingerprint = fingerprint
        self._limits = limits or Limits()
        self._prices = prices
        self._streaming = streaming
        self._server = ChatServer(url, name, key, kept=self._limits.at_once)
        self._caller = Caller(self._server, self._limits)
        self._running: set[asyncio.Task[None]] = set()
        self._waited, self._when = 0.0, -RECENT_SECONDS

    @property
    def fingerprint(self) -> str:
        """What is known of what writes: as given, else the server's host and the model's name."""
        return self._fingerprint or f"model:{self._server.host}:{self.name}"

    @property
    def breaker(self) -> State:
        """Whether the server is asked at all: `closed` is yes, `open` no, `half-open` once to try."""
        return self._caller.breaker.state

    @property
    def busy(self) -> int:
        """Replies that are being asked for now, waiting ones too."""
        return len(self._running)

    @property
    def waited(self) -> float | None:
        """Seconds until the last reply's first text, or so far; None where there was no reply of late."""
        return self._waited if time.monotonic() - self._when < RECENT_SECONDS else None

    def reply(
        self, messages: Sequence[Message], *, tokens: int, limits: Limits | None = None
    ) -> Generator[Piece, None, None]:
        """The model's answer of at most `tokens`, at temperature 0, piece by piece as it comes; Ended is last.

        Nothing is asked before the first piece is taken. There is a piece at least every half second, and closing the
        iterator ends the request at the server. `limits` are for this reply only, but for what concerns all of them
        (`at_once`, `failures`, `rest_seconds`). Raises ModelUnavailable, also after text that came: when the answer is
        cut off, out of time, or ended by its length or a content filter.
        """
        given = limits or self._limits
        work = partial(self._work, messages, tokens, given)
        began, first = time.monotonic(), True
        with closing(pieces(work, WAITING_SECONDS)) as coming:
            try:
                for piece in coming:
                    if first:
                        self._when = time.monotonic()
                        self._waited, first = self._when - began, piece is None
                    if isinstance(piece, Written):
                        yield Ended(self._usage(messages, piece))
                    else:
                        yield Waiting() if piece is None else Text(piece)
            except Stopped:
                raise self._unavailable(CLOSED) from None

    def complete(self, messages: Sequence[Message], *, tokens: int, limits: Limits | None = None) -> str:
        """The whole text of `reply`. Raises ModelUnavailable."""
        coming = self.reply(messages, tokens=tokens, limits=limits)
        return "".join(piece.text for piece in coming if isinstance(piece, Text))

    def names(self, seconds: float = NAMES_SECONDS) -> tuple[str, ...]:
        """The models that the server offers, in its order, within `seconds`. Raises ModelUnavailable."""
        with closing(pieces(partial(self._list, seconds), seconds)) as coming:
            return next((found for found in coming if found is not None), ())

    def close(self) -> None:
        """End what is under way and close the connections; a closed model raises ModelUnavailable."""
        self._server.closed = True
        ending = schedule(self._end)
        if ending is not None:
            with suppress(TimeoutError):
                ending.result(CLOSE_SECONDS)

    async def _end(self) -> None:
        for task in tuple(self._running):
            task.cancel()
        await self._server.close()

    async def _list(self, seconds: float, emit: Emit[tuple[str, ...]]) -> None:
        reason = f"does not list its models within {in_words(seconds)}; see what keeps it"
        try:
            async with asyncio.timeout(seconds):
                return emit(await self._server.names())
        except Fault as fault:
            reason = fault.reason
        except TimeoutError:
            pass
        raise self._unavailable(reason)

    async def _work(self, messages: Sequence[Message], tokens: int, limits: Limits, emit: Emit[str | Written]) -> None:
        now = asyncio.get_running_loop().time()
        whole = now + limits.whole_seconds
        first = min(whole, now + limits.first_seconds) if self._streaming else whole
        sent = tuple({"role": each.role, "content": _sendable(each.content)} for each in messages)
        call = Call(sent, tokens, self._streaming, limits, first, whole, Written(emit))
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            reason = await self._caller.failure(call)
        finally:
            self._running.discard(task)
        # Raised here, where no other error is being handled: those of the client hold the key.
        if reason is not None:
            raise self._unavailable(reason)
        emit(call.written)

    def _usage(self, messages: Sequence[Message], written: Written) -> Usage:
        """As the server counted, else as the table of tokens counts the text alone."""
        counted = written.counted
        if counted is None:
            *asked, answered = counts([*(message.content for message in messages), "".join(written.texts)])
            counted = Counted(sum(asked), answered)
        cost = None
        if self._prices is not None:
            asked_cost = counted.prompt_tokens * self._prices.input
            cost = (asked_cost + counted.completion_tokens * self._prices.output) / 1_000_000
        return Usage(counted.prompt_tokens, counted.completion_tokens, cost)

    def _unavailable(self, reason: str) -> ModelUnavailable:
        return ModelUnavailable(f"the model {self.name or 'server'} at {self._server.host} {reason}")


def _sendable(text: str) -> str:
    """Lone surrogates cannot be sent."""
    return text.encode("utf-8", "replace").decode("utf-8")
