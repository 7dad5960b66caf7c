"""The guard: what passes, what is refused and how, and what every response leaves with."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route as Served
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from index.principal import LOCAL, Principal
from ui.access.errors import NotAdmitted
from ui.access.local import HERE, local
from ui.caller import Caller, principal_of, with_caller
from ui.guard import Guard
from ui.origins import LOOPBACK_HOSTS
from ui.route import NOTHING_ALLOWED, Route
from ui.serving import Site

POLICY = "default-src 'self'; frame-ancestors 'self'"
OPEN = (
    Route(re.compile(r"/read"), policy=POLICY),
    Route(re.compile(r"/kept"), cache="public, max-age=60"),
    Route(re.compile(r"/write"), frozenset({"POST"})),
    Route(re.compile(r"/crash"), policy=POLICY),
    Route(re.compile(r"/loud"), frozenset({"GET", "OPTIONS"})),
)
ALONE = Site.alone()
JSON = {"content-type": "application/json"}


def read(request: Request) -> Response:
    seen = {name: value for name, value in request.headers.items() if name.startswith(("x-", "forwarded"))}
    return JSONResponse({"who": principal_of(request.scope).name, "headers": seen})


async def write(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


def crash(request: Request) -> Response:
    raise RuntimeError("a secret")


def loud(request: Request) -> Response:
    headers = {
        "Access-Control-Allow-Origin": request.headers.get("origin", "*"),
        "Access-Control-Allow-Credentials": "true",
        "Server": "somebody/1.0",
        "X-Powered-By": "somebody",
        "Content-Security-Policy": "default-src *",
        "X-Frame-Options": "ALLOWALL",
        "Referrer-Policy": "unsafe-url",
        "Cache-Control": "public",
        "X-Own": "kept",
    }
    return PlainTextResponse("loud", headers=headers)


INNER = Starlette(
    routes=[
        Served("/read", read),
        Served("/kept", loud),
        Served("/write", write, methods=["POST"]),
        Served("/crash", crash),
        Served("/loud", loud, methods=["GET", "OPTIONS"]),
        Served("/shut", read),
    ]
)


def client(
    base_url: str = "http://127.0.0.1", peer: str = "127.0.0.1", hosts: tuple[str, ...] = (), largest: int = 100
) -> TestClient:
    guard = Guard(INNER, replace(ALONE, hosts=frozenset(hosts)), routes=OPEN, largest_body=largest)
    return TestClient(guard, base_url=base_url, client=(peer, 50_000), raise_server_exceptions=False)


def test_a_person_at_this_machine_passes() -> None:
    response = client().get("/read")
    assert (response.status_code, response.json()["who"]) == (200, LOCAL.name)


@pytest.mark.parametrize("peer", ["192.0.2.7", "10.0.0.1", "2001:db8::1", "testclient", "", "127.0.0.1.example"])
def test_a_person_elsewhere_is_refused_whatever_a_header_claims(peer: str) -> None:
    claims = {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1", "X-Forwarded-User": "local"}
    assert client(peer=peer).get("/read", headers=claims).status_code == 403


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.9.9.9", "::1"])
def test_every_loopback_address_is_this_machine(peer: str) -> None:
    assert local({"client": (peer, 1)}) is HERE


@pytest.mark.parametrize("name", ["Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP"])
def test_whoever_comes_through_a_proxy_on_this_machine_is_not_its_user(name: str) -> None:
    """They name the host that they like, so nothing but what the proxy adds tells them from its user."""
    assert client(peer="127.0.0.1").get("/read", headers={name: "127.0.0.1"}).status_code == 403


def test_a_request_without_an_address_is_nobodys() -> None:
    assert local({"client": None}) is None
    assert local({}) is None


def test_a_bad_credential_is_refused_in_its_own_words() -> None:
    def refuse(scope: Scope) -> Caller | None:
        raise NotAdmitted(401, "The key is none of ours; make one.")

    response = TestClient(Guard(INNER, replace(ALONE, identify=refuse), routes=OPEN), base_url="http://127.0.0.1").get(
        "/read"
    )
    assert (response.status_code, response.text) == (401, "The key is none of ours; make one.\n")


def test_nothing_answers_a_request_that_no_guard_has_seen() -> None:
    with pytest.raises(KeyError):
        principal_of({"type": "http"})
    assert principal_of(with_caller({}, Caller(Principal("ann", frozenset()), by="key"))).name == "ann"


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "evil.example:80", "127.0.0.2"),
        *("", " ", "127.0.0.1/../x", "x/?", "127.0.0.1?", "127.0.0.1 evil.example", "user@127.0.0.1", "[::2]", "::1"),
        *("127.0.0.1:", "127.0.0.1:port", "127.0.0.1:123456", "localhost,evil.example", "0.0.0.0", "LOCALHOST.EVIL"),
    ],
)
def test_another_host_is_refused(host: str) -> None:
    assert client().get("/read", headers={"host": host}).status_code == 400


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8765", "localhost", "LocalHost:1", "localhost.", "[::1]", "[::1]:8765"]
)
def test_loopback_hosts_pass(host: str) -> None:
    assert client().get("/read", headers={"host": host}).status_code == 200


def test_a_configured_host_passes_and_the_others_still_do_not() -> None:
    there = client(hosts=("records.intra.example",))
    assert there.get("/read", headers={"host": "records.intra.example:8443"}).status_code == 200
    assert there.get("/read", headers={"host": "other.intra.example"}).status_code == 400
    assert Guard(INNER, ALONE, routes=OPEN).hosts == LOOPBACK_HOSTS


async def statuses(guard: Guard, scope: Scope) -> list[int]:
    sent: list[int] = []

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            sent.append(int(str(message["status"])))

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    await guard(scope, receive, send)  # type: ignore[arg-type]
    return sent


@pytest.mark.parametrize("hosts", [(), (b"127.0.0.1", b"evil.example"), (b"127.0.0.1", b"127.0.0.1"), (b"\xff",)])
@pytest.mark.anyio
async def test_a_request_names_exactly_one_host(hosts: tuple[bytes, ...]) -> None:
    scope: Scope = {
        "type": "http",
        "method": "GET",
        "path": "/read",
        "client": ("127.0.0.1", 1),
        "scheme": "http",
        "headers": [(b"host", host) for host in hosts],
    }
    assert await statuses(Guard(INNER, ALONE, routes=OPEN), scope) == [400]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.parametrize("path", ["/shut", "/", "/read/", "/READ", "/read/x", "/reads", "//read", "/read%0a"])
def test_a_path_off_the_list_is_not_there_even_if_the_app_has_it(path: str) -> None:
    response = client().get(path)
    assert response.status_code == 404
    assert "secret" not in response.text


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_a_method_off_the_list_is_refused(method: str) -> None:
    response = client().request(method, "/read", headers=JSON)
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD"


CROSSING = [
    ({}, 200),
    ({"sec-fetch-site": "same-origin"}, 200),
    ({"sec-fetch-site": "none"}, 200),
    ({"sec-fetch-site": "same-site"}, 403),
    ({"sec-fetch-site": "cross-site"}, 403),
    ({"sec-fetch-site": "Same-Origin"}, 403),
    ({"sec-fetch-site": ""}, 403),
    ({"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1"}, 403),
    ({"origin": "http://127.0.0.1"}, 200),
    ({"origin": "http://127.0.0.1:8000"}, 403),
    ({"origin": "http://evil.example"}, 403),
    ({"origin": "null"}, 403),
    ({"origin": ""}, 403),
    ({"origin": "http://127.0.0.1.evil.example"}, 403),
    ({"origin": "http://user@127.0.0.1"}, 403),
    ({"origin": "http://127.0.0.1/"}, 403),
]


@pytest.mark.parametrize(("headers", "status"), CROSSING)
def test_another_site_cannot_send_anything(headers: dict[str, str], status: int) -> None:
    assert client().post("/write", content=b"{}", headers=JSON | headers).status_code == status


TYPES = [
    ("application/json", 200),
    ("application/json; charset=utf-8", 200),
    ("Application/JSON", 200),
    ("application/x-www-form-urlencoded", 415),
    ("multipart/form-data; boundary=x", 415),
    ("text/plain", 415),
    ("text/plain; application/json", 415),
    ("application/jsonp", 415),
    ("", 415),
]


@pytest.mark.parametrize(("kind", "status"), TYPES)
def test_only_json_is_taken(kind: str, status: int) -> None:
    assert client().post("/write", content=b"{}", headers={"content-type": kind}).status_code == status


@pytest.mark.parametrize(("size", "status"), [(0, 200), (99, 200), (100, 200), (101, 413), (100_000, 413)])
def test_a_large_body_is_refused(size: int, status: int) -> None:
    whole = client().post("/write", content=b"x" * size, headers=JSON)
    pieces = client().post("/write", content=(b"x" for _ in range(size)), headers=JSON)
    assert (whole.status_code, pieces.status_code) == (status, status)
    assert status == 413 or (whole.text, pieces.text) == (str(size), str(size))


@pytest.mark.parametrize(
    "name",
    [
        *("X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "Forwarded", "X-Gradio-Server"),
        *("X-Direct-Url", "X-Original-Url", "X-Rewrite-Url", "x-FORWARDED-anything"),
    ],
)
def test_a_client_cannot_say_where_the_app_is(name: str) -> None:
    guard = Guard(INNER, replace(ALONE, identify=lambda scope: HERE), routes=OPEN)
    asking = TestClient(guard, base_url="http://127.0.0.1")
    assert asking.get("/read", headers={name: "evil.example", "X-Kept": "1"}).json()["headers"] == {"x-kept": "1"}


REQUESTS = [
    ("GET", "/read", {}, 200),
    ("HEAD", "/read", {}, 200),
    ("GET", "/kept", {}, 200),
    ("GET", "/loud", {}, 200),
    ("OPTIONS", "/loud", {}, 403),
    ("GET", "/missing", {}, 404),
    ("POST", "/read", {}, 405),
    ("POST", "/write", {"sec-fetch-site": "cross-site"}, 403),
    ("POST", "/write", {}, 415),
    ("POST", "/write", JSON, 200),
    ("GET", "/read", {"host": "evil.example"}, 400),
    ("GET", "/crash", {}, 500),
]


@pytest.mark.parametrize(("method", "path", "headers", "status"), REQUESTS)
def test_every_response_is_sealed(method: str, path: str, headers: dict[str, str], status: int) -> None:
    cross = {"origin": "https://evil.example"} if method in ("GET", "OPTIONS") else {}
    response = client().request(method, path, headers=headers | cross)
    assert response.status_code == status
    assert not [name for name in response.headers if name.startswith("access-control-")]
    assert not {"server", "x-powered-by"} & set(response.headers)
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["x-dns-prefetch-control"] == "off"
    assert response.headers["cross-origin-opener-policy"] == "same-origin"
    assert response.headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in response.headers["permissions-policy"]
    policy = POLICY if path in ("/read", "/crash") else NOTHING_ALLOWED
    assert response.headers.get_list("content-security-policy") == [policy]
    assert response.headers["x-frame-options"] == ("SAMEORIGIN" if policy == POLICY else "DENY")
    assert response.headers["cache-control"] == ("public, max-age=60" if path == "/kept" else "no-store")
    assert "secret" not in response.text


def test_what_is_nobodys_business_passes_through() -> None:
    assert client().get("/loud").headers["x-own"] == "kept"


def test_transport_security_is_promised_where_there_is_some() -> None:
    assert "strict-transport-security" not in client().get("/read").headers
    assert client("https://127.0.0.1").get("/read").headers["strict-transport-security"].startswith("max-age=")


def test_there_are_no_web_sockets() -> None:
    with pytest.raises(WebSocketDisconnect), client().websocket_connect("/read"):
        pass


def test_the_lifespan_of_the_app_is_left_alone() -> None:
    seen: list[str] = []

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            seen.append(message["type"])
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return

    with TestClient(Guard(inner, ALONE, routes=OPEN)):
        assert seen == ["lifespan.startup"]
    assert seen == ["lifespan.startup", "lifespan.shutdown"]
