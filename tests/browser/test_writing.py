"""An answer while it is written, in a browser: quotes first and still, then checked prose, and a way to stop it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import MODEL, Watched, ask, begin
from tests.newsroom import CONDITIONS_ANSWER, WRITTEN_ANSWER, Newsroom
from tests.served import serving
from ui.app import create_app
from ui.running import Answers
from ui.serving import Site

pytestmark = pytest.mark.browser

Watch = Callable[..., Watched]
QUESTION = "Are they still the same?"
SHIFTS = """() => {
  window.shifts = [];
  new PerformanceObserver((list) => list.getEntries().forEach((each) => window.shifts.push(each))).observe({
    type: "layout-shift", buffered: false,
  });
}"""
SHIFTED = "window.shifts.filter((each) => !each.hadRecentInput).reduce((sum, each) => sum + each.value, 0)"
SIZES = [(1280, 860), (320, 640)]


# Looks whenever something changes: prose may come before a script could ask.
LOOK = """() => {
  const place = (quote) => quote.getBoundingClientRect().top + scrollY;
  const look = () => {
    const quotes = document.querySelectorAll("#quotes blockquote");
    const prose = document.querySelectorAll("#prose .prose-line").length;
    if (quotes.length < 5 || !document.querySelector("#quotes .superseded")) return;
    window.found ??= { quote: quotes[0], prose, place: place(quotes[0]) };
    if (prose === 2) window.stayed ??= window.found.quote.isConnected;
    window.moved = Math.max(window.moved ?? 0, Math.abs(place(quotes[0]) - window.found.place));
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
}"""


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_quotes_come_first_and_keep_still_while_prose_is_written_above_them(
    watch: Watch, written_address: str, width: int, height: int
) -> None:
    page = watch(written_address, width=width, height=height).page
    page.locator("#question textarea").wait_for()
    page.evaluate(SHIFTS)
    page.evaluate(LOOK)
    begin(page, QUESTION)
    expect(page.locator("#quotes .answered blockquote")).to_have_count(5)
    expect(page.locator("#prose .prose-line")).to_have_count(3)
    assert page.evaluate("window.found.prose") == 0
    assert page.evaluate("window.stayed"), "the quotes were replaced while prose was written"
    assert page.evaluate("window.moved") < 1
    assert page.evaluate(SHIFTED) <= 0.02


def test_progress_is_told_and_unchecked_words_are_not_shown(watch: Watch, written_address: str) -> None:
    page = watch(written_address).page
    page.locator("#question textarea").wait_for()
    page.evaluate("""() => {
      window.seen = new Set();
      const look = () => window.seen.add(document.querySelector("#current")?.innerText ?? "");
      new MutationObserver(look).observe(document.body, { childList: true, characterData: true, subtree: true });
    }""")
    ask(page, QUESTION)
    seen = page.evaluate("[...window.seen]")
    assert any("Writing: 6 words, being checked" in each for each in seen)
    assert any("being checked; 1 left out" in each for each in seen)
    assert not any("treaty" in each for each in seen)
    expect(page.locator("#prose summary")).to_have_text("2 sentences left out, because the quotes do not support them")
    expect(page.locator("#prose details")).not_to_have_attribute("open", "")
    page.locator("#prose summary").click()
    expect(page.locator("#prose details li").first).to_contain_text("A treaty was signed in May.")
    expect(page.locator("#prose details li").first).to_contain_text("no quote speaks of a treaty")


def test_the_answer_in_a_word_comes_first_and_support_needs_no_colour(watch: Watch, written_address: str) -> None:
    page = watch(written_address).page
    ask(page, QUESTION)
    lines = page.locator("#prose .prose-line")
    expect(lines.first).to_have_class("prose-line lead")
    expect(lines.first).to_contain_text("Yes.")
    expect(page.locator("#prose .checked")).to_have_count(3)
    assert lines.nth(1).inner_text().count("✓") == 1
    lines.nth(2).locator("a.cite").last.click()
    lit = page.frame_locator("#source iframe").locator("mark")
    expect(lit).to_have_text(CONDITIONS_ANSWER.evidence[1].quote)
    expect(page.get_by_text(f"Written by {MODEL}, each sentence checked.")).to_be_visible()


def test_the_writing_can_be_stopped_and_what_was_checked_stays(watch: Watch) -> None:
    newsroom = Newsroom()
    with serving(lambda: create_app(newsroom, model=MODEL)) as address:
        page = watch(address).page
        begin(page, "Write forever")
        page.get_by_role("button", name="Stop").click()
        expect(page.locator("#prose .remark p")).to_have_text("The writing was stopped here; the quotes stand.")
        expect(page.locator("#quotes .answered blockquote")).to_have_count(5)
        assert newsroom.left.is_set()
        expect(page.locator("#stop")).to_have_count(0)
        assert page.evaluate("document.activeElement.tagName") == "TEXTAREA", "the focus fell off the page"
        ask(page, QUESTION)
        expect(page.locator("#earlier .remark")).to_have_count(1)


def test_a_page_that_is_loaded_again_finds_its_answer_where_it_is_by_now_and_one_that_is_closed_ends_it(
    watch: Watch,
) -> None:
    newsroom = Newsroom()
    site = replace(Site.alone(), running=Answers(grace=4))
    with serving(lambda: create_app(newsroom, site, model=MODEL)) as address:
        page = watch(address).page
        begin(page, "Write forever")
        page.get_by_text("words, being checked").wait_for()
        before = written(page)
        page.reload()
        page.get_by_text("words, being checked").wait_for()
        expect(page.locator("#quotes blockquote")).to_have_count(5)
        assert written(page) > before
        assert not newsroom.left.is_set()
        expect(page.locator("#current h2")).to_have_text("Write forever")
        context = page.context
        address = page.url
        page.close()
        assert newsroom.left.wait(15), "nobody noticed that the page is closed"
        again = context.new_page()
        again.goto(address)
        expect(again.locator("#prose .remark p")).to_have_text("The writing was stopped here; the quotes stand.")
        expect(again.locator("#quotes .answered blockquote")).to_have_count(5)


def written(page: Page) -> int:
    """How many words the page says are written."""
    return int(re.findall(r"(\d+) words", page.locator("#progress").inner_text())[0])


def test_a_question_read_wrongly_is_corrected_in_the_box(watch: Watch, address: str) -> None:
    page = watch(address).page
    ask(page, "And then?")
    expect(page.locator("#asked .note")).to_contain_text("Read as: What are Putin's stated conditions?")
    page.get_by_role("button", name="Correct this and ask again").press("Enter")
    box = page.locator("#question textarea")
    expect(box).to_have_value(CONDITIONS_ANSWER.question)
    expect(box).to_be_focused()
    box.press("End")
    box.type(" Are they still the same?")
    box.press("Enter")
    expect(page.locator("#asked #turn-2 h2")).to_have_text(f"{CONDITIONS_ANSWER.question} Are they still the same?")


def test_a_follow_up_that_is_tried_again_is_asked_as_it_was_understood(watch: Watch, written_address: str) -> None:
    page = watch(written_address).page
    begin(page, "And then? Write forever")
    understood = page.locator("#asked .understood")
    expect(understood).not_to_be_empty()
    meant = understood.inner_text()
    page.locator("#stop").click()
    page.locator("#current button.retry").click()
    expect(page.locator("#asked #turn-2 h2")).to_have_text(meant)


@pytest.mark.parametrize(("width", "beside"), [(1280, True), (320, False)])
def test_sides_of_a_change_stand_beside_each_other_where_there_is_room(
    watch: Watch, address: str, width: int, beside: bool
) -> None:
    page = watch(address, width=width).page
    ask(page, "What did change?")
    expect(page.locator("#quotes .side h3")).to_have_text(["June 2024", "August 2025"])
    boxes = "[...document.querySelectorAll('#quotes .side')].map((each) => each.getBoundingClientRect().toJSON())"
    old, new = page.evaluate(boxes)
    assert (old["top"] == new["top"]) is beside
    assert (new["left"] >= old["right"]) is beside
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_why_there_is_no_prose_is_said_in_a_sentence(watch: Watch, written_address: str) -> None:
    page = watch(written_address).page
    ask(page, "With a slow model")
    expect(page.locator("#prose .remark")).to_contain_text("the model gave no word within 15 seconds")
    expect(page.locator("#quotes blockquote")).to_have_count(5)


def test_the_keyboard_keeps_its_place_while_sentences_come(watch: Watch, written_address: str) -> None:
    page = watch(written_address).page
    begin(page, QUESTION)
    page.locator("#prose .prose-line").first.wait_for()
    page.locator("#prose a.cite").first.focus()
    expect(page.locator("#quotes .answered")).to_be_visible()
    expect(page.locator("#prose a.cite").first).to_be_focused()


def test_enter_in_an_empty_box_leaves_the_conversation_as_it_is(watch: Watch, written_address: str) -> None:
    page = watch(written_address).page
    ask(page, QUESTION)
    before = page.locator("main").aria_snapshot()
    for _ in range(2):
        with page.expect_response(lambda response: "/queue/join" in response.url):
            page.locator("#question textarea").press("Enter")
        page.wait_for_timeout(500)
        assert page.locator("main").aria_snapshot() == before
    ask(page, "And then?")
    expect(page.locator("#asked .understood")).not_to_be_empty()
    expect(page.locator("#earlier .past")).to_have_count(1)


def test_enter_pressed_twice_asks_once(watch: Watch, written_address: str) -> None:
    page = watch(written_address).page
    page.locator("#question textarea").fill(QUESTION)
    page.locator("#question textarea").press("Enter")
    page.locator("#question textarea").press("Enter")
    expect(page.locator("#quotes .answered")).to_be_visible()
    page.wait_for_timeout(1000)
    expect(page.locator("#quotes .answered blockquote")).to_have_count(5)
    expect(page.locator(".turn")).to_have_count(1)


def test_a_written_answer_is_said_once_and_whole(watch: Watch, written_address: str) -> None:
    page = watch(written_address).page
    ask(page, QUESTION)
    said = page.locator("#announcer")
    expect(said).to_contain_text(f"Answer: {WRITTEN_ANSWER.sentences[0].text}")
    expect(said).not_to_contain_text("treaty")
    expect(said).not_to_contain_text("✓")
