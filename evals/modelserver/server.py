"""A scripted server that speaks OpenAI's protocol over real HTTP, and counts what its clients do.

`POST /v1/chat/completions`, `GET /v1/models`, and `GET /stats` for what has been counted.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter, deque
from contextlib import suppress
from dataclasses import dataclass, field

from evals.modelserver.behaviours import BEHAVIOURS, answer
from evals.modelserver.connection import Connection, Disconnected, Request
from evals.modelserver.wire import Chat

KEPT = 200
"""Requests whose headers and bodies are kept to be looked at."""
LISTENING = 512
LONGEST_HEAD = 64 * 1024


@dataclass(slots=True)
class Stats:
    """What was counted since the start, by the model's name; `open` connections and `busy` replies are those of now.

    `cancelled` are replies whose reader left before their end.
    """

    requests: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    cancelled: Counter[str] = field(default_factory=Counter)
    open: int = 0
    connections: int = 0
    busy: int = 0
    seen: deque[dict[str, object]] = field(default_factory=lambda: deque(maxlen=KEPT))

    def as_json(self) -> dict[str, object]:
        """All of it; `seen` are the last requests, with `headers` and `body`."""
        return {
            "requests": dict(self.requests),
            "answered": dict(self.answered),
            "cancelled": dict(self.cancelled),
            "open": self.open,
            "connections": self.connections,
            "busy": self.busy,
            "seen": list(self.seen),
        }


class ModelServer:
    """Serves on `host` and `port` (0 takes a free one) between `start` and `stop`, in the running event loop."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self.stats = Stats()
        self._host = host
        self._port = port
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()

    async def start(self) -> str:
        """Begin to listen; the address to give a client as its base URL."""
        self._server = await asyncio.start_server(
            self._accept, self._host, self._port, limit=LONGEST_HEAD, backlog=LISTENING
        )
        port = self._server.sockets[0].getsockname()[1]
        return f"http://{self._host}:{port}/v1"

    async def forever(self) -> None:
        """Serve until cancelled."""
        if self._server is not None:
            await self._server.serve_forever()

    async def stop(self) -> None:
        """Stop listening and break off what is under way."""
        if self._server is not None:
            self._server.close()
        for task in tuple(self._serving):
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        self.stats.open += 1
        self.stats.connections += 1
        connection = Connection(reader, writer)
        try:
            with suppress(Disconnected, asyncio.CancelledError):
                while connection.open:
                    await self._served(await connection.request(), connection)
        finally:
            connection.close()
            self.stats.open -= 1
            self._serving.discard(task)

    async def _served(self, request: Request, connection: Connection) -> None:
        match request.method, request.path.partition("?")[0].rstrip("/"):
            case "GET", "/stats":
                await connection.json(200, self.stats.as_json())
            case "GET", "/v1/models":
                listed = [{"id": name, "object": "model", "created": 0, "owned_by": "script"} for name in BEHAVIOURS]
                await connection.json(200, {"object": "list", "data": listed})
            case "POST", "/v1/chat/completions":
                await self._completed(request, connection)
            case _:
                await connection.json(404, {"error": {"message": "there is no such page here"}})

    async def _completed(self, request: Request, connection: Connection) -> None:
        try:
            chat = self._chat(request)
        except (ValueError, TypeError, AttributeError):
            return await connection.json(400, {"error": {"message": "this is no chat completion"}})
        self.stats.requests[chat.model] += 1
        self.stats.busy += 1
        try:
            finished = await _unless_gone(chat, connection)
        finally:
            self.stats.busy -= 1
        (self.stats.answered if finished else self.stats.cancelled)[chat.model] += 1
        if not finished:
            raise Disconnected
        return None

    def _chat(self, request: Request) -> Chat:
        body = json.loads(request.body)
        self.stats.seen.append({"path": request.path, "headers": dict(request.headers), "body": body})
        model = str(body["model"]) if "model" in body else ""
        return Chat(
            model=model,
            messages=tuple(body.get("messages", ())),
            streaming=bool(body.get("stream")),
            counting=bool((body.get("stream_options") or {}).get("include_usage")),
            tokens=int(body.get("max_tokens") or body.get("max_completion_tokens") or 1_000_000),
            turn=self.stats.requests[model],
            given=body,
            authorization=request.headers.get("authorization", ""),
        )


async def _unless_gone(chat: Chat, connection: Connection) -> bool:
    """Answer, and give up as soon as the client has left; whether it stayed to the end."""
    answering = asyncio.create_task(_answered(chat, connection))
    leaving = asyncio.create_task(connection.gone())
    try:
        await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return answering.done() and answering.result()
    finally:
        for task in (answering, leaving):
            task.cancel()
        await asyncio.gather(answering, leaving, return_exceptions=True)


async def _answered(chat: Chat, connection: Connection) -> bool:
    try:
        await answer(chat, connection)
    except Disconnected:
        return False
    return True
