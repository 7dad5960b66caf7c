"""A reader says on the page whether an answer was right, and whoever keeps the cases makes one of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from index.corpus import Corpus
from index.embed import default_embedder
from index.feedback import LONGEST_COMMENT, Feedback
from index.principal import PUBLIC, Principal
from rag.ask import Desk
from rag.quote import Quoter
from tests.browser.conftest import MODEL, Watched, ask, begin
from tests.browser.test_access import (
    CONTRAST,
    SMALL_TARGETS,
    check_focus_can_be_seen,
    check_no_sideways_scroll,
    focused,
)
from tests.newsroom import ABSTENTION, CONDITIONS_ANSWER, Newsroom
from tests.served import serving
from ui.answerer import AtDesk
from ui.app import create_app
from ui.caller import Caller
from ui.serving import Site
from ui.thumbs import THANKS

pytestmark = pytest.mark.browser

Watch = Callable[..., Watched]
QUESTION = "What are the conditions?"
UNANSWERED = "What is the population of Brazil?"
WORDS = "The fifth is no condition of Putin's."


@dataclass
class Room:
    """A page's address, and the answerer behind it."""

    newsroom: Newsroom
    address: str

    @property
    def kept(self) -> list[Feedback]:
        return list(self.newsroom.kept.values())


@pytest.fixture(scope="module")
def served() -> Iterator[Room]:
    newsroom = Newsroom()
    with serving(lambda: create_app(newsroom)) as address:
        yield Room(newsroom, address)


@pytest.fixture
def room(served: Room) -> Room:
    served.newsroom.kept.clear()
    return served


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def complain(page: Page, words: str = WORDS) -> None:
    """Say in the box what is wrong, and wait until it is kept."""
    press(page, "Not right")
    page.get_by_label("What is wrong or missing?").fill(words)
    press(page, "Send")
    expect(page.locator("#heard p")).to_have_text(THANKS)


def test_a_thumb_down_is_kept_with_the_readers_words_and_what_was_shown(watch: Watch, room: Room) -> None:
    watched = watch(room.address)
    page = watched.page
    ask(page, QUESTION)
    complain(page)
    [feedback] = room.kept
    assert (feedback.verdict, feedback.comment, feedback.question) == ("down", WORDS, QUESTION)
    evidence = CONDITIONS_ANSWER.evidence
    assert [each.quote for each in feedback.shown] == [each.quote for each in evidence]
    assert [each.number for each in feedback.shown] == [1, 2, 3, 4, 5]
    assert feedback.sentences == tuple(each.text for each in CONDITIONS_ANSWER.sentences)
    expect(page.locator("#announcer")).to_have_text(THANKS)
    expect(page.locator("#wrong")).to_have_count(0)
    assert watched.complaints == []
    assert watched.elsewhere(room.address) == []


def test_one_press_says_that_it_helped(watch: Watch, room: Room) -> None:
    page = watch(room.address).page
    ask(page, UNANSWERED)
    press(page, "Helpful")
    expect(page.locator("#heard p")).to_have_text(THANKS)
    [feedback] = room.kept
    assert (feedback.verdict, feedback.comment, feedback.status) == ("up", "", "abstained")
    assert [each.number for each in feedback.shown] == [0] * len(ABSTENTION.related)


def test_what_is_pressed_and_open_is_told_to_those_who_cannot_see(watch: Watch, room: Room) -> None:
    page = watch(room.address).page
    ask(page, QUESTION)
    group = page.get_by_role("group", name="Was this answer right?")
    helpful, wrong = (group.get_by_role("button", name=name, exact=True) for name in ("Helpful", "Not right"))
    for button in (helpful, wrong):
        expect(button).to_have_attribute("aria-pressed", "false")
    wrong.click()
    expect(wrong).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_label("What is wrong or missing?")).to_be_focused()
    press(page, "Send")
    expect(wrong).to_have_attribute("aria-pressed", "true")
    expect(wrong).to_have_attribute("aria-expanded", "false")
    helpful.click()
    expect(helpful).to_have_attribute("aria-pressed", "true")
    expect(wrong).to_have_attribute("aria-pressed", "false")
    assert page.locator("#announcer").evaluate("each => [each.role, each.ariaLive]") == ["status", "polite"]


