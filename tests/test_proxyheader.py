"""Who a proxy says is asking, over a real server: from the listed proxy alone, and in one form alone."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route as Served

from index.principal import person
from index.records.records import Records
from rag.settings import Settings
from tests.guarded import site_of
from tests.proxied import PROXY, at_port, at_socket, connected, raw
from ui.access.errors import NotAdmitted
from ui.access.proxyheader import ProxyHeader
from ui.caller import caller_of
from ui.guard import Guard
from ui.route import Route

HEADER = {"identity": "header", "trusted_peers": PROXY}
NOBODY = "Nobody said who is asking"


def told(request: Request) -> Response:
    caller = caller_of(request.scope)
    return JSONResponse({"who": caller.principal.name, "readers": sorted(caller.principal.readers), "by": caller.by})


def server(**settings: object) -> Guard:
    site = site_of(Settings.model_validate(settings), Records.in_memory())
    return Guard(Starlette(routes=[Served("/who", told)]), replace(site), routes=[Route(re.compile("/who"))])


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with at_port(server(**HEADER)) as there:
        yield there


def test_the_listed_proxy_says_who_asks(port: int) -> None:
    status, body = raw(connected(port, PROXY), "/who", (b"X-Forwarded-User: ann", b"X-Forwarded-Groups: press, desk,,"))
    assert status == 200
    assert json.loads(body) == {"who": "user:ann", "readers": ["desk", "press", "public", "user:ann"], "by": "header"}


def test_names_of_headers_are_read_in_any_case_and_values_as_utf_8(port: int) -> None:
    status, body = raw(connected(port, PROXY), "/who", ("x-forwarded-USER:   José Müller\t".encode(),))
    assert (status, json.loads(body)["who"]) == (200, "user:José Müller")


def test_the_proxy_names_nobody(port: int) -> None:
    status, body = raw(connected(port, PROXY), "/who", ())
    assert status == 401
    assert NOBODY in body


USER = b"X-Forwarded-User: ann"
FORGED: dict[str, tuple[str, tuple[bytes, ...], int, str]] = {
    "a client's own": ("127.0.0.1", (USER,), 401, "comes from no trusted proxy"),
    "a client's own, in other letters": ("127.0.0.1", (b"x-fORWARDED-uSER: ann",), 401, "comes from no trusted proxy"),
    "a client's own groups": ("127.0.0.1", (b"X-Forwarded-Groups: legal",), 401, "comes from no trusted proxy"),
    "a client's word that it is the proxy": (
        "127.0.0.1",
        (USER, b"X-Forwarded-For: 127.0.0.2", b"X-Real-IP: 127.0.0.2", b"Forwarded: for=127.0.0.2"),
        401,
        "comes from no trusted proxy",
    ),
    "a neighbour's": ("127.0.0.3", (USER,), 401, "comes from no trusted proxy"),
    "an underscore": ("127.0.0.1", (b"X_Forwarded_User: ann",), 400, "X_Forwarded_User is written with an underscore"),
    "an underscore through the proxy": (PROXY, (USER, b"X_Forwarded_User: bob"), 400, "with an underscore"),
    "one underscore": (PROXY, (b"X-Forwarded_User: bob",), 400, "with an underscore"),
    "groups by an underscore": (PROXY, (USER, b"x_forwarded_groups: legal"), 400, "with an underscore"),
    "two users": (PROXY, (USER, b"X-Forwarded-User: bob"), 400, "X-Forwarded-User is there more than once"),
    "the same user twice": (PROXY, (USER, b"x-forwarded-user: ann"), 400, "is there more than once"),
    "two lines of groups": (
        PROXY,
        (USER, b"X-Forwarded-Groups: press", b"X-Forwarded-Groups: legal"),
        400,
        "X-Forwarded-Groups is there more than once",
    ),
    "two users in one": (PROXY, (b"X-Forwarded-User: ann,bob",), 400, "names several users"),
    "nobody by name": (PROXY, (b"X-Forwarded-User:",), 400, "is empty"),
    "blanks": (PROXY, (b"X-Forwarded-User:   \t ",), 400, "is empty"),
    "another encoding": (PROXY, (b"X-Forwarded-User: Jos\xe9",), 400, "is not UTF-8"),
    "another encoding of groups": (PROXY, (USER, b"X-Forwarded-Groups: \xff"), 400, "is not UTF-8"),
    "a control character": (PROXY, ("X-Forwarded-User: ann\u0085".encode(),), 400, "holds control characters"),
    "an unseen character": (PROXY, ("X-Forwarded-User: a\u200bnn".encode(),), 400, "holds control characters"),
    "writing the other way": (PROXY, ("X-Forwarded-User: \u202enna".encode(),), 400, "holds control characters"),
    "a long name": (PROXY, (b"X-Forwarded-User: " + b"a" * 257,), 400, "too long"),
    "groups without a user": (PROXY, (b"X-Forwarded-Groups: press",), 400, "names groups and no user"),
    "too many groups": (PROXY, (USER, b"X-Forwarded-Groups: " + b",".join([b"g"] * 2001)), 400, "are too many"),
}


@pytest.mark.parametrize(("source", "headers", "status", "why"), FORGED.values(), ids=FORGED)
def test_a_forged_header_is_refused_by_name(
    port: int, source: str, headers: tuple[bytes, ...], status: int, why: str
) -> None:
    given, body = raw(connected(port, source), "/who", headers)
    assert given == status
    assert why in body
    assert "ann" not in body


@pytest.mark.parametrize(
    "line", [b"X-Forwarded-User: a\x00b", b"X-Forwarded-User: a\rX-Forwarded-User: b", b"X-Forwarded-User : ann"]
)
def test_what_is_no_header_never_comes_as_far(port: int, line: bytes) -> None:
    assert raw(connected(port, PROXY), "/who", (line,))[0] == 400


def test_a_group_is_never_somebody(port: int) -> None:
    _, body = raw(connected(port, PROXY), "/who", (USER, b"X-Forwarded-Groups: user:bob, press"))
    assert json.loads(body)["readers"] == ["press", "public", "user:ann"]


def test_at_a_unix_socket_whoever_may_open_it_is_the_proxy(tmp_path: Path) -> None:
    with at_socket(server(identity="header", socket=tmp_path / "on.sock"), tmp_path / "on.sock") as path:
        there = socket.socket(socket.AF_UNIX)
        there.connect(str(path))
        status, body = raw(there, "/who", (USER,))
    assert (status, json.loads(body)["who"]) == (200, "user:ann")


def test_a_connection_without_an_address_is_trusted_at_a_socket_alone() -> None:
    scope = {"client": None, "headers": [(b"x-forwarded-user", b"ann")]}
    at_a_port = ProxyHeader.of(Settings.model_validate(HEADER))
    with pytest.raises(NotAdmitted, match="no trusted proxy"):
        at_a_port(scope)
    at_a_socket = ProxyHeader.of(Settings.model_validate({"identity": "header", "socket": "on.sock"}))
    assert at_a_socket(scope) is not None


@pytest.mark.parametrize(
    ("peers", "client", "trusted"),
    [
        ("::ffff:10.0.0.0/104", "10.7.7.7", True),
        ("::ffff:10.0.0.5", "::ffff:10.0.0.5", True),
        ("::ffff:10.0.0.5", "10.0.0.6", False),
        ("10.0.0.5", "10.0.0.5", True),
        ("10.0.0.5", "10.0.0.6", False),
        ("10.0.0.0/24", "10.0.0.77", True),
        ("10.0.0.0/24", "10.0.1.77", False),
        ("10.0.0.5", "::ffff:10.0.0.5", True),
        ("10.0.0.5", "::ffff:10.0.0.6", False),
        ("fd00:1::/64", "fd00:1::9", True),
        ("fd00:1::/64", "fd00:2::9", False),
        ("10.0.0.5", "proxy", False),
        ("10.0.0.5", "", False),
        ("10.0.0.5", "10.0.0.5.example", False),
        ("10.0.0.5, fd00:1::9", "fd00:1::9", True),
    ],
)
def test_a_peer_is_known_by_its_address(peers: str, client: str, trusted: bool) -> None:
    means = ProxyHeader.of(Settings.model_validate({"identity": "header", "trusted_peers": peers}))
    scope = {"client": (client, 1), "headers": [(b"x-forwarded-user", b"ann")]}
    if trusted:
        assert means(scope) is not None
    else:
        with pytest.raises(NotAdmitted, match="no trusted proxy"):
            means(scope)


def test_other_headers_can_be_set() -> None:
    settings = {**HEADER, "identity_header": "Remote-User", "groups_header": "Remote-Groups"}
    means = ProxyHeader.of(Settings.model_validate(settings))
    headers = [(b"Remote-User", b"ann"), (b"remote-groups", b"press"), (b"x-forwarded-user", b"bob")]
    caller = means({"client": (PROXY, 1), "headers": headers})
    assert caller is not None
    assert caller.principal == person("ann", ["press"])


NAMES = st.sampled_from(
    [b"x-forwarded-user", b"X-Forwarded-User", b"x_forwarded_user", b"X-Forwarded-Groups", b"x-forwarded_groups"]
)


@given(
    headers=st.lists(st.tuples(NAMES, st.binary(max_size=6)), max_size=4),
    client=st.sampled_from([(PROXY, 1), ("127.0.0.1", 1), None]),
)
def test_whatever_is_sent_only_one_user_of_the_proxy_gets_in(
    headers: list[tuple[bytes, bytes]], client: tuple[str, int] | None
) -> None:
    """Somebody gets in exactly where the proxy sends one header with one name, and is that one."""
    means = ProxyHeader.of(Settings.model_validate(HEADER))
    try:
        caller = means({"client": client, "headers": headers})
    except NotAdmitted:
        return
    if caller is None:
        assert not headers
        return
    users = [value for name, value in headers if name.lower() == b"x-forwarded-user"]
    assert client == (PROXY, 1)
    assert not any(b"_" in name for name, _ in headers)
    assert [caller.principal.name] == [f"user:{value.decode().strip(' ' + chr(9))}" for value in users]
    assert not any(label.startswith("user:") for label in caller.principal.readers - {caller.principal.name})
