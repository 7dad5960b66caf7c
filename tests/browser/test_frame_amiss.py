"""The chat inside somebody else's page where things come at a bad moment: gone, late, not kept, stopped, broken off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Route, expect

from rag.question import Question
from tests.browser.conftest import Watched
from tests.browser.framed import Chat, ask, chatting, opened
from tests.newsroom import Newsroom

pytestmark = pytest.mark.browser

Watch = Callable[..., Watched]
QUESTION = "What are the conditions?"
WRITTEN = "Are they still the same?"
GONE = "This conversation is no longer kept. You can begin a new one."


@pytest.fixture(scope="module")
def chat() -> Iterator[Chat]:
    with chatting(Newsroom(), model="scripted") as found:
        yield found


def forget(chat: Chat) -> None:
    """Remove whatever is kept, as another window of the same reader can."""
    chat.records.conversations.prune(datetime(9999, 1, 1, tzinfo=UTC))


def test_a_question_after_one_of_which_nothing_was_kept_is_answered(watch: Watch, chat: Chat) -> None:
    frame = opened(watch(chat.page("/failed")).page)
    ask(frame, "Is it broken?")
    ask(frame, QUESTION)
    expect(frame.locator(".turn.answered h3")).to_have_text([QUESTION])
    ask(frame, WRITTEN)
    frame.get_by_role("button", name="Earlier conversations").click()
    expect(frame.locator(".kept .when")).to_have_count(1)
    expect(frame.locator(".kept .when")).to_contain_text("2 questions")


def test_a_conversation_that_was_deleted_elsewhere_is_said_to_be_gone(watch: Watch, chat: Chat) -> None:
    frame = opened(watch(chat.page("/gone")).page)
    ask(frame, QUESTION)
    frame.get_by_role("button", name="Earlier conversations").click()
    title = frame.locator(".kept .title")
    expect(title).to_have_count(1)
    forget(chat)
    title.click()
    expect(frame.locator(".pane.history [role=status]")).to_have_text(GONE)
    frame.get_by_role("button", name=f"Delete: {QUESTION}").click()
    frame.locator(".kept").get_by_role("button", name="Delete", exact=True).click()
    expect(frame.get_by_text("There are no earlier conversations.")).to_be_visible()
    expect(frame.get_by_role("button", name="Delete all")).to_have_count(0)
    frame.get_by_role("button", name="Back").click()
    ask(frame, QUESTION)
    forget(chat)
    ask(frame, WRITTEN)
    expect(frame.locator(".turn.failed .failure p").first).to_have_text(GONE)
    frame.get_by_role("button", name="Try again").click()
    expect(frame.locator(".turn.answered h3")).to_have_text([QUESTION, WRITTEN])


def test_an_answer_that_could_not_be_kept_is_not_offered_to_be_judged(watch: Watch) -> None:
    kept: list[Chat] = []

    def gone(question: Question) -> None:
        if question.text == WRITTEN:
            forget(kept[0])

    with chatting(Newsroom(before=gone), model="scripted") as served:
        kept.append(served)
        frame = opened(watch(served.page("/")).page)
        ask(frame, QUESTION)
        expect(frame.locator(".turn:last-child .verdict-box")).to_have_count(1)
        ask(frame, WRITTEN)
        expect(frame.locator(".turn:last-child.answered .line").first).to_be_visible()
        expect(frame.locator(".turn:last-child .verdict-box")).to_have_count(0)


def test_what_is_asked_while_the_last_conversation_is_fetched_is_not_wiped_away(watch: Watch, chat: Chat) -> None:
    page = watch(chat.page("/late")).page
    ask(opened(page), QUESTION)
    held: list[Route] = []
    page.route("**/api/v1/history/*", lambda route: held.append(route))
    page.reload()
    with page.expect_request("**/api/v1/history/*"):
        frame = opened(page)
    ask(frame, WRITTEN)
    with page.expect_response("**/api/v1/history/*"):
        held[0].continue_()
    page.wait_for_timeout(100)
    expect(frame.locator(".turn.answered h3")).to_have_text([WRITTEN])


def test_a_question_is_stopped_before_there_is_a_session_to_ask_it_in(watch: Watch, chat: Chat) -> None:
    page = watch(chat.page("/stopped")).page
    held: list[Route] = []
    page.route("**/embed/v1/ticket", lambda route: route.continue_() if held else held.append(route))
    frame = opened(page)
    frame.locator("#question").fill(QUESTION)
    frame.locator("#question").press("Enter")
    frame.get_by_role("button", name="Stop").click()
    expect(frame.locator(".turn.stopped h3")).to_have_text(QUESTION)
    held[0].continue_()
    ask(frame, WRITTEN)
    expect(frame.locator(".turn.answered h3")).to_have_text([WRITTEN])


def test_a_line_that_breaks_in_the_middle_of_an_answer_is_said_to_be_the_line(watch: Watch, chat: Chat) -> None:
    frame = opened(watch(chat.page("/broken")).page)
    frame.evaluate("""() => {
      ReadableStreamDefaultReader.prototype.read = () => Promise.reject(new TypeError("network error"));
    }""")
    ask(frame, QUESTION)
    expect(frame.locator(".turn.failed .failure p").first).to_contain_text("The server cannot be reached.")


def test_the_keyboard_goes_on_to_the_older_conversations_that_were_asked_for(watch: Watch, chat: Chat) -> None:
    page = watch(chat.page("/older")).page
    secrets: list[str] = []
    page.on("request", lambda request: secrets.append(request.headers.get("authorization", "")))
    frame = opened(page)
    ask(frame, QUESTION)
    session = chat.records.sessions.find("embed", secrets[-1].removeprefix("Bearer "))
    assert session
    for number in range(25):
        chat.records.conversations.begin(session.principal.name, "wiki", f"Question {number}?")
    frame.get_by_role("button", name="Earlier conversations").click()
    expect(frame.locator(".kept li")).to_have_count(20)
    frame.get_by_role("button", name="Show older ones").press("Enter")
    expect(frame.locator(".kept li")).to_have_count(26)
    expect(frame.locator(".kept li").nth(20).locator(".title")).to_be_focused()


def test_where_all_was_taken_out_nothing_is_said_of_what_there_was(watch: Watch) -> None:
    newsroom = Newsroom()
    with chatting(newsroom) as chat:
        page = watch(chat.page("/")).page
        frame = opened(page)
        ask(frame, QUESTION)
        ask(frame, "What is the population of Brazil?")
        newsroom.readable = lambda principal, ids: frozenset()  # type: ignore[method-assign]
        page.reload()
        frame = opened(page)
        expect(frame.locator(".remark")).to_have_count(2)
        assert frame.locator(".found").all_inner_texts() == ["", "The documents do not say."]


def test_what_stands_in_an_empty_box_is_on_one_line_of_a_narrow_screen(watch: Watch, chat: Chat) -> None:
    page = watch(chat.page("/narrow", attributes='lang="de"')).page
    page.set_viewport_size({"width": 320, "height": 640})
    frame = opened(page)
    height, fits = frame.locator("#question").evaluate("(box) => [box.scrollHeight, box.clientHeight]")
    assert height <= fits
