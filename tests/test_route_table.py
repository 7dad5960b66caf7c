"""The whole app, route by route: each is in a row of the guard's table or shut on purpose, and none is a stranger's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from tests.embedding import site as embedding_site
from tests.newsroom import CONDITIONS, Newsroom
from ui.app import App, create_app
from ui.serving import LOGIN, STRANGERS, Site

SAMPLES = {
    "document_id": CONDITIONS.id,
    "document": CONDITIONS.id,
    "id": "0" * 32,
    "name": "wiki",
    "version": "0" * 16,
    "file": "frame.css",
    "session_hash": "abc",
}
"""What stands in a path where its template has a name; an `x` for the others."""
# Gradio's own routes that our page does not need. One that is new there is in neither list, and fails a test.
GRADIO_SHUT = frozenset(
    {
        *("/openapi.json", "/login/", "/login", "/logout", "/svelte/x", "/config/", "/static/x", "/assets/x"),
        *("/favicon.ico", "/robots.txt", "/pwa_icon/x", "/pwa_icon", "/manifest.json"),
        *("/monitoring", "/monitoring/summary", "/monitoring/x"),
        *(
            f"/gradio_api/{name}"
            for name in (
                *("deep_link", "user/", "user", "login_check/", "login_check", "token/", "token", "app_id/"),
                *(
                    "dev/reload",
                    "runs/",
                    "runs",
                    "info/",
                    "openapi.json",
                    f"custom_component/{'0' * 32}/x/x/x",
                    "proxy=x",
                ),
                *("file=x", "stream/x", "stream/x/close", "stream/abc/x/x/playlist.m3u8", "stream/abc/x/x/x.x"),
                *("stream/abc/x/x/playlist-file", "file/x", "reset", "reset/", "api/x/", "api/x", "run/x/", "run/x"),
                *("call/v2/x/", "call/v2/x", "call/x/", "call/x", "cancel", "call/x/x", "call/v2/x/x"),
                *("component_server/", "component_server", "queue/status", "upload_progress", "upload"),
                *("startup-events", "theme.css", "process_recording", "vibe-edit", "vibe-edit/", "undo-vibe-edit"),
                *("undo-vibe-edit/", "vibe-code", "vibe-code/", "vibe-starter-queries", "vibe-starter-queries/"),
                *("run-history/buckets", "run-history/records", "run-history/connect"),
            )
        ),
    }
)


@pytest.fixture(scope="module")
def app() -> App:
    """With embedded chats and a proxy that says who asks, so that a test's client is nobody."""
    return create_app(Newsroom(), embedding_site())


@pytest.fixture(scope="module")
def stranger(app: App) -> Iterator[TestClient]:
    with TestClient(app, base_url="http://127.0.0.1", client=("192.0.2.7", 1), follow_redirects=False) as opened:
        yield opened


def routes(of: Iterable[object], before: str = "") -> Iterator[tuple[str, str]]:
    """The method and sample path of each route, those that are mounted and included too; of a folder, one file."""
    for route in of:
        included, inside = getattr(route, "original_router", None), getattr(route, "routes", None)
        path = before + re.sub(r"\{(\w+)[^}]*\}", sample, str(getattr(route, "path", "")))
        if included is not None:
            yield from routes(included.routes, before)
        elif inside:
            yield from routes(inside, path)
        elif methods := getattr(route, "methods", None):
            yield from ((method, path) for method in methods)
        else:
            yield ("GET", f"{path}/page.css")


def sample(name: re.Match[str]) -> str:
    return SAMPLES.get(name[1], "x")


def all_routes(app: App) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Our own routes, and gradio's."""
    served = app.app.routes  # type: ignore[attr-defined]
    gradio = next(route for route in served if getattr(route, "path", None) == "")
    return set(routes(route for route in served if route is not gradio)), set(routes(gradio.routes))


def test_every_route_of_ours_is_in_a_row_with_its_method(app: App) -> None:
    ours, _ = all_routes(app)
    assert len(ours) > 30, "our routes are not where this test looks"
    rows = {asked: app.row(asked[1]) for asked in ours}
    assert not [asked for asked, row in rows.items() if row is None or asked[0] not in row.methods]


