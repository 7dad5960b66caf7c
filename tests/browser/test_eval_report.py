"""The report of a run in a browser: it asks for nothing, fits anywhere, works by keyboard, and runs nothing it quotes.

It is opened as a file, as a person opens what a run left behind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import pytest
from jinja2 import Environment
from playwright.sync_api import Page, expect

from evals.compare import compare
from evals.observed import Failed
from evals.reporting import page as reporting
from evals.reporting.page import report_page
from evals.run_record import CaseRun, Check, JudgeRecord, Run, Score, Timed, Trial, Unscored
from tests.browser.conftest import Watched
from tests.browser.test_access import CONTRAST, SMALL_TARGETS, check_focus_can_be_seen, check_no_sideways_scroll
from tests.browser.test_exfiltration import Listener
from tests.hostile import exfiltrating, payloads
from tests.reported import QUOTE, a_run, case, everything, observed, shown

pytestmark = pytest.mark.browser

Watch = Callable[..., Watched]
SIZES = [(320, 640), (768, 1024), (1920, 1080)]
TAGS = ("conditions", "dates", "a-tag-that-goes-on-for-longer-than-any-chart-is-wide")
LONG = "Zaporizhzhia" * 12
OPEN_ALL = "document.querySelectorAll('details').forEach((each) => { each.open = true; })"
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


def newsroom_run(*, worse: bool) -> Run:
    """Twelve cases, some asked three times; with `worse` five fail that did not, and one answer does not come."""
    tags = cycle(TAGS)
    cases = []
    for number in range(12):
        name = f"case-{number}" if number else f"a-case-with-a-name-that-is-{LONG}"
        asked = replace(case(name, next(tags)), question=f"What are the conditions, number {number}?")
        failing = worse and number % 2 == 0 and number < 10
        said = QUOTE.replace("Donetsk", "whole") if failing else QUOTE
        outcome = replace(observed(said, "Nobody smiled."), seconds=0.1 * (number + 1))
        checks = (Check("answered", True), Check("quoted", not failing, f"not quoted: {LONG}" if failing else ""))
        scored = Trial(outcome, checks, (Score("quote_recall", float(not failing)), Score("judged_correct", 0.5)))
        if number == 3:
            outcome = replace(observed(), related=(shown(f"Near, but {LONG}.", number=0, uri=f"far/{LONG}.md"),))
            scored = replace(scored, outcome=outcome, unscored=(Unscored("judged_complete", "no verdict"),))
        if number == 5 and worse:
            scored = Trial(Failed("The model did not answer; try again"), fatal=("no answer came",))
        cases.append(CaseRun(asked, (scored,) * (3 if number == 4 else 1)))
    timed = tuple(Timed(each.case.id, 0.1, 0.1) for each in cases)
    judge = JudgeRecord("judge:1", "rubric-2", 0.71, 0.6, 0.8, 120, 3)
    return a_run(*cases, timed=timed, judge=judge, settings=(("search_limit", "10" if worse else "20"),))


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    before, after = newsroom_run(worse=False), newsroom_run(worse=True)
    return write(tmp_path_factory.mktemp("report"), report_page(after, before, compare(before, after)))


def write(folder: Path, html: str) -> str:
    """The address of a file of it."""
    path = folder / "report.html"
    path.write_text(html, encoding="utf-8")
    return path.as_uri()


def visible_cases(page: Page) -> list[str]:
    return [each.inner_text() for each in page.locator("tbody.case:visible th").all()]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_asks_for_nothing_and_complains_of_nothing(watch: Watch, address: str, scheme: str) -> None:
    watched = watch(address, color_scheme=scheme)
    watched.page.get_by_role("button", name="Open all shown").click()
    expect(watched.page.locator("tbody.case details[open]")).to_have_count(12)
    watched.page.get_by_label("Find").fill("conditions")
    assert watched.requests == [address]
    assert watched.complaints == []


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_nothing_scrolls_sideways_and_nothing_is_too_small_to_hit(
    watch: Watch, address: str, width: int, height: int
) -> None:
    page = watch(address, width=width, height=height).page
    check_no_sideways_scroll(page)
    page.evaluate(OPEN_ALL)
    check_no_sideways_scroll(page)
    assert page.evaluate(SMALL_TARGETS) == []


def test_what_scrolls_by_itself_can_be_reached_and_has_a_name(watch: Watch, address: str) -> None:
    page = watch(address, width=320, height=640).page
    page.evaluate(OPEN_ALL)
    unnamed = """() => [...document.querySelectorAll('*')]
      .filter((each) => each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).overflowX === 'auto')
      .filter((each) => each.tabIndex !== 0 || !each.ariaLabel || each.role !== 'region')
      .map((each) => each.outerHTML.slice(0, 80))"""
    assert page.evaluate(unnamed) == []
    assert page.locator(".scroll").count() > 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_can_be_told_from_its_paper(watch: Watch, address: str, scheme: str) -> None:
    page = watch(address, color_scheme=scheme).page
    page.evaluate(OPEN_ALL)
    assert page.evaluate(CONTRAST) == []
    assert page.locator("ins").count()
    assert page.locator("del").count()


def test_it_prints_dark_on_light_without_its_controls(watch: Watch, address: str) -> None:
    page = watch(address, color_scheme="dark").page
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(253, 252, 250)"
    assert page.evaluate(CONTRAST) == []
    expect(page.get_by_label("Find")).not_to_be_visible()


def test_the_charts_are_legible_when_narrow(watch: Watch, address: str) -> None:
    page = watch(address, width=320, height=640).page
    outside = """() => [...document.querySelectorAll('.chart > svg text, .chart > svg line, .chart > svg circle')]
      .map((each) => [each, each.getBoundingClientRect()])
      .filter(([, box]) => box.left < 0 || box.right > innerWidth)
      .map(([each]) => each.outerHTML)"""
    assert page.evaluate(outside) == []
    sizes = "[...document.querySelectorAll('.chart text')].map((each) => parseFloat(getComputedStyle(each).fontSize))"
    assert min(page.evaluate(sizes)) >= 12
    overlapping = """() => [...document.querySelectorAll('.chart .label')].filter((each) => {
      const [name, value] = [each, each.nextElementSibling].map((one) => one.getBoundingClientRect());
      return name.right > value.left;
    }).map((each) => each.textContent)"""
    assert page.evaluate(overlapping) == []


def test_the_gravest_case_is_first_and_opens_by_keyboard(watch: Watch, address: str) -> None:
    page = watch(address).page
    assert visible_cases(page)[0] == "case-5"
    summary = page.locator("tbody.case summary").first
    page.get_by_role("button", name="Close all").focus()
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('tbody.case summary')"):
            break
    check_focus_can_be_seen(page)
    expect(summary).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("The model did not answer; try again").first).to_be_visible()


def test_cases_are_filtered_by_keyboard_and_the_address_keeps_it(watch: Watch, address: str) -> None:
    page = watch(address).page
    page.get_by_label("Find").press_sequentially("Conditions CASE-4")
    assert visible_cases(page) == ["case-4"]
    expect(page.get_by_role("status")).to_have_text("1 of 12 cases")
    page.get_by_label("Find").fill("")
    page.get_by_role("combobox", name="Show").select_option("failed")
    assert len(visible_cases(page)) == 6
    page.get_by_role("combobox", name="Tag").select_option("dates")
    kept = visible_cases(page)
    assert kept == ["case-4"]
    assert page.url.endswith("#show=failed&tag=dates")
    page.reload()
    assert visible_cases(page) == kept
    page.get_by_role("combobox", name="Show").select_option("changed")
    assert visible_cases(page) == kept
    page.get_by_role("combobox", name="Show").select_option("unscored")
    page.get_by_role("combobox", name="Tag").select_option("")
    assert visible_cases(page) == ["case-3"]


def test_cases_are_sorted_by_keyboard(watch: Watch, address: str) -> None:
    page = watch(address).page
    button = page.get_by_role("button", name="Seconds")
    button.focus()
    page.keyboard.press("Enter")
    assert visible_cases(page)[:2] == ["case-11", "case-10"]
    assert page.locator("th[aria-sort]").inner_text() == "Seconds"
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    assert page.locator("th[aria-sort]").get_attribute("aria-sort") == "ascending"
    assert visible_cases(page)[0] == "case-5"  # no answer came
    assert page.url.endswith("#sort=seconds")
    page.get_by_role("button", name="Case", exact=True).click()
    assert visible_cases(page)[1:3] == ["case-1", "case-10"]
    page.reload()
    assert visible_cases(page)[1:3] == ["case-1", "case-10"]
    page.get_by_role("button", name="Result").click()
    assert visible_cases(page)[0] == "case-5"


def test_an_address_opens_its_case_whatever_was_filtered(watch: Watch, address: str) -> None:
    page = watch(f"{address}#case-case-7").page
    opened = page.locator("tbody.case details[open]")
    expect(opened).to_have_count(1)
    expect(opened.locator("summary")).to_be_in_viewport()
    expect(opened.locator("summary")).to_be_focused()
    page.get_by_role("combobox", name="Show").select_option("failed")
    expect(opened).not_to_be_visible()
    page.evaluate("location.hash = 'case-case-9'")
    expect(page.locator("#case-case-9")).to_be_in_viewport()
    page.evaluate("location.hash = 'case-%F0%28x'")
    page.evaluate("location.hash = 'show=nothing&tag=nothing&sort=nothing'")
    expect(page.get_by_role("status")).to_have_text("12 cases")


def test_the_verdict_leads_to_its_cases(watch: Watch, address: str) -> None:
    page = watch(address).page
    page.locator(".reasons a", has_text="case-8").first.click()
    expect(page.locator("#case-case-8")).to_be_in_viewport()


def test_it_can_be_read_without_its_script(watch: Watch, address: str) -> None:
    page = watch(f"{address}#case-case-7", java_script_enabled=False).page
    expect(page.locator("#case-case-7")).to_be_in_viewport()
    expect(page.get_by_label("Find")).not_to_be_visible()
    page.locator("tbody.case summary").first.click()
    expect(page.get_by_text("The model did not answer; try again").first).to_be_visible()


def test_it_is_a_table_to_a_screen_reader_also_when_narrow(watch: Watch, address: str) -> None:
    page = watch(address, width=320, height=640).page
    table = page.get_by_role("table", name=re.compile("Each case with its result"))
    expect(table.get_by_role("row")).to_have_count(1 + 2 * 12)
    expect(table.get_by_role("rowheader", name="case-4")).to_be_visible()
    expect(page.get_by_role("img", name="What passes")).to_be_visible()


# Texts that try to act.


@pytest.fixture
def listener() -> Iterator[Listener]:
    opened = Listener()
    yield opened
    opened.close()


def hostile_report(there: str) -> str:
    """A report in which every hostile text stands wherever a text can."""
    runs = [everything(text) for text in (*payloads(there), *exfiltrating(there))]
    now, then, comparison = runs[0]
    return report_page(
        replace(now, cases=tuple(each for run, _, _ in runs for each in run.cases)),
        replace(then, cases=tuple(each for _, run, _ in runs for each in run.cases)),
        replace(
            comparison,
            regressions=tuple(each for _, _, one in runs for each in one.regressions),
            flips=tuple(each for _, _, one in runs for each in one.flips),
            differences=tuple(each for _, _, one in runs for each in one.differences),
        ),
    )


def visit(watch: Watch, address: str, milliseconds: int = 700) -> Watched:
    """Open everything, and give it time to happen; not until all is loaded, since some of it never would be."""
    watched = watch("about:blank")
    watched.page.goto(address, wait_until="commit")
    watched.page.evaluate(OPEN_ALL)
    watched.page.wait_for_timeout(milliseconds)
    return watched


@pytest.mark.parametrize("policy", [True, False], ids=["both walls", "escaping alone"])
def test_no_text_acts_or_asks_for_anything(watch: Watch, tmp_path: Path, listener: Listener, policy: bool) -> None:
    html = hostile_report(listener.address)
    address = write(tmp_path, html if policy else POLICY.sub("", html, count=1))
    watched = visit(watch, address)
    assert watched.page.evaluate("window.__x === undefined")
    watched.page.get_by_label("Find").fill("<script>")
    assert watched.requests == [address]
    assert watched.complaints == []
    assert watched.page.url.startswith(address)
    assert listener.heard == []


def unescaped(folder: Path, text: str, *, policy: bool) -> str:
    """The address of a report that says `text` as if it were markup."""
    html = report_page(*everything(text))
    return write(folder, html if policy else POLICY.sub("", html, count=1))


def test_the_policy_alone_lets_nothing_be_asked_for(
    watch: Watch, tmp_path: Path, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_escaping(monkeypatch)
    for text in exfiltrating(listener.address):
        # A policy says nothing of where a page goes by itself: that wall is the escaping alone.
        if "http-equiv=refresh" not in text:
            visit(watch, unescaped(tmp_path, text, policy=True), 100)
            assert listener.heard == [], text


def test_without_either_wall_the_listener_hears(
    watch: Watch, tmp_path: Path, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_escaping(monkeypatch)
    visit(watch, unescaped(tmp_path, f"<img src={listener.address}/b.png>", policy=False))
    assert listener.heard[:1] == [b"GET /b.png HTTP/1.1"]


def without_escaping(monkeypatch: pytest.MonkeyPatch) -> None:
    bare = Environment(loader=reporting._TEMPLATES.loader, autoescape=False, trim_blocks=True, lstrip_blocks=True)
    bare.filters.update(reporting._TEMPLATES.filters)
    monkeypatch.setattr(reporting, "_TEMPLATES", bare)
