"""Signing in and out in a real browser: through the provider and back, by keyboard, in both themes, on a phone."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from index.records.records import Records
from rag.settings import Settings
from tests.browser.axe import violations
from tests.browser.conftest import Watched, ask
from tests.guarded import site_of
from tests.identityprovider import CLIENT, CLIENT_SECRET, IdentityProvider, identity_provider
from tests.newsroom import CONDITIONS, Newsroom
from tests.served import serving
from ui.app import create_app

pytestmark = pytest.mark.browser
Watch = Callable[..., Watched]
NAME = "Ann Archer-Longbottom of the Foreign Desk"


@pytest.fixture(scope="module")
def provider() -> Iterator[IdentityProvider]:
    with identity_provider() as held:
        held.claims = {"name": NAME}
        yield held


@pytest.fixture(scope="module")
def desk(provider: IdentityProvider) -> Iterator[str]:
    """A server at which people sign in."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    settings = Settings.model_validate(
        {
            "identity": "oidc",
            "oidc_issuer": provider.issuer,
            "oidc_client": CLIENT,
            "oidc_secret": CLIENT_SECRET,
            "public_url": f"http://127.0.0.1:{port}",
        }
    )
    site = site_of(settings, Records.in_memory())
    with serving(lambda: create_app(Newsroom(), site, model="scripted"), port) as address:
        yield address


def sound(page: Page) -> None:
    """Nothing for axe to find, and no scrolling sideways."""
    assert violations(page.main_frame) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_somebody_signs_in_asks_and_signs_out(desk: str, watch: Watch, scheme: str, width: int) -> None:
    watched = watch(f"{desk}/source/{CONDITIONS.id}", width=width, color_scheme=scheme)
    page = watched.page
    expect(page).to_have_url(f"{desk}/source/{CONDITIONS.id}")
    expect(page.locator(".who")).to_have_text(f"{NAME} Sign out")
    page.goto(f"{desk}/")
    page.locator("#question textarea").wait_for()
    expect(page.locator(".who")).to_have_text(f"{NAME} Sign out")
    ask(page, "What are the conditions?")
    out = page.get_by_role("link", name="Sign out")
    out.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{desk}/logout")
    sound(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Sign out")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Signed out")).to_be_visible()
    sound(page)
    assert page.context.cookies(desk)[0]["name"] == "onrecord-attempt"
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert not watched.complaints


def test_an_answer_to_no_attempt_says_so(desk: str, watch: Watch) -> None:
    page = watch(f"{desk}/login/callback?state=canary&code=canary", width=320, color_scheme="dark").page
    expect(page.get_by_role("alert")).to_contain_text("unknown, was finished before or took too long")
    sound(page)
    assert "canary" not in page.content()
    page.get_by_role("link", name="Sign in").click()
    expect(page.locator(".who")).to_be_visible()


def test_the_cookie_is_no_scripts_and_the_secret_in_no_address(desk: str, watch: Watch) -> None:
    watched = watch(f"{desk}/check")
    page = watched.page
    expect(page.locator(".who")).to_be_visible()
    held = {each["name"]: each for each in page.context.cookies(desk)}
    session = held["onrecord"]
    assert (session["httpOnly"], session["sameSite"], session["path"]) == (True, "Lax", "/")
    assert page.evaluate("document.cookie") == ""
    assert not [url for url in watched.requests if session["value"] in url]
