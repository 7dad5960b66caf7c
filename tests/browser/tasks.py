"""What people come for, done on the page as a person does it, with what each task took: python -m tests.browser.tasks

An action is something a person does: a click, a key pressed, a field filled. Seconds are those until what was wanted
can be seen, on the example documents, and without the time that a person thinks.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from playwright.sync_api import Locator, Page, expect, sync_playwright

from index.embed import default_embedder
from index.library import Library
from index.sync import sync
from rag.desk import open_desk
from rag.settings import Settings
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.served import serving
from ui.answerer import AtDesk
from ui.app import create_app
from ui.library.keeper import LibraryKeeper
from ui.serving import Site

EXAMPLES = Path(__file__).parent.parent.parent / "examples" / "briefing"
QUOTES = "#current figure.quote blockquote"


@contextmanager
def briefing() -> Iterator[tuple[str, Site]]:
    """The address of a server over the example documents, and what people leave there."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(library=Path(folder))
        with Library.open(settings.library, create=True) as library:
            sync([EXAMPLES], library, default_embedder())
        with open_desk(settings, serving=True) as desk:
            site = replace(Site.of(settings, desk.corpus.library), audit=None)
            keeper = LibraryKeeper.of(settings, desk.corpus, site.records, None)
            with serving(lambda: create_app(AtDesk(desk), replace(site, keeper=keeper))) as address:
                yield address, site
            keeper.jobs.close()


class Person:
    """Somebody at the page; `actions` counts what they have done."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.actions = 0

    def clicks(self, what: Locator) -> None:
        self.actions += 1
        what.click()

    def fills(self, what: Locator, words: str) -> None:
        self.actions += 1
        what.fill(words)

    def presses(self, what: Locator, key: str) -> None:
        self.actions += 1
        what.press(key)

    def asks(self, question: str) -> None:
        """Types the question, sends it, and sees its whole answer."""
        turns = self.page.locator("#asked h2, #earlier h2").count()
        box = self.page.locator("#question textarea")
        self.fills(box, question)
        self.presses(box, "Enter")
        expect(self.page.locator("#asked h2, #earlier h2")).to_have_count(turns + 1)
        self.page.locator("#quotes section:is(.answered, .abstained, .failed)").wait_for()


def copies_a_condition(person: Person) -> None:
    """Find a condition, and copy it with its footnote."""
    person.asks("What are Putin's stated conditions?")
    quote = words(person.page.locator(QUOTES).first)
    person.clicks(person.page.get_by_role("button", name="Copy with footnotes"))
    expect(person.page.locator(".tools .heard")).not_to_be_empty()
    copied = person.page.evaluate("navigator.clipboard.readText()")
    number = re.search(re.escape(quote) + r"\W*\[\^(\d)\]", copied)
    assert number, copied
    assert re.search(rf"^\[\^{number[1]}\]: .* desk, \d+ \w+ 20\d\d,", copied, re.MULTILINE), copied


def sees_what_changed(person: Person) -> None:
    """See what changed between two days: both statements, and which of them stands."""
    person.asks("What does the Kremlin say about consultations with Washington?")
    expect(person.page.locator("#current .older").first).to_be_visible()
    person.clicks(person.page.get_by_role("button", name="Timeline"))
    expect(person.page.locator(".tools svg, .tools .chart").first).to_be_visible()


def finds_that_nothing_is_said(person: Person) -> None:
    """Find out that the documents do not say."""
    person.asks("What is the population of Ukraine?")
    expect(person.page.locator("#current .verdict")).to_have_text("The documents do not say.")


def narrows_to_one_publisher(person: Person) -> None:
    """Narrow an answer to one publisher."""
    page = person.page
    person.clicks(page.locator("#scope-open"))
    person.clicks(page.get_by_role("checkbox", name="Moscow desk"))
    person.clicks(page.locator("#scope-form .done .first"))
    person.asks("What are Putin's stated conditions?")
    publishers = {each.strip() for each in page.locator("#current figure.quote .publisher").all_text_contents()}
    assert publishers == {"Moscow desk"}, publishers
    expect(page).to_have_url(re.compile("publisher=Moscow"))


def reports_a_wrong_source(person: Person) -> None:
    """Report that a quote is no source for this."""
    person.asks("What are Putin's stated conditions?")
    person.clicks(person.page.locator("#current figure.quote .doubt").nth(1))
    person.clicks(person.page.locator(".tools form.wrong").get_by_role("button", name="Send"))
    expect(person.page.locator(".tools .heard")).to_contain_text("Thank you")


TASKS: tuple[tuple[Callable[[Person], None], int], ...] = (
    (copies_a_condition, 3),
    (sees_what_changed, 3),
    (finds_that_nothing_is_said, 2),
    (narrows_to_one_publisher, 5),
    (reports_a_wrong_source, 4),
)
"""Each task, and the actions that it may take."""


def words(quote: Locator) -> str:
    """A quote as it stands on the page, without its number."""
    return (quote.text_content() or "").rsplit("\xa0", 1)[0]


@dataclass(frozen=True, slots=True)
class Took:
    """What a task took."""

    task: str
    actions: int
    seconds: float


def do(task: Callable[[Person], None], page: Page, address: str) -> Took:
    """One task on a page just opened; it raises AssertionError where it cannot be done."""
    page.goto(address)
    page.locator("#question textarea").wait_for()
    person, started = Person(page), time.monotonic()
    task(person)
    return Took((task.__doc__ or "").strip(), person.actions, time.monotonic() - started)


def main() -> None:
    """Do each task, and print what it took."""
    with briefing() as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        for task, _most in TASKS:
            context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
            took = do(task, context.new_page(), address)
            sys.stdout.write(f"{took.actions} actions, {took.seconds:5.2f} s  {took.task}\n")
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
