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
from playwright.sync_api import Locator, Page, expect

from index.corpus import Corpus
from index.embed import default_embedder
from index.feedback import LONGEST_COMMENT, Feedback
from index.principal import PUBLIC, Principal
from rag.ask import Desk
from rag.quote import Quoter
from tests.browser.axe import violations
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
from ui.wording import ENGLISH

pytestmark = pytest.mark.browser

Watch = Callable[..., Watched]
QUESTION = "What are the conditions?"
UNANSWERED = "What is the population of Brazil?"
WORDS = "The fifth is no condition of Putin's."
THANKS = ENGLISH.say("thanks")
OWN_WORDS = ENGLISH.say("ownWords")


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


def newest(page: Page) -> Locator:
    """What stands below the newest answer."""
    return page.locator("#current .tools")


def press(page: Page, name: str) -> None:
    newest(page).get_by_role("button", name=name, exact=True).click()


def box(page: Page) -> Locator:
    return newest(page).get_by_label(OWN_WORDS)


def heard(page: Page) -> Locator:
    return newest(page).locator(".heard")


def complain(page: Page, words: str = WORDS) -> None:
    """Say what is wrong, and wait until it is kept."""
    press(page, "Not right")
    box(page).fill(words)
    press(page, "Send")
    expect(heard(page)).to_have_text(THANKS)


def test_a_thumb_down_is_kept_with_the_readers_words_and_what_was_shown(watch: Watch, room: Room) -> None:
    watched = watch(room.address)
    page = watched.page
    ask(page, QUESTION)
    press(page, "Not right")
    newest(page).get_by_label("Something is missing").check()
    box(page).fill(WORDS)
    press(page, "Send")
    expect(heard(page)).to_have_text(THANKS)
    [feedback] = room.kept
    assert (feedback.verdict, feedback.comment, feedback.question) == ("down", WORDS, QUESTION)
    assert (feedback.reason, feedback.about) == ("missing", None)
    assert [each.quote for each in feedback.shown] == [each.quote for each in CONDITIONS_ANSWER.evidence]
    assert [each.number for each in feedback.shown] == [1, 2, 3, 4, 5]
    assert feedback.sentences == tuple(each.text for each in CONDITIONS_ANSWER.sentences)
    assert feedback.made
    expect(box(page)).not_to_be_visible()
    assert watched.complaints == []
    assert watched.elsewhere(room.address) == []


def test_one_press_says_that_it_helped(watch: Watch, room: Room) -> None:
    page = watch(room.address).page
    ask(page, UNANSWERED)
    press(page, "Helpful")
    expect(heard(page)).to_have_text(THANKS)
    [feedback] = room.kept
    assert (feedback.verdict, feedback.comment, feedback.status) == ("up", "", "abstained")
    assert [each.number for each in feedback.shown] == [0] * len(ABSTENTION.related)
    press(page, "Not right")
    newest(page).get_by_label("Wrong source").check()
    expect(newest(page).get_by_label("Which quote?")).not_to_be_visible()


def test_a_card_says_wrong_source_and_the_quote_is_named(watch: Watch, room: Room) -> None:
    page = watch(room.address).page
    ask(page, QUESTION)
    card = page.locator("#current figure", has_text="drop its plan to join NATO")
    card.get_by_role("button", name="Wrong source? 4").press("Enter")
    expect(newest(page).get_by_label("Wrong source")).to_be_focused()
    expect(newest(page).get_by_label("Wrong source")).to_be_checked()
    which = newest(page).get_by_label("Which quote?")
    expect(which).to_have_value("4")
    expect(which.locator("option:checked")).to_have_text("4 · Vladimir Putin, Briefing desk, 14 June 2024")
    press(page, "Send")
    expect(heard(page)).to_have_text(THANKS)
    assert [(each.verdict, each.reason, each.about, each.comment) for each in room.kept] == [
        ("down", "wrong_source", 4, "")
    ]
    page.locator("#current figure").first.get_by_role("button").click()
    expect(which).to_have_value("3")
    which.select_option("5")
    press(page, "Send")
    expect(heard(page)).to_have_text(THANKS)
    assert [(each.reason, each.about) for each in room.kept] == [("wrong_source", 5)]
    press(page, "Not right")
    newest(page).get_by_label("It is not right").check()
    expect(which).not_to_be_visible()
    press(page, "Send")
    expect(newest(page).locator("form")).not_to_be_visible()
    assert [(each.reason, each.about) for each in room.kept] == [("wrong", None)]


