"""An answer behind a link, in a browser: read by whoever may, without a script, narrow and wide, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from starlette.testclient import TestClient

from tests.browser.axe import violations
from tests.browser.conftest import Watched
from tests.newsroom import ABSTENTION, WRITTEN_ANSWER, Newsroom
from tests.people import client, peopled
from tests.served import serving
from tests.test_routes_turns import ASK, MIXED, SEALED, TURNS, guarded

pytestmark = pytest.mark.browser
Watch = Callable[..., Watched]
QUESTION = "What did the Kremlin ask for in August, and is that still so?"
BOB = {"x-as": "bob"}


@dataclass(frozen=True)
class Links:
    """Where the answers are that Alice has shared: one whole, one that Bob may read in part, one silent, and none."""

    address: str
    whole: str
    part: str
    silent: str
    none: str


@pytest.fixture(scope="module")
def links() -> Iterator[Links]:
    newsroom, site = Newsroom(also=(SEALED,)), peopled()
    app = guarded(newsroom, site)
    alice = client(app, "alice", "press")
    shared = [share(newsroom, alice, answer) for answer in (WRITTEN_ANSWER, MIXED, ABSTENTION)]
    with serving(lambda: app) as address:
        yield Links(address, *(f"{address}{link}" for link in (*shared, f"/answer/{'0' * 32}")))


def share(newsroom: Newsroom, alice: TestClient, answer: object) -> str:
    newsroom.answer = answer  # type: ignore[assignment]
    turn = alice.post(ASK, json={"question": QUESTION, "conversation": "new", "as_of": "2025-09-01"}).json()["turn"]
    return str(alice.post(f"{TURNS}/{turn}/link", json={}).json()["link"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_and_nothing_runs_over(links: Links, watch: Watch, scheme: str, width: int) -> None:
    for url in (links.whole, links.part, links.silent, links.none):
        watched = watch(url, width=width, color_scheme=scheme, extra_http_headers=BOB)
        assert violations(watched.page) == []
        assert watched.page.evaluate("document.documentElement.scrollWidth") <= width
        assert watched.elsewhere(links.address) == []
        if url != links.none:  # of which the browser says that it is not there
            assert watched.complaints == []


def test_a_quote_opens_in_a_tab_of_its_own_by_keyboard_alone(links: Links, watch: Watch) -> None:
    page = watch(links.whole, extra_http_headers=BOB).page
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('a.cite')"):
            break
    with page.expect_popup() as opened:
        page.keyboard.press("Enter")
    opened.value.wait_for_load_state()
    assert opened.value.locator("mark").count() > 0
    assert page.url == links.whole, "the answer stays where it is"
    assert opened.value.evaluate("window.opener") is None


def test_nothing_can_be_asked_judged_or_changed_there(links: Links, watch: Watch) -> None:
    page = watch(links.whole, extra_http_headers=BOB).page
    assert page.locator("button:visible, input:visible, form").count() == 0
    assert page.locator("script").count() == 0


def test_from_right_to_left_it_stands_on_the_right(links: Links, watch: Watch) -> None:
    page = watch(links.whole, extra_http_headers=BOB, locale="ar").page
    assert page.locator("html").get_attribute("dir") == "rtl"
    name, whole = page.locator("#masthead .name a").bounding_box(), page.locator("main").bounding_box()
    assert name is not None
    assert whole is not None
    assert name["x"] + name["width"] == pytest.approx(whole["x"] + whole["width"], abs=1)
    assert violations(page) == []
