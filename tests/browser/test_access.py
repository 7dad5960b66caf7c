"""Everybody can use the page: by keyboard, by ear, at 320 pixels, in the dark, with weak sight."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched, ask, begin

pytestmark = pytest.mark.browser

Watch = Callable[..., Watched]
QUESTION = "What are the conditions?"
SIZES = [(320, 640), (375, 812), (768, 1024), (1024, 768), (1920, 1080)]

CONTRAST = """() => {
  const parse = (colour) => (colour.match(/[\\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
  const over = (top, under) => {
    const alpha = top[3] ?? 1;
    return [0, 1, 2].map((i) => top[i] * alpha + under[i] * (1 - alpha));
  };
  const light = (colour) => {
    const [r, g, b] = colour.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = (element) => {
    const layers = [];
    for (let each = element; each; each = each.parentElement) {
      layers.push(parse(getComputedStyle(each).backgroundColor));
    }
    return layers.reduceRight((under, top) => over(top, under), [255, 255, 255]);
  };
  const faults = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const seen = element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    const apart = element.closest(".unseen, noscript, script, style");
    if (!walker.currentNode.textContent.trim() || !seen || apart) continue;
    const [ink, under] = [parse(getComputedStyle(element).color), paper(element)];
    const [a, b] = [light(over(ink, under)), light(under)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) faults.push(`${ratio.toFixed(2)} ${walker.currentNode.textContent.trim().slice(0, 40)}`);
  }
  return faults;
}"""

SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, input, textarea, summary')]
  .filter((each) => each.checkVisibility() && !each.closest('.skip, .unseen'))
  .map((each) => [each, [...each.getClientRects()].sort((a, b) => b.width * b.height - a.width * a.height)[0]])
  .filter(([, box]) => box && (box.width < 24 || box.height < 24))
  .map(([each, box]) => `${each.outerHTML.slice(0, 80)} ${box.width}x${box.height}`)"""


def focused(page: Page) -> str:
    """What the keyboard is on: its name as a person hears it, or its id."""
    return str(page.evaluate("document.activeElement.innerText?.trim() || document.activeElement.id || 'box'"))


def check_focus_can_be_seen(page: Page) -> None:
    outlined = """() => {
      const here = document.activeElement;
      const ringed = [here, here.closest('.input-container') ?? here];
      return ringed.some((each) => getComputedStyle(each).outlineStyle !== 'none');
    }"""
    assert page.evaluate(outlined), focused(page)


def check_no_sideways_scroll(page: Page) -> None:
    wide, there = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= there


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_nothing_scrolls_sideways_and_nothing_is_too_small_to_hit(
    watch: Watch, address: str, width: int, height: int
) -> None:
    page = watch(address, width=width, height=height).page
    page.locator("#question textarea").wait_for()
    check_no_sideways_scroll(page)
    ask(page, QUESTION)
    check_no_sideways_scroll(page)
    assert page.evaluate(SMALL_TARGETS) == []
    page.locator("#current blockquote a.cite").first.click()
    inside = page.frame_locator("#source iframe").locator("body")
    expect(inside.locator("mark")).to_be_in_viewport(ratio=0.9)
    check_no_sideways_scroll(page)
    assert inside.evaluate("body => document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert page.evaluate(SMALL_TARGETS) == []


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_written_answer_fits_while_it_is_written_and_after(
    watch: Watch, written_address: str, width: int, height: int
) -> None:
    page = watch(written_address, width=width, height=height).page
    page.locator("#question textarea").wait_for()
    begin(page, "Are they still the same?")
    page.locator("#prose .prose-line").first.wait_for()
    check_no_sideways_scroll(page)
    assert page.evaluate(SMALL_TARGETS) == []
    page.locator("#quotes .answered").wait_for()
    ask(page, "What did change, and then?")
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    check_no_sideways_scroll(page)
    assert page.evaluate(SMALL_TARGETS) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_of_a_written_answer_can_be_told_from_its_paper(
    watch: Watch, written_address: str, scheme: str
) -> None:
    page = watch(written_address, color_scheme=scheme).page
    begin(page, "Are they still the same?")
    page.locator("#prose .prose-line").first.wait_for()
    assert page.evaluate(CONTRAST) == []
    page.locator("#quotes .answered").wait_for()
    for question in ("What did change, and then?", "With a slow model"):
        ask(page, question)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert page.evaluate(CONTRAST) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_can_be_told_from_its_paper(watch: Watch, address: str, scheme: str) -> None:
    page = watch(address, color_scheme=scheme).page
    page.locator("#question textarea").wait_for()
    assert page.evaluate(CONTRAST) == []
    for question in (QUESTION, "In short, what are they?", "What is the population of Brazil?", "broken"):
        ask(page, question)
        assert page.evaluate(CONTRAST) == []
    page.locator("#earlier a.cite").first.click()
    inside = page.frame_locator("#source iframe").locator("mark")
    inside.wait_for()
    assert page.evaluate(CONTRAST) == []
    assert inside.evaluate(CONTRAST) == []


def test_the_dark_is_dark_in_the_source_too(watch: Watch, address: str) -> None:
    page = watch(address, color_scheme="dark").page
    ask(page, QUESTION)
    page.locator("#current a.cite").first.click()
    page.frame_locator("#source iframe").locator("mark").wait_for()
    inside = page.frame_locator("#source iframe").locator("html")
    inside.evaluate("() => document.readyState === 'complete' || new Promise(done => addEventListener('load', done))")
    for paper in (
        page.evaluate("getComputedStyle(document.querySelector('gradio-app')).backgroundColor"),
        inside.evaluate("html => getComputedStyle(html).backgroundColor"),
    ):
        assert max(int(part) for part in paper.removeprefix("rgb(").removesuffix(")").split(",")) < 60, paper


def test_the_keyboard_alone_asks_opens_reads_closes_and_asks_again(watch: Watch, address: str) -> None:
    page = watch(address).page
    page.locator("#question textarea").wait_for()
    page.keyboard.press("Tab")
    assert focused(page) == "Go to the question box"
    check_focus_can_be_seen(page)
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    check_focus_can_be_seen(page)
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.locator("#current .answered").wait_for()
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA", "the focus was taken away"
    tools = (
        "Not right",
        "Helpful",
        "Timeline",
        "Copy a link",
        "Copy as text",
        "Copy with footnotes",
        "Wrong source?\n5",
    )
    page.get_by_role("button", name="Timeline").wait_for()  # what can be done with an answer comes once it is whole
    for tool in tools:
        page.keyboard.press("Shift+Tab")
        assert focused(page) == tool
        check_focus_can_be_seen(page)
    page.keyboard.press("Shift+Tab")
    assert focused(page).startswith("5")
    check_focus_can_be_seen(page)
    page.keyboard.press("Enter")
    expect(page.frame_locator("#source iframe").locator("mark")).to_be_in_viewport(ratio=0.9)
    assert page.evaluate("document.activeElement.id") == "source"
    for stop in ("New tab", "Close"):
        page.keyboard.press("Tab")
        assert focused(page) == stop
        check_focus_can_be_seen(page)
    page.keyboard.press("Enter")
    expect(page.locator("#source")).not_to_be_visible()
    assert focused(page).startswith("5"), "the focus did not come back to the number"
    page.keyboard.press("Enter")
    expect(page.locator("#source")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#source")).not_to_be_visible()
    for _ in (*tools, "the box"):
        page.keyboard.press("Tab")
    page.keyboard.type("What is the population of Brazil?")
    page.keyboard.press("Enter")
    page.locator("#current .abstained").wait_for()


def test_escape_closes_the_source_from_inside_it_too(watch: Watch, address: str) -> None:
    page = watch(address).page
    ask(page, QUESTION)
    page.locator("#current a.cite").first.click()
    page.frame_locator("#source iframe").locator("a", has_text="Go to the quote").press("Escape")
    expect(page.locator("#source")).not_to_be_visible()


def test_the_focus_is_never_under_the_box(watch: Watch, address: str) -> None:
    page = watch(address, height=500).page
    ask(page, QUESTION)
    page.evaluate("scrollTo(0, 0)")
    page.locator(".skip").focus()
    for _ in range(page.locator("#current a, #current button").count() + 1):
        page.keyboard.press("Tab")
        under = """() => {
          const [here, box] = [document.activeElement, document.querySelector('#composer')];
          return box.contains(here) || here.getBoundingClientRect().bottom <= box.getBoundingClientRect().top + 1;
        }"""
        assert page.evaluate(under), focused(page)


def test_a_finished_answer_is_said_once_and_the_unfinished_never(watch: Watch, slow_address: str) -> None:
    page = watch(slow_address).page
    page.locator("#question textarea").wait_for()
    page.evaluate("""() => {
      window.said = [];
      const announcer = document.getElementById('announcer');
      const hear = () => announcer.textContent && window.said.push(announcer.textContent);
      new MutationObserver(hear).observe(announcer, { childList: true, characterData: true, subtree: true });
    }""")
    ask(page, QUESTION)
    page.wait_for_timeout(600)
    first = page.evaluate("window.said")
    assert len(first) == 1
    assert first[0].startswith("Answer: ")
    assert "Neutral status would be written into the constitution" in first[0]
    ask(page, "What is the population of Brazil?")
    page.wait_for_timeout(600)
    second = page.evaluate("window.said")
    assert len(second) == 2
    assert "The documents do not say." in second[1]
    live = page.evaluate("!!document.querySelector('#current').closest('[aria-live], [role=log], [role=status]')")
    assert not live, "the growing text itself is a live region"


def test_names_are_there_for_those_who_cannot_see(watch: Watch, address: str) -> None:
    page = watch(address).page
    expect(page.get_by_label("Ask the documents")).to_be_visible()
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    ask(page, QUESTION)
    expect(page.get_by_label("Ask another question")).to_be_visible()
    expect(page.get_by_role("link", name="1 open this quote").first).to_be_visible()
    page.locator("#current a.cite").first.click()
    expect(page.get_by_role("complementary", name="Source: Diplomats doubt any shift")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "en"
    assert (
        page.evaluate('document.querySelectorAll(\'[tabindex]:not([tabindex="0"]):not([tabindex="-1"])\').length') == 0
    )