def test_what_is_pressed_and_open_is_told_to_those_who_cannot_see(watch: Watch, room: Room) -> None:
    page = watch(room.address).page
    ask(page, QUESTION)
    group = page.get_by_role("group", name="Was this answer right?")
    helpful, wrong = (group.get_by_role("button", name=name, exact=True) for name in ("Helpful", "Not right"))
    for button in (helpful, wrong):
        expect(button).to_have_attribute("aria-pressed", "false")
    wrong.click()
    expect(wrong).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("group", name="What is wrong?").get_by_role("radio").first).to_be_focused()
    press(page, "Send")
    expect(wrong).to_have_attribute("aria-pressed", "true")
    expect(wrong).to_have_attribute("aria-expanded", "false")
    helpful.click()
    expect(helpful).to_have_attribute("aria-pressed", "true")
    expect(wrong).to_have_attribute("aria-pressed", "false")
    assert heard(page).get_attribute("role") == "status"


def test_the_last_verdict_counts_and_each_answer_has_its_own(watch: Watch, room: Room) -> None:
    page = watch(room.address).page
    ask(page, QUESTION)
    press(page, "Helpful")
    expect(heard(page)).to_have_text(THANKS)
    complain(page)
    press(page, "Not right")
    expect(box(page)).to_have_value(WORDS)
    box(page).fill(f"{WORDS} Nor is the fourth.")
    press(page, "Send")
    expect(heard(page)).to_have_text(THANKS)
    assert [(each.verdict, each.comment) for each in room.kept] == [("down", f"{WORDS} Nor is the fourth.")]
    press(page, "Not right")
    box(page).fill("Half a thought")
    ask(page, UNANSWERED)
    first = page.locator("#earlier .tools")
    expect(first.get_by_role("button", name="Not right")).to_have_attribute("aria-pressed", "true")
    expect(first.get_by_label(OWN_WORDS)).to_have_value("Half a thought")
    expect(newest(page).get_by_role("button", name="Not right")).to_have_attribute("aria-pressed", "false")
    complain(page, "The yearbook says so.")
    first.get_by_role("button", name="Helpful").click()
    expect(first.get_by_role("button", name="Helpful")).to_have_attribute("aria-pressed", "true")
    assert [(each.question, each.verdict, each.comment) for each in room.kept] == [
        (QUESTION, "up", ""),
        (UNANSWERED, "down", "The yearbook says so."),
    ]


@pytest.mark.parametrize("key", ["Escape", "Cancel"])
def test_leaving_the_box_keeps_nothing_and_loses_no_words(watch: Watch, room: Room, key: str) -> None:
    page = watch(room.address).page
    ask(page, QUESTION)
    press(page, "Not right")
    box(page).fill("half a thought")
    if key == "Escape":
        box(page).press("Escape")
    else:
        press(page, "Cancel")
    expect(box(page)).not_to_be_visible()
    expect(newest(page).get_by_role("button", name="Not right")).to_be_focused()
    press(page, "Not right")
    expect(box(page)).to_have_value("half a thought")
    assert room.kept == []