def test_a_route_that_somebody_adds_without_a_row_fails_the_test_above(app: App) -> None:
    async def forgotten() -> None:
        """Nothing."""

    forgetful = create_app(Newsroom())
    forgetful.app.add_api_route("/api/v1/forgotten/{name}", forgotten)  # type: ignore[attr-defined]
    ours, _ = all_routes(forgetful)
    assert ("GET", "/api/v1/forgotten/wiki") in ours
    assert forgetful.row("/api/v1/forgotten/wiki") is None


def test_every_route_of_gradio_is_in_a_row_or_known_to_be_shut(app: App) -> None:
    _, gradio = all_routes(app)
    there = {path for _, path in gradio}
    assert len(there) > 60, "gradio's routes are not where this test looks"
    assert {path for path in there if app.row(path) is None} <= GRADIO_SHUT
    assert there - GRADIO_SHUT == {
        *("/", "/config", "/theme.css"),
        *(f"/gradio_api/{name}" for name in ("info", "app_id", "heartbeat/abc", "queue/data", "queue/join")),
    }


def test_each_row_is_there_for_a_route(app: App) -> None:
    """A row that outlives its route would open the next one of that name."""
    ours, gradio = all_routes(app)
    paths = {path for _, path in ours | gradio} | {"/assets/index-1.js", f"/embed/v1/page/{'0' * 16}/frame.css"}
    assert not [row.path.pattern for row in app.routes if not any(row.path.fullmatch(path) for path in paths)]


OPEN = re.compile(r"/healthz|/readyz|/login(?:/style\.css)?|/logout|/embed/v1/(?:widget\.js|frame/wiki|page/.*)")


def test_a_stranger_is_answered_by_health_sign_in_and_the_embeds_files_alone(app: App, stranger: TestClient) -> None:
    ours, gradio = all_routes(app)
    asked = sorted(ours | gradio | {(method, path) for _, path in ours | gradio for method in ("GET", "POST")})
    answered = set()
    for method, path in asked:
        body = {"question": "Who?", "text": "Who.", "session_hash": "abc", "fn_index": 0, "data": []}
        response = stranger.request(method, path, json=None if method in ("GET", "HEAD") else body)
        assert response.status_code < 500, path
        if response.status_code < 400:
            answered.add(path)
    assert {path for path in answered if not OPEN.fullmatch(path)} == set()
    assert {"/healthz", "/readyz", "/embed/v1/widget.js", "/embed/v1/frame/wiki"} <= answered


def test_rows_that_answer_anyone_are_these(app: App) -> None:
    anyones = {row.path.pattern for row in app.routes if row.who == "anyone"}
    assert len(anyones) == 6
    assert all(pattern.startswith(("/healthz", "/embed/v1/")) for pattern in anyones)


def test_what_costs_an_answer_says_so(app: App) -> None:
    costly = ("/api/v1/ask", "/api/v1/check", "/v1/chat/completions")
    rows = [app.row(path) for path in costly]
    assert all(row is not None and row.asks and row.use == "ask" for row in rows)


PAGES = ("/", "/check", "/library", f"/source/{CONDITIONS.id}?at=1-2&sum=%26")


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_on_a_page_is_sent_to_sign_in_and_back(page: str) -> None:
    site = replace(Site.alone(), identify=lambda scope: None, stranger=STRANGERS["oidc"], login=LOGIN)
    with TestClient(create_app(Newsroom(), site), base_url="http://127.0.0.1", follow_redirects=False) as client:
        sent = client.get(page)
        program = client.post("/api/v1/ask", json={"question": "Who?"})
        asset = client.get("/config")
    assert sent.status_code == 303
    assert sent.headers["cache-control"] == "no-store"
    there = sent.headers["location"]
    assert there.startswith("/login?next=/")
    assert "&" not in there, "what was asked for is one parameter"
    assert (program.status_code, asset.status_code) == (401, 401)
    assert program.headers["www-authenticate"] == "Bearer"
    assert "sign in" in program.json()["error"]
