"""A real server for tests: an app behind uvicorn in a thread, on a free port."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp


@contextmanager
def serving(make: Callable[[], ASGIApp], port: int = 0) -> Iterator[str]:
    """The address of the app that `make` makes. It is made in the server's own thread: a browser's has a loop."""
    listener = socket.create_server(("127.0.0.1", port))
    servers: list[uvicorn.Server] = []
    ready = threading.Event()

    def serve() -> None:
        try:
            config = uvicorn.Config(make(), log_level="critical", server_header=False, timeout_graceful_shutdown=1)
            servers.append(uvicorn.Server(config))
        finally:
            ready.set()
        servers[0].run(sockets=[listener])

    thread = threading.Thread(target=serve)
    thread.start()
    ready.wait()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        for server in servers:
            server.should_exit = True
        thread.join()
        listener.close()
