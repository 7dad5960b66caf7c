"""The chat inside somebody else's page, as readers meet it: asked, read to its sources, kept, judged, failing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Event

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.browser.conftest import Watched
from tests.browser.framed import GREETING, Chat, ask, chatting, inside, opened, site, until
from tests.hostpage import hosting
from tests.newsroom import CONDITIONS_ANSWER, WRITTEN_ANSWER, Newsroom
from tests.served import serving
from ui.app import create_app
from ui.limiting.answering import Limits
from ui.limiting.turns import Turns
from ui.serving import Site

pytestmark = pytest.mark.browser

Watch = Callable[..., Watched]
QUESTION = "What are the conditions?"
WRITTEN = "Are they still the same?"


@pytest.fixture(scope="module")
def chat() -> Iterator[Chat]:
    with chatting(Newsroom(), model="scripted") as found:
        yield found


def last(frame: Frame, rest: str = "") -> str:
    return f".turn:last-child {rest}"


def _waited(gate: Event) -> None:
    gate.wait(10)


def focused(frame: Frame) -> str:
    """What the keyboard is on: its words as they are heard, or its id."""
    words = str(frame.evaluate("document.activeElement.innerText?.trim() || document.activeElement.id"))
    return " ".join(words.split())


def test_by_keyboard_alone_from_typing_to_an_opened_source_and_back(watch: Watch, chat: Chat) -> None:
    watched = watch(chat.page("/keyboard"))
    page = watched.page
    page.locator("on-record #ask").focus()
    page.keyboard.press("Enter")
    frame = inside(page)
    until(frame, "document.activeElement.id === 'question'")
    page.keyboard.type("What are the")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("conditions?")
    assert frame.locator("#question").input_value() == "What are the\nconditions?"
    page.keyboard.press("Enter")
    frame.locator(".turn.answered").wait_for()
    assert focused(frame) == "question", "the keyboard was taken away from the box"
    for stop in ("Not right", "Helpful", "5 open this quote"):
        page.keyboard.press("Shift+Tab")
        assert focused(frame) == stop
        assert frame.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("Enter")
    expect(frame.locator("mark")).to_have_text(CONDITIONS_ANSWER.evidence[4].quote)
    expect(frame.locator("mark")).to_be_in_viewport(ratio=0.9)
    assert focused(frame) == "Back"
    page.keyboard.press("Tab")
    assert frame.evaluate("document.activeElement.className") == "document", "a long document is scrolled by its keys"
    page.keyboard.press("Escape")
    expect(frame.locator(".pane.source")).not_to_be_visible()
    assert focused(frame) == "5 open this quote"
    page.keyboard.press("Enter")
    expect(frame.locator(".pane.source")).to_be_visible()
    page.keyboard.press("Enter")
    assert focused(frame) == "5 open this quote", "Back leads back to where it was opened"
    page.keyboard.press("Escape")
    expect(page.locator("on-record dialog")).not_to_be_visible()
    assert page.evaluate("document.activeElement.tagName") == "ON-RECORD", "the launcher has the keyboard again"
    assert [each for each in watched.complaints if "favicon" not in each and "404" not in each] == []


def test_what_is_said_and_by_whom(watch: Watch, chat: Chat) -> None:
    frame = opened(watch(chat.page("/said")).page)
    expect(frame.get_by_text(GREETING)).to_be_visible()
    ask(frame, QUESTION)
    assert frame.locator("blockquote").count() == 5
    expect(frame.locator("figcaption").nth(1)).to_contain_text("Dmitry Peskov, Briefing desk, 16 August 2025")
    expect(frame.locator(".differing")).to_contain_text("Sources differ")
    expect(frame.locator(".superseded .older")).to_contain_text("Older statement; newer, 16 August 2025:")
    expect(frame.locator(".log")).to_contain_text("no date given")
    ask(frame, WRITTEN)
    lines = frame.locator(last(frame, ".line"))
    assert lines.count() == 3
    expect(lines.nth(0)).to_have_class("line lead")
    expect(lines.nth(2)).to_contain_text("checked against")
    assert [each.split()[0] for each in lines.nth(2).locator(".cite").all_inner_texts()] == ["3", "2"]
    expect(frame.locator(last(frame, ".left-out"))).to_contain_text("2 sentences left out")
    assert frame.evaluate("document.querySelector('.turn:last-child > .found ~ .prose .line') !== null"), (
        "the evidence comes before the prose"
    )
    assert frame.locator(last(frame, ".more summary")).inner_text() == "2 more quotes"
    ask(frame, "What changed?")
    assert frame.locator(last(frame, ".side h4")).all_inner_texts() == ["June 2024", "August 2025"]
    ask(frame, "Has the slow model written?")
    expect(frame.locator(last(frame, ".remark"))).to_contain_text("no word within 15 seconds")
    assert frame.locator(last(frame, "blockquote")).last.is_visible(), "without prose every quote is in sight"
    ask(frame, "What is the population of Brazil?")
    expect(frame.locator(last(frame, ".verdict"))).to_have_text("The documents do not say.")
    frame.locator(last(frame, ".open")).nth(1).click()
    expect(frame.locator(".pane.source h2")).to_have_text("What changed at the summit")
    expect(frame.locator("mark").first).to_be_visible()


def test_a_finished_answer_is_said_once_and_the_growing_text_never(watch: Watch) -> None:
    sentence = WRITTEN_ANSWER.sentences[1]
    text = "The **Kremlin** said so in `plain` words, as the quotes have it in every part."
    long = replace(
        WRITTEN_ANSWER, sentences=tuple(replace(sentence, text=f"{n}. {text}") for n in range(20)), form="open"
    )
    with chatting(Newsroom(pause=0.02, answer=long), model="scripted") as chat:
        frame = opened(watch(chat.page("/")).page)
        frame.evaluate("""() => {
          window.heard = [];
          for (const each of document.querySelectorAll('[aria-live="polite"], [role=status], [role=alert]')) {
            const hear = () => each.textContent.trim() && window.heard.push([each.id, each.textContent.trim()]);
            new MutationObserver(hear).observe(each, { childList: true, characterData: true, subtree: true });
          }
          window.shifted = 0;
          const add = (list) => list.getEntries().forEach((each) => { window.shifted += each.value; });
          new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
        }""")
        ask(frame, WRITTEN)
        until(frame, "window.heard.some(([id]) => id === 'announcer')")
        until(frame, "document.getElementById('announcer').textContent === ''")
        heard = frame.evaluate("window.heard")
        assert [who for who, _ in heard] == ["", "announcer"], "one says that it searches, one says the whole answer"
        spoken = heard[1][1]
        assert spoken.count("The Kremlin said so in plain words") == 20
        assert len(spoken.split()) > 300
        assert not set("*`") & set(spoken), "Markdown is not read out"
        live = (
            "[...document.querySelectorAll('[aria-live=polite], [aria-live=assertive], [role=status], [role=alert]')]"
        )
        assert not frame.evaluate(f"{live}.some((each) => each.contains(document.querySelector('.turn')))")
        assert frame.evaluate("document.querySelector('.log').getAttribute('aria-live')") == "off"
        assert frame.evaluate("window.shifted") <= 0.02, "what is read does not jump"
        read = frame.get_by_role("button", name="Read it")
        read.click()
        expect(frame.locator(".line").first).to_be_in_viewport()
        expect(read).not_to_be_visible()


def test_what_was_asked_is_there_again_for_its_reader_and_for_nobody_else(watch: Watch, chat: Chat) -> None:
    page = watch(chat.page("/history")).page
    frame = opened(page)
    ask(frame, WRITTEN)
    frame.get_by_role("button", name="New conversation").click()
    expect(frame.locator(".turn")).to_have_count(0)
    ask(frame, QUESTION)
    page.reload()
    frame = opened(page)
    expect(frame.locator(".turn h3")).to_have_text([QUESTION])
    assert frame.locator("blockquote").count() == 5
    frame.get_by_role("button", name="Earlier conversations").click()
    expect(frame.locator(".kept .title span:first-child")).to_have_text([QUESTION, WRITTEN])
    frame.get_by_role("button", name=WRITTEN).first.click()
    expect(frame.locator(".turn h3")).to_have_text([WRITTEN])
    expect(frame.locator(".line")).to_have_count(3)
    ask(frame, QUESTION)
    other = opened(watch(chat.page("/history")).page)
    other.get_by_role("button", name="Earlier conversations").click()
    expect(other.get_by_text("There are no earlier conversations.")).to_be_visible()
    expect(other.locator(".turn")).to_have_count(0)
    frame.get_by_role("button", name="Earlier conversations").click()
    expect(frame.locator(".kept .when").first).to_contain_text("2 questions")
    frame.get_by_role("button", name=f"Delete: {WRITTEN}").click()
    assert focused(frame) == "Keep", "what cannot be undone is not under the finger"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(frame.locator(".kept li")).to_have_count(1)
    frame.get_by_role("button", name="Delete all").click()
    frame.locator(".foot").get_by_role("button", name="Delete", exact=True).click()
    expect(frame.get_by_text("There are no earlier conversations.")).to_be_visible()
    frame.get_by_role("button", name="Back").click()
    expect(frame.locator(".turn")).to_have_count(0)
    page.reload()
    frame = opened(page)
    frame.get_by_role("button", name="Earlier conversations").click()
    expect(frame.get_by_text("There are no earlier conversations.")).to_be_visible()


def test_a_verdict_is_kept_with_the_readers_words(watch: Watch, chat: Chat) -> None:
    page = watch(chat.page("/verdict")).page
    frame = opened(page)
    ask(frame, QUESTION)
    chat.newsroom.kept.clear()
    frame.get_by_role("button", name="Helpful").click()
    expect(frame.get_by_text("Thank you, that is kept.")).to_be_visible()
    expect(frame.get_by_role("button", name="Helpful")).to_have_attribute("aria-pressed", "true")
    wrong = frame.get_by_role("button", name="Not right")
    wrong.click()
    assert frame.evaluate("document.activeElement.tagName") == "TEXTAREA"
    page.keyboard.press("Escape")
    expect(frame.get_by_label("What is wrong with it?")).not_to_be_visible()
    assert focused(frame) == "Not right"
    wrong.click()
    page.keyboard.type("It is four regions.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(wrong).to_have_attribute("aria-pressed", "true")
    (kept,) = chat.newsroom.kept.values()
    assert (kept.verdict, kept.comment, kept.question) == ("down", "It is four regions.", QUESTION)
    wrong.click()
    page.keyboard.type("full")
    frame.get_by_role("button", name="Send").click()
    expect(frame.locator(".heard")).to_contain_text("The server cannot answer just now.")


def test_an_answer_that_is_stopped_keeps_what_was_checked_and_the_next_is_answered(watch: Watch, chat: Chat) -> None:
    frame = opened(watch(chat.page("/stop")).page)
    frame.locator("#question").fill("Write forever")
    frame.locator("#question").press("Enter")
    expect(frame.locator(".progress")).to_contain_text("words, being checked")
    frame.locator("#question").fill("typed meanwhile")
    frame.locator("#question").press("Enter")
    expect(frame.locator("#question")).to_have_value("typed meanwhile")
    frame.get_by_role("button", name="Stop").click()
    expect(frame.locator(".turn.stopped")).to_contain_text("Stopped here")
    assert focused(frame) == "question"
    assert frame.locator("blockquote").count() == 5
    ask(frame, QUESTION)
    expect(frame.locator(".turn.answered h3")).to_have_text([QUESTION])


def test_a_session_that_has_ended_is_begun_again_without_the_reader_noticing(watch: Watch, chat: Chat) -> None:
    watched = watch(chat.page("/session"))
    secrets: list[str] = []
    watched.page.on("request", lambda request: secrets.append(request.headers.get("authorization", "")))
    frame = opened(watched.page)
    ask(frame, QUESTION)
    first = secrets[-1].removeprefix("Bearer ")
    assert first.startswith("ors_")
    chat.records.sessions.end(first)
    ask(frame, "And again: what are the conditions?")
    assert secrets[-1].startswith("Bearer ors_")
    assert secrets[-1] != f"Bearer {first}"
    assert sum(url.endswith("/embed/v1/ticket") for url in watched.requests) == 2
    assert not [url for url in watched.requests if "ors_" in url or "ort_" in url]
    stored = "[localStorage.length, sessionStorage.length, document.cookie, history.length, window.name]"
    assert frame.evaluate(stored)[:3] == [0, 0, ""]
    assert not frame.evaluate("/or[st]_/.test(document.documentElement.outerHTML + location.href)")
    assert first not in watched.page.content()


def test_somebody_who_is_not_signed_in_is_shown_where_to_and_keeps_what_was_typed(watch: Watch) -> None:
    with chatting(Newsroom(), audience="signed-in") as chat:
        frame = opened(watch(chat.page("/")).page)
        expect(frame.locator(".failure")).to_have_text(
            "You are not signed in. Sign in, then try again.Sign inTry again"
        )
        link = frame.get_by_role("link", name="Sign in")
        assert [link.get_attribute(name) for name in ("href", "target", "rel")] == ["/", "_blank", "noopener"]
        ask(frame, QUESTION)
        expect(frame.locator(".turn.failed")).to_contain_text("You are not signed in.")
        expect(frame.locator(".turn.failed h3")).to_have_text(QUESTION)


def test_too_many_questions_say_when_to_ask_again(watch: Watch) -> None:
    with chatting(Newsroom(), rate="1/minute") as chat:
        frame = opened(watch(chat.page("/")).page)
        ask(frame, QUESTION)
        ask(frame, WRITTEN)
        said = frame.locator(".turn.failed .failure p").first.inner_text()
        start, _, end = said.partition(" again in ")
        assert start == "Too many questions for now. Try"
        assert 0 < int(end.split()[0]) <= 60


def test_a_busy_server_is_asked_again_by_a_button(watch: Watch) -> None:
    def crowded(origin: str) -> Site:
        found = site(origin)
        return replace(found, limits=Limits(found.limits.rates, Turns(each=1, at_once=1, waiting=0)))

    with chatting(Newsroom(), around=crowded) as chat:
        first = opened(watch(chat.page("/")).page)
        first.locator("#question").fill("Write forever")
        first.locator("#question").press("Enter")
        first.locator(".turn.laid").wait_for()
        frame = opened(watch(chat.page("/")).page)
        ask(frame, QUESTION)
        expect(frame.locator(".failure[role=alert]")).to_contain_text("Try again in")
        first.get_by_role("button", name="Stop").click()
        assert chat.newsroom.left.wait(10)
        frame.get_by_role("button", name="Try again").click()
        expect(frame.locator(".turn.answered h3")).to_have_text([QUESTION])
        expect(frame.locator(".failure")).to_have_count(0)


def test_a_server_that_is_down_is_said_and_found_again(watch: Watch) -> None:
    with hosting() as host:
        at = site(host.address)
        with serving(lambda: create_app(Newsroom(), at)) as address:
            chat = Chat(host, address, at.records, Newsroom())
            frame = opened(watch(chat.page("/")).page)
            ask(frame, QUESTION)
        ask(frame, "Is it lost?")
        expect(frame.locator(".turn.failed")).to_contain_text("The server cannot be reached.")
        with serving(lambda: create_app(Newsroom(), at), port=int(address.rpartition(":")[2])):
            frame.get_by_role("button", name="Try again").click()
            expect(frame.locator(".turn.answered h3")).to_have_text([QUESTION, "Is it lost?"])


def test_a_question_is_asked_from_the_page_around_it(watch: Watch, chat: Chat) -> None:
    page = watch(chat.page("/api")).page
    page.locator("on-record").wait_for(state="attached")
    page.evaluate("OnRecord.ask('What are the conditions?')")
    frame = inside(page)
    expect(frame.locator(".turn.answered h3")).to_have_text(QUESTION)


FOREIGN = """(frame) => {
  const send = (data, origin = "*") => frame.contentWindow.postMessage(data, origin);
  const bad = [
    null, 1, "ask", [], {}, { onrecord: 2, type: "ask", question: "x" }, { onrecord: 1 }, { onrecord: 1, type: "ask" },
    { onrecord: 1, type: "ask", question: 7 }, { onrecord: 1, type: "ask", question: " " },
    { onrecord: 1, type: "ask", question: "x".repeat(4001) }, { onrecord: 1, type: "ask", question: "x", more: 1 },
    { onrecord: 1, type: "constructor" }, { onrecord: 1, type: "__proto__" }, { onrecord: 1, type: "toString" },
    { onrecord: 1, type: "ticket", ticket: "ors_abc" }, { onrecord: 1, type: "ticket", ticket: ["ort_a"] },
    { onrecord: 1, type: "no-ticket", status: "401" }, { onrecord: 1, type: "hello", language: "de" },
    { onrecord: 1, type: "hello", language: "de", theme: "pink", variables: {} },
    { onrecord: 1, type: "hello", language: "de", theme: "dark", variables: { accent: 1 } },
    { onrecord: 1, type: "hello", language: "de", theme: "dark", variables: { __proto__: null, a: "x".repeat(201) } },
  ];
  bad.forEach((each) => send(each));
  return bad.length;
}"""
FROM_A_SIBLING = """async () => {
  const other = document.createElement("iframe");
  other.srcdoc = "<p>";
  document.body.append(other);
  await new Promise((resolve) => { other.onload = resolve; });
  const frame = document.querySelector("on-record").shadowRoot.querySelector("iframe");
  other.contentWindow.victim = frame.contentWindow;
  const message = '{ onrecord: 1, type: "ask", question: "What are the conditions?" }';
  other.contentWindow.eval(`victim.postMessage(${message}, "*")`);
}"""


def test_malformed_and_foreign_messages_change_nothing(watch: Watch, chat: Chat) -> None:
    watched = watch(chat.page("/messages"))
    page: Page = watched.page
    frame = opened(page)
    frame.evaluate("window.got = 0; window.addEventListener('message', () => { window.got += 1; })")
    before = frame.evaluate("document.documentElement.outerHTML")
    sent = page.locator("on-record iframe").evaluate(FOREIGN)
    assert sent >= 20
    page.evaluate(FROM_A_SIBLING)
    frame.evaluate(
        "window.postMessage({ onrecord: 1, type: 'ask', question: 'What are the conditions?' }, window.location.origin)"
    )
    until(frame, f"window.got >= {sent + 2}")
    assert frame.evaluate("document.documentElement.outerHTML") == before
    assert [each for each in watched.complaints if "404" not in each] == []
    page.evaluate("OnRecord.ask('What are the conditions?')")
    frame.locator(".turn.answered").wait_for()


def test_a_first_look_costs_little(watch: Watch, chat: Chat) -> None:
    watched = watch(chat.page("/weight"))
    sizes: list[int] = []
    watched.page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    assert [url for url in watched.requests if url.startswith(chat.address)] == [f"{chat.address}/embed/v1/widget.js"]
    opened(watched.page)
    watched.page.wait_for_load_state("networkidle")
    ours = [url for url in watched.requests if url.startswith(f"{chat.address}/embed/v1/")]
    assert len(ours) <= 24
    assert sum(sizes) <= 60_000
    assert [url for url in watched.requests if not url.startswith((chat.address, chat.host.address))] == []


def test_a_question_is_not_sent_by_the_enter_that_ends_a_composition(watch: Watch, chat: Chat) -> None:
    frame = opened(watch(chat.page("/ime")).page)
    frame.locator("#question").fill("条件")
    for extra in ({"isComposing": True}, {"keyCode": 229}):
        frame.locator("#question").evaluate(
            "(box, more) => box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, ...more }))",
            extra,
        )
    expect(frame.locator("#question")).to_have_value("条件")
    expect(frame.locator(".turn")).to_have_count(0)


def test_what_a_gate_holds_back_is_searching(watch: Watch) -> None:
    gate = Event()
    with chatting(Newsroom(before=lambda question: _waited(gate))) as chat:
        frame = opened(watch(chat.page("/")).page)
        frame.locator("#question").fill(QUESTION)
        frame.locator("#question").press("Enter")
        expect(frame.locator("p[role=status]").first).to_have_text("Searching the documents")
        expect(frame.locator(".progress")).to_have_text("Searching the documents")
        gate.set()
        frame.locator(".turn.answered").wait_for()
        expect(frame.locator("p[role=status]").first).to_have_text("")
