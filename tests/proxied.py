"""An app behind uvicorn as `serve` runs it: no header of a client changes who it is. On a port or at a unix socket."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

PROXY = "127.0.0.2"
"""The address from which a test's trusted proxy connects; all of 127.0.0.0/8 is this machine."""


@contextmanager
def at_port(app: ASGIApp) -> Iterator[int]:
    """The port of loopback that `app` is served at."""
    listener = socket.create_server(("127.0.0.1", 0))
    with _served(app, listener):
        yield listener.getsockname()[1]


@contextmanager
def at_socket(app: ASGIApp, path: Path) -> Iterator[Path]:
    """The unix socket that `app` is served at."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(16)
    with _served(app, listener):
        yield path


@contextmanager
def _served(app: ASGIApp, listener: socket.socket) -> Iterator[None]:
    config = uvicorn.Config(
        app, log_level="critical", server_header=False, proxy_headers=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def raw(connection: socket.socket, path: str, headers: tuple[bytes, ...]) -> tuple[int, str]:
    """Send a GET with exactly these header lines; the status and the body of what comes back."""
    with connection:
        lines = (f"GET {path} HTTP/1.1".encode(), b"Host: 127.0.0.1", b"Connection: close", *headers, b"", b"")
        connection.sendall(b"\r\n".join(lines))
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1]), body.decode("utf-8", "replace")


def connected(port: int, source: str = "127.0.0.1") -> socket.socket:
    """A connection to a port of loopback, from an address of loopback."""
    return socket.create_connection(("127.0.0.1", port), timeout=10, source_address=(source, 0))
