"""Everybody can use the embedded chat: at any size, in any of its languages, in the dark, with colours of their own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from threading import Event

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import Watched
from tests.browser.framed import Chat, ask, chatting, opened, until
from tests.browser.test_access import CONTRAST, SMALL_TARGETS
from tests.newsroom import Newsroom

pytestmark = pytest.mark.browser

Watch = Callable[..., Watched]
QUESTION = "What are the conditions?"
WRITTEN = "Are they still the same?"
MODES = (
    {"color_scheme": "light", "forced_colors": "none"},
    {"color_scheme": "dark", "forced_colors": "none"},
    {"color_scheme": "dark", "forced_colors": "active"},
)


@pytest.fixture(scope="module")
def chat() -> Iterator[Chat]:
    with chatting(Newsroom(), model="scripted") as found:
        yield found


def _held(question: str, gate: Event) -> None:
    if "Hold" in question:
        gate.wait(30)


def check(page: Page, frame: Frame, state: str) -> None:
    """Axe finds nothing, in both themes and with colours forced; nothing is too pale, or too small to hit."""
    for mode in MODES:
        page.emulate_media(**mode)  # type: ignore[arg-type]
        assert violations(frame, colours_only=mode is not MODES[0]) == [], f"{state}, {mode}"
        if mode["forced_colors"] == "none":
            assert frame.evaluate(CONTRAST) == [], f"{state}, {mode}"
    assert frame.evaluate(SMALL_TARGETS) == [], state


def test_axe_finds_nothing_in_any_state(watch: Watch, chat: Chat) -> None:
    gate = Event()
    chat.newsroom.before = lambda question: _held(question.text, gate)
    page = watch(chat.page("/states")).page
    frame = opened(page)
    check(page, frame, "open, empty")
    frame.locator("#question").fill("Hold this")
    frame.locator("#question").press("Enter")
    expect(frame.locator(".progress")).to_have_text("Searching the documents")
    check(page, frame, "searching")
    gate.set()
    frame.locator(".turn.answered").wait_for()
    check(page, frame, "answered in quotes")
    frame.locator("#question").fill("Write forever")
    frame.locator("#question").press("Enter")
    expect(frame.locator(".progress")).to_contain_text("words, being checked")
    check(page, frame, "evidence, and writing")
    frame.get_by_role("button", name="Stop").click()
    frame.locator(".turn.stopped").wait_for()
    frame.get_by_role("button", name="New conversation").click()
    ask(frame, f"{WRITTEN} And then?")
    frame.locator(".turn:last-child summary").last.click()
    check(page, frame, "answered in prose")
    frame.get_by_role("button", name="Not right").last.click()
    check(page, frame, "what is wrong")
    frame.get_by_role("button", name="Send").click()
    expect(frame.get_by_text("Thank you, that is kept.")).to_be_visible()
    check(page, frame, "judged")
    frame.locator(".turn:last-child .cite").last.click()
    frame.locator("mark").wait_for()
    check(page, frame, "with a source open")
    frame.get_by_role("button", name="Back").click()
    ask(frame, "What changed?")
    check(page, frame, "compared side by side")
    ask(frame, "What is the population of Brazil?")
    check(page, frame, "abstained")
    ask(frame, "broken")
    check(page, frame, "failed")
    frame.get_by_role("button", name="Earlier conversations").click()
    frame.locator(".kept li").first.wait_for()
    frame.get_by_role("button", name="Delete all").click()
    check(page, frame, "history")


def test_axe_finds_nothing_where_nobody_is_signed_in(watch: Watch) -> None:
    with chatting(Newsroom(), audience="signed-in") as chat:
        page = watch(chat.page("/")).page
        frame = opened(page)
        frame.get_by_role("link", name="Sign in").wait_for()
        check(page, frame, "signed out")


SIDEWAYS = """() => [document.scrollingElement, ...document.querySelectorAll('.scroller, .document')]
  .filter((each) => each.checkVisibility() && each.scrollWidth > each.clientWidth)
  .map((each) => `${each.className || each.tagName} ${each.scrollWidth} > ${each.clientWidth}`)"""
UNDER = """() => {
  const here = document.activeElement;
  const box = here.getBoundingClientRect();
  if (!box.width || here === document.body) return true;
  const at = document.elementFromPoint(box.x + Math.min(box.width / 2, 8), box.y + box.height / 2);
  return Boolean(at && (here.contains(at) || at.contains(here) || at.closest('label')));
}"""


@pytest.mark.parametrize(("width", "height"), [(320, 640), (320, 180), (380, 600)])
def test_nothing_scrolls_two_ways_and_the_focus_is_never_covered(
    watch: Watch, chat: Chat, width: int, height: int
) -> None:
    """320 by 180 is a screen of 1280 by 720 at 400 %."""
    page = watch(chat.page("/narrow"), width=width, height=height).page
    frame = opened(page)
    assert frame.evaluate(SIDEWAYS) == []
    ask(frame, WRITTEN)
    assert frame.evaluate(SIDEWAYS) == []
    assert frame.evaluate(SMALL_TARGETS) == []
    count = frame.locator(".turn :is(button, summary)").count()
    for _ in range(count):
        page.keyboard.press("Shift+Tab")
        assert frame.evaluate(UNDER), frame.evaluate("document.activeElement.outerHTML")
    frame.locator(".cite").first.click()
    expect(frame.locator("mark")).to_be_in_viewport()
    assert frame.evaluate(SIDEWAYS) == []


@pytest.mark.parametrize(
    ("tongue", "direction", "says", "day"),
    [
        ("ar", "rtl", "ماذا تقول الوثائق؟", "٢٠٢٥"),
        ("de-AT", "ltr", "Was sagen die Dokumente?", "16. August 2025"),
        ("pl", "ltr", "Co mówią dokumenty?", "16 sierpnia 2025"),
        ("xx", "ltr", "What do the documents say?", "16 August 2025"),
    ],
)
def test_the_language_is_the_pages(watch: Watch, chat: Chat, tongue: str, direction: str, says: str, day: str) -> None:
    page = watch(chat.page(f"/{tongue}", attributes=f'lang="{tongue}"')).page
    frame = opened(page)
    expect(frame.locator(".welcome h2")).to_have_text(says)
    assert frame.evaluate("document.documentElement.dir") == direction
    ask(frame, QUESTION)
    words = frame.locator(".log").inner_text()
    assert day in words or (tongue == "ar" and "2025" in words)
    assert frame.evaluate(SIDEWAYS) == []
    side = frame.locator(".quote").first.evaluate("(each) => getComputedStyle(each).borderRightWidth")
    assert side == ("2px" if direction == "rtl" else "0px")
    assert violations(frame) == []


@pytest.mark.parametrize(
    ("style", "warns"),
    [
        (
            "--onrecord-accent: #7a1fa2; --onrecord-on-accent: #fff; --onrecord-radius: 0px; --onrecord-font: Georgia",
            0,
        ),
        ("--onrecord-accent: #ffee00; --onrecord-on-accent: white", 1),
        ("--onrecord-accent: url(//evil.example); --onrecord-radius: calc(1px); --onrecord-font: a;b", 0),
    ],
)
def test_the_pages_colours_are_worn_only_where_they_can_be_read(
    watch: Watch, chat: Chat, style: str, warns: int
) -> None:
    watched = watch(chat.page("/theme", head=f"<style>:root {{ {style} }}</style>"))
    frame = opened(watched.page)
    ask(frame, WRITTEN)
    warned = [each for each in watched.complaints if "On Record" in each]
    assert len(warned) == warns
    link = frame.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--link')")
    assert ("rgb(122 31 162)" in link) == ("#7a1fa2" in style)
    assert ("light-dark" in link or "rgb(29, 79, 140)" in link or "#1d4f8c" in link) == ("url" in style)
    for scheme in ("light", "dark"):
        watched.page.emulate_media(color_scheme=scheme)
        until(frame, f"matchMedia('(prefers-color-scheme: {scheme})').matches")
        assert frame.evaluate(CONTRAST) == [], scheme
    assert not [url for url in watched.requests if "evil" in url]


def test_a_theme_that_is_named_holds_whatever_the_screen_prefers(watch: Watch, chat: Chat) -> None:
    page = watch(chat.page("/dark", more='defer data-theme="dark"'), color_scheme="light").page
    frame = opened(page)
    paper = frame.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert paper == "rgb(23, 22, 20)"
    page.emulate_media(reduced_motion="reduce")
    assert frame.evaluate("getComputedStyle(document.querySelector('.progress'), '::after').animationName") == "none"


READ = """async ([address, whole, cuts]) => {
  const { Events } = await import(address);
  const bytes = new TextEncoder().encode(whole);
  return cuts.map((at) => {
    const events = new Events();
    return [0, ...at].flatMap((from, n) => events.take(bytes.slice(from, at[n] ?? bytes.length)));
  });
}"""


def test_events_are_read_however_the_network_cuts_them(watch: Watch, chat: Chat) -> None:
    """Every single cut, each byte alone, and a thousand random cuttings, drawn in the browser's place beforehand."""
    import random

    told = [("kept", {"turn": "ü"}), ("sentence", {"text": "линия 🙂\u2028 \\n"}), ("answer", {"runs": ["a: b", ""]})]
    whole = ": a comment\r\n\r\n" + "".join(
        f"event: {name}{end}data: {json.dumps(data, ensure_ascii=False)}{end}id: 7{end}{end}"
        for (name, data), end in zip(told, ("\n", "\r\n", "\r"), strict=True)
    )
    whole += "data: two\ndata:  lines\n\nevent: nothing\n\ndata"
    size = len(whole.encode())
    draw = random.Random(7)
    cuts = [[], *([at] for at in range(1, size)), list(range(1, size))]
    cuts += [sorted(draw.sample(range(1, size), draw.randrange(1, 12))) for _ in range(1000)]
    frame = opened(watch(chat.page("/sse")).page)
    address = frame.evaluate("document.querySelector('link[href$=\"/sse.js\"]').href")
    expected = [{"name": name, "data": json.dumps(data, ensure_ascii=False)} for name, data in told]
    expected.append({"name": "message", "data": "two\n lines"})
    for found in frame.evaluate(READ, [address, whole, cuts]):
        assert found == expected


