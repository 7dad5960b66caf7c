"""The quotes of an answer on an axis of time: by hand and by keyboard, as a chart and as a table, in any light."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from playwright.sync_api import Locator, Page, expect

from rag.answer import Disagreement, Evidence
from tests.browser.axe import violations
from tests.browser.conftest import Watched, ask
from tests.browser.test_access import CONTRAST, SMALL_TARGETS, check_no_sideways_scroll
from tests.newsroom import CONDITIONS_ANSWER, Newsroom, document, quoted, quotes
from tests.served import serving
from ui.app import create_app
from ui.wording import ENGLISH

pytestmark = pytest.mark.browser

Watch = Callable[..., Watched]
FIRST = date(2025, 3, 3)
PAPERS = tuple(
    document(f"Talks, part {number}", ("Harbour Wire", "Briefing desk")[number % 2], FIRST + timedelta(days=days), text)
    for number, (days, text) in enumerate(
        (
            (0, "The ferry pilots said the harbour would stay shut."),
            (0, "Mayor Keller said the harbour would open on Monday."),
            (1, "Mayor Keller said the harbour would open on Tuesday."),
            (40, "The ferry pilots said they would talk."),
            (400, "Mayor Anna Keller said the harbour is open."),
        )
    )
)
UNDATED = document("A note", "Briefing desk", None, "Nobody has counted the boats.")


def spoken() -> Iterator[Evidence]:
    for each in PAPERS:
        mayor = "Anna Keller" if "Anna" in each.text else "Keller"
        yield quoted(each, each.text, mayor if "Mayor" in each.text else "the ferry pilots")
    yield quoted(UNDATED, UNDATED.text)


EVIDENCE = tuple(spoken())
ANSWER = replace(
    CONDITIONS_ANSWER,
    evidence=EVIDENCE,
    sentences=quotes(1, 2, 3, 4, 5, 6, evidence=EVIDENCE),
    points=(),
    disagreements=(
        Disagreement("superseded", (3, 2), ("Tuesday", "Monday")),
        Disagreement("disagreeing", (5, 1), ("open", "shut")),
    ),
)
NEWEST_FIRST = "Talks, part 4"


@pytest.fixture(scope="module")
def place() -> Iterator[str]:
    room = Newsroom(also=(*PAPERS, UNDATED), answer=ANSWER)
    with serving(lambda: create_app(room)) as address:
        yield address


def opened(watch: Watch, place: str, **options: object) -> Page:
    page = watch(place, **options).page
    ask(page, "When does the harbour open?")
    page.locator("#current .tools .bar button[aria-expanded]").first.click()
    page.locator("#current .mark").first.wait_for()
    return page


def boxes(marks: Locator) -> list[dict[str, float]]:
    found: list[dict[str, float]] = marks.evaluate_all(
        "all => all.map((each) => { const { left, top, right, bottom } = each.getBoundingClientRect();"
        " return { left, top, right, bottom }; })"
    )
    return found


def apart(boxes: list[dict[str, float]]) -> bool:
    return all(
        a["right"] <= b["left"] or b["right"] <= a["left"] or a["bottom"] <= b["top"] or b["bottom"] <= a["top"]
        for number, a in enumerate(boxes)
        for b in boxes[:number]
    )


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_every_dated_quote_has_a_mark_that_can_be_hit_read_and_told_from_the_others(
    watch: Watch, place: str, width: int, scheme: str
) -> None:
    page = opened(watch, place, width=width, color_scheme=scheme)
    marks = page.locator("#current .mark")
    expect(marks).to_have_count(5)
    found = boxes(marks)
    assert apart(found)
    assert min(min(each["right"] - each["left"], each["bottom"] - each["top"]) for each in found) >= 24
    expect(page.locator("#current .mark.superseded")).to_have_count(1)
    expect(page.locator("#current .mark.differs")).to_have_count(2)
    expect(page.locator("#current .legend li")).to_have_text(["stands", "sources differ", "superseded"])
    expect(page.locator("#current .timeline")).to_contain_text("1 quote without a date is not on it.")
    labels = marks.evaluate_all("all => all.map((each) => each.ariaLabel)")
    assert (
        "Keller, Briefing desk, 3 March 2025: Mayor Keller said the harbour would open on Monday. (superseded)"
        in labels
    )
    check_no_sideways_scroll(page)
    assert page.evaluate(SMALL_TARGETS) == []
    assert page.evaluate(CONTRAST) == []
    assert violations(page) == []
    lanes = page.locator("#current .lane")
    expect(lanes).to_have_text(["The ferry pilots", "Anna Keller"])
    page.get_by_role("button", name="By publisher").click()
    expect(lanes).to_have_text(["Harbour Wire", "Briefing desk"])
    expect(page.get_by_role("button", name="By publisher")).to_have_attribute("aria-pressed", "true")
    assert apart(boxes(marks))
    page.get_by_role("button", name="Table").click()
    rows = page.locator("#current .timeline tbody tr")
    expect(rows).to_have_count(6)
    days = page.locator("#current .timeline tbody th").all_inner_texts()
    assert days == [
        *(["3 March 2025"] * 2),
        *("4 March 2025", "12 April 2025", "7 April 2026", "no date given"),
    ]
    expect(page.get_by_role("table", name=ENGLISH.say("timelineIs")).get_by_role("row")).to_have_count(7)
    expect(rows.nth(1)).to_contain_text("superseded")
    check_no_sideways_scroll(page)
    assert page.evaluate(SMALL_TARGETS) == []
    assert page.evaluate(CONTRAST) == []
    assert violations(page) == []


def test_the_keyboard_goes_along_time_and_from_lane_to_lane_and_opens_the_quote(watch: Watch, place: str) -> None:
    page = opened(watch, place)
    marks = page.locator("#current .mark")
    assert marks.evaluate_all("all => all.filter((each) => each.tabIndex === 0).length") == 1
    page.get_by_role("button", name="Table").focus()
    page.keyboard.press("Tab")
    here = "document.activeElement.ariaLabel.split(': ')[1]"
    seen = [page.evaluate(here)]
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "End", "Home", "ArrowLeft"):
        page.keyboard.press(key)
        seen.append(page.evaluate(here))
    texts = [each.quote for each in EVIDENCE]
    ends = [f"{texts[0]} (sources differ)", f"{texts[4]} (sources differ)"]
    assert seen == [
        *(ends[0], f"{texts[1]} (superseded)", f"{texts[2]} (stands)"),
        *(ends[0], ends[1], ends[0], ends[0]),
    ]
    expect(page.locator("#current .told")).to_contain_text(texts[0])
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.frame_locator("#source iframe").locator("mark")).to_have_text(texts[4])
    page.keyboard.press("Escape")
    assert page.evaluate(here) == ends[1], "the keyboard is back on the mark that it came from"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert page.evaluate(here) == ends[1], "one of the marks is in the order of Tab, the one that was left"


def test_time_runs_from_right_to_left_where_the_language_does_and_forced_colours_show_it(
    watch: Watch, place: str
) -> None:
    page = opened(watch, place, locale="ar", forced_colors="active")
    found = {
        each["label"]: each["left"]
        for each in page.locator("#current .mark").evaluate_all(
            "all => all.map((each) => ({ label: each.ariaLabel, left: each.getBoundingClientRect().left }))"
        )
    }
    left = {quote: at for label, at in found.items() for quote in (each.quote for each in EVIDENCE) if quote in label}
    assert left[EVIDENCE[4].quote] < left[EVIDENCE[3].quote] < left[EVIDENCE[0].quote]
    fills = page.locator("#current .mark svg").evaluate_all("all => all.map((each) => getComputedStyle(each).fill)")
    paper = page.evaluate("getComputedStyle(document.querySelector('#current .timeline')).backgroundColor")
    assert paper not in {fill for fill, kind in zip(fills, found, strict=True) if "Monday" not in kind}
    first = page.locator("#current .mark[tabindex='0']")
    first.focus()
    page.keyboard.press("ArrowLeft")
    assert "Monday" in page.evaluate("document.activeElement.ariaLabel")
    check_no_sideways_scroll(page)


SPANS = (
    ("2025-03-03", "2025-03-04"),
    ("2025-12-30", "2026-01-03"),
    ("2025-01-31", "2025-04-30"),
    ("2023-06-01", "2026-06-01"),
    ("1990-01-01", "2026-01-01"),
    ("0099-01-01", "2026-01-01"),
)


def test_the_ticks_are_round_apart_and_enough_from_days_to_centuries(watch: Watch, place: str) -> None:
    page = watch(place).page
    made = page.evaluate(
        """async ([spans, widths]) => {
          const { scale } = await import("/page/timeline-scale.js");
          return spans.flatMap(([first, last]) => widths.flatMap((width) => ["en", "de", "ar"].map((tongue) => {
            const { at, ticks } = scale([first, last], width, 64, tongue);
            return { first, width, tongue, from: at(first), to: at(last), ticks };
          })));
        }""",
        [SPANS, [232, 500, 1000]],
    )
    assert len(made) == len(SPANS) * 9
    for each in made:
        places = [tick["x"] for tick in each["ticks"]]
        assert 0 <= each["from"] < each["to"] <= each["width"]
        assert 1 <= len(places) <= 20, each
        assert all(0 <= place <= each["width"] for place in places)
        assert all(b - a >= 56 for a, b in pairwise(places)), each
    [days] = [
        each for each in made if each["first"] == "2025-12-30" and each["width"] == 1000 and each["tongue"] == "en"
    ]
    assert [tick["label"] for tick in days["ticks"]][1:6] == ["30 Dec", "31 Dec", "1 Jan 2026", "2 Jan", "3 Jan"]
    [years] = [
        each for each in made if each["first"] == "1990-01-01" and each["width"] == 500 and each["tongue"] == "de"
    ]
    assert [tick["label"] for tick in years["ticks"]] == ["1990", "2000", "2010", "2020"]
