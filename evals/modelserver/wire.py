"""A scripted model's words as OpenAI's chat completions: one JSON object, or events as they are written."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evals.modelserver.connection import Connection
from evals.modelserver.content import reply

WORD = re.compile(r"\S+\s*|\s+")
_PACE = re.compile(r"-(first|each)(\d{1,6})")


@dataclass(frozen=True, slots=True)
class Chat:
    """A request for a completion. `turn` counts this model's requests from 0."""

    model: str
    messages: Sequence[Mapping[str, object]]
    streaming: bool
    counting: bool
    tokens: int
    turn: int
    given: Mapping[str, object]
    authorization: str = ""

    @property
    def behaviour(self) -> str:
        return _PACE.sub("", self.model)

    @property
    def words(self) -> list[str]:
        """What the model writes, as pieces that make up the whole text."""
        return WORD.findall(reply(self.behaviour, self.messages))

    def seconds(self, pace: str) -> float:
        """How long to wait before the answer (`first`) or before each further word (`each`)."""
        return next((int(number) / 1000 for name, number in _PACE.findall(self.model) if name == pace), 0.0)


async def well(chat: Chat, connection: Connection) -> None:
    """The whole text, and the reason for its end: its own, or the number of tokens that was asked for."""
    words = chat.words
    await written(chat, connection, words[: chat.tokens], "stop" if len(words) <= chat.tokens else "length")


async def written(chat: Chat, connection: Connection, words: Sequence[str], finish: str | None) -> None:
    """An answer of these words that ends for this reason, streaming or not."""
    if not chat.streaming:
        return await connection.json(200, completion(chat, words, finish))
    await begin(chat, connection, words)
    if finish is not None:
        await connection.event(chunk(chat, {}, finish))
    if chat.counting:
        await connection.event({**chunk(chat, {}), "choices": [], "usage": usage(chat, words)})
    await connection.event("[DONE]")
    return await connection.chunk(b"")


async def begin(chat: Chat, connection: Connection, words: Sequence[str]) -> None:
    """The start of a stream: its head, the role, and some words."""
    await connection.head(200, "text/event-stream; charset=utf-8")
    await connection.event(chunk(chat, {"role": "assistant", "content": ""}))
    for number, word in enumerate(words):
        if number:
            await asyncio.sleep(chat.seconds("each"))
        await connection.event(chunk(chat, {"content": word}))


def chunk(chat: Chat, delta: Mapping[str, str], finish: str | None = None) -> dict[str, object]:
    """One event of a stream."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "scripted", "object": "chat.completion.chunk", "created": 0, "model": chat.model, "choices": [choice]}


def completion(chat: Chat, words: Sequence[str], finish: str | None) -> dict[str, object]:
    """A whole answer."""
    message = {"role": "assistant", "content": "".join(words)}
    choice = {"index": 0, "message": message, "finish_reason": finish}
    head = {"id": "scripted", "object": "chat.completion", "created": 0, "model": chat.model}
    return {**head, "choices": [choice], "usage": usage(chat, words)}


def usage(chat: Chat, words: Sequence[str]) -> dict[str, int]:
    """Words for tokens: a scripted model has no table of its own."""
    asked = sum(len(WORD.findall(str(message.get("content", "")))) for message in chat.messages)
    return {"prompt_tokens": asked, "completion_tokens": len(words), "total_tokens": asked + len(words)}
