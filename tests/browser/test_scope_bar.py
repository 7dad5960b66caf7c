"""The scope: said in one line, changed in a form, kept in the page's address, and asked within."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from index.within import EVERYTHING, Within
from rag.question import Question
from tests.browser.axe import violations
from tests.browser.conftest import Watched, ask
from tests.newsroom import Newsroom, document
from tests.served import serving
from ui.app import create_app

pytestmark = pytest.mark.browser

Watch = Callable[..., Watched]
QUESTION = "What are the conditions?"
PAPERS = 500
ALSO = tuple(
    document(f"Notes {number}", f"Paper {number:03}", date(2025, 1, 1), "The harbour was quiet.", collection="notes")
    for number in range(PAPERS)
)
asked: list[Question] = []


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A page over a library of five hundred publishers, which notes what it is asked."""
    with serving(lambda: create_app(Newsroom(also=ALSO, before=asked.append))) as served:
        yield served


def words(page: Page) -> str:
    return page.locator("#scope-words").inner_text()


def test_what_the_address_says_is_said_and_asked_within_and_cleared_by_one_action(watch: Watch, address: str) -> None:
    page = watch(f"{address}/?as_of=2025-09-01&from=2024-01-01&publisher=Briefing+desk&other=1").page
    expect(page.locator("#scope-words")).to_have_text("As of 1 September 2025 · from 1 January 2024 on · Briefing desk")
    ask(page, QUESTION)
    assert asked[-1].within == Within(earliest=date(2024, 1, 1), publishers=frozenset({"Briefing desk"}))
    assert asked[-1].as_of == date(2025, 9, 1)
    page.get_by_role("button", name="Ask of everything").click()
    expect(page.locator("#scope-words")).to_have_text("Everything")
    assert "publisher" not in page.url
    assert "other=1" in page.url, "what is not the scope's was taken out of the address"
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".turn")).to_have_count(0)
    ask(page, QUESTION)
    last = asked.pop()
    assert (last.within, last.as_of) == (EVERYTHING, None)


def test_a_conversation_that_is_opened_goes_on_with_the_scope_of_its_newest_question(
    watch: Watch, address: str
) -> None:
    page = watch(f"{address}/?to=2025-01-01").page
    ask(page, QUESTION)
    page.goto(f"{page.url.replace('to=2025-01-01', 'from=2024-01-01&publisher=Briefing+desk')}")
    ask(page, QUESTION)
    expect(page.locator("#current a.permalink")).to_have_count(1)
    link = str(page.locator("#earlier a.permalink").get_attribute("href"))
    page.goto(f"{address}/check")
    page.goto(f"{address}{link}")
    expect(page.locator("#scope-words")).to_have_text("From 1 January 2024 on · Briefing desk")
    expect(page).to_have_url(re.compile("from=2024-01-01"))
    ask(page, QUESTION)
    last = asked[-1]
    assert (last.within.earliest, last.within.publishers) == (date(2024, 1, 1), frozenset({"Briefing desk"}))

    page.get_by_role("button", name="Ask of everything").click()
    page.reload()
    expect(page.locator("#current .turn")).to_be_visible()
    expect(page.locator("#scope-words")).to_have_text("Everything")

    page.goto(f"{address}/check")
    page.goto(f"{address}{link.replace('#', '&to=2025-12-31#')}")
    expect(page.locator("#current .turn")).to_be_visible()
    expect(page.locator("#scope-words")).to_have_text("Up to 31 December 2025")


def test_a_question_is_tried_again_within_the_scope_it_was_asked_with(watch: Watch, address: str) -> None:
    page = watch(f"{address}/?publisher=Briefing+desk").page
    ask(page, "Is the library broken?")
    page.get_by_role("button", name="Ask of everything").click()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#turn-2")).to_be_visible()
    expect(page.locator("#scope-words")).to_have_text("Briefing desk")
    expect(page.locator("#current .failure")).to_be_visible()
    assert asked[-1].within.publishers == frozenset({"Briefing desk"})


def test_one_of_five_hundred_publishers_is_chosen_by_keyboard(watch: Watch, address: str) -> None:
    watched = watch(address)
    page = watched.page
    page.locator("#question textarea").wait_for()
    page.locator("#scope-open").focus()
    page.keyboard.press("Enter")
    find = page.get_by_role("searchbox", name="Find a publisher")
    # One stop of the Tab key for each list.
    expect(page.locator('#scope-form .choice input[tabindex="0"]')).to_have_count(2)
    find.fill("paper 49")
    expect(page.locator("#scope-form").get_by_role("status").first).to_have_text("15 publishers")
    find.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(page.locator("#scope-words")).to_have_text("Paper 249")
    assert page.url == f"{address}/?publisher=Paper+249"
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#scope-form")).not_to_be_visible()
    expect(page.locator("#scope-open")).to_be_focused()
    ask(page, QUESTION)
    assert asked[-1].within == Within(publishers=frozenset({"Paper 249"}))
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".turn")).to_have_count(0)
    ask(page, QUESTION)
    assert asked[-1].within == Within(publishers=frozenset({"Paper 249"})), "lost as gradio made its parts anew"
    assert watched.complaints == []


def test_days_are_chosen_in_the_form_and_the_one_chosen_first_stands_first(watch: Watch, address: str) -> None:
    page = watch(f"{address}/?publisher=Paper+300").page
    page.locator("#scope-open").click()
    expect(page.locator("#scope-form .choice label").first).to_contain_text("Paper 300")
    page.get_by_label("From").fill("2025-06-01")
    page.get_by_label("To", exact=True).fill("2025-01-01")
    said = "1 June 2025 is after 1 January 2025; exchange the two days."
    expect(page.locator("#scope-wrong")).to_have_text(said)
    page.get_by_label("To", exact=True).fill("2025-12-31")
    expect(page.locator("#scope-wrong")).not_to_be_visible()
    expect(page.locator("#scope-words")).to_have_text("1 June 2025 to 31 December 2025 · Paper 300")
    page.reload()
    expect(page.locator("#scope-words")).to_have_text("1 June 2025 to 31 December 2025 · Paper 300")


def test_what_is_wrong_or_not_there_is_said_and_is_not_asked_as_something_else(watch: Watch, address: str) -> None:
    page = watch(f"{address}/?from=2025-02-30&publisher=No+such+paper&collection=nowhere").page
    wrong = page.locator("#scope-wrong")
    expect(wrong).to_contain_text("“2025-02-30” is no day")
    expect(wrong).to_contain_text("You can read nothing published by No such paper.")
    expect(wrong).to_contain_text("You can read nothing in the collection nowhere.")
    before = len(asked)
    page.locator("#question textarea").fill(QUESTION)
    page.locator("#question textarea").press("Enter")
    expect(page.locator("#current .failure")).to_contain_text("2025-02-30")
    assert len(asked) == before


def test_in_320_pixels_the_form_fits_and_is_without_fault(watch: Watch, address: str) -> None:
    page = watch(f"{address}/?publisher=Paper+001", width=320, height=640, color_scheme="dark").page
    page.locator("#scope-open").click()
    expect(page.locator("#scope-form .choice label").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert violations(page) == []


def test_markup_in_a_name_stays_text(watch: Watch, address: str) -> None:
    watched = watch(f"{address}/?publisher=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E")
    expect(watched.page.locator("#scope-words")).to_have_text("<img src=x onerror=alert(1)>")
    expect(watched.page.locator("#scope-wrong")).to_contain_text("<img src=x")
    assert watched.complaints == []
