"""Earlier conversations, in the drawer: found, opened, renamed, saved and deleted, by hand and by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.axe import violations
from tests.browser.conftest import Watched, ask
from tests.newsroom import Newsroom
from tests.served import serving
from ui.app import create_app

pytestmark = pytest.mark.browser

Watch = Callable[..., Watched]
QUESTION = "What are the conditions?"
OTHER = "What is the population of Brazil?"


@pytest.fixture
def address() -> Iterator[str]:
    with serving(lambda: create_app(Newsroom())) as served:
        yield served


def opened(page: Page) -> None:
    """The drawer, by its key."""
    page.locator("#question textarea").wait_for()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("h")
    expect(page.locator("#history")).to_be_visible()


def more(page: Page, title: str) -> None:
    page.get_by_role("button", name=f"More for “{title}”").click()


def test_conversations_are_found_opened_renamed_saved_and_deleted(watch: Watch, address: str) -> None:
    watched = watch(address)
    page = watched.page
    opened(page)
    expect(page.locator("#history .hint")).to_contain_text("Nothing yet.")
    expect(page.get_by_role("searchbox", name="Search your conversations")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#history")).not_to_be_visible()
    expect(page.locator("#history-open")).to_be_focused()

    ask(page, QUESTION)
    expect(page).to_have_url(f"{address}/?conversation={page.url.rpartition('=')[2]}")
    first = page.url
    page.get_by_role("button", name="New conversation").click()
    expect(page).to_have_url(f"{address}/")
    ask(page, OTHER)
    expect(page.locator("#current a.permalink")).to_have_count(1)

    opened(page)
    expect(page.locator("#history h3")).to_have_text(["Today"])
    expect(page.locator("#history .title")).to_have_text([OTHER, QUESTION])
    expect(page.locator('#history a[aria-current="page"]')).to_contain_text(OTHER)
    assert violations(page) == []
    page.get_by_role("searchbox").fill("conditions")
    expect(page.locator("#history .title")).to_have_text([QUESTION])
    page.get_by_role("searchbox").fill("no such words")
    expect(page.locator("#history .hint")).to_have_text("No conversation of yours says “no such words”.")
    page.get_by_role("searchbox").fill("")
    expect(page.locator("#history .title")).to_have_count(2)

    more(page, QUESTION)
    page.get_by_role("button", name="Rename").click()
    field = page.get_by_role("textbox", name="New title")
    expect(field).to_be_focused()
    field.press("Escape")
    expect(page.get_by_role("button", name="Rename")).to_be_focused()
    page.keyboard.press("Enter")
    field.fill("<b>Terms</b>")
    field.press("Enter")
    expect(page.locator("#history .title")).to_have_text([OTHER, "<b>Terms</b>"])
    with page.expect_download() as saving:
        page.get_by_role("link", name="Save as Markdown").click()
    assert QUESTION in Path(saving.value.path()).read_text("utf-8")

    page.get_by_role("link", name="Terms").click()
    expect(page.locator(".turn h2")).to_contain_text(QUESTION)
    assert page.url == first
    assert watched.complaints == []


def test_deleting_asks_first_and_deletes_what_is_shown_from_the_page_too(watch: Watch, address: str) -> None:
    page = watch(address, width=320, height=640, color_scheme="dark").page
    ask(page, QUESTION)
    expect(page.locator("#current a.permalink")).to_have_count(1)
    page.locator("#history-open").click()
    expect(page.locator("#history")).to_be_visible()
    box = page.locator("#history").bounding_box()
    assert box
    assert (box["x"], box["width"]) == (0, 320), "the drawer does not fill the page"
    more(page, QUESTION)
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("button", name="Keep")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Delete", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    assert violations(page) == []
    page.locator("#history .yes").click()
    expect(page.locator("#history .title")).to_have_count(0)
    expect(page.get_by_role("searchbox")).to_be_focused()
    expect(page.locator("#history .hint")).to_contain_text("Nothing yet.")
    expect(page.locator("#history .foot > *")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator(".turn")).to_have_count(0)
    expect(page).to_have_url(f"{address}/")


def test_a_failure_is_said_in_the_drawer_and_all_can_be_deleted(watch: Watch, address: str) -> None:
    page = watch(address).page
    ask(page, QUESTION)
    page.route("**/api/v1/history?*", lambda route: route.abort())
    opened(page)
    expect(page.locator("#history .failure")).to_have_text(
        "The server cannot be reached. Check the connection and try again."
    )
    page.keyboard.press("Escape")
    page.unroute("**/api/v1/history?*")
    opened(page)
    page.get_by_role("button", name="Delete all").click()
    page.locator("#history .yes").click()
    expect(page.locator("#history .title")).to_have_count(0)
    page.reload()
    opened(page)
    expect(page.locator("#history .hint")).to_contain_text("Nothing yet.")


def test_a_search_goes_on_where_the_server_has_looked_through_enough_at_once(watch: Watch, address: str) -> None:
    page = watch(address).page
    ask(page, QUESTION)

    def enough_at_first(route: Route) -> None:
        first, comma, _ = route.request.url.partition("&before=")
        if comma:
            route.continue_(url=first)
        else:
            route.fulfill(json={"conversations": [], "next": "further"})

    opened(page)
    expect(page.locator("#history .title")).to_have_count(1)
    page.route("**/api/v1/history?*words=*", enough_at_first)
    page.get_by_role("searchbox").fill("conditions")
    expect(page.locator("#history .hint")).to_have_text("1 conversation")
    expect(page.locator("#history .title")).to_have_text([QUESTION])
