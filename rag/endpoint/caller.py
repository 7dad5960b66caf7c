"""One reply from a server within its time: a permit, a breaker, two deadlines, and the only retries there are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count

from rag.endpoint.backoff import delay
from rag.endpoint.breaker import Breaker, Open
from rag.endpoint.chatserver import ChatServer
from rag.endpoint.completion import Written
from rag.endpoint.fault import Fault, seconds

GRACE_SECONDS = 1.0
"""How long a finished answer waits for its count of tokens and the end of its stream."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one reply may take: `first_seconds` until its first word, which counts where replies stream, and
    `whole_seconds` until its last; waiting for one of the `at_once` permits and for retries is part of both.

    `retries` are attempts after the first; none is made once a word has come. After `failures` replies in a row that
    came to nothing the server is left alone for `rest_seconds`.
    """

    first_seconds: float = 15.0
    whole_seconds: float = 60.0
    retries: int = 2
    at_once: int = 8
    failures: int = 5
    rest_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Call:
    """One reply that is asked for; `written` grows, `first` and `whole` are deadlines of the loop's clock."""

    messages: tuple[dict[str, str], ...]
    tokens: int
    streaming: bool
    limits: Limits
    first: float
    whole: float
    written: Written


class Caller:
    """Asks `server` for at most `limits.at_once` replies at a time, and leaves it alone when it keeps failing."""

    def __init__(self, server: ChatServer, limits: Limits) -> None:
        self.breaker = Breaker(limits.failures, limits.rest_seconds)
        self._server = server
        self._permits = asyncio.Semaphore(limits.at_once)

    async def failure(self, call: Call) -> str | None:
        """Have the call answered; the reason for a reader if it is not."""
        try:
            self.breaker.check()
            async with self._permit(call):
                await self._tried(call)
        except Open as left_alone:
            return _left_alone(left_alone)
        except Fault as fault:
            return fault.reason
        return None

    @asynccontextmanager
    async def _permit(self, call: Call) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout_at(call.first):
                await self._permits.acquire()
        except TimeoutError:
            raise Fault("is busy with other questions; ask again, or let it answer more of them at once") from None
        try:
            yield
        finally:
            self._permits.release()

    async def _tried(self, call: Call) -> None:
        """Attempts within the deadlines, of whose outcome the breaker is told. Raises Fault, or Open."""
        with self.breaker.trial() as trial:
            try:
                await self._in_time(call)
            except Fault as fault:
                if fault.server:
                    trial.fail(fault.reason)
                else:
                    trial.work()
                raise
            trial.work()

    async def _in_time(self, call: Call) -> None:
        written = call.written
        try:
            async with asyncio.timeout_at(call.first) as clock:
                written.watch = partial(_reschedule, call, clock)
                await self._attempts(call)
        except TimeoutError:
            if written.finish is None:
                raise _late(call) from None
            written.check(call.tokens)

    async def _attempts(self, call: Call) -> None:
        """Ask until an answer is whole, at most `retries` times more. Raises the last attempt's Fault."""
        for attempt in count():
            call.written.restart()
            try:
                return await self._server.ask(
                    call.messages, call.tokens, streaming=call.streaming, written=call.written
                )
            except Fault as fault:
                if call.written.began or not fault.passing or attempt >= call.limits.retries:
                    raise
                pause = delay(attempt, fault.after)
                # A wait that ends after the deadline would only keep the reader from knowing.
                if asyncio.get_running_loop().time() + pause >= call.first:
                    raise
            await asyncio.sleep(pause)
        raise AssertionError("count() does not end")


def _reschedule(call: Call, clock: asyncio.Timeout) -> None:
    """With the first word the deadline becomes that of the whole answer; with its end, a moment."""
    if call.written.finish is None:
        clock.reschedule(call.whole)
    else:
        clock.reschedule(min(call.whole, asyncio.get_running_loop().time() + GRACE_SECONDS))


def _late(call: Call) -> Fault:
    if call.written.began or call.first == call.whole:
        return Fault(f"did not finish within {seconds(call.limits.whole_seconds)}; ask again, or give it longer")
    return Fault(f"did not begin to answer within {seconds(call.limits.first_seconds)}; see what keeps it")


def _left_alone(breaker: Open) -> str:
    if breaker.seconds > 0:
        wait = f"is left alone for another {seconds(max(1, round(breaker.seconds)))}"
    else:
        wait = "is being tried again"
    failures = "1 failure" if breaker.failures == 1 else f"{breaker.failures} failures in a row"
    return f"{wait} after {failures}; the last time it {breaker.reason}"