def test_the_keyboard_alone_says_what_is_wrong(watch: Watch, room: Room) -> None:
    page = watch(room.address).page
    ask(page, QUESTION)
    newest(page).get_by_role("button", name="Copy with footnotes").focus()
    names = []
    for _ in range(5):
        page.keyboard.press("Tab")
        names.append(focused(page))
    assert names == ["Copy as text", "Copy a link", "Timeline", "Helpful", "Not right"]
    page.keyboard.press("Enter")
    check_focus_can_be_seen(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(newest(page).get_by_label("It is not right")).to_be_checked()
    page.keyboard.press("Tab")
    expect(box(page)).to_be_focused()
    check_focus_can_be_seen(page)
    page.keyboard.type(WORDS)
    page.keyboard.press("Enter")
    page.keyboard.type("See its source.")
    page.keyboard.press("Tab")
    assert focused(page) == "Send"
    check_focus_can_be_seen(page)
    page.keyboard.press("Enter")
    expect(newest(page).get_by_role("button", name="Not right")).to_be_focused()
    assert [(each.comment, each.reason) for each in room.kept] == [(f"{WORDS}\nSee its source.", "wrong")]


def test_there_is_nothing_to_judge_while_it_is_answered_and_where_no_answer_came(
    watch: Watch, room: Room, slow_address: str
) -> None:
    page = watch(slow_address).page
    begin(page, UNANSWERED)
    expect(page.locator("#current .searching")).to_be_visible()
    expect(page.locator("#current :is(.tools, .doubt)")).to_have_count(0)
    failing = watch(room.address).page
    ask(failing, "broken")
    expect(failing.locator("#current .failure")).to_be_visible()
    expect(failing.locator("#current :is(.tools, .doubt)")).to_have_count(0)


def test_of_an_answer_that_was_stopped_what_was_shown_is_kept(watch: Watch) -> None:
    newsroom = Newsroom()
    with serving(lambda: create_app(newsroom, model=MODEL)) as address:
        page = watch(address).page
        begin(page, "Write forever")
        page.get_by_role("button", name="Stop", exact=True).click()
        complain(page, "It never ends.")
    [feedback] = newsroom.kept.values()
    assert (feedback.question, feedback.made, feedback.sentences) == ("Write forever", None, ())
    assert len(feedback.shown) == 5


def test_what_cannot_be_kept_is_one_sentence_and_the_words_are_still_there(watch: Watch, room: Room) -> None:
    page = watch(room.address).page
    ask(page, QUESTION)
    press(page, "Not right")
    box(page).fill("The list is full of errors.")
    press(page, "Send")
    expect(newest(page).locator(".heard.failure")).to_have_text(ENGLISH.say("busy"))
    expect(box(page)).to_have_value("The list is full of errors.")
    expect(newest(page).get_by_role("button", name="Not right")).to_have_attribute("aria-pressed", "false")
    box(page).evaluate("(box, count) => { box.value = 'x'.repeat(count - 1); }", LONGEST_COMMENT)
    box(page).press("End")
    box(page).press_sequentially("yz")
    press(page, "Send")
    expect(heard(page)).to_have_text(THANKS)
    assert [each.comment[-2:] for each in room.kept] == ["xy"], "no more words than are kept fit into the box"


@pytest.mark.parametrize(("width", "height", "scheme"), [(320, 640, "light"), (1280, 860, "dark")])
def test_it_fits_is_read_by_all_and_nothing_above_it_moves(
    watch: Watch, room: Room, width: int, height: int, scheme: str
) -> None:
    page = watch(room.address, width=width, height=height, color_scheme=scheme).page
    ask(page, QUESTION)
    where = "[...document.querySelectorAll('#current blockquote, #current .verdict-box')].map((each) => each.offsetTop)"
    before = page.evaluate(where)
    page.locator("#current .doubt").first.click()
    expect(box(page)).to_be_visible()
    check_no_sideways_scroll(page)
    assert page.evaluate(SMALL_TARGETS) == []
    assert page.evaluate(CONTRAST) == []
    assert violations(page) == []
    box(page).fill("full")
    press(page, "Send")
    newest(page).locator(".heard.failure").wait_for()
    assert page.evaluate(CONTRAST) == []
    box(page).fill(WORDS)
    press(page, "Send")
    expect(heard(page)).to_have_text(THANKS)
    page.mouse.move(0, 0)
    assert page.evaluate(CONTRAST) == []
    check_no_sideways_scroll(page)
    assert page.evaluate(where) == before


def test_a_finger_can_hit_it(watch: Watch, room: Room) -> None:
    page = watch(room.address, width=320, height=640, has_touch=True, is_mobile=True).page
    ask(page, QUESTION)
    newest(page).get_by_role("button", name="Not right").tap()
    expect(box(page)).to_be_visible()
    for each in newest(page).locator("button:visible, fieldset label").all():
        size = each.bounding_box()
        assert size
        assert min(size["width"], size["height"]) >= 44, each.inner_text()
    check_no_sideways_scroll(page)


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