def test_the_last_verdict_counts(watch: Watch, room: Room) -> None:
    page = watch(room.address).page
    ask(page, QUESTION)
    press(page, "Helpful")
    expect(page.locator("#helpful")).to_have_attribute("aria-pressed", "true")
    complain(page)
    press(page, "Not right")
    expect(page.get_by_label("What is wrong or missing?")).to_have_value(WORDS)
    page.get_by_label("What is wrong or missing?").fill(f"{WORDS} Nor is the fourth.")
    press(page, "Send")
    expect(page.locator("#heard p")).to_have_text(THANKS)
    [feedback] = room.kept
    assert (feedback.verdict, feedback.comment) == ("down", f"{WORDS} Nor is the fourth.")
    press(page, "Helpful")
    expect(page.locator("#not-right")).to_have_attribute("aria-pressed", "false")
    assert [each.verdict for each in room.kept] == ["up"]


@pytest.mark.parametrize("key", ["Escape", "Cancel"])
def test_leaving_the_box_keeps_nothing_and_loses_no_words(watch: Watch, room: Room, key: str) -> None:
    page = watch(room.address).page
    ask(page, QUESTION)
    press(page, "Not right")
    box = page.get_by_label("What is wrong or missing?")
    box.fill("half a thought")
    if key == "Escape":
        box.press("Escape")
    else:
        press(page, "Cancel")
    expect(page.locator("#wrong")).to_have_count(0)
    expect(page.locator("#not-right")).to_be_focused()
    press(page, "Not right")
    expect(box).to_have_value("half a thought")
    assert room.kept == []


def test_the_keyboard_alone_says_what_is_wrong(watch: Watch, room: Room) -> None:
    page = watch(room.address).page
    ask(page, QUESTION)
    page.locator("#question textarea").focus()
    page.keyboard.press("Shift+Tab")
    assert focused(page) == "Not right"
    page.keyboard.press("Enter")
    expect(page.locator("#words textarea")).to_be_focused()
    check_focus_can_be_seen(page)
    page.keyboard.type(WORDS)
    page.keyboard.press("Enter")
    page.keyboard.type("See its source.")
    page.keyboard.press("Tab")
    assert focused(page) == "Send"
    check_focus_can_be_seen(page)
    page.keyboard.press("Enter")
    expect(page.locator("#not-right")).to_be_focused()
    assert [each.comment for each in room.kept] == [f"{WORDS}\nSee its source."]
    page.keyboard.press("Tab")
    page.keyboard.type(UNANSWERED)
    page.keyboard.press("Enter")
    page.locator("#current .abstained").wait_for()


def test_it_belongs_to_the_newest_answer(watch: Watch, room: Room) -> None:
    page = watch(room.address).page
    expect(page.locator("#rating")).to_have_count(0)
    ask(page, QUESTION)
    complain(page)
    ask(page, UNANSWERED)
    expect(page.locator("#heard p")).to_have_count(0)
    expect(page.locator("#not-right")).to_have_attribute("aria-pressed", "false")
    press(page, "Not right")
    expect(page.locator("#words textarea")).to_have_value("")
    page.locator("#words textarea").fill("The yearbook says so.")
    press(page, "Send")
    expect(page.locator("#heard p")).to_have_text(THANKS)
    assert [(each.question, each.comment) for each in room.kept] == [
        (QUESTION, WORDS),
        (UNANSWERED, "The yearbook says so."),
    ]
    press(page, "New conversation")
    expect(page.locator("#rating")).to_have_count(0)


