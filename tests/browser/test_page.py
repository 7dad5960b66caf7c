"""The page in a browser: asked by hand and by keyboard, read beside its sources, wide and narrow, light and dark."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from index.principal import Principal
from rag.events import Event
from rag.question import Question
from tests.browser.conftest import Watched, ask, begin
from tests.newsroom import CONDITIONS_ANSWER, Newsroom
from tests.served import serving
from ui.app import create_app
from ui.wording import ENGLISH, wording_in

pytestmark = pytest.mark.browser

Watch = Callable[..., Watched]
QUESTION = "What are the conditions?"
SHIFTS = """window.shifts = [];
  new PerformanceObserver((list) => list.getEntries().forEach((each) => window.shifts.push(each))).observe({
    type: "layout-shift", buffered: true,
  });"""
SHIFTED = "window.shifts.filter((each) => !each.hadRecentInput).reduce((sum, each) => sum + each.value, 0)"
SECOND = CONDITIONS_ANSWER.evidence[1]


class Repaired(Newsroom):
    """Its library is broken for the first question."""

    broken = True

    def stream(self, principal: Principal, question: Question) -> Generator[Event, None, None]:
        if self.broken:
            self.broken = False
            question = replace(question, text="broken")
        yield from super().stream(principal, question)


def until(page: Page, holds: str) -> None:
    """Wait until it holds; the page's policy forbids playwright's own way to."""
    for _ in range(200):
        if page.evaluate(holds):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"not in time: {holds}")


def lit_in_pane(page: Page) -> str:
    """The lit text, once it stands inside the visible part of the source pane."""
    mark = page.frame_locator("#source iframe").locator("mark")
    expect(mark).to_be_in_viewport(ratio=0.9)
    return mark.inner_text()


def test_the_page_asks_no_other_server_and_complains_of_nothing(watch: Watch, address: str) -> None:
    watched = watch(address)
    ask(watched.page, QUESTION)
    watched.page.locator("#current a.cite").first.click()
    lit_in_pane(watched.page)
    watched.page.wait_for_timeout(500)
    assert watched.elsewhere(address) == []
    assert watched.complaints == []
    assert len(watched.requests) < 100


def test_the_first_sight_says_what_this_is_and_offers_questions(watch: Watch, address: str) -> None:
    page = watch(address).page
    expect(page.get_by_role("heading", name="What do the documents say?")).to_be_visible()
    expect(page.get_by_text(ENGLISH.say("quotesOnly"))).to_be_visible()
    page.get_by_role("button", name=QUESTION).click()
    expect(page.locator("#current h2")).to_have_text(QUESTION)
    expect(page.locator("#welcome")).not_to_be_visible()
    expect(page.locator("#examples")).not_to_be_visible()


def test_an_answer_is_quotes_with_who_where_and_when(watch: Watch, address: str) -> None:
    page = watch(address).page
    ask(page, QUESTION)
    assert page.locator("#current blockquote").count() == 5
    expect(page.locator("#current figcaption").nth(1)).to_contain_text("Dmitry Peskov, Briefing desk, 16 August 2025")
    expect(page.locator("#current")).to_contain_text("no date given")
    expect(page.locator("#current .differing")).to_contain_text("Sources differ")
    expect(page.locator("#current .superseded .older")).to_contain_text("Older statement, superseded on 16 August 2025")


def test_evidence_is_there_before_the_answer_is(watch: Watch, slow_address: str) -> None:
    page = watch(slow_address).page
    page.locator("#question textarea").fill(QUESTION)
    page.locator("#question textarea").press("Enter")
    expect(page.locator("#current .searching")).to_contain_text("Searching the documents")
    expect(page.locator("#current .found blockquote")).to_have_count(5)
    page.locator("#question textarea").fill("typed while waiting")
    expect(page.locator("#current .answered")).to_be_visible()
    expect(page.locator("#question textarea")).to_have_value("typed while waiting")


def test_a_number_opens_the_source_beside_the_answer_with_the_quote_lit(watch: Watch, address: str) -> None:
    page = watch(address).page
    ask(page, QUESTION)
    page.locator("#current figure a.cite", has_text="2").last.click()
    assert lit_in_pane(page) == SECOND.quote
    expect(page.locator("#source-name")).to_have_text("Moscow lists its conditions (Briefing desk, 14 June 2024)")
    pane, conversation = page.locator("#source").bounding_box(), page.locator("#current .turn").bounding_box()
    assert pane
    assert conversation
    assert pane["x"] >= conversation["x"] + conversation["width"], "the pane covers the conversation"
    assert page.url.startswith(f"{address}/?conversation="), "the page itself went to the source"
    expect(page.locator("#current a.cite[aria-current]")).to_have_count(1)


def test_one_source_after_another_each_lights_its_own_quote(watch: Watch, address: str) -> None:
    page = watch(address).page
    ask(page, QUESTION)
    for number in (2, 4, 1, 2):
        page.locator("#current blockquote a.cite", has_text=str(number)).click()
        expect(page.frame_locator("#source iframe").locator("mark")).to_have_text(
            CONDITIONS_ANSWER.evidence[number - 1].quote
        )
        lit_in_pane(page)


def test_a_quote_near_the_beginning_is_shown_with_the_title_above_it(watch: Watch, address: str) -> None:
    page = watch(address).page
    ask(page, QUESTION)
    page.locator("#current blockquote a.cite", has_text="1").click()
    assert lit_in_pane(page) == CONDITIONS_ANSWER.evidence[0].quote
    expect(page.frame_locator("#source iframe").locator("h1")).to_be_in_viewport(ratio=1)


def test_a_click_on_the_quote_itself_opens_it_too_but_selecting_does_not(watch: Watch, address: str) -> None:
    page = watch(address).page
    ask(page, QUESTION)
    quote = page.locator("#current blockquote").last
    quote.hover(position={"x": 5, "y": 12})  # waits until nothing scrolls any more
    page.mouse.down()
    quote.hover(position={"x": 200, "y": 12})
    page.mouse.up()
    expect(page.locator("#source")).not_to_be_visible()
    quote.click(position={"x": 300, "y": 12})
    expect(page.locator("#source")).to_be_visible()


def test_the_source_page_needs_no_script(watch: Watch, address: str) -> None:
    page = watch(address).page
    ask(page, QUESTION)
    link = page.locator("#current blockquote a.cite", has_text="2").get_attribute("href")
    alone = watch(f"{address}{link}", java_script_enabled=False).page
    expect(alone.locator("mark")).to_be_in_viewport(ratio=0.9)
    expect(alone.locator("h1")).to_have_text("Moscow lists its conditions")
    expect(alone.get_by_role("link", name="Back to the questions")).to_have_attribute("href", "/")


def test_an_abstention_offers_passages_that_open(watch: Watch, address: str) -> None:
    page = watch(address).page
    ask(page, "What is the population of Brazil?")
    expect(page.locator("#current .verdict")).to_have_text("The documents do not say.")
    assert page.locator("#current .related > li").count() == 3
    page.locator("#current a.open").nth(1).click()
    expect(page.frame_locator("#source iframe").locator("h1")).to_have_text("What changed at the summit")
    expect(page.frame_locator("#source iframe").locator("#quote")).to_be_visible()


def test_earlier_turns_stay_above_and_a_new_conversation_begins_empty(watch: Watch, address: str) -> None:
    page = watch(address).page
    ask(page, QUESTION)
    ask(page, "What is the population of Brazil?")
    expect(page.locator("#earlier .turn h2")).to_have_text([QUESTION])
    page.locator("#earlier a.cite").first.click()
    lit_in_pane(page)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.get_by_role("heading", name="What do the documents say?")).to_be_visible()


def test_a_new_conversation_stays_empty_while_the_answer_before_it_still_comes(watch: Watch, slow_address: str) -> None:
    page = watch(slow_address).page
    begin(page, QUESTION)
    before = page.locator("#asked a.permalink").get_attribute("href")
    with page.expect_response(lambda response: "queue/join" in response.url):
        page.get_by_role("button", name="New conversation").click()
    expect(page.get_by_role("heading", name="What do the documents say?")).to_be_visible()
    page.wait_for_timeout(3_000)
    expect(page.locator("#current :is(.turn, figure)")).to_have_count(0)
    ask(page, "What is the population of Brazil?")
    expect(page.locator("#earlier .turn")).to_have_count(0)
    assert str(page.locator("#asked a.permalink").get_attribute("href")).split("#")[0] != str(before).split("#")[0]


def test_a_question_sent_while_another_is_answered_waits_its_turn(watch: Watch, slow_address: str) -> None:
    page = watch(slow_address).page
    box = page.locator("#question textarea")
    box.fill(QUESTION)
    box.press("Enter")
    page.locator("#current .searching").wait_for()
    box.fill("What is the population of Brazil?")
    box.press("Enter")
    expect(page.locator("#current h2")).to_have_text("What is the population of Brazil?")
    expect(page.locator("#earlier h2")).to_have_text(QUESTION)
    expect(box).to_have_value("")


def test_a_day_can_be_named(watch: Watch, address: str) -> None:
    page = watch(address).page
    page.locator("#scope-open").click()
    page.get_by_label("As of", exact=True).last.fill("2025-09-01")
    page.keyboard.press("Escape")
    ask(page, QUESTION)
    expect(page.locator("#current")).to_contain_text("As of 1 September 2025: nothing published later counts.")


@pytest.mark.parametrize(
    ("question", "message"), [("broken", "The library is on a disk"), ("crash", "Something went wrong")]
)
def test_an_error_is_one_sentence(watch: Watch, address: str, question: str, message: str) -> None:
    watched = watch(address)
    ask(watched.page, question)
    expect(watched.page.locator("#current .failure")).to_contain_text(message)
    assert "secret" not in watched.page.content()
    assert watched.complaints == []


def test_what_is_typed_is_still_there_when_the_page_is_loaded_again(watch: Watch, address: str) -> None:
    page = watch(address).page
    ask(page, QUESTION)
    expect(page.locator("#current a.permalink")).to_have_count(1)
    box = page.locator("#question textarea")
    box.fill("And since then?")
    # As gradio does by itself once a lost connection is there again.
    page.reload()
    expect(page.locator("#current h2")).to_have_text(QUESTION)
    expect(box).to_have_value("And since then?")
    box.press("Enter")
    expect(page.locator("#turn-2 h2")).to_have_text("And since then?")


def test_a_page_left_open_over_a_restart_comes_back_by_itself(watch: Watch) -> None:
    with serving(lambda: create_app(Newsroom())) as address:
        page = watch(address).page
        ask(page, QUESTION)
    page.locator("#question textarea").fill("lost")
    page.locator("#question textarea").press("Enter")
    expect(page.get_by_text("Connection to the server was lost")).to_be_visible()
    with serving(lambda: create_app(Newsroom()), port=int(address.rpartition(":")[2])):
        expect(page.get_by_role("heading", name="What do the documents say?")).to_be_visible(timeout=15_000)
        ask(page, QUESTION)


def test_prose_reads_before_its_quotes(watch: Watch, address: str) -> None:
    page = watch(address).page
    ask(page, "In short, what are they?")
    page.locator("#current .prose-line a.cite").last.click()
    assert lit_in_pane(page) == CONDITIONS_ANSWER.evidence[4].quote


# A conversation at its address.


def test_a_conversation_is_there_again_at_its_address_and_where_its_reader_was(watch: Watch, address: str) -> None:
    page = watch(address).page
    for question in (QUESTION, "And then?", "What is the population of Brazil?"):
        ask(page, question)
    expect(page.locator("#current .turn h2")).to_have_text("What is the population of Brazil?")
    assert "?conversation=" in page.url
    until(page, "scrollY > 600")
    page.wait_for_timeout(500)  # the newest question scrolls into view
    page.evaluate("scrollTo({ top: 600, behavior: 'instant' })")
    page.wait_for_timeout(200)
    place = page.evaluate("scrollY")
    page.reload()
    expect(page.locator(".turn h2")).to_have_text([QUESTION, "And then?", "What is the population of Brazil?"])
    until(page, f"Math.abs(scrollY - {place}) < 2")
    expect(page.locator("#welcome")).not_to_be_visible()
    ask(page, "In short, what are they?")
    expect(page.locator(".turn")).to_have_count(4)
    second = page.locator("#earlier a.permalink").nth(1).get_attribute("href")
    also = watch(f"{address}{second}").page
    expect(also.locator("#earlier .turn").nth(1)).to_be_in_viewport()
    expect(also.locator(".turn")).to_have_count(4)
    also.get_by_role("button", name="New conversation").click()
    expect(also.locator(".turn")).to_have_count(0)
    until(also, "!location.search.includes('conversation')")


def test_an_address_that_leads_nowhere_says_so_and_a_question_can_be_asked(watch: Watch, address: str) -> None:
    watched = watch(f"{address}/?conversation=nonesuch")
    page = watched.page
    expect(page.locator("#earlier")).to_contain_text("There is no such conversation of yours here")
    expect(page.locator("#question textarea")).to_be_visible()
    ask(page, QUESTION)
    expect(page.locator("#earlier")).not_to_contain_text("no such conversation")
    until(page, "!location.search.includes('nonesuch')")
    assert watched.complaints == []


def test_a_question_that_failed_is_put_once_more_on_a_press(watch: Watch) -> None:
    with serving(lambda: create_app(Repaired())) as address:
        page = watch(address).page
        ask(page, QUESTION)
        expect(page.locator("#current .failure")).to_contain_text("The library is on a disk")
        page.get_by_role("button", name="Try again").click()
        expect(page.locator("#current .answered blockquote")).to_have_count(5)
        expect(page.locator("#current h2")).to_have_text(QUESTION)
        expect(page.locator("#earlier .failure")).to_have_count(1)


def test_the_page_speaks_the_readers_language_from_its_first_sight(watch: Watch, address: str) -> None:
    page = watch(address, locale="de-DE").page
    words = wording_in("de")
    box = page.locator("#question textarea")
    box.wait_for()
    assert box.get_attribute("placeholder") == words.say("placeholder")
    expect(page.get_by_role("heading", name=words.say("welcome"))).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "de"
    ask(page, "What is the population of Brazil?")
    expect(page.locator("#current .verdict")).to_have_text(words.say("abstained"))


def test_what_is_typed_is_still_there_in_another_language_and_nowhere_else(watch: Watch, address: str) -> None:
    page = watch(address).page
    typed = "What <b>did</b>\nthe council say?"
    box = page.locator("#question textarea")
    box.fill(typed)
    page.locator("#language").select_option("de")
    expect(page.get_by_role("heading", name=wording_in("de").say("welcome"))).to_be_visible()
    expect(box).to_have_value(typed)
    assert page.evaluate("sessionStorage.getItem('onrecord-typed')") is None
    box.press("Enter")
    expect(page.locator("#current h2")).to_have_text(typed)
    expect(page.locator("#current a.permalink")).to_have_count(1)
    box.fill("Something else")
    page.goto(f"{address}/check")
    page.goto(address)
    box.wait_for()
    expect(box).to_have_value("")


def test_nothing_moves_while_the_page_starts(watch: Watch, address: str) -> None:
    context = watch(address).page.context
    context.add_init_script(SHIFTS)
    first = context.new_page()
    first.goto(address)
    first.locator("#question textarea").wait_for()
    first.locator("#examples button").first.wait_for()
    first.wait_for_timeout(300)
    assert first.evaluate(SHIFTED) <= 0.02
    ask(first, QUESTION)
    first.reload()
    first.locator("#current .answered").wait_for()
    first.wait_for_timeout(300)
    assert first.evaluate(SHIFTED) <= 0.02
