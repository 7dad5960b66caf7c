"""A whole answer taken along: copied with footnotes, as text and as a link, by mouse, by keyboard, and where no page
may copy; and its tools, which outlive what gradio writes anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import Watched, ask
from tests.newsroom import CONDITIONS_ANSWER, Newsroom
from tests.served import serving
from ui.app import create_app
from ui.wording import ENGLISH

pytestmark = pytest.mark.browser

Watch = Callable[..., Watched]
QUESTION = "What are the conditions?"
CLIPBOARD = ("clipboard-read", "clipboard-write")


@pytest.fixture(scope="module")
def place() -> Iterator[str]:
    with serving(lambda: create_app(Newsroom())) as address:
        yield address


def copied(page: Page, name: str, told: str = "copied") -> str:
    """What stands on the clipboard once this button has been pressed from the keyboard."""
    button = page.locator("#current .tools").get_by_role("button", name=name)
    button.press("Enter")
    expect(page.locator("#current .heard")).to_have_text(ENGLISH.say(told))
    expect(button).to_be_focused()
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def test_an_answer_is_copied_with_its_footnotes_as_text_and_as_a_link_that_opens_it(watch: Watch, place: str) -> None:
    watched = watch(place, permissions=list(CLIPBOARD))
    page = watched.page
    ask(page, QUESTION)
    markdown = copied(page, "Copy with footnotes")
    for number, each in enumerate(CONDITIONS_ANSWER.evidence, 1):
        assert each.quote in markdown
        assert f"[^{number}]:" in markdown
    assert "Dmitry Peskov" in markdown
    text = copied(page, "Copy as text")
    assert "[^1]" not in text
    assert CONDITIONS_ANSWER.evidence[0].quote in text
    link = copied(page, "Copy a link", "linkCopied")
    assert link.startswith(f"{place}/answer/")
    assert copied(page, "Copy a link", "linkCopied") == link
    page.goto(link)
    expect(page.locator("body")).to_contain_text(CONDITIONS_ANSWER.evidence[0].quote)
    assert watched.complaints == []


def test_a_link_that_is_taken_back_opens_nothing(watch: Watch, place: str) -> None:
    page = watch(place, permissions=list(CLIPBOARD)).page
    ask(page, QUESTION)
    back = page.locator("#current .tools").get_by_role("button", name="Take the link back")
    expect(back).to_have_count(0)
    link = copied(page, "Copy a link", "linkCopied")
    back.press("Enter")
    expect(page.locator("#current .heard")).to_have_text(ENGLISH.say("linkTakenBack"))
    expect(page.locator("#current .tools").get_by_role("button", name="Copy a link")).to_be_focused()
    expect(back).to_have_count(0)
    page.goto(link)
    expect(page.locator("h1")).to_have_text(ENGLISH.say("answerMissing"))


def test_where_no_page_may_copy_the_words_stand_there_selected(watch: Watch, place: str) -> None:
    page = watch(place).page
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    ask(page, QUESTION)
    tools = page.locator("#current .tools")
    tools.get_by_role("button", name="Copy with footnotes").click()
    area = tools.get_by_label(ENGLISH.say("copyByHand"))
    expect(area).to_be_focused()
    selected = area.evaluate("each => each.value.slice(each.selectionStart, each.selectionEnd)")
    assert selected == area.input_value()
    assert "[^1]:" in selected
    assert violations(page) == []


def test_what_cannot_be_fetched_is_told_and_a_sent_question_leaves_the_tools_as_they_are(
    watch: Watch, place: str
) -> None:
    page = watch(place, permissions=list(CLIPBOARD)).page
    ask(page, QUESTION)
    page.evaluate("window.first = document.querySelector('#current .tools').firstElementChild")
    page.context.set_offline(True)
    page.locator("#current .tools").get_by_role("button", name="Copy as text").click()
    expect(page.locator("#current .heard.failure")).to_have_text(ENGLISH.say("offline"))
    page.context.set_offline(False)
    page.locator("#current .tools").get_by_role("button", name="Timeline").click()
    ask(page, "What is the population of Brazil?")
    assert page.evaluate("window.first.isConnected && window.first.closest('#earlier') !== null")
    expect(page.locator("#earlier .timeline")).to_be_visible()
    expect(page.locator("#earlier .heard")).to_have_text(ENGLISH.say("offline"))
    expect(page.locator("#current .tools").get_by_role("button", name="Timeline")).to_have_count(0)
    page.locator("#earlier a.mark").first.press("Enter")
    expect(page.frame_locator("#source iframe").locator("mark")).to_be_visible()


def test_a_page_that_is_open_all_day_holds_on_to_the_newest_tools_only(watch: Watch, place: str) -> None:
    page = watch(place).page
    ask(page, QUESTION)
    refs = """async (count) => {
      const app = document.querySelector("gradio-app");
      window.rows = [];
      for (let number = 0; number < count; number += 1) {
        const section = app.appendChild(document.createElement("section"));
        section.innerHTML = `<div class="tools" id="tools-many${number}"></div>`;
        await new Promise((resolve) => setTimeout(resolve));
        window.rows.push(new WeakRef(section.querySelector(".row")));
        section.remove();
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }"""
    page.evaluate(refs, 150)
    page.request_gc()
    alive = page.evaluate("window.rows.filter((each) => each.deref()).length")
    assert 0 < alive <= 62, alive
    expect(page.locator("#current .tools .row")).to_have_count(1)


def test_a_turn_that_stands_there_twice_for_a_moment_comes_to_rest(watch: Watch, place: str) -> None:
    page = watch(place).page
    ask(page, QUESTION)
    expect(page.locator("#current .tools .row")).to_have_count(1)
    changes = page.evaluate(
        """async () => {
          const place = document.querySelector("#current .tools");
          let changes = 0;
          const seen = new MutationObserver((records) => {
            changes += records.length;
            if (changes > 20) {
              place.nextElementSibling?.remove();
            }
          });
          seen.observe(document.querySelector("gradio-app"), { childList: true, subtree: true });
          place.after(place.cloneNode(false));
          await new Promise((resolve) => setTimeout(resolve, 200));
          seen.disconnect();
          return changes;
        }"""
    )
    assert changes < 20
    expect(page.locator("#current .tools .row")).to_have_count(1)
