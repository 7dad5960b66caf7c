"""An answer as a brief: what a reader can tell without colour, at what width, in which language, and on paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from unicodedata import normalize

import pypdf
import pytest
from playwright.sync_api import Page, expect

from rag.answer import Sentence
from rag.outside import Outside
from tests.browser.axe import violations
from tests.browser.conftest import Watched, ask
from tests.browser.test_access import CONTRAST, SMALL_TARGETS, check_no_sideways_scroll
from tests.browser.test_writing import SHIFTED, SHIFTS
from tests.newsroom import EVIDENCE, WRITTEN_ANSWER, Newsroom, citation
from tests.served import serving
from ui.app import create_app
from ui.wording import wording_in

pytestmark = pytest.mark.browser

Watch = Callable[..., Watched]
EXPLAINED = tuple(replace(each, words=("Kyiv", "talks")) for each in EVIDENCE)
ANSWER = replace(
    WRITTEN_ANSWER,
    evidence=EXPLAINED,
    sentences=(
        *WRITTEN_ANSWER.sentences,
        Sentence(f"A note: {EVIDENCE[4].quote}", (citation(5, EVIDENCE),), "quoted"),
    ),
    outside=Outside(3, later=2, publishers=("Reuters",)),
)


@pytest.fixture(scope="module")
def place() -> Iterator[str]:
    with serving(lambda: create_app(Newsroom(answer=ANSWER))) as address:
        yield address


def narrowed(watch: Watch, place: str, **options: object) -> Page:
    """The answer to a question that its reader has narrowed."""
    page = watch(f"{place}/?from=2024-06-01&publisher=Harbour+Wire&as_of=2025-12-31", **options).page
    ask(page, "Are they still the same?")
    return page


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (320, "light"), (320, "dark")])
def test_all_of_a_brief_can_be_read_and_pressed(watch: Watch, place: str, width: int, scheme: str) -> None:
    page = narrowed(watch, place, width=width, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('#current details').forEach((each) => { each.open = true; })")
    assert violations(page) == []
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate(SMALL_TARGETS) == []
    check_no_sideways_scroll(page)
    lines = """[...document.querySelectorAll('#current :is(blockquote, .prose-line)')].map((each) => {
      const range = document.createRange();
      range.selectNodeContents(each.firstChild);
      const tops = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
      return range.toString().length / tops.size;
    })"""
    assert max(page.evaluate(lines)) <= 76, "characters of a line, on average"


def test_it_says_in_words_what_it_shows_in_colour(watch: Watch, place: str) -> None:
    page = narrowed(watch, place)
    expect(page.locator("#asked .scope")).to_contain_text("Scope: from 1 June 2024 on")
    expect(page.locator("#asked .scope")).to_contain_text("Harbour Wire only")
    expect(page.locator("#asked")).to_contain_text("As of 31 December 2025")
    support = [each.replace("\xa0", " ") for each in page.locator("#prose .checked").all_inner_texts()]
    assert support == [
        *["✓ supported by 1 quote"] * 2,
        "✓ supported by 2 quotes",
        "” quoted",
    ]
    page.locator("#prose summary").click()
    expect(page.locator("#prose .reason").first).to_have_text("✗ Not supported: no quote speaks of a treaty")
    expect(page.locator("#quotes .why").first).to_have_text("Shares Kyiv, talks with the question · found by words")
    expect(page.locator("#quotes .older")).to_contain_text("superseded on 16 August 2025 by")
    expect(page.locator("#quotes .differing h3")).to_contain_text("Sources differ")
    expect(page.locator("#quotes .outside")).to_contain_text(
        "3 documents outside your scope came near: 2 later, 1 other publisher (Reuters)."
    )
    number = page.locator("#quotes blockquote a.cite").evaluate_all(
        "all => new Set(all.map((each) => each.getBoundingClientRect().left)).size"
    )
    assert number == 1, "the numbers stand in one column"
    page.get_by_role("button", name="Ask without the scope").click()
    page.locator("#quotes #answer-2.answered").wait_for()
    expect(page.locator("#asked .scope")).to_have_count(0)
    assert "publisher" not in page.url


def test_a_reader_of_arabic_reads_it_from_right_to_left_and_each_quote_as_it_was_said(watch: Watch, place: str) -> None:
    page = narrowed(watch, place, locale="ar")
    wording = wording_in("ar")
    expect(page.locator("#quotes .differing h3")).to_contain_text(wording.say("differ"))
    expect(page.locator("#current .tools")).to_contain_text(wording.say("copyMarkdown"))
    figure = page.locator("#quotes figure").first
    box, number = figure.bounding_box(), figure.locator("blockquote a.cite").bounding_box()
    assert box
    assert number
    assert number["x"] > box["x"] + box["width"] / 2, "the number stands where a line begins"
    assert figure.locator("blockquote").evaluate("each => getComputedStyle(each).direction") == "ltr"
    check_no_sideways_scroll(page)
    assert violations(page) == []


def test_on_paper_it_is_the_words_and_the_sources_and_nothing_to_press(watch: Watch, place: str) -> None:
    page = narrowed(watch, place)
    sheets = pypdf.PdfReader(BytesIO(page.pdf())).pages
    text = " ".join(normalize("NFKC", " ".join(sheet.extract_text() for sheet in sheets)).split())
    for each in (
        "Are they still the same?",
        "supported by 2 quotes",
        "Sources differ",
        "briefs/diplomats-doubt-any-shift.md",
    ):
        assert each in text, each
    assert all(each.quote in text for each in EVIDENCE)
    for each in ("Copy with footnotes", "Wrong source?", "Not right", "Ask another question", "New conversation"):
        assert each not in text, each


def test_that_the_documents_do_not_say_is_said_where_prose_was_waited_for(watch: Watch, written_address: str) -> None:
    page = watch(written_address, width=320, height=640).page
    page.locator("#question textarea").wait_for()
    page.evaluate(SHIFTS)
    ask(page, "What is the population of Brazil?")
    expect(page.locator("#prose .verdict")).to_have_text("The documents do not say.")
    expect(page.locator("#prose .related > li")).to_have_count(3)
    expect(page.locator("#current .tools .row")).to_be_visible()
    assert page.evaluate(SHIFTED) <= 0.02
