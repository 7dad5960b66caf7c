"""Takes the pictures in docs/, of the page and of a report on answers: python -m tests.browser.pictures docs"""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from starlette.staticfiles import StaticFiles

from evals.running import Silence
from evals.session import Order, run_cases
from index.corpus import Corpus
from index.embed import default_embedder
from index.library import Library
from index.sync import sync
from rag.ask import Desk
from rag.desk import open_desk
from rag.model import Model
from rag.quote import Quoter
from rag.settings import Settings, load
from rag.write import Writer
from tests.browser.conftest import CHROMIUM, FLAGS, ask
from tests.browser.tasks import briefing
from tests.modelserver import serving as modelserving
from tests.served import serving
from ui.answerer import AtDesk
from ui.app import create_app
from ui.serving import Site

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
EVALS = EXAMPLES.parent / "evals"


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture; `opened` is the number of the quote whose source is open, None for none. `written`: by the scripted
    model that writes what the quotes say. `over_time`: with the answer's statements on an axis of time."""

    name: str
    question: str | None
    opened: int | None = None
    written: bool = False
    over_time: bool = False
    width: int = 1280
    height: int = 860
    dark: bool = False


PICTURES = (
    Picture("page", "Did Putin reject the American plan?", opened=2),
    Picture("answer", "What are Putin's stated conditions?"),
    Picture("written", "What are Putin's stated conditions?", written=True),
    Picture("timeline", "What are Putin's stated conditions?", over_time=True),
    Picture("abstention", "What is the population of Ukraine?"),
    Picture("dark", "What does the Kremlin say about consultations with Washington?", opened=1, dark=True),
    Picture("narrow", "What does the Kremlin say about consultations with Washington?", width=320, height=640),
)


def main(folder: Path) -> None:
    """Every picture, as PNG files in `folder`."""
    pages(folder)
    report(folder)
    widget(folder)
    shelf(folder)


def shelf(folder: Path) -> None:
    """The page of those who look after the library."""
    with briefing() as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto(f"{address}/library")
        page.get_by_text("Putin states his conditions for talks").wait_for()
        page.wait_for_timeout(700)
        page.screenshot(path=folder / "library.png")
        browser.close()


def report(folder: Path) -> None:
    """The report on the example questions after the threshold was lowered, beside the baseline."""
    with tempfile.TemporaryDirectory() as made:
        library, out = Path(made, "library"), Path(made, "answers")
        with Library.open(library, create=True) as opened:
            sync([EXAMPLES / "briefing", EXAMPLES / "desk"], opened, default_embedder())
        order = Order((EVALS / "cases" / "briefing.yaml",), out, EVALS / "baseline.json", timing=False)
        run_cases(order, Settings(library=library, answer_threshold=0.3), Silence())
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
            page = browser.new_page(viewport={"width": 1280, "height": 860})
            page.goto((out / "report.html").as_uri())
            page.screenshot(path=folder / "report.png")
            browser.close()


def pages(folder: Path) -> None:
    """Those of the page that is served."""
    quoter = Quoter()
    with tempfile.TemporaryDirectory() as shelf:
        with Library.open(Path(shelf), create=True) as library:
            sync([EXAMPLES / "briefing"], library, default_embedder())
        questions = (EXAMPLES / "questions.txt").read_text(encoding="utf-8").splitlines()
        with Corpus.open(Path(shelf), default_embedder()) as corpus, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
            with modelserving() as models, closing(Model(models.url, "honest")) as model:
                for written in (False, True):
                    writer = Writer(model) if written else None
                    quotes = 3 if written else 6  # few, so that prose and quotes are both in the picture
                    asked = model if written else None
                    desk = Desk(corpus, quoter, quoter.threshold, quotes=quotes, model=asked, writer=writer)
                    with serving(partial(create_app, AtDesk(desk), examples=questions, model=desk.model_name)) as there:
                        for picture in PICTURES:
                            if picture.written is written:
                                take(browser, there, picture, folder)
            browser.close()


def widget(folder: Path) -> None:
    """The page of `make widget` with its chat open, and the quote of an answer lit in its source."""
    settings = load(EXAMPLES / "intranet" / "onrecord.toml")
    with tempfile.TemporaryDirectory() as shelf, ExitStack() as undo:
        with Library.open(Path(shelf), create=True) as library:
            sync([EXAMPLES / "briefing"], library, default_embedder())
        desk = undo.enter_context(open_desk(Settings(library=Path(shelf))))
        site = Site.of(settings, desk.corpus.library)
        undo.enter_context(serving(partial(create_app, AtDesk(desk), site), port=8765))
        host = undo.enter_context(serving(lambda: StaticFiles(directory=EXAMPLES / "intranet", html=True), port=8766))
        playwright = undo.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto(host)
        page.evaluate("OnRecord.ask('Did Putin reject the American plan?')")
        page.frame_locator("iframe").locator("figure, blockquote").first.wait_for()
        page.wait_for_timeout(1500)
        page.screenshot(path=folder / "widget.png")
        browser.close()


def take(browser: Browser, address: str, picture: Picture, folder: Path) -> None:
    """One picture of the page at `address`."""
    page = browser.new_page(
        viewport={"width": picture.width, "height": picture.height}, color_scheme="dark" if picture.dark else "light"
    )
    page.goto(address)
    page.locator("#question textarea").wait_for()
    if picture.question:
        ask(page, picture.question)
    if picture.opened:
        page.locator("#current blockquote a.cite", has_text=str(picture.opened)).click()
        page.frame_locator("#source iframe").locator("mark").wait_for()
    if picture.over_time:
        page.get_by_role("button", name="Timeline").click()
        page.locator(".tools").evaluate("(tools) => tools.scrollIntoView({ block: 'start', behavior: 'instant' })")
    page.wait_for_timeout(700)
    page.screenshot(path=folder / f"{picture.name}.png", full_page=picture.width < 480)
    page.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
