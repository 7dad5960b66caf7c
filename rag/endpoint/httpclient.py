"""The HTTP client under a model's: it sends nothing that was not meant, follows nobody and takes in what fits."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator

import httpx2

from rag.endpoint.fault import BROKE_OFF, NO_ANSWER, TOO_LONG, UNREACHABLE, UNTRUSTED, Fault

LONGEST_BODY = 8 * 1024 * 1024
"""Bytes of one answer, with all that the protocol wraps around its words."""
ERRORS = (httpx2.RequestError, httpx2.StreamError)
"""What the client raises while an answer is read."""
ADDRESS_ERRORS = (httpx2.InvalidURL, ValueError)
"""What becomes of an address that is none."""
CONNECT_SECONDS = 5.0
KEEP_SECONDS = 30.0
"""An idle connection is kept that long, so that a second question need not shake hands again."""

_SENT = frozenset(
    {"host", "accept", "connection", "content-type", "content-length", "transfer-encoding", "authorization"}
)
_OPENAI_ONLY = frozenset({"openai-organization", "openai-project"})


def http_client(*, this_machine: bool, openai: bool, keyless: bool, kept: int) -> httpx2.AsyncClient:
    """A client for one server, of which `kept` idle connections are kept.

    Headers that the environment names are sent to nobody, but OpenAI's own to OpenAI. Proxies of the environment are
    asked unless the server is `this_machine`. Redirects are not followed: what is asked holds documents, and whoever
    answers first need not be trusted with where they go. Nothing here bounds the time of an answer; whoever asks does.
    """

    allowed = (_SENT | _OPENAI_ONLY if openai else _SENT) - ({"authorization"} if keyless else set())

    async def trim(request: httpx2.Request) -> None:
        for name in [name for name in request.headers if name not in allowed]:
            del request.headers[name]
        request.headers["user-agent"] = "onrecord"
        request.headers["accept-encoding"] = "identity"

    return httpx2.AsyncClient(
        timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS),
        limits=httpx2.Limits(max_keepalive_connections=kept, keepalive_expiry=KEEP_SECONDS),
        follow_redirects=False,
        trust_env=not this_machine,
        event_hooks={"request": [trim], "response": [_bound]},
    )


def connection_fault(error: BaseException, *, began: bool) -> Fault:
    """What a connection that failed, or broke once an answer `began`, means, from what the client raised or chained."""
    causes = _causes(error)
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return Fault(UNTRUSTED)
    unreached = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.UnsupportedProtocol, httpx2.ProxyError)
    if any(isinstance(cause, unreached) for cause in causes):
        return Fault(UNREACHABLE, passing=True)
    return Fault(BROKE_OFF if began else NO_ANSWER, passing=True)


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


async def _bound(response: httpx2.Response) -> None:
    """A compressed answer was not asked for, and a small one can unfold without end; an error needs no unfolding."""
    encoding = response.headers.pop("content-encoding", "identity").strip().lower()
    if response.is_success and encoding not in ("", "identity"):
        raise Fault("answers compressed although it was asked not to; use another server or proxy")
    if isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = _Bounded(response.stream)


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        taken = 0
        async for part in self._stream:
            taken += len(part)
            if taken > LONGEST_BODY:
                raise Fault(TOO_LONG)
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()
