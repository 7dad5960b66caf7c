"""The guard behind the real server: requests as only a raw socket sends them, each answered once or not at all."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from tests.newsroom import Newsroom
from tests.served import serving
from ui.access.errors import NotAdmitted
from ui.access.fields import sent
from ui.access.local import HERE
from ui.app import create_app
from ui.caller import Caller
from ui.serving import Site

SITE = replace(
    Site.alone(),
    identify=lambda scope: Caller(HERE.principal, by="header") if sent(scope, "x-as") else None,
    stranger=NotAdmitted(401, "Nobody is known."),
)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(lambda: create_app(Newsroom(), SITE)) as served:
        yield served


def statuses(address: str, request: str) -> list[int]:
    """The statuses of all that the server answers to these bytes, until it or we hang up."""
    parts = urlsplit(address)
    answer = b""
    with socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=5) as connection:
        connection.sendall(request.replace("\n", "\r\n").encode("latin-1"))
        with suppress(TimeoutError, ConnectionResetError):  # a server that waits for more has answered all it will
            while more := connection.recv(65_536):
                answer += more
    return [int(line.split()[1]) for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]


ASK = "POST /api/v1/search HTTP/1.1\nHost: 127.0.0.1\nContent-Type: application/json\n"
SMUGGLED = "GET /config HTTP/1.1\nHost: 127.0.0.1\nX-As: ann\n\n"


@pytest.mark.parametrize(
    "request_",
    [
        f"{ASK}Content-Length: 2\nTransfer-Encoding: chunked\n\n0\n\n{SMUGGLED}",
        f"{ASK}Transfer-Encoding: chunked\nContent-Length: {len(SMUGGLED)}\n\n0\n\n{SMUGGLED}",
        f"{ASK}Content-Length: 2\nContent-Length: 5\n\n{{}}   {SMUGGLED}",
        f"{ASK}Content-Length: 2, 5\n\n{{}}   {SMUGGLED}",
        f"{ASK}Transfer-Encoding: chunked\nTransfer-Encoding: identity\n\n0\n\n{SMUGGLED}",
        f"{ASK}Transfer-Encoding : chunked\n\n0\n\n{SMUGGLED}",
        f"{ASK}Transfer-Encoding: xchunked\n\n0\n\n{SMUGGLED}",
    ],
)
def test_what_ends_in_two_ways_smuggles_nothing_in(address: str, request_: str) -> None:
    answered = statuses(address, request_)
    assert answered in ([], [400]), "one refusal, and what came behind it is not a request"


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("GET / HTTP/1.1\nHost: 127.0.0.1", 401),
        ("GET / HTTP/1.1\nHost: x/?", 400),
        ("GET / HTTP/1.1\nHost: 127.0.0.1/?", 400),
        ("GET / HTTP/1.1\nHost: 127.0.0.1\nHost: evil.example", 400),
        ("GET / HTTP/1.1", 400),
        ("GET /healthz HTTP/1.1\nHost: x/?", 400),
        ("GET /healthz HTTP/1.1\nHost: 10.0.0.7:8765", 200),
        ("GET /healthz?/../config HTTP/1.1\nHost: 127.0.0.1", 200),
        ("GET /healthz/../config HTTP/1.1\nHost: 127.0.0.1", 404),
        ("GET /healthz%2f..%2fconfig HTTP/1.1\nHost: 127.0.0.1", 404),
        ("GET //config HTTP/1.1\nHost: 127.0.0.1", 404),
        ("GET /config;x HTTP/1.1\nHost: 127.0.0.1", 404),
        ("GET /CONFIG HTTP/1.1\nHost: 127.0.0.1", 404),
        ("GET /%63onfig HTTP/1.1\nHost: 127.0.0.1", 401),
        ("HEAD / HTTP/1.1\nHost: 127.0.0.1", 401),
        ("HEAD /healthz HTTP/1.1\nHost: 127.0.0.1", 200),
        ("TRACE /healthz HTTP/1.1\nHost: 127.0.0.1", 405),
        ("GET /gradio_api/heartbeat/x HTTP/1.1\nHost: 127.0.0.1", 401),
        ("GET /gradio_api/heartbeat/x HTTP/1.1\nHost: x/?", 400),
    ],
)
def test_each_request_is_judged_by_the_path_that_it_asks_for(address: str, head: str, status: int) -> None:
    assert statuses(address, f"{head}\nConnection: close\n\n") == [status]


def test_an_address_written_out_in_full_opens_nothing(address: str) -> None:
    full = "GET http://evil.example/config HTTP/1.1\nHost: 127.0.0.1\nConnection: close\n\n"
    assert statuses(address, full)[0] in (400, 401, 404)


def test_a_request_for_a_web_socket_is_no_way_around(address: str) -> None:
    upgrade = "Connection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: AAAAAAAAAAAAAAA=="
    answered = statuses(address, f"GET /gradio_api/queue/join HTTP/1.1\nHost: 127.0.0.1\n{upgrade}\n\n")
    assert answered
    assert answered[0] in (400, 401, 403, 404, 405)
    assert 101 not in answered
