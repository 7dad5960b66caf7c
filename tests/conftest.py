"""What every test stands on: no network but loopback, a clean environment, and hypothesis that repeats itself."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from ipaddress import ip_address

import pytest
from hypothesis import settings

from tests import postgres as postgres_server

CLEARED = ("ONRECORD_", "OPENAI_", "COLUMNS", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "PYTHON_COLORS")
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


class NetworkRefused(BaseException):
    """A test reached for the network. Not an Exception, so that no handler for a failed connection can hide it."""


def pytest_configure() -> None:
    for name in tuple(os.environ):
        if name.startswith(CLEARED) or name.lower() in PROXIES:
            del os.environ[name]
    # A shell that runs the tests in the background has them ignore Ctrl-C, and so would what they start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.addaudithook(_refuse_network)
    settings.register_profile("house", derandomize=True, deadline=None, max_examples=60, database=None)
    settings.load_profile("house")


@pytest.fixture(scope="session")
def postgres() -> Iterator[postgres_server.Server]:
    """A PostgreSQL server of the tests' own; without PostgreSQL the test is skipped."""
    with postgres_server.running() as server:
        yield server


def _refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    # Audit events are raised below every Python client, asyncio's included, so nothing has to be patched.
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        if isinstance(address, tuple) and not _is_here(address[0]):
            raise NetworkRefused(f"a test must not connect to {address[0]}")
    elif event == "socket.getaddrinfo" and not _is_here(arguments[0]):
        raise NetworkRefused(f"a test must not look up {arguments[0]!r}")


def _is_here(host: object) -> bool:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        return ip_address(str(name)).is_loopback
    except ValueError:
        return False
