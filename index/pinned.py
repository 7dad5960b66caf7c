"""Connections to addresses that were looked at before, and to no others, within one span of time for everything."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from ipaddress import ip_address
from typing import Any

import httpcore2

from index.errors import Refused

Resolve = Callable[[str, int], Sequence[str]]
"""From a host and a port to all IP addresses of the host; raises OSError where there is none."""
CONNECT_SECONDS = 10.0
"""Seconds for one address, before the next of the same host is tried."""


class OutOfTime(Exception):
    """The span of time is over."""


class Deadline:
    """A span of time that begins now."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def left(self) -> float:
        """The seconds left, more than none. Raises OutOfTime."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise OutOfTime
        return left


def resolved(host: str, port: int) -> Sequence[str]:
    """All addresses that this machine has for `host`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


def looked_up(host: str, port: int, resolve: Resolve, deadline: Deadline) -> Sequence[str]:
    """The addresses of `host`, which is its own where it is one. Raises Refused where it has none, OutOfTime where
    nobody says so in time.

    A thread of its own asks: nothing can stop a lookup that waits for a name server.
    """
    with suppress(ValueError):
        return (str(ip_address(host)),)
    found: list[Sequence[str]] = []

    def look() -> None:
        try:
            found.append(resolve(host, port))
        except (OSError, UnicodeError):
            found.append(())

    asking = threading.Thread(target=look, name="looks up a host", daemon=True)
    asking.start()
    asking.join(deadline.left())
    if asking.is_alive():
        raise OutOfTime
    if not found or not found[0]:
        raise Refused(f"there is no host {host}; check the address")
    return found[0]


class Pinned(httpcore2.NetworkBackend):
    """Connects to `addresses`, one after the other until one answers, whatever host it is asked to connect to.

    The host's name is still that of TLS, whose certificate it is checked against.
    """

    def __init__(self, addresses: Sequence[str], deadline: Deadline) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """A connection to that port of one of the addresses. Raises httpcore2.ConnectError."""
        failed: Exception = httpcore2.ConnectError("no address")
        for address in self._addresses:
            seconds = min(CONNECT_SECONDS, self._deadline.left())
            try:
                stream = self._sockets.connect_tcp(address, port, seconds, socket_options=socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failed = error
            else:
                return _Timed(stream, self._deadline)
        raise failed


class _Timed(httpcore2.NetworkStream):
    """A connection on which every step has what is left of the whole time: one byte a second is too slow as well."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, self._deadline.left()), self._deadline)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401
        return self._stream.get_extra_info(info)
