"""A real server, a real Chromium, and a listener that nothing may ever reach."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.newsroom import Newsroom
from tests.served import serving
from ui.app import create_app

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
)
MODEL = "scripted"
EXAMPLES = ("What are the conditions?", "What is the population of Brazil?")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"needs {CHROMIUM}")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    with serving(lambda: create_app(Newsroom(), examples=EXAMPLES)) as served:
        yield served


@pytest.fixture(scope="session")
def slow_address() -> Iterator[str]:
    """The same, but each step of an answer takes half a second."""
    with serving(lambda: create_app(Newsroom(pause=0.5), examples=EXAMPLES)) as served:
        yield served


@pytest.fixture(scope="session")
def written_address() -> Iterator[str]:
    """A page where a model writes, each step half a second after the last."""
    with serving(lambda: create_app(Newsroom(pause=0.5), examples=EXAMPLES, model=MODEL)) as served:
        yield served


@dataclass
class Watched:
    """What a page did that it should not: other servers asked, errors, dialogs."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("dialog", self._dismiss)
        self.page.on("console", self._heard)

    def _dismiss(self, dialog: object) -> None:
        self.complaints.append(f"dialog: {dialog}")
        dialog.dismiss()  # type: ignore[attr-defined]

    def _heard(self, message: object) -> None:
        if message.type in ("error", "warning"):  # type: ignore[attr-defined]
            self.complaints.append(f"console: {message.text}")  # type: ignore[attr-defined]

    def elsewhere(self, address: str) -> list[str]:
        own = (f"{address}/", "data:", "blob:", "about:")
        return [url for url in self.requests if not url.startswith(own)]


PATIENCE = 30_000
"""Milliseconds that a test waits for what it waits for; no assertion on speed, and a busy machine is no failure."""
expect.set_options(timeout=PATIENCE)


@pytest.fixture
def watch(browser: Browser) -> Iterator[Callable[..., Watched]]:
    """Opens a page of its own; the keywords are those of a browser context, such as `color_scheme`."""
    contexts = []

    def opened(url: str, *, width: int = 1280, height: int = 860, **options: object) -> Watched:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)  # type: ignore[arg-type]
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        watched = Watched(context.new_page())
        watched.page.goto(url)
        return watched

    yield opened
    for context in contexts:
        context.close()


def ask(page: Page, question: str, seconds: float = 60) -> None:
    """Ask in the box and wait for the whole answer."""
    number = begin(page, question)
    whole = page.locator(f"#quotes #answer-{number}:is(.answered, .abstained, .failed)")
    whole.wait_for(state="attached", timeout=seconds * 1000)


def begin(page: Page, question: str) -> int:
    """Ask in the box, and give the number of the turn that this begins."""
    number = page.locator(".turn").count() + 1
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")
    page.locator(f"#asked #turn-{number}").wait_for()
    return number
