"""The proxy recipes of docs/proxies, run by the real nginx and Caddy in front of the real server.

Only ports, addresses and paths are replaced. oauth2-proxy itself is not installed where this runs: a small server
stands in for its two addresses that matter, and, as its versions before 7.15.2 did, lets everybody in who can name a
certain X-Forwarded-Uri.
"""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx2
import pytest

from index.principal import PUBLIC, Principal
from index.records.records import Records
from rag.settings import Settings
from tests.guarded import guarded, site_of
from tests.listening import listening
from tests.newsroom import CONDITIONS, Newsroom, document
from tests.proxied import at_port
from ui.guard import Guard

RECIPES = Path(__file__).parent.parent / "docs" / "proxies"
WIKI, DESK, ELSEWHERE = "https://wiki.example.org", "https://desk.example.org", "https://evil.example"
SIGNED_IN = {"cookie": "_oauth2_proxy=ann"}
SKIPPED = "/skipped"
"""A path that the stand-in lets pass unseen, where it believes that it was asked for."""
ANSWERED = json.dumps({"question": "What are the conditions?"})

OWNED = tuple(
    document(f"For {reader}", "Desk", None, f"What {reader} may read.", readers=(reader,))
    for reader in ("press", "legal", "user:admin", "user:root")
)


@dataclass
class SignIn:
    """What stands in for oauth2-proxy; `asked` holds the headers of each question who somebody is."""

    port: int = 0
    asked: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Front:
    """The whole arrangement as a client sees it, and what stands behind it."""

    port: int
    sign_in: SignIn
    newsroom: Newsroom
    key: str
    trusted: ssl.SSLContext

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    def client(self, headers: dict[str, str] | None = None) -> httpx2.Client:
        return httpx2.Client(base_url=self.url, headers=headers, verify=self.trusted, timeout=10)

    def raw(self, path: str, *headers: bytes) -> str:
        """What comes back for a GET with exactly these header lines."""
        with (
            socket.create_connection(("127.0.0.1", self.port), timeout=10) as plain,
            self.trusted.wrap_socket(plain, server_hostname="localhost") as connection,
        ):
            host = f"Host: localhost:{self.port}".encode()
            connection.sendall(b"\r\n".join((f"GET {path} HTTP/1.1".encode(), host, b"Connection: close", *headers)))
            connection.sendall(b"\r\n\r\n")
            return b"".join(iter(lambda: connection.recv(65_536), b"")).decode("utf-8", "replace")


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def front(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    program = shutil.which(request.param) or shutil.which(request.param, path="/usr/sbin")
    if program is None:
        pytest.skip(f"{request.param} is not installed")
    folder = tmp_path_factory.mktemp(request.param)
    _certificate(folder)
    port, plain = _free_port(), _free_port()
    records, newsroom = Records.in_memory(), Newsroom(also=OWNED)
    _, key = records.keys.make("reader", Principal("key:reader", frozenset({PUBLIC})), frozenset({"ask"}))
    with ExitStack() as running:
        sign_in = running.enter_context(_standing_in())
        server = running.enter_context(at_port(_served(port, records, newsroom)))
        recipe = _recipe(request.param, folder, {8765: server, 4180: sign_in.port, 443: port, 80: plain})
        running.enter_context(_run(request.param, program, folder, recipe, port))
        trusted = ssl.create_default_context(cafile=str(folder / "onrecord.pem"))
        yield Front(port, sign_in, newsroom, key, trusted)


def _served(port: int, records: Records, newsroom: Newsroom) -> Guard:
    """The server in the mode that the recipes are for, with one embed for anybody and one for who is signed in."""
    settings = Settings.model_validate(
        {
            "identity": "header",
            "trusted_peers": "127.0.0.1",
            "public_url": f"https://localhost:{port}",
            "embeds": {"wiki": {"origins": [WIKI], "audience": "public"}, "desk": {"origins": [DESK]}},
        }
    )
    return guarded(site_of(settings, records), newsroom)


def _recipe(name: str, folder: Path, ports: dict[int, int]) -> Path:
    """The recipe with other ports, addresses and paths, and for nginx in the frame that it is included in."""
    text = (RECIPES / ("nginx.conf" if name == "nginx" else "Caddyfile")).read_text(encoding="utf-8")
    text = text.replace("/etc/ssl/", f"{folder}/").replace("127.0.0.1:8765", f"127.0.0.1:{ports[8765]}")
    text = text.replace("127.0.0.1:4180", f"127.0.0.1:{ports[4180]}")
    if name == "caddy":
        text = text.replace("http_port 80", f"http_port {ports[80]}").replace(
            "https_port 443", f"https_port {ports[443]}"
        )
        text = text.replace("https://ask.example.org", "https://localhost")
    else:
        text = text.replace("listen 80;", f"listen 127.0.0.1:{ports[80]};")
        text = text.replace("listen 443 ssl;", f"listen 127.0.0.1:{ports[443]} ssl;").replace(
            "ask.example.org", "localhost"
        )
        places = "".join(
            f"{each}_temp_path {folder}/{each};" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        text = (
            f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/errors.log warn;"
            f"events {{}} http {{ access_log {folder}/access.log; {places}\n{text}\n}}"
        )
    path = folder / "recipe"
    path.write_text(text, encoding="utf-8")
    return path


@contextmanager
def _run(name: str, program: str, folder: Path, recipe: Path, port: int) -> Iterator[None]:
    command = (
        [program, "-p", str(folder), "-e", str(folder / "errors.log"), "-c", str(recipe)]
        if name == "nginx"
        else [program, "run", "--adapter", "caddyfile", "--config", str(recipe)]
    )
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "PATH": "/usr/bin:/bin"}
    with (folder / "out.log").open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=home)
    try:
        _wait_for(port, process, folder)
        yield
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(500):
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    pytest.fail("\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.log")))


