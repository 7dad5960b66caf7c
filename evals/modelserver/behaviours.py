"""How the scripted models answer, by their names: well, late, wrongly, in part, without end, or not at all.

The honest, obedient, lying, babbling and echoing ones answer well; what they write is in `content`. Most others begin
with what the honest one writes. `-first300` and `-each40` after any name wait 300 ms before the answer and 40 ms before
each further word; `redirect-PORT` sends on to another port of this machine.
"""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from evals.modelserver.connection import Connection
from evals.modelserver.wire import Chat, begin, chunk, completion, well, written

HUGE = 100 * 1024 * 1024
BLOCK = 64 * 1024

Behaviour = Callable[[Chat, Connection], Awaitable[None]]


def failing(status: int, error: Mapping[str, object], headers: Mapping[str, str] | None = None) -> Behaviour:
    """A behaviour that answers with an error as OpenAI writes it."""

    async def fail(chat: Chat, connection: Connection) -> None:
        await connection.json(status, {"error": error}, headers)

    return fail


def ending(finish: str | None) -> Behaviour:
    """A behaviour that writes the first half and ends for this reason, or for none."""

    async def end(chat: Chat, connection: Connection) -> None:
        words = chat.words
        await written(chat, connection, words[: max(1, len(words) // 2)], finish)

    return end


async def silent(chat: Chat, connection: Connection) -> None:
    """Takes the request and never answers."""
    await asyncio.Event().wait()


async def stalled(chat: Chat, connection: Connection) -> None:
    """Begins to answer, without a word, and never goes on."""
    await connection.head(200, "text/event-stream" if chat.streaming else "application/json")
    if chat.streaming:
        await connection.event(chunk(chat, {"role": "assistant", "content": ""}))
    await asyncio.Event().wait()


async def slow_first(chat: Chat, connection: Connection) -> None:
    """Two seconds until the first word."""
    await asyncio.sleep(2)
    await well(chat, connection)


async def drip(chat: Chat, connection: Connection) -> None:
    """One token a second for ever."""
    await begin(chat, connection, ()) if chat.streaming else await connection.head(200, "application/json")
    while True:
        await (connection.event(chunk(chat, {"content": "drip "})) if chat.streaming else connection.chunk(b" "))
        await asyncio.sleep(1)


async def cut_json(chat: Chat, connection: Connection) -> None:
    """A few words, then half of what comes next, then a closed connection."""
    words = chat.words
    if chat.streaming:
        await begin(chat, connection, words[:3])
        await connection.chunk(b'data: {"id": "scripted", "choices": [{"ind')
    else:
        body = json.dumps(completion(chat, words, "stop")).encode()
        await connection.head(200, "application/json", {"Content-Length": str(len(body))})
        await connection.raw(body[: len(body) // 2])
    connection.close()


async def cut_utf8(chat: Chat, connection: Connection) -> None:
    """An answer that ends as HTTP asks, in the middle of a character."""
    half = '{"choices": [{"index": 0, "delta": {"content": "Zürich'.encode()[:-5]
    if not chat.streaming:
        return await connection.whole(200, half, "application/json")
    await begin(chat, connection, chat.words[:3])
    await connection.chunk(b"data: " + half)
    return await connection.chunk(b"")


async def flapping(chat: Chat, connection: Connection) -> None:
    """Refused and answered by turns."""
    await (well if chat.turn % 2 else failing(503, {"message": "overloaded"}))(chat, connection)


async def limited_once(chat: Chat, connection: Connection) -> None:
    """Asked to come back in a second, then answered."""
    await (well if chat.turn else BEHAVIOURS["rate-limited"])(chat, connection)


async def limited_until(chat: Chat, connection: Connection) -> None:
    """Asked to come back at a time, a second or two from now."""
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    await failing(429, {"message": "slow down"}, {"Retry-After": moment})(chat, connection)


async def refused(chat: Chat, connection: Connection) -> None:
    """The connection is reset."""
    connection.reset()


async def wrong_schema(chat: Chat, connection: Connection) -> None:
    """JSON of another shape."""
    if not chat.streaming:
        return await connection.json(200, {"answer": "".join(chat.words)})
    await connection.head(200, "text/event-stream")
    await connection.event({"choices": "none", "answer": "".join(chat.words)})
    return await connection.chunk(b"")


async def web_page(chat: Chat, connection: Connection) -> None:
    """A page for people."""
    await connection.whole(200, b"<!doctype html><title>Welcome</title><p>It works.", "text/html")


async def huge(chat: Chat, connection: Connection) -> None:
    """One event, or one string, of 100 MB."""
    await connection.head(200, "text/event-stream" if chat.streaming else "application/json")
    await connection.chunk(
        (b"data: " if chat.streaming else b"") + b'{"choices": [{"index": 0, "message": {"content": "'
    )
    for _ in range(HUGE // BLOCK):
        await connection.chunk(b"x" * BLOCK)
    await connection.chunk(b"")


async def endless(chat: Chat, connection: Connection) -> None:
    """Events without end, as fast as they are taken; whoever does not stream gets one string of 100 MB."""
    if not chat.streaming:
        return await huge(chat, connection)
    await begin(chat, connection, ())
    while True:
        await connection.event(chunk(chat, {"content": "word " * 100}))


async def broken_in_stream(chat: Chat, connection: Connection) -> None:
    """An error object in the middle of the stream, or where the answer should be."""
    error = {"error": {"message": "the engine is gone", "type": "server_error"}}
    if not chat.streaming:
        return await connection.json(200, error)
    await begin(chat, connection, chat.words[:3])
    await connection.event(error)
    return await connection.chunk(b"")


async def picky(chat: Chat, connection: Connection) -> None:
    """Knows neither `max_tokens` nor a temperature, and says so of one at a time, as OpenAI's reasoning models do."""
    for name in ("max_tokens", "temperature"):
        if name in chat.given:
            error = {"message": f"Unsupported parameter: '{name}' is not supported with this model.", "param": name}
            return await connection.json(400, {"error": {**error, "code": "unsupported_parameter"}})
    return await well(chat, connection)


async def unended(chat: Chat, connection: Connection) -> None:
    """A whole answer, after which the stream stays open."""
    if not chat.streaming:
        return await well(chat, connection)
    await begin(chat, connection, chat.words)
    await connection.event(chunk(chat, {}, "stop"))
    return await silent(chat, connection)


async def echoed_key(chat: Chat, connection: Connection) -> None:
    """The key is wrong, and repeated in the error."""
    await failing(401, {"message": f"Incorrect API key provided: {chat.authorization}"})(chat, connection)


async def compressed(chat: Chat, connection: Connection) -> None:
    """A small answer that unfolds into a large one, which nobody asked to have compressed."""
    body = gzip.compress(b" " * BLOCK * 16 + json.dumps(completion(chat, chat.words, "stop")).encode())
    await connection.whole(200, body, "application/json", {"Content-Encoding": "gzip"})


async def whole_only(chat: Chat, connection: Connection) -> None:
    """Does not stream, whatever it is asked."""
    await connection.json(200, completion(chat, chat.words, "stop"))


async def uncounted(chat: Chat, connection: Connection) -> None:
    """Never says how many tokens an answer took."""
    if chat.streaming:
        return await written(replace(chat, counting=False), connection, chat.words, "stop")
    return await connection.json(200, {**completion(chat, chat.words, "stop"), "usage": None})


async def empty(chat: Chat, connection: Connection) -> None:
    """A whole answer without a word."""
    await written(chat, connection, (), "stop")


BEHAVIOURS: dict[str, Behaviour] = {
    **dict.fromkeys(("honest", "obedient", "liar", "babbler", "echo"), well),
    "silent": silent,
    "stalled": stalled,
    "drip": drip,
    "slow-first": slow_first,
    "cut-json": cut_json,
    "cut-utf8": cut_utf8,
    "no-finish": ending(None),
    "length": ending("length"),
    "content-filter": ending("content_filter"),
    "empty": empty,
    "unended": unended,
    "uncounted": uncounted,
    "whole-only": whole_only,
    "rate-limited": failing(429, {"message": "slow down"}, {"Retry-After": "1"}),
    "rate-limited-until": limited_until,
    "rate-limited-long": failing(429, {"message": "slow down"}, {"Retry-After": "3600"}),
    "rate-limited-bare": failing(429, {"message": "slow down"}),
    "rate-limited-once": limited_once,
    "no-quota": failing(429, {"message": "no quota", "code": "insufficient_quota"}),
    "error-500": failing(500, {"message": "internal"}),
    "flapping": flapping,
    "refused": refused,
    "wrong-key": echoed_key,
    "not-found": failing(404, {"message": "no such model"}),
    "too-long": failing(400, {"message": "too many tokens", "code": "context_length_exceeded"}),
    "picky": picky,
    "error-in-stream": broken_in_stream,
    "wrong-schema": wrong_schema,
    "html": web_page,
    "compressed": compressed,
    "huge": huge,
    "endless": endless,
}


async def answer(chat: Chat, connection: Connection) -> None:
    """Answer as the model's name says; as the honest one where it says nothing."""
    name, _, number = chat.behaviour.rpartition("-")
    if name == "redirect" and number.isdecimal():
        address = f"http://127.0.0.1:{number}/v1/chat/completions"
        return await connection.json(307, {}, {"Location": address})
    await asyncio.sleep(chat.seconds("first"))
    return await BEHAVIOURS.get(chat.behaviour, well)(chat, connection)
