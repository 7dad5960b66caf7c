"""Measures in a real browser how soon the page of a large library has rows: python -m tests.browser.library_speed
[DOCUMENTS [FOLDER]], where FOLDER keeps the library for the next time.

Milliseconds from asking for the page to the frame that shows its first rows, with and without the browser's cache, from
the last key of a search to the frame that shows what it found, and for one more page of rows.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import Browser, Page, sync_playwright

from index.corpus import Corpus
from index.document import Document
from index.library import Library
from rag.ask import Desk
from rag.settings import Settings
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.fakes import HashEmbedder
from tests.permitted import WordQuoter
from tests.served import serving
from tests.shelf import entry
from ui.answerer import AtDesk
from ui.app import create_app
from ui.library.keeper import LibraryKeeper
from ui.serving import Site

DOCUMENTS = 50_000
RUNS = 20
AT_ONCE = 1_000
SEARCHES = ("harbour 49", "ferry", "board 7 wire", "minutes 12345", "zebra")
PLACES = ("harbour", "ferry", "lighthouse", "customs", "dredging", "pilots", "lock", "quay")

WATCH = """() => {
  window.shown = [];
  const rows = () => document.querySelectorAll('#table .page > [role=row]').length;
  const seen = () => requestAnimationFrame(() => setTimeout(() => window.shown.push([performance.now(), rows()])));
  new MutationObserver((changes) => {
    const isRows = (node) => node.nodeType === 1 && (node.matches('.page') || node.querySelector?.('.page'));
    if (changes.some((change) => [...change.addedNodes].some(isRows))) seen();
  }).observe(document, { childList: true, subtree: true });
}"""
"""Notes when rows came onto the page, once they were painted: a task behind the next frame."""


def main(documents: int, folder: Path) -> None:
    """Every figure, as lines; the library is made in `folder` where there is none."""
    with large(folder, documents) as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        browser.new_page().goto(f"{address}/library")
        told("first rows, nothing in the browser's cache", [first_rows(browser, address) for _ in range(RUNS)])
        page = browser.new_context().new_page()
        page.add_init_script(f"({WATCH})()")
        told("first rows, as one comes back", [again(page, address) for _ in range(RUNS)])
        found = [searched(page, words) for _ in range(RUNS // len(SEARCHES)) for words in SEARCHES]
        told("search, from the last key to what it found", found)
        page.goto(f"{address}/library")
        told("one more page of rows", [more(page) for _ in range(RUNS)])
        browser.close()


@contextmanager
def large(folder: Path, documents: int) -> Iterator[str]:
    """The address of the app over a library of so many documents, one chunk each."""
    embedder = HashEmbedder()
    if not any(folder.iterdir()):
        with Library.open(folder, create=True) as library, library.writer() as writer:
            for start in range(0, documents, AT_ONCE):
                writer.put([entry(document(n), embedder) for n in range(start, start + AT_ONCE)], embedder)
    with Corpus.open(folder, embedder) as corpus:
        settings = Settings.model_validate({"library": folder})
        site = Site.of(settings, corpus.library)
        site = replace(site, keeper=LibraryKeeper.of(settings, corpus, site.records, site.audit))
        desk = Desk(corpus, WordQuoter(), threshold=0.0)
        with serving(lambda: create_app(AtDesk(desk), site)) as address:
            yield address


def document(number: int) -> Document:
    """One of them: four publishers, a day each, one in ten for nobody."""
    place = PLACES[number % len(PLACES)]
    return Document(
        f"archive/{number % 97:02}/{place}-{number:05}.md",
        f"The {place} board met for the {number}th time and adjourned.",
        f"{number:064}",
        ("nobody",) if number % 10 == 0 else ("public", f"group:desk-{number % 5}"),
        title=f"Minutes {number} of the {place} board",
        publisher=("Harbour Wire", "Briefing desk", "Port Authority", "The Lantern")[number % 4],
        published=date(1990, 1, 1) + timedelta(days=number % 12_000),
        collection=("minutes", "wire", "archive")[number % 3],
    )


def first_rows(browser: Browser, address: str) -> float:
    """From asking for the page to its first rows, in a browser that was never here."""
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(f"({WATCH})()")
    took = again(page, address)
    context.close()
    return took


def again(page: Page, address: str) -> float:
    """The same in a browser that was here."""
    page.goto(f"{address}/library")
    until(page, "window.shown.length > 0")
    return float(page.evaluate("window.shown[0][0]"))


def searched(page: Page, words: str) -> float:
    """From the last key to what the search found; the box is emptied first, and that waited for."""
    box = page.locator("#words")
    page.evaluate("window.shown = []")
    if box.input_value():
        box.fill("")
        until(page, "window.shown.length > 0")
    page.evaluate(
        """() => {
          window.shown = [];
          document.getElementById('words').addEventListener('input', () => { window.pressed = performance.now(); });
        }"""
    )
    box.press_sequentially(words, delay=60)
    until(page, "window.shown.some(([at]) => at > window.pressed + 100)")
    pressed, shown = page.evaluate("[window.pressed, window.shown.find(([at]) => at > window.pressed + 100)[0]]")
    return float(shown - pressed)


def more(page: Page) -> float:
    """From pressing `Show more` to its rows."""
    page.locator("#more").wait_for()
    page.evaluate(
        "() => { window.shown = []; window.pressed = performance.now(); document.getElementById('more').click() }"
    )
    until(page, "window.shown.length > 0")
    return float(page.evaluate("window.shown[0][0] - window.pressed"))


def until(page: Page, condition: str) -> None:
    """Wait until this expression holds; evaluated by the browser's own door, since the page's policy forbids others."""
    page.evaluate(f"async () => {{ while (!({condition})) await new Promise((done) => setTimeout(done, 5)); }}")


def told(name: str, milliseconds: list[float]) -> None:
    """One line for one figure."""
    worst = quantiles(milliseconds, n=20)[-1]
    sys.stdout.write(f"{name}: median {median(milliseconds):.0f} ms, p95 {worst:.0f} ms of {len(milliseconds)}\n")


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else DOCUMENTS
    if len(sys.argv) > 2:
        main(count, Path(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory() as made:
            main(count, Path(made))