def test_there_is_nothing_to_judge_while_it_is_answered_and_where_no_answer_came(
    watch: Watch, room: Room, slow_address: str
) -> None:
    page = watch(slow_address).page
    ask(page, QUESTION)
    begin(page, UNANSWERED)
    expect(page.locator("#rating")).to_have_count(0)
    failing = watch(room.address).page
    ask(failing, "broken")
    expect(failing.locator("#current .failure")).to_be_visible()
    expect(failing.locator("#rating")).to_have_count(0)


def test_of_an_answer_that_was_stopped_what_was_shown_is_kept(watch: Watch) -> None:
    newsroom = Newsroom()
    with serving(lambda: create_app(newsroom, model=MODEL)) as address:
        page = watch(address).page
        begin(page, "Write forever")
        press(page, "Stop")
        complain(page, "It never ends.")
    [feedback] = newsroom.kept.values()
    assert (feedback.question, feedback.made, feedback.sentences) == ("Write forever", None, ())
    assert len(feedback.shown) == 5


def test_what_cannot_be_kept_is_one_sentence_and_the_words_are_still_there(watch: Watch, room: Room) -> None:
    watched = watch(room.address)
    page = watched.page
    ask(page, QUESTION)
    press(page, "Not right")
    page.get_by_label("What is wrong or missing?").fill("The list is full of errors.")
    press(page, "Send")
    sentence = "Your feedback cannot be kept (database or disk is full); send it again."
    expect(page.locator("#heard .failure")).to_have_text(sentence)
    expect(page.locator("#announcer")).to_have_text(sentence)
    expect(page.get_by_label("What is wrong or missing?")).to_have_value("The list is full of errors.")
    page.get_by_label("What is wrong or missing?").fill(WORDS)
    press(page, "Send")
    expect(page.locator("#heard p")).to_have_text(THANKS)
    assert [each.comment for each in room.kept] == [WORDS]
    assert watched.complaints == []


def test_no_more_words_than_are_kept_fit_into_the_box(watch: Watch, room: Room) -> None:
    page = watch(room.address).page
    ask(page, QUESTION)
    press(page, "Not right")
    box = page.get_by_label("What is wrong or missing?")
    box.evaluate("(box, count) => { box.value = 'x'.repeat(count - 1); }", LONGEST_COMMENT)
    box.press("End")
    box.press_sequentially("yz")
    press(page, "Send")
    expect(page.locator("#heard p")).to_have_text(THANKS)
    assert [each.comment[-2:] for each in room.kept] == ["xy"]


@pytest.mark.parametrize(("width", "height"), [(320, 640), (768, 1024), (1920, 1080)])
def test_it_fits_and_nothing_above_it_moves(watch: Watch, room: Room, width: int, height: int) -> None:
    page = watch(room.address, width=width, height=height).page
    ask(page, QUESTION)
    where = "[...document.querySelectorAll('#current blockquote, #helpful')].map((each) => each.offsetTop)"
    before = page.evaluate(where)
    press(page, "Not right")
    page.locator("#words textarea").wait_for()
    check_no_sideways_scroll(page)
    assert page.evaluate(SMALL_TARGETS) == []
    for part in ("#words textarea", "#send"):
        expect(page.locator(part)).to_be_in_viewport(ratio=1)
    press(page, "Send")
    expect(page.locator("#heard p")).to_have_text(THANKS)
    check_no_sideways_scroll(page)
    assert page.evaluate(where) == before