def _certificate(folder: Path) -> None:
    subject = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
    files = ("-keyout", str(folder / "onrecord.key"), "-out", str(folder / "onrecord.pem"))
    kind = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")
    subprocess.run(
        ["openssl", "req", "-x509", *kind, "-nodes", "-days", "2", *subject, *files], check=True, capture_output=True
    )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def _standing_in() -> Iterator[SignIn]:
    held = SignIn()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/oauth2/auth":
                held.asked.append(dict(self.headers.items()))
                user = "ann" if "_oauth2_proxy=ann" in self.headers.get("Cookie", "") else None
                skipped = self.headers.get("X-Forwarded-Uri", "").startswith(SKIPPED)
                self._answer(
                    202 if user or skipped else 401, {"X-Auth-Request-User": user, "X-Auth-Request-Groups": "press"}
                )
            elif path == "/oauth2/start":
                self._answer(
                    302, {"Location": f"https://id.example.org/?rd={self.headers.get('X-Auth-Request-Redirect')}"}
                )
            else:
                self._answer(404, {})

        def _answer(self, status: int, headers: dict[str, str | None]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                if value is not None and status != 401:
                    self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            """Nothing on stderr."""

    with listening(Handler) as held.port:
        yield held


def asked_by(front: Front, headers: dict[str, str]) -> httpx2.Response:
    with front.client(headers) as client:
        return client.post("/api/v1/ask", content=ANSWERED, headers={"content-type": "application/json"})


def test_somebody_signed_in_reads_and_asks(front: Front) -> None:
    with front.client(SIGNED_IN) as client:
        assert client.get("/check").status_code == 200
        assert client.get(f"/source/{CONDITIONS.id}").status_code == 200
    answer = asked_by(front, SIGNED_IN)
    assert (answer.status_code, answer.json()["status"]) == (200, "answered")


def test_somebody_unknown_is_sent_to_sign_in_and_back(front: Front) -> None:
    with front.client() as client:
        there = client.get("/check?a=1&b=2")
    assert there.status_code == 302
    assert there.headers["location"] == "https://id.example.org/?rd=/check?a=1&b=2"


def test_a_program_that_is_unknown_is_told_so(front: Front) -> None:
    assert asked_by(front, {}).status_code == 401


SMUGGLED: dict[str, tuple[bytes, ...]] = {
    "a user": (b"X-Forwarded-User: admin",),
    "a user in other letters": (b"x-fORWARDED-uSER: admin",),
    "a user by underscores": (b"X_Forwarded_User: admin",),
    "a user by one underscore": (b"X-Forwarded_User: admin",),
    "two users": (b"X-Forwarded-User: admin", b"X-Forwarded-User: root"),
    "a user and groups": (b"X-Forwarded-User: admin", b"X-Forwarded-Groups: legal"),
    "what the sign-in would say": (b"X-Auth-Request-User: admin", b"X-Auth-Request-Groups: legal"),
    "a path that needs no sign-in": (b"X-Forwarded-User: admin", b"X-Forwarded-Uri: /skipped"),
    "that path by underscores": (b"X-Forwarded-User: admin", b"X_Forwarded_Uri: /skipped"),
    "another peer": (b"X-Forwarded-User: admin", b"X-Forwarded-For: 127.0.0.1", b"X-Real-IP: 127.0.0.1"),
    "a header that is taken away on the way": (b"Connection: X-Forwarded-User", b"X-Forwarded-User: admin"),
    "what a bad key would cover": (b"Authorization: Bearer sk-x", b"X-Forwarded-User: admin"),
}


@pytest.mark.parametrize("headers", SMUGGLED.values(), ids=SMUGGLED)
def test_nobody_smuggles_in_who_they_are(front: Front, headers: tuple[bytes, ...]) -> None:
    """Whatever a stranger sends, the page is not given; and of an open path nothing is made of it either."""
    status = front.raw("/check", *headers).split(" ", 2)[1]
    assert status in ("302", "400", "401")
    assert front.raw("/api/v1/ask", *headers).split(" ", 2)[1] in ("400", "401", "405")
    assert front.raw(f"/source/{CONDITIONS.id}", *headers).split(" ", 2)[1] in ("302", "400", "401")


@pytest.mark.parametrize("headers", SMUGGLED.values(), ids=SMUGGLED)
def test_somebody_signed_in_stays_who_they_are(front: Front, headers: tuple[bytes, ...]) -> None:
    """`ann` of `press` at most: the sign-in's word replaces whatever she sends, or the request is refused."""
    read = {each.readers[0]: front.raw(f"/source/{each.id}", *headers, b"Cookie: _oauth2_proxy=ann") for each in OWNED}
    statuses = {reader: answer.split(" ", 2)[1] for reader, answer in read.items()}
    assert statuses["press"] in ("200", "400", "401")
    for other in ("legal", "user:admin", "user:root"):
        assert statuses[other] in ("404", "400", "401")


def test_the_sign_in_is_told_the_true_address(front: Front) -> None:
    front.sign_in.asked.clear()
    front.raw("/check?x=1", b"X-Forwarded-Uri: /skipped", b"X-Forwarded-User: admin")
    asked = {name.lower(): value for name, value in front.sign_in.asked[-1].items()}
    assert asked["x-forwarded-uri"] == "/check?x=1"
    assert "admin" not in asked.values()


def test_an_api_key_needs_no_sign_in_and_a_bad_one_gets_nothing(front: Front) -> None:
    good = asked_by(front, {"authorization": f"Bearer {front.key}"})
    assert (good.status_code, good.json()["status"]) == (200, "answered")
    for bad in ("ork_unknown", "ors_unknown"):
        refused = asked_by(front, {"authorization": f"Bearer {bad}"})
        assert refused.status_code == 401
        assert "The API key is" in refused.text or "The session of this chat" in refused.text
    with front.client({"authorization": f"Bearer {front.key}"}) as client:
        assert client.get("/api/v1/history").status_code in (403, 404)


def test_a_key_does_not_bring_a_user_with_it(front: Front) -> None:
    """A key opens the way past the sign-in, so what comes with it must be as clean as without."""
    answer = front.raw("/check", f"Authorization: Bearer {front.key}".encode(), b"X-Forwarded-User: admin")
    assert answer.split(" ", 2)[1] == "200"
    bad = front.raw("/check", b"Authorization: Bearer ork_bad", b"X-Forwarded-User: admin")
    assert bad.split(" ", 2)[1] == "401"


def test_events_come_as_they_happen(front: Front) -> None:
    """The answer to this never ends, so whatever arrives was not held back until the end."""
    front.newsroom.left.clear()
    body = {"question": "What are the conditions, forever?"}
    headers = {"accept": "text/event-stream", "authorization": f"Bearer {front.key}"}
    with front.client(headers) as client, client.stream("POST", "/api/v1/ask", json=body) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        lines = response.iter_lines()
        seen = [next(lines) for _ in range(4)]
    assert any(line.startswith("event: ") for line in seen)
    assert front.newsroom.left.wait(5), "the answer went on without its reader"


def ticket(front: Front, embed: str, origin: str, headers: dict[str, str] | None = None) -> httpx2.Response:
    with front.client(headers) as client:
        return client.post(
            "/embed/v1/ticket",
            content=json.dumps({"embed": embed}),
            headers={"origin": origin, "content-type": "text/plain", "sec-fetch-site": "cross-site"},
        )


def test_a_ticket_is_for_anybody_where_the_embed_is(front: Front) -> None:
    given = ticket(front, "wiki", WIKI)
    assert given.status_code == 200
    assert given.headers["access-control-allow-origin"] == WIKI
    with front.client() as client:
        session = client.post("/embed/v1/session", json={"embed": "wiki", "ticket": given.json()["ticket"]})
    assert session.status_code == 200
    answer = asked_by(front, {"authorization": f"Bearer {session.json()['session']}"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "answered"


def test_a_ticket_is_for_who_is_signed_in_where_the_embed_wants_that(front: Front) -> None:
    assert ticket(front, "desk", DESK).status_code == 401
    assert ticket(front, "desk", DESK, {"x-forwarded-user": "admin"}).status_code == 401
    assert ticket(front, "desk", DESK, SIGNED_IN).status_code == 200
    assert ticket(front, "desk", ELSEWHERE, SIGNED_IN).status_code == 403


def test_the_frame_may_be_held_by_its_own_pages(front: Front) -> None:
    with front.client() as client:
        frame, page = client.get("/embed/v1/frame/wiki"), client.get("/embed/v1/widget.js")
    assert frame.status_code == 200
    assert frame.headers["content-security-policy"].endswith(f"frame-ancestors {WIKI}")
    assert "x-frame-options" not in frame.headers
    assert page.status_code == 200


def test_every_response_keeps_its_headers(front: Front) -> None:
    with front.client(SIGNED_IN) as client:
        page = client.get("/check")
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["strict-transport-security"].startswith("max-age=")
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"


def test_whether_it_lives_is_for_anybody(front: Front) -> None:
    with front.client() as client:
        assert client.get("/healthz").text == "ok\n"


def test_nobody_asks_the_sign_in_for_somebody_else(front: Front) -> None:
    """The address by which the proxy asks who somebody is gives a client nothing but its own answer."""
    assert front.raw("/oauth2/auth", b"X-Forwarded-Uri: /skipped").split(" ", 2)[1] in ("401", "404")


def test_a_large_body_stops_before_or_at_the_server(front: Front) -> None:
    with front.client({"authorization": f"Bearer {front.key}"}) as client:
        answer = client.post("/api/v1/ask", content=b"x" * 300_000, headers={"content-type": "application/json"})
    # Caddy has no limit of its own here, and says 502 where the server hung up before it had sent everything.
    assert answer.status_code in (413, 502)
