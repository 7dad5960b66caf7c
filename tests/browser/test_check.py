"""The check page in a browser: a text in, what the documents say to each sentence out, by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from index.document import Span
from rag.check import Checked
from tests.browser.conftest import Watched
from tests.browser.test_access import (
    CONTRAST,
    SMALL_TARGETS,
    check_focus_can_be_seen,
    check_no_sideways_scroll,
    focused,
)
from tests.newsroom import EVIDENCE, Newsroom
from tests.served import serving
from ui.app import create_app

pytestmark = pytest.mark.browser

Watch = Callable[..., Watched]
CHECKED = (
    Checked("Kyiv is asked to leave <b>Donetsk</b>.", Span(0, 38), "supported", 0.93, (), (EVIDENCE[0],)),
    Checked("Six regions.", Span(39, 51), "contradicted", 0.04, ("the quotes say four, not six",), (EVIDENCE[2],)),
    Checked("A treaty was signed.", Span(52, 72), "silent", 0.2, ("nothing says this",), (EVIDENCE[4],)),
)


@pytest.fixture(scope="module")
def checking() -> Iterator[str]:
    with serving(lambda: create_app(Newsroom(checked=CHECKED))) as served:
        yield f"{served}/check"


def check(page: Page, text: str) -> None:
    page.get_by_label("The text").fill(text)
    page.get_by_role("button", name="Check").click()


def test_each_sentence_has_its_verdict_in_words_its_reasons_and_its_quotes(watch: Watch, checking: str) -> None:
    watched = watch(checking)
    page = watched.page
    check(page, "Some text.")
    expect(page.get_by_role("status")).to_have_text("Done: 1 supported, 1 contradicted, 1 not in the documents.")
    expect(page.locator("#results .verdict")).to_have_text(
        ["✓ Supported", "✗ The documents say otherwise", "? The documents do not say"]
    )
    expect(page.locator("#results .said").first).to_have_text("Kyiv is asked to leave <b>Donetsk</b>.")
    expect(page.locator("#results .reason").first).to_have_text("the quotes say four, not six")
    expect(page.locator("#results figcaption").first).to_contain_text("Dmitry Peskov, Briefing desk, 16 August 2025")
    expect(page.locator("#results details")).not_to_have_attribute("open", "")
    assert (watched.elsewhere(checking.removesuffix("/check")), watched.complaints) == ([], [])


def test_the_text_is_still_there_in_another_language(watch: Watch, checking: str) -> None:
    page = watch(checking).page
    page.locator("#text").fill("Some text.\n\nMore.")
    page.locator("#as-of").fill("2025-09-01")
    page.locator("#language").select_option("fr")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator("#text")).to_have_value("Some text.\n\nMore.")
    expect(page.locator("#as-of")).to_have_value("2025-09-01")
    page.goto("about:blank")
    page.goto(checking)
    expect(page.locator("#text")).to_have_value("")


def test_a_quote_opens_lit_in_its_source(watch: Watch, checking: str) -> None:
    page = watch(checking).page
    check(page, "Some text.")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open this quote in Diplomats doubt any shift").click()
    expect(opened.value.locator("mark")).to_have_text(EVIDENCE[2].quote)


def test_a_check_can_be_stopped_and_begun_anew(watch: Watch) -> None:
    newsroom = Newsroom(checked=CHECKED)
    with serving(lambda: create_app(newsroom)) as served:
        page = watch(f"{served}/check").page
        check(page, "Go on forever.")
        page.locator("#results li").nth(4).wait_for()
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_role("status")).to_have_text("Stopped.")
        assert newsroom.left.wait(5)
        check(page, "Some text.")
        expect(page.locator("#results li")).to_have_count(3)


@pytest.mark.parametrize(
    ("text", "day", "said"),
    [
        ("broken", "", "The library is on a disk that is gone; mount it and ask again."),
        (" ", "", "The text is empty; write something."),
    ],
)
def test_what_goes_wrong_is_one_sentence(watch: Watch, checking: str, text: str, day: str, said: str) -> None:
    page = watch(checking).page
    check(page, text)
    expect(page.locator("#state.failure")).to_have_text(said)


def test_a_server_that_is_gone_is_told(watch: Watch) -> None:
    with serving(lambda: create_app(Newsroom(checked=CHECKED))) as served:
        page = watch(f"{served}/check").page
    check(page, "Some text.")
    expect(page.locator("#state.failure")).to_contain_text("The server does not answer")


def test_the_keyboard_alone_finds_the_page_checks_and_opens(watch: Watch, checking: str) -> None:
    page = watch(checking.removesuffix("check")).page
    page.get_by_role("link", name="Check a text").press("Enter")
    expect(page.get_by_role("heading", name="Check a text")).to_be_visible()
    for stop in ("On Record", "Check a text", "English", "text"):
        page.keyboard.press("Tab")
        assert focused(page).startswith(stop)
        check_focus_can_be_seen(page)
    page.keyboard.type("Some text.")
    page.get_by_role("button", name="Check").press("Enter")
    expect(page.locator("#results li")).to_have_count(3)
    page.locator("#results a").first.focus()
    check_focus_can_be_seen(page)


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (320, "dark"), (1280, "light"), (1280, "dark")])
def test_everybody_can_read_it(watch: Watch, checking: str, width: int, scheme: str) -> None:
    page = watch(checking, width=width, color_scheme=scheme).page
    check(page, "Some text.")
    page.locator("#results summary").click()
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate(SMALL_TARGETS) == []
    check_no_sideways_scroll(page)


def test_without_scripts_the_page_says_what_to_do(watch: Watch, checking: str) -> None:
    page = watch(checking, java_script_enabled=False).page
    expect(page.locator("noscript .notice")).to_be_visible()