def test_a_finger_can_hit_it(watch: Watch, room: Room) -> None:
    page = watch(room.address, width=320, height=640, has_touch=True, is_mobile=True).page
    ask(page, QUESTION)
    page.get_by_role("button", name="Not right").tap()
    page.locator("#words textarea").wait_for()
    for name in ("Helpful", "Not right", "Send", "Cancel"):
        box = page.get_by_role("button", name=name, exact=True).bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44, name
    check_no_sideways_scroll(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_of_it_can_be_told_from_its_paper(watch: Watch, room: Room, scheme: str) -> None:
    page = watch(room.address, color_scheme=scheme).page
    ask(page, QUESTION)
    assert page.evaluate(CONTRAST) == []
    press(page, "Not right")
    page.get_by_label("What is wrong or missing?").fill("full")
    assert page.evaluate(CONTRAST) == []
    press(page, "Send")
    page.locator("#heard .failure").wait_for()
    assert page.evaluate(CONTRAST) == []
    page.get_by_label("What is wrong or missing?").fill(WORDS)
    press(page, "Send")
    expect(page.locator("#heard p")).to_have_text(THANKS)
    page.mouse.move(0, 0)
    assert page.evaluate(CONTRAST) == []


# From a reader to a case that guards the documents, all of it real.

ROOT = Path(__file__).parents[2]
HOURS = """\
---
title: Opening hours of the Tolbridge swimming pool
publisher: Town desk
published: {published}
---

# Opening hours of the Tolbridge swimming pool

The swimming pool in Tolbridge opens at {hour} in the morning on Sundays. Lockers take a one-euro coin.
"""
PRICES = """\
---
title: Prices of the Tolbridge swimming pool
publisher: Town desk
published: 2026-01-10
---

# Prices of the Tolbridge swimming pool

A ticket for the swimming pool in Tolbridge costs four euros, and two for children under twelve.
"""
ASKED = "When does the swimming pool in Tolbridge open on Sundays?"
DESK = Principal("ann", frozenset({PUBLIC, "desk"}))


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command as a person runs it in `folder`."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "ui.cli", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_thumb_down_becomes_a_failing_case_that_passes_once_the_document_is_mended(
    watch: Watch, tmp_path: Path
) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "hours.md").write_text(HOURS.format(published="2026-01-10", hour="ten"))
    (documents / "prices.md").write_text(PRICES)
    sync = ("sync", "documents", "--library", "library", "--readers", "desk")
    assert command(tmp_path, *sync).returncode == 0

    quoter = Quoter()
    site = replace(Site.alone(), identify=lambda scope: Caller(DESK, by="login"))
    with Corpus.open(tmp_path / "library", default_embedder()) as corpus:
        desk = Desk(corpus, quoter, quoter.threshold)
        with serving(lambda: create_app(AtDesk(desk), site)) as address:
            page = watch(address).page
            ask(page, ASKED)
            expect(page.locator("#current blockquote").first).to_contain_text("opens at ten")
            complain(page, "It opens at eight since May.")
            check_case_from_feedback(tmp_path, sync)
            ask(page, ASKED)
            expect(page.locator("#quotes blockquote").first).to_contain_text("opens at eight")


def check_case_from_feedback(folder: Path, sync: tuple[str, ...]) -> None:
    """The one draft of the library in `folder` is made a case, which fails, and passes with the document mended."""
    library = ("--library", "library")
    [draft] = json.loads(command(folder, "eval", "draft", "--json", *library).stdout)["drafts"]
    assert (draft["question"], draft["words"], draft["readers"]) == (
        ASKED, "It opens at eight since May.", ["desk", "public"]
    )  # fmt: skip
    assert "opens at ten" in draft["shown"][0]["quote"]
    right = ("--says", "at eight", "--never-says", "at ten")
    taken = command(folder, "eval", "draft", "take", str(draft["number"]), "--to", "cases.yaml", *right, *library)
    assert taken.returncode == 0, taken.stderr
    assert "as: [desk]" in (folder / "cases.yaml").read_text()

    run = ("eval", "run", "cases.yaml", *library, "--out", "out", "--no-timing")
    failing = command(folder, *run)
    assert failing.returncode == 1, failing.stdout + failing.stderr
    assert "at eight" in failing.stdout

    (folder / "documents" / "hours.md").write_text(HOURS.format(published="2026-05-01", hour="eight"))
    assert command(folder, *sync).returncode == 0
    passing = command(folder, *run)
    assert passing.returncode == 0, passing.stdout + passing.stderr
    assert command(folder, "eval", "draft", *library).stdout.startswith("There are no open drafts")
