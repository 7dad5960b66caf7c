"""The hostile texts in the chat inside somebody else's page: its two walls are that it never parses text as markup, and
its content security policy. Either one alone must hold; with neither the browser does reach the listener."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from index.embed import default_embedder
from rag.ask import Desk
from rag.model import Model
from rag.quote import Quoter
from rag.write import Writer
from tests.browser.conftest import Watched
from tests.browser.framed import ask, chatting, opened
from tests.browser.test_exfiltration import Asleep, Listener, planted, telling
from tests.modelserver import serving as modelserving
from tests.shelf import shelf
from ui.answerer import Answerer, AtDesk
from ui.app import App, create_app
from ui.embed import assets as files
from ui.embed import page as frame_page
from ui.embed import routes as frame_routes

pytestmark = pytest.mark.browser

Watch = Callable[..., Watched]
OPEN_DOOR = "default-src * 'unsafe-inline' 'unsafe-eval' data: blob:; frame-ancestors *"
NEVER_PARSED = "element.append(...inside.flat(3)"
PARSED = """
  const marked = (e) => typeof e === "string" && e.includes("<");
  for (const e of inside.flat(3).filter(marked)) try { element.insertAdjacentHTML("beforeend", e) } catch {}
  element.append(...inside.flat(3).filter((e) => !marked(e))"""
"""What a page would do that took a text for markup; the policy of ours refuses it, and the page goes on."""


@pytest.fixture
def listener() -> Iterator[Listener]:
    heard = Listener()
    yield heard
    heard.close()


def without_policies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page as if it had no policy."""

    def made(*arguments: object, **named: object) -> App:
        app = create_app(*arguments, **named)  # type: ignore[arg-type]
        app.routes = tuple(replace(row, policy=OPEN_DOOR) for row in app.routes)
        return app

    monkeypatch.setattr("tests.browser.framed.create_app", made)


def parsing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page whose scripts parse every text as markup."""
    usual = files.assets()
    elements = usual.files["elements.js"].body.decode()
    assert NEVER_PARSED in elements
    broken = elements.replace(NEVER_PARSED, PARSED).encode()
    asset = replace(usual.files["elements.js"], body=broken, gzipped=gzip.compress(broken), tag="broken")
    changed = replace(usual, files={**usual.files, "elements.js": asset}, version="b" * 16)
    for module in (frame_page, frame_routes):
        monkeypatch.setattr(module, "assets", lambda: changed)


def visit(watch: Watch, newsroom: Answerer, question: str = "What was said?") -> tuple[list[str], str, bool]:
    """Ask in the chat on a page of somebody else's, open what can be opened, and give everything time to happen: what
    was asked of other servers, what is shown, and whether anything ran."""
    with chatting(newsroom) as chat:  # type: ignore[arg-type]
        watched = watch(chat.page("/"))
        frame = opened(watched.page)
        ask(frame, question)
        frame.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        watched.page.wait_for_timeout(1_500)
        shown = str(frame.evaluate("document.body.innerText"))
        ran = bool(frame.evaluate("window.__x !== undefined")) or bool(
            watched.page.evaluate("window.__x !== undefined")
        )
        own = (chat.address, chat.host.address, "data:", "blob:", "about:")
        return [url for url in watched.requests if not url.startswith(own)], shown, ran


@pytest.mark.parametrize("walls", ["both", "no policies", "texts parsed"])
def test_nothing_is_asked_and_nothing_runs(
    watch: Watch, listener: Listener, monkeypatch: pytest.MonkeyPatch, walls: str
) -> None:
    if walls == "no policies":
        without_policies(monkeypatch)
    if walls == "texts parsed":
        parsing(monkeypatch)
    elsewhere, shown, ran = visit(watch, planted(listener.address).newsroom)
    assert listener.heard == []
    assert not ran
    if walls != "texts parsed":
        assert elsewhere == []
        assert f"<img src={listener.address}/b.png>" in shown, "the texts are there to be read"


def test_without_walls_the_listener_hears(watch: Watch, listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    without_policies(monkeypatch)
    parsing(monkeypatch)
    visit(watch, planted(listener.address).newsroom)
    assert len(set(listener.heard)) > 3


def test_an_obedient_model_carries_nothing_away(watch: Watch, listener: Listener, tmp_path: Path) -> None:
    with (
        modelserving() as models,
        closing(Model(models.url, "obedient-each20")) as model,
        shelf(tmp_path, telling(listener.address), default_embedder()) as corpus,
    ):
        checker: object = Asleep()
        desk = Desk(
            corpus,
            Quoter(),
            0.0,
            passages=60,
            quotes=40,
            model=model,
            writer=Writer(model, answer=4_000),
            verifier=checker,  # type: ignore[arg-type]
        )
        question = "How many hours did the talks in each town last?"
        elsewhere, shown, ran = visit(watch, AtDesk(desk), question)
    assert (elsewhere, ran, listener.heard, listener.silent) == ([], False, [], 0)
    assert listener.address in shown, "the forms never reached the page"
