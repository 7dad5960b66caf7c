"""Before a server says where it is, a stranger is refused; if not, it does not start."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from index.embed import default_embedder
from index.principal import LOCAL
from rag.settings import Settings
from tests.embedding import site as known_by_a_proxy
from tests.newsroom import Newsroom
from tests.shelf import brief, shelf
from ui import server
from ui.access.local import HERE
from ui.app import App, create_app
from ui.caller import Caller
from ui.guard import Guard
from ui.selftest import REQUESTS, LetsAnybodyIn, require_refusal
from ui.serving import LOGIN, STRANGERS, Site


def run(app: ASGIApp) -> None:
    asyncio.run(require_refusal(app))


SITES = {
    "local": Site.alone(),
    "header": known_by_a_proxy(),
    "oidc": replace(Site.alone(), identify=lambda scope: None, stranger=STRANGERS["oidc"], login=LOGIN),
    "keys": known_by_a_proxy(identity="keys"),
}


@pytest.fixture(scope="module")
def made() -> App:
    return create_app(Newsroom())


@pytest.fixture
def app(made: App) -> App:
    """The whole app behind a guard of its own."""
    return App(made.app, made.site, routes=made.routes)


@pytest.mark.parametrize("identity", SITES)
def test_the_app_refuses_strangers_however_people_are_known(app: App, identity: str) -> None:
    app.site = SITES[identity]
    run(app)


def broken_identity(app: App) -> ASGIApp:
    app.site = replace(app.site, identify=lambda scope: Caller(LOCAL, by="loopback"))
    return app


def trusting_headers(app: App) -> ASGIApp:
    """As a proxy's word would be taken from anybody."""

    def trusting(scope: Scope) -> Caller | None:
        return HERE if any(name == b"x-real-ip" for name, _ in scope["headers"]) else None

    app.site = replace(app.site, identify=trusting)
    return app


def without_guard(app: App) -> ASGIApp:
    return app.app


def one_row_for_anyone(app: App) -> ASGIApp:
    app.routes = tuple(replace(row, who="anyone", use=None, asks=False) for row in app.routes)
    return app


def bypassed(app: App) -> ASGIApp:
    """Something put in front that answers by itself."""

    async def answers(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/config":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"{}"})
        else:
            await app(scope, receive, send)

    return answers


def silent(app: App) -> ASGIApp:
    async def nothing(scope: Scope, receive: Receive, send: Send) -> None:
        return None

    return nothing


BREAKS = (broken_identity, trusting_headers, without_guard, one_row_for_anyone, bypassed, silent)


@pytest.mark.parametrize("broken", BREAKS)
def test_a_gate_that_is_broken_is_found(app: App, broken: Callable[[App], ASGIApp]) -> None:
    run(app)
    with pytest.raises(LetsAnybodyIn, match=r"of somebody unknown for /.* does not start"):
        run(broken(app))


def test_what_is_asked_is_there_to_be_asked(app: App) -> None:
    """A request for what is not there would be refused by any app."""
    assert all((row := app.row(path)) is not None and method in row.methods for method, path in REQUESTS)


def test_a_server_with_a_broken_gate_says_no_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def open_to_all(self: Guard, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)

    with shelf(tmp_path / "library", [brief("a.txt", "The talks lasted five hours.")], default_embedder()):
        pass
    serving: Callable[[Guard, Scope, Receive, Send], Awaitable[None]] = open_to_all
    monkeypatch.setattr(Guard, "_http", serving)
    with pytest.raises(LetsAnybodyIn):
        server.serve(Settings(library=tmp_path / "library", port=0))
    assert "answers at" not in capsys.readouterr().out
