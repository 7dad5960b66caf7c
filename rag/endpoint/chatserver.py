"""One server that speaks OpenAI's chat completions, through OpenAI's client: one request, no retry, no deadline."""

from __future__ import annotations

import asyncio
import re
import threading
import weakref
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rag.endpoint.background import schedule
from rag.endpoint.completion import Written, names, part, whole
from rag.endpoint.fault import BROKE_OFF, CLOSED, NO_ADDRESS, NO_KEY, NOT_THE_PROTOCOL, REPORTS, Fault, refusal

if TYPE_CHECKING:
    from openai import APIStatusError, AsyncOpenAI

OPENAI = "https://api.openai.com/v1"
_TUNING = ("max_tokens", "max_completion_tokens", "temperature", "stream_options")
"""What a request holds beyond model and messages; a server that refuses one of them by name is asked without it."""
_UNSUPPORTED = re.compile(r"support|unrecogni|unknown|unexpected|not permitted|not allowed|extra", re.IGNORECASE)


class ChatServer:
    """The server at `url` (None is OpenAI itself), asked for the model `name`. Making one reaches nothing.

    Its coroutines run in one event loop and raise Fault, in whose chain the key may stand: raise something else from
    it, from None. Of the idle connections `kept` are kept.
    """

    def __init__(self, url: str | None, name: str, key: str | None, *, kept: int) -> None:
        self.host = _host(url or OPENAI)
        self._name = name
        self._url = url or OPENAI
        self._key = key
        self._kept = kept
        self._connecting = threading.Lock()
        self._client: AsyncOpenAI | None = None
        self.closed = False
        # OpenAI's newer models refuse max_tokens, and other servers may not know its successor.
        self._without = frozenset({"max_tokens"} if self.host == _host(OPENAI) else {"max_completion_tokens"})

    async def ask(
        self, messages: Sequence[Mapping[str, str]], tokens: int, *, streaming: bool, written: Written
    ) -> None:
        """Ask once, and have `written` take the answer as it comes."""
        client = await self._connected()
        async with self._faults(written):
            await _read(client, self._body(messages, tokens, streaming), streaming, written)
        written.check(tokens)

    async def names(self) -> tuple[str, ...]:
        """The models that the server lists."""
        client = await self._connected()
        from openai import AsyncStream

        async with self._faults(None):
            stream = await client.get("/models", cast_to=object, stream=True, stream_cls=AsyncStream[object])
            async with aclosing(stream):
                return names(await stream.response.aread())

    async def close(self) -> None:
        """Close its connections; what is asked after `closed` is set raises Fault."""
        if self._client is not None:
            await self._client.close()

    def _body(self, messages: Sequence[Mapping[str, str]], tokens: int, streaming: bool) -> dict[str, object]:
        body: dict[str, object] = {
            "model": self._name,
            "messages": messages,
            "max_tokens": tokens,
            "max_completion_tokens": tokens,
            "temperature": 0,
            "stream": streaming,
        }
        if streaming:
            body["stream_options"] = {"include_usage": True}
        return {name: value for name, value in body.items() if name not in self._without}

    @asynccontextmanager
    async def _faults(self, written: Written | None) -> AsyncIterator[None]:
        """Whatever the client raises, as Fault; nothing once the answer has said that it is whole."""
        import openai

        from rag.endpoint.httpclient import ERRORS

        try:
            yield
        except openai.APIStatusError as error:
            raise self._refusal(error) from None
        except (openai.APIError, *ERRORS) as error:
            if written is None or written.finish is None:
                raise _broken(error, began=written is not None and written.began) from None
        except (ValueError, RecursionError):
            # JSON or UTF-8 that ends in the middle, or that is none, or is nested without end.
            if written is None or written.finish is None:
                raise Fault(BROKE_OFF if written and written.began else NOT_THE_PROTOCOL) from None
        except Fault:
            if written is None or written.finish is None:
                raise

    def _refusal(self, error: APIStatusError) -> Fault:
        refused = self._refused(error)
        if refused is None:
            return refusal(error.status_code, error.body, error.response.headers)
        without = self._without | {refused}
        self._without = without - {"max_completion_tokens"} if refused == "max_tokens" else without
        return Fault(f"refuses {refused}; use another model", passing=True)

    def _refused(self, error: APIStatusError) -> str | None:
        """The part of the request that the server does not know, if it says so."""
        text = str(error.body)
        if error.status_code not in (400, 422) or not _UNSUPPORTED.search(text):
            return None
        sent = [name for name in _TUNING if name not in self._without]
        return error.param if error.param in sent else next((name for name in sent if name in text), None)

    async def _connected(self) -> AsyncOpenAI:
        if self.closed:
            raise Fault(CLOSED, server=False)
        if self._client is not None:
            return self._client
        # Loading the client's library takes a second, in which the loop has others to serve.
        return await asyncio.to_thread(self._connect)

    def _connect(self) -> AsyncOpenAI:
        from rag.endpoint.httpclient import ADDRESS_ERRORS

        with self._connecting:
            client = self._client
            if client is None:
                try:
                    client = self._made()
                except ADDRESS_ERRORS:
                    raise Fault(NO_ADDRESS, server=False) from None
                self._client = client
                weakref.finalize(self, _close, client).atexit = False
            return client

    def _made(self) -> AsyncOpenAI:
        import openai

        from index.endpoint import is_loopback
        from rag.endpoint.httpclient import http_client

        if self._key and not (self._key.isascii() and self._key.isprintable()):
            raise Fault(NO_KEY, server=False)
        loopback = is_loopback(urlsplit(self._url).hostname)
        at_openai = self.host == _host(OPENAI)
        return openai.AsyncOpenAI(
            base_url=self._url,
            api_key=self._key or "none",  # the client insists on one
            # Before what the environment may name for another server.
            default_headers={"Authorization": f"Bearer {self._key or 'none'}"},
            max_retries=0,
            http_client=http_client(this_machine=loopback, openai=at_openai, keyless=not self._key, kept=self._kept),
        )


async def _read(client: AsyncOpenAI, body: dict[str, object], streaming: bool, written: Written) -> None:
    from openai import AsyncStream

    stream = await client.post(
        "/chat/completions", body=body, cast_to=object, stream=True, stream_cls=AsyncStream[object]
    )
    async with aclosing(stream):
        kind = stream.response.headers.get("content-type", "").lower()
        # Some servers do not stream, and say so by answering whole.
        if not streaming or "json" in kind or "html" in kind:
            written.take(whole(await stream.response.aread(), kind))
            return
        async for event in stream:
            written.take(part(event, "delta"))


def _broken(error: Exception, *, began: bool) -> Fault:
    import openai

    from rag.endpoint.httpclient import connection_fault

    if isinstance(error, openai.APIError) and not isinstance(error, openai.APIConnectionError):
        return Fault(REPORTS, passing=True)
    return connection_fault(error, began=began)


def _close(client: AsyncOpenAI) -> None:
    schedule(client.close)


def _host(url: str) -> str:
    """Host and port, without user and password."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        return url
