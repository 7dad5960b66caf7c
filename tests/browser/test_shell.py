"""Around the conversation: the language, the keys, what is told of the model and of an empty library, and both ways of
writing."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from rag.model import Model
from tests.browser.axe import violations
from tests.browser.conftest import Watched, ask
from tests.newsroom import Newsroom
from tests.served import serving
from tests.test_state import Bare, listing_models
from ui import modelwatch
from ui.app import create_app
from ui.modelwatch import ModelWatch
from ui.serving import Site

pytestmark = pytest.mark.browser

Watch = Callable[..., Watched]
QUESTION = "What are the conditions?"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(lambda: create_app(Newsroom())) as served:
        yield served


def rested(page: Page) -> None:
    """The keyboard on nothing."""
    page.evaluate("document.activeElement.blur()")


def test_another_language_is_chosen_and_the_conversation_stays(watch: Watch, address: str) -> None:
    watched = watch(address, locale="en-GB")
    page = watched.page
    ask(page, QUESTION)
    expect(page.locator("#current a.permalink")).to_have_count(1)
    page.get_by_label("Language").select_option("de")
    expect(page.get_by_role("link", name="Text prüfen")).to_be_visible()
    expect(page.locator(".turn h2")).to_contain_text(QUESTION)
    assert page.locator("html").get_attribute("lang") == "de", "gradio's word for it stands"
    [cookie] = [each for each in page.context.cookies() if each["name"] == "onrecord-language"]
    assert (cookie["value"], cookie["sameSite"], cookie["path"]) == ("de", "Lax", "/")
    assert watched.complaints == []


def test_arabic_is_laid_out_from_right_to_left_and_the_quotes_are_not(watch: Watch, address: str) -> None:
    watched = watch(address, locale="ar")
    page = watched.page
    ask(page, QUESTION)
    assert page.locator("html").get_attribute("dir") == "rtl"
    label = page.locator("#scope .label").bounding_box()
    model = page.locator("#model").bounding_box()
    assert label
    assert model
    assert label["x"] > model["x"], "the scope line does not begin at the right"
    page.locator("#current blockquote a.cite, #current figure a.cite").first.click()
    expect(page.locator("#source")).to_be_visible()
    pane = page.locator("#source").bounding_box()
    assert pane
    assert pane["x"] == 0, "the source does not stand at the end of the line"
    assert page.locator("#current blockquote").first.evaluate("each => getComputedStyle(each).direction") == "ltr"
    assert page.locator("#quotes section").first.evaluate("each => getComputedStyle(each).direction") == "rtl"
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.locator("#history-open").click()
    expect(page.locator("#history")).to_be_visible()
    drawer = page.locator("#history").bounding_box()
    assert drawer
    assert drawer["x"] + drawer["width"] == 1280, "the drawer does not stand at the beginning of the line"
    assert watched.complaints == []


def test_keys_go_from_quote_to_quote_open_it_and_close_it(watch: Watch, address: str) -> None:
    page = watch(address).page
    ask(page, QUESTION)
    rested(page)
    page.keyboard.press("n")
    one = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("n")
    other = page.evaluate("document.activeElement.getAttribute('href')")
    assert one.startswith("/source/")
    assert other.startswith("/source/")
    assert one != other
    page.keyboard.press("p")
    assert page.evaluate("document.activeElement.getAttribute('href')") == one
    page.keyboard.press("Enter")
    expect(page.locator("#source")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#source")).not_to_be_visible()
    rested(page)
    page.keyboard.press("s")
    expect(page.locator("#scope-form")).to_be_visible()
    page.keyboard.press("Escape")
    rested(page)
    page.keyboard.press("/")
    expect(page.locator("#question textarea")).to_be_focused()


def test_keys_rest_while_typing_and_with_a_modifier_and_can_be_switched_off(watch: Watch, address: str) -> None:
    watched = watch(address)
    page = watched.page
    page.locator("#question textarea").press_sequentially("how is that? snp/")
    expect(page.locator("#question textarea")).to_have_value("how is that? snp/")
    expect(page.locator("dialog[open]")).to_have_count(0)
    rested(page)
    page.keyboard.press("Alt+h")
    page.keyboard.press("Control+s")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator("#scope-form")).not_to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("h")
    expect(page.locator("#history")).not_to_be_visible()
    assert violations(page) == []
    page.get_by_role("checkbox", name="Use the single-key shortcuts").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.locator("#question textarea").wait_for()
    rested(page)
    page.keyboard.press("h")
    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.get_by_role("button", name="Help").click()
    expect(page.get_by_role("checkbox")).not_to_be_checked()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Help")).to_be_focused()
    assert watched.complaints == []


def test_a_model_that_is_away_is_said_and_is_no_longer_said_when_it_is_back(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(modelwatch, "EVERY_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with closing(Model(f"http://127.0.0.1:{port}/v1", "pen")) as model:
        site = replace(Site.alone(), model=ModelWatch(model))
        with serving(lambda: create_app(Newsroom(), site, model="pen")) as address:
            page = watch(address).page
            expect(page.locator("#model")).to_contain_text("The language model pen does not answer")
            assert violations(page) == []
            with serving(listing_models, port=port):
                page.wait_for_timeout(1000)
                page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # which asks at once
                expect(page.locator("#model")).to_have_text("Written by pen, each sentence checked.")


def test_an_empty_library_says_the_one_next_step(watch: Watch) -> None:
    with serving(lambda: create_app(Bare())) as address:
        page = watch(address, width=320, height=640).page
        expect(page.locator("#empty")).to_contain_text("onrecord sync FOLDER")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert violations(page) == []
