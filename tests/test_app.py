"""The whole app behind its guard: every route, gradio's too, with the headers, hosts and methods it answers to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

import pytest
from starlette.testclient import TestClient

from index.errors import LibraryError
from index.principal import Principal
from rag.conversation import Turn
from rag.question import LONGEST_QUESTION, Question
from tests.hostile import payloads
from tests.newsroom import CONDITIONS, CONDITIONS_ANSWER, Newsroom
from ui import brief, wire
from ui.api import LONGEST_DRAFT
from ui.app import create_app
from ui.caller import Caller
from ui.chat import PAGE_POLICY
from ui.guard import Guard
from ui.pages import OWN_POLICY, SOURCE_POLICY
from ui.route import NOTHING_ALLOWED
from ui.serving import Site
from ui.wording import ENGLISH

SEEN: list[Question] = []
LINK = brief.source_link(CONDITIONS.id, CONDITIONS_ANSWER.evidence[1].span, CONDITIONS_ANSWER.evidence[1].quote)
ASK = "/api/v1/ask"
CHECK = "/api/v1/check"


@pytest.fixture(scope="module")
def app() -> Guard:
    return create_app(Newsroom(before=SEEN.append), examples=("What are the conditions?",))


@pytest.fixture(scope="module")
def client(app: Guard) -> Iterator[TestClient]:
    with TestClient(
        app, base_url="http://127.0.0.1", client=("127.0.0.1", 50_000), raise_server_exceptions=False
    ) as opened:
        yield opened


def asset(client: TestClient) -> str:
    found = re.search(r'src="(/assets/[^"]+)"', client.get("/").text)
    assert found
    return found[1]


def test_the_page_starts_from_gradio_without_inline_scripts_and_without_foreign_addresses(client: TestClient) -> None:
    html = client.get("/").text
    assert ENGLISH.say("quotesOnly") in html
    assert not re.search(r"<script(?![^>]* src=)", html)
    assert not re.search(r"https?://|(?:src|href)=\"//", html)
    assert client.get(asset(client)).status_code == 200


def test_the_check_page_is_ours_alone(client: TestClient) -> None:
    html = client.get("/check").text
    assert f'maxlength="{LONGEST_DRAFT}"' in html
    assert "unsafe" not in OWN_POLICY
    assert not re.search(r"<script(?![^>]* src=)|<style|style=|https?://", html)
    assert 'href="/check"' in client.get("/").text


def test_the_page_says_who_writes_where_a_model_does() -> None:
    written = create_app(Newsroom(), model="<b>some-model</b>")
    with TestClient(written, base_url="http://127.0.0.1", client=("127.0.0.1", 1)) as client:
        html = client.get("/").text
    assert "Written by &lt;b&gt;some-model&lt;/b&gt;, each sentence checked." in html
    assert ENGLISH.say("quotesOnly") not in html


OPEN = [
    ("GET", "/", 200, PAGE_POLICY),
    ("HEAD", "/", 200, PAGE_POLICY),
    ("GET", LINK, 200, SOURCE_POLICY),
    ("HEAD", LINK, 200, SOURCE_POLICY),
    ("GET", "/source/" + "0" * 32, 404, SOURCE_POLICY),
    ("GET", "/page/page.css", 200, NOTHING_ALLOWED),
    ("GET", "/page/main.js", 200, NOTHING_ALLOWED),
    ("GET", "/page/words/ar.json", 200, NOTHING_ALLOWED),
    ("GET", "/page/shared/elements.js", 200, NOTHING_ALLOWED),
    ("GET", "/page/shared/words/pl.json", 200, NOTHING_ALLOWED),
    ("GET", "/page/mark.svg", 200, NOTHING_ALLOWED),
    ("GET", "/page/missing.css", 404, NOTHING_ALLOWED),
    ("GET", "/healthz", 200, NOTHING_ALLOWED),
    ("GET", "/readyz", 200, NOTHING_ALLOWED),
    ("GET", "/check", 200, OWN_POLICY),
    ("HEAD", "/check", 200, OWN_POLICY),
    ("GET", "/page/check.js", 200, NOTHING_ALLOWED),
    ("GET", "/page/check.css", 200, NOTHING_ALLOWED),
    ("POST", ASK, 400, NOTHING_ALLOWED),
    ("POST", CHECK, 400, NOTHING_ALLOWED),
    ("GET", "/config", 200, NOTHING_ALLOWED),
    ("GET", "/theme.css", 200, NOTHING_ALLOWED),
    ("GET", "/gradio_api/info", 200, NOTHING_ALLOWED),
    ("GET", "/gradio_api/app_id", 200, NOTHING_ALLOWED),
    ("GET", "/gradio_api/queue/data", 422, NOTHING_ALLOWED),
    ("POST", "/gradio_api/queue/join", 422, NOTHING_ALLOWED),
]
SHUT = [
    *("/login", "/logout", "/login/", "/gradio_api/login_check", "/gradio_api/user", "/gradio_api/token"),
    *("/gradio_api/dev/reload", "/gradio_api/runs", "/gradio_api/runs/", "/gradio_api/info/"),
    *("/gradio_api/run-history/buckets", "/gradio_api/run-history/records", "/gradio_api/run-history/connect"),
    *("/gradio_api/deep_link", "/gradio_api/openapi.json", "/config/", "/gradio_api/upload", "/gradio_api/reset"),
    *("/gradio_api/upload_progress", "/gradio_api/file=/etc/passwd", "/gradio_api/file/etc/passwd", "/svelte/x"),
    *("/gradio_api/proxy=http://127.0.0.1/", "/gradio_api/custom_component/a/client/b/c.js", "/gradio_api/cancel"),
    *("/gradio_api/stream/a/b/c/playlist.m3u8", "/gradio_api/run/ask", "/gradio_api/api/ask", "/gradio_api/call/ask"),
    *("/gradio_api/call/v2/ask", "/gradio_api/call/ask/x", "/gradio_api/startup-events", "/gradio_api/theme.css"),
    *("/robots.txt", "/pwa_icon", "/manifest.json", "/monitoring", "/monitoring/summary", "/monitoring/x"),
    *("/gradio_api/process_recording", "/gradio_api/vibe-edit", "/gradio_api/vibe-code", "/gradio_api/mcp/"),
    *("/gradio_api/component_server", "/gradio_api/profiling/traces", "/favicon.ico", "/static/img/logo.svg"),
    *("/static/fonts/Inter/Inter-Regular.woff2", "/assets/../routes.py", "/assets/%2e%2e/routes.py", "/assets/x.py"),
    *(
        "/check/",
        "/api/v1/check/",
        "/page/check.html",
        "/docs",
        "/redoc",
        "/openapi.json",
        "/api/v1/",
        "/api",
        "/source",
        "/source/",
        "/source/../../etc/passwd",
    ),
    *("/page", "/page/", "/page/../app.py", "/page/..%2fapp.py", "/healthz/", "/metrics", "/.env", "/gradio_api"),
]


@pytest.mark.parametrize(("method", "path", "status", "policy"), OPEN)
def test_open_routes_answer_with_their_headers(
    client: TestClient, method: str, path: str, status: int, policy: str
) -> None:
    body = b"{}" if method == "POST" else None
    headers = {"origin": "http://127.0.0.1", "content-type": "application/json"}
    response = client.request(method, path, headers=headers, content=body)
    assert response.status_code == status
    assert response.headers.get_list("content-security-policy") == [policy]
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "server" not in response.headers
    assert not [name for name in response.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("path", SHUT)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_all_other_routes_are_shut(client: TestClient, method: str, path: str) -> None:
    response = client.request(method, path, headers={"content-type": "application/json"})
    assert response.status_code == 404
    assert response.headers["content-security-policy"] == NOTHING_ALLOWED
    assert response.headers["x-content-type-options"] == "nosniff"


def paths(routes: Iterable[object]) -> Iterator[str]:
    """The paths of these routes and of the routers included among them."""
    for route in routes:
        included = getattr(route, "original_router", None)
        yield from paths(included.routes) if included else [str(getattr(route, "path", ""))]


def test_every_route_of_gradio_is_either_listed_above_or_shut(app: Guard, client: TestClient) -> None:
    """A gradio that brings new routes opens none of them."""
    mounted = next(route for route in app.app.routes if getattr(route, "path", None) == "")  # type: ignore[attr-defined]
    there = {re.sub(r"\{[^}]*\}", "x", path) for path in paths(mounted.routes)}
    assert len(there) > 60, "gradio's routes are not where this test looks"
    opened = {path for path in there if client.options(path).status_code != 404}
    assert opened == {"/", "/config", "/theme.css", *(f"/gradio_api/{name}" for name in GRADIO_OPEN)}


GRADIO_OPEN = ("info", "app_id", "heartbeat/x", "queue/data", "queue/join")


@pytest.mark.parametrize("path", ["/", "/config", "/gradio_api/info", "/theme.css", LINK, "/healthz", "/nowhere"])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example"])
def test_no_origin_is_reflected_not_even_on_a_preflight(client: TestClient, path: str, origin: str) -> None:
    asked = {"origin": origin, "access-control-request-method": "POST", "access-control-request-headers": "x"}
    for response in (client.get(path, headers=asked), client.options(path, headers=asked)):
        assert not [name for name in response.headers if name.startswith("access-control-")]
    assert client.options(path, headers=asked).status_code in (404, 405)


@pytest.mark.parametrize("path", ["/", "/config", LINK, "/assets/x.js", "/nowhere"])
def test_a_wrong_host_is_refused_everywhere(client: TestClient, path: str) -> None:
    assert client.get(path, headers={"host": "evil.example"}).status_code == 400


def test_a_forwarded_host_does_not_reach_gradios_addresses(client: TestClient) -> None:
    claims = {"x-forwarded-host": "evil.example", "x-forwarded-proto": "https", "forwarded": "host=evil.example"}
    assert "evil.example" not in client.get("/config", headers=claims).text


def test_gradio_offers_no_endpoint_and_reports_to_nobody(client: TestClient) -> None:
    info = client.get("/gradio_api/info").json()
    assert info == {"named_endpoints": {}, "unnamed_endpoints": {}}
    config = client.get("/config").json()
    assert config["analytics_enabled"] is False
    assert config["footer_links"] == []
    assert config.get("run_history") is not True
    assert {each["api_visibility"] for each in config["dependencies"]} == {"private"}


def test_the_examples_are_on_the_page(client: TestClient) -> None:
    assert "What are the conditions?" in client.get("/config").text


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("path", [ASK, CHECK, "/gradio_api/queue/join"])
def test_another_site_cannot_ask(client: TestClient, path: str, site: str) -> None:
    assert client.post(path, json={}, headers={"sec-fetch-site": site}).status_code == 403
    assert client.post(path, json={}, headers={"origin": "https://evil.example"}).status_code == 403


@pytest.mark.parametrize("path", [ASK, CHECK, "/gradio_api/queue/join"])
def test_a_form_cannot_ask(client: TestClient, path: str) -> None:
    assert client.post(path, data={"question": "x"}).status_code == 415
    assert client.post(path, content=b'{"question": "x"}', headers={"content-type": "text/plain"}).status_code == 415


# The JSON API.


def test_the_api_answers_in_the_form_of_the_contract(client: TestClient) -> None:
    response = client.post(ASK, json={"id": "q7", "question": "What are the conditions?", "as_of": "2025-09-01"})
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    value = response.json()
    expected = json.loads(wire.dumps(wire.answer_json(CONDITIONS_ANSWER, "q7")))
    assert value == expected | {"question": "What are the conditions?"}
    assert SEEN[-1] == Question("What are the conditions?", date(2025, 9, 1))


def test_earlier_turns_reach_the_question(client: TestClient) -> None:
    history = [{"role": "user", "content": "Who met?"}, {"role": "assistant", "content": "Two envoys."}, "Where?"]
    assert client.post(ASK, json={"question": "What are the conditions?", "history": history}).status_code == 200
    assert SEEN[-1].history == (Turn("Who met?", "Two envoys."), Turn("Where?"))


def test_an_abstention_is_an_answer(client: TestClient) -> None:
    response = client.post(ASK, json={"question": "What is the population of Brazil?"})
    assert (response.status_code, response.json()["status"]) == (200, "abstained")
    assert "id" not in response.json()


BODIES = [
    (b"", "not JSON"),
    (b"{", "not JSON"),
    (b"[" * 30_000 + b"]" * 30_000, "not JSON"),
    (b"[]", "no JSON object"),
    (b'"x"', "no JSON object"),
    (b"\xff\xfe", "not UTF-8"),
    (b"{}", "has no question"),
    (b'{"question": 7}', "question is no text"),
    (b'{"question": null}', "question is no text"),
    (b'{"question": " "}', "is empty"),
    (b'{"question": "' + b"x" * (LONGEST_QUESTION + 1) + b'"}', "characters long"),
    (b'{"question": "x", "asof": "2025-01-01"}', "no field 'asof'"),
    (b'{"question": "x", "as_of": "yesterday"}', "is no date"),
    (b'{"question": "x", "as_of": 20250101}', "as_of is no text"),
    (b'{"question": "x", "id": true}', "id is neither"),
    (b'{"question": "x", "id": []}', "id is neither"),
    (b'{"question": "x", "history": "y"}', "history is no list"),
    (b'{"question": "x", "history": [{"role": "system", "content": "y"}]}', "history[0].role"),
]


@pytest.mark.parametrize(("body", "message"), BODIES)
def test_a_wrong_request_is_told_what_is_wrong(client: TestClient, body: bytes, message: str) -> None:
    response = client.post(ASK, content=body, headers={"content-type": "application/json"})
    assert response.status_code == 400
    assert message in response.json()["error"]
    assert list(response.json()) == ["error"]


def test_what_a_person_can_act_on_is_said_and_what_not_is_not(client: TestClient) -> None:
    broken = client.post(ASK, json={"question": "broken"})
    assert (broken.status_code, broken.json()["error"]) == (
        503,
        "the library is on a disk that is gone; mount it and ask again",
    )
    crashed = client.post(ASK, json={"question": "crash"})
    assert crashed.status_code == 500
    assert "secret" not in crashed.text
    assert crashed.headers["content-security-policy"] == NOTHING_ALLOWED


# Sources.


def test_a_citation_opens_its_quote_lit(client: TestClient) -> None:
    html = client.get(LINK).text
    assert re.findall(r'<mark id="quote">(.*?)</mark>', html) == [CONDITIONS_ANSWER.evidence[1].quote]
    assert "Back to the questions" in html
    assert "Back to the questions" not in client.get(LINK.replace("#", "&beside=#")).text


def test_a_document_that_is_missing_and_one_that_is_forbidden_look_alike() -> None:
    stranger = Caller(Principal("stranger", frozenset()), by="login")
    closed = create_app(Newsroom(), replace(Site.alone(), identify=lambda scope: stranger))
    with TestClient(closed, base_url="http://127.0.0.1") as client:
        forbidden, missing = client.get(LINK), client.get("/source/" + "0" * 32)
    assert (forbidden.status_code, missing.status_code) == (404, 404)
    assert forbidden.text == missing.text


@pytest.mark.parametrize("text", payloads()[:20])
def test_hostile_parameters_are_not_echoed(client: TestClient, text: str) -> None:
    response = client.get(LINK.partition("?")[0], params={"at": text, "sum": text, "beside": text})
    assert response.status_code == 200
    assert "<img" not in response.text
    assert "window.__x" not in response.text


# Health.


class Gone(Newsroom):
    def generation(self) -> int:
        raise LibraryError("the library at /somewhere/secret cannot be read")


def test_readiness_is_the_librarys_and_says_nothing_else() -> None:
    with TestClient(create_app(Gone()), base_url="http://127.0.0.1", client=("127.0.0.1", 1)) as client:
        assert client.get("/healthz").status_code == 200
        ready = client.get("/readyz")
    assert ready.status_code == 503
    assert "secret" not in ready.text
