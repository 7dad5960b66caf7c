"""Measures the conversation's page in a real browser: python -m tests.browser.page_speed

What it weighs and asks for when it is loaded for the first time and again, how far things move while it starts and
while answers are written (layout shift, as the browser reports it), and how long after a key or a click the next frame
is painted (event timing), for typing, asking, opening a source, the history and judging an answer.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median, quantiles

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.conftest import CHROMIUM, EXAMPLES, FLAGS, MODEL, ask
from tests.newsroom import Newsroom
from tests.served import serving
from ui.app import create_app

TURNS = 8
TYPED = 3
"""Keys of each question that are pressed one by one and measured; the rest of it is put in at once."""
WRITTEN = "Are they still the same?"
PAUSE = 0.15
SHORTEST = 16
"""Milliseconds that an interaction counts for where the browser reports none: it tells of longer ones only."""
MOST_SHIFT, MOST_MILLISECONDS = 0.02, 200

WATCH = """
window.shifts = [];
window.events = [];
new PerformanceObserver((list) => window.shifts.push(...list.getEntries())).observe({
  type: "layout-shift", buffered: true,
});
new PerformanceObserver((list) => window.events.push(...list.getEntries())).observe({
  type: "event", buffered: true, durationThreshold: 16,
});
"""
SHIFTED = "shifts.filter((each) => !each.hadRecentInput).reduce((sum, each) => sum + each.value, 0)"
WEIGHT = """(() => {
  const all = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
  return [all.length, all.reduce((sum, each) => sum + each.transferSize, 0)];
})()"""
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
INTERACTIONS = "events.filter((each) => each.interactionId).map((each) => [each.interactionId, each.duration])"


@dataclass
class Hand:
    """Somebody at the page: what they do, by name, and how long each thing took until the next frame."""

    page: Page
    took: dict[str, list[float]] = field(default_factory=dict)

    def does(self, name: str, act: Callable[[], object]) -> None:
        self.page.evaluate("window.events = []")
        act()
        self.page.wait_for_timeout(250)
        longest: dict[int, float] = {}
        for interaction, duration in self.page.evaluate(INTERACTIONS):
            longest[interaction] = max(duration, longest.get(interaction, 0))
        self.took.setdefault(name, []).append(max(longest.values(), default=SHORTEST))


def main() -> None:
    """Every figure, as lines."""
    newsroom = Newsroom(pause=PAUSE)
    with serving(lambda: create_app(newsroom, examples=EXAMPLES, model=MODEL)) as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        for width, height in ((1280, 860), (320, 640)):
            loaded(browser, address, width, height)
            written(browser, address, width, height)
        used(browser, address)
        browser.close()


def opened(browser: Browser, width: int, height: int) -> BrowserContext:
    context = browser.new_context(viewport={"width": width, "height": height})
    context.add_init_script(WATCH)
    return context


def loaded(browser: Browser, address: str, width: int, height: int) -> None:
    context = opened(browser, width, height)
    page = context.new_page()
    for name in ("first load", "load again"):
        page.goto(address)
        page.locator("#question textarea").wait_for()
        page.wait_for_timeout(800)
        requests, weight = page.evaluate(WEIGHT)
        paint = page.evaluate(PAINTED)
        told(f"{name}, {width} px", f"{requests} requests, {weight / 1000:.0f} kB, first paint {paint:.0f} ms")
        told(f"layout shift of it, {width} px", f"{page.evaluate(SHIFTED):.4f}")
    context.close()


def written(browser: Browser, address: str, width: int, height: int) -> None:
    """How far things move while answers come, each with what has come before above it."""
    context = opened(browser, width, height)
    page = context.new_page()
    page.goto(address)
    page.locator("#question textarea").wait_for()
    page.wait_for_timeout(500)
    shifts = []
    for question in (
        WRITTEN,
        "What are the conditions?",
        "What did change?",
        "What is the population of Brazil?",
        WRITTEN,
    ):
        page.evaluate("window.shifts = []")
        ask(page, question, seconds=60)
        page.wait_for_timeout(300)
        shifts.append(page.evaluate(SHIFTED))
    kept = "kept" if max(shifts) <= MOST_SHIFT else "NOT KEPT"
    told(f"layout shift while an answer comes, {width} px", f"worst {max(shifts):.4f} of {len(shifts)}, {kept}")
    context.close()


def used(browser: Browser, address: str) -> None:
    context = opened(browser, 1280, 860)
    hand = Hand(context.new_page())
    hand.page.goto(address)
    hand.page.locator("#question textarea").wait_for()
    for number in range(TURNS):
        turn(hand, number)
    for name, took in hand.took.items():
        told(f"to the next paint, {name}", f"p50 {median(took):.0f} ms, worst {max(took):.0f} ms of {len(took)}")
    every = [each for took in hand.took.values() for each in took]
    worst = quantiles(every, n=20)[-1]
    kept = "kept" if worst <= MOST_MILLISECONDS else "NOT KEPT"
    told("interaction to next paint", f"p95 {worst:.0f} ms of {len(every)}, {kept}")
    context.close()


def turn(hand: Hand, number: int) -> None:
    """One question and what a reader does with its answer."""
    page, box = hand.page, hand.page.locator("#question textarea")
    box.focus()
    for key in "Are"[:TYPED]:
        hand.does("typing", lambda key=key: page.keyboard.press(key))  # type: ignore[misc]
    box.fill(WRITTEN)
    hand.does("asking", lambda: box.press("Enter"))
    page.locator(f"#quotes #answer-{number + 1}.answered").wait_for(timeout=60_000)
    page.wait_for_timeout(500)
    hand.does("opening a source", lambda: page.locator("#quotes a.cite").nth(number % 5).click())
    page.keyboard.press("Escape")
    hand.does("opening the history", lambda: page.locator("#history-open").click())
    page.keyboard.press("Escape")
    hand.does("judging", lambda: page.locator("#quotes").get_by_role("button", name="Helpful").click())


def told(name: str, figure: str) -> None:
    sys.stdout.write(f"{name:60} {figure}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