STANDS = """async ([address, paragraphs, start, end, quote]) => {
  const { standsAt } = await import(address);
  return standsAt(paragraphs, start, end, quote);
}"""


def test_only_the_words_that_stand_there_are_lit(watch: Watch, chat: Chat) -> None:
    text = "🙂🙂 One 𝔘nit.\n\nAnother line\nof it.\n\nThe end."
    paragraphs = [
        {"start": start, "end": start + len(part), "text": part}
        for part in text.split("\n\n")
        for start in [text.index(part)]
    ]
    frame = opened(watch(chat.page("/lit")).page)
    address = frame.evaluate("document.querySelector('link[href$=\"/source.js\"]').href")

    def stands(start: int, end: int, quote: str) -> bool:
        return bool(frame.evaluate(STANDS, [address, paragraphs, start, end, quote]))

    for start, end in ((0, 4), (3, 12), (8, 30), (0, len(text)), (15, 27), (len(text) - 4, len(text))):
        assert stands(start, end, text[start:end]), text[start:end]
        assert not stands(start, end, text[start : end - 1] + "x")
        assert not stands(start, end - 1, text[start:end])
    assert not stands(0, 0, "")
    assert not stands(len(text), len(text) + 3, "xyz")
    assert not stands(3, 15, "One 𝔘nit.xx"), "between paragraphs nothing can be read"
