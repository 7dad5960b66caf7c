"""The tests' own walls hold: no address but loopback can be reached, and a person's settings do not leak in."""

from __future__ import annotations

import asyncio
import os
import socket

import pytest

from tests.conftest import NetworkRefused

ELSEWHERE = ("192.0.2.1", 80)  # RFC 5737: reserved for documentation, never routed


def test_a_socket_cannot_leave() -> None:
    with socket.socket() as plain, pytest.raises(NetworkRefused, match=r"192\.0\.2\.1"):
        plain.connect(ELSEWHERE)
    with socket.socket(type=socket.SOCK_DGRAM) as datagrams, pytest.raises(NetworkRefused):
        datagrams.sendto(b"x", ELSEWHERE)


def test_a_name_cannot_be_looked_up() -> None:
    with pytest.raises(NetworkRefused, match=r"example\.invalid"):
        socket.create_connection(("example.invalid", 443))


def test_asyncio_cannot_leave_either() -> None:
    with pytest.raises(NetworkRefused):
        asyncio.run(asyncio.wait_for(asyncio.open_connection(*ELSEWHERE), 5))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_is_open(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection((host, server.getsockname()[1])):
        connection, peer = server.accept()
        connection.close()
        assert peer[0] == "127.0.0.1"


def test_the_environment_is_clean() -> None:
    assert not [name for name in os.environ if name.startswith(("ONRECORD_", "OPENAI_"))]
