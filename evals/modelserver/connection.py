"""One HTTP/1.1 connection as bytes: requests in, answers out, and every way in which an answer can go wrong."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

LONGEST_REQUEST = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent; the names of `headers` are in small letters."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Disconnected(Exception):
    """The client is gone, or sent something that is not HTTP."""


class Connection:
    """A connection of asyncio's streams. Answers end it unless they say how long they are."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._early = b""
        self.open = True
        """Whether another request may come over it."""

    async def request(self) -> Request:
        """The next request. Raises Disconnected."""
        try:
            head = self._early + await self._reader.readuntil(b"\r\n\r\n")
            self._early = b""
            first, *lines = head.decode("latin-1").split("\r\n")
            method, path, _ = first.split(" ")
            pairs = (line.partition(":") for line in lines if line)
            headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
            body = await self._reader.readexactly(min(int(headers.get("content-length", "0")), LONGEST_REQUEST))
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError, ValueError):
            raise Disconnected from None
        self.open = headers.get("connection", "").lower() != "close"
        return Request(method, path, headers, body)

    async def gone(self) -> None:
        """Comes back when the client has left; a byte of its next request is kept for that."""
        try:
            self._early = await self._reader.read(1)
        except OSError:
            return
        if self._early:
            await asyncio.Event().wait()

    async def head(self, status: int, kind: str, headers: Mapping[str, str] | None = None) -> None:
        """The start of an answer, with `Content-Length` among `headers` or in chunks."""
        given = {"Content-Type": kind, **(headers or {})}
        if "Content-Length" not in given:
            given["Transfer-Encoding"] = "chunked"
        lines = [
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
            *(f"{name}: {value}" for name, value in given.items()),
        ]
        await self.raw("\r\n".join([*lines, "", ""]).encode("latin-1"))

    async def chunk(self, part: bytes) -> None:
        """One part of an answer in chunks; an empty one ends it."""
        await self.raw(b"%x\r\n%b\r\n" % (len(part), part))

    async def event(self, data: object) -> None:
        """One server-sent event, of a text or of something as JSON."""
        text = data if isinstance(data, str) else json.dumps(data)
        await self.chunk(f"data: {text}\n\n".encode())

    async def whole(self, status: int, body: bytes, kind: str, headers: Mapping[str, str] | None = None) -> None:
        """A whole answer."""
        await self.head(status, kind, {"Content-Length": str(len(body)), **(headers or {})})
        await self.raw(body)

    async def json(self, status: int, value: object, headers: Mapping[str, str] | None = None) -> None:
        """A whole answer in JSON."""
        await self.whole(status, json.dumps(value).encode(), "application/json", headers)

    async def raw(self, part: bytes) -> None:
        """Bytes as they are. Raises Disconnected."""
        try:
            self._writer.write(part)
            await self._writer.drain()
        except OSError:
            raise Disconnected from None

    def reset(self) -> None:
        """Break the connection off as a crashed server does: the client's next read fails."""
        self.open = False
        taken = self._writer.get_extra_info("socket")
        if taken is not None:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    def close(self) -> None:
        """End the connection after what was written."""
        self.open = False
        self._writer.close()
