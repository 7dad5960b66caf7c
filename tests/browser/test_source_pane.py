"""The source beside the answer: from quote to quote of one answer in a document, its pages, and the way to the
original."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import FrameLocator, Page, Route, expect

from index.document import Document
from index.principal import Principal
from tests.browser.axe import violations
from tests.browser.conftest import Watched, ask
from tests.newsroom import CONDITIONS, CONDITIONS_ANSWER, Newsroom
from tests.served import serving
from ui.app import create_app

pytestmark = pytest.mark.browser

Watch = Callable[..., Watched]
QUESTION = "What are the conditions?"
HERE = [each for each in CONDITIONS_ANSWER.evidence if each.attribution.document_id == CONDITIONS.id]
"""The quotes that the answer takes from one document, of which there are several."""


PAGED = replace(CONDITIONS, pages=(0, 400, CONDITIONS.text.index("He added")), collection="briefs")
ONLINE = replace(CONDITIONS, uri="https://example.org/papers?id=7", pages=())


class Archive(Newsroom):
    """The newsroom, in which the conditions stand on three pages of a collection."""

    def document(self, principal: Principal, document_id: str) -> Document | None:
        return PAGED if document_id == PAGED.id else super().document(principal, document_id)


@pytest.fixture(scope="module")
def archive() -> Iterator[str]:
    with serving(lambda: create_app(Archive(also=(ONLINE,)))) as served:
        yield served


def opened(watch: Watch, archive: str, number: int, **options: object) -> tuple[Page, FrameLocator]:
    """The page with the answer, and the pane with this quote of it lit."""
    page = watch(archive, **options).page
    ask(page, QUESTION)
    page.locator("#current blockquote a.cite", has_text=str(number)).first.click()
    frame = page.frame_locator("#source iframe")
    expect(frame.locator("mark")).to_have_text(CONDITIONS_ANSWER.evidence[number - 1].quote)
    return page, frame


def test_the_way_leads_from_quote_to_quote_and_the_answer_goes_along(watch: Watch, archive: str) -> None:
    page, frame = opened(watch, archive, 2)
    expect(frame.locator(".way .at")).to_have_text("Quote 1 of 2 here")
    expect(frame.locator("a.also")).to_have_text(HERE[1].quote)
    frame.get_by_role("link", name="Next").press("Enter")
    expect(frame.locator("mark")).to_have_text(HERE[1].quote)
    expect(frame.locator("#quote")).to_be_in_viewport(ratio=0.9)
    expect(page.locator("#current a.cite[aria-current]").first).to_contain_text("4")
    assert re.search(r"at=\d+-\d+&sum=\w{12}&also=", str(page.locator("#source-alone").get_attribute("href")))
    frame.locator("a.also").click()
    expect(frame.locator("mark")).to_have_text(HERE[0].quote)
    expect(page.locator("#current a.cite[aria-current]").first).to_contain_text("2")
    page.locator("#source-close").click()
    assert page.evaluate("document.activeElement.textContent").startswith("2")


def test_the_page_of_the_quote_is_told_and_pages_are_told_apart(watch: Watch, archive: str) -> None:
    _, frame = opened(watch, archive, 4)
    expect(frame.locator(".facts")).to_contain_text("Page 3 of 3")
    expect(frame.locator(".facts")).to_contain_text("Collection: briefs")
    expect(frame.locator("#page-3")).to_be_in_viewport()
    assert frame.locator(".page").all_text_contents() == ["Page 1", "Page 2", "Page 3"]


def test_the_original_opens_in_a_tab_that_knows_nothing_of_this_one(watch: Watch, archive: str) -> None:
    page = watch(f"{archive}/source/{ONLINE.id}").page
    page.context.route("https://example.org/**", lambda route: route.fulfill(body="<p>The original</p>"))
    with page.context.expect_page() as opening:
        page.get_by_role("link", name="Open the original").click()
    original = opening.value
    expect(original.locator("p")).to_have_text("The original")
    assert original.url == ONLINE.uri
    assert original.evaluate("[document.referrer, window.opener, window.origin]") == ["", None, "https://example.org"]


def unconfined(route: Route) -> None:
    """A page without its policy, under which no script runs, not even one that looks for what is amiss."""
    response = route.fetch()
    kept = {name: value for name, value in response.headers.items() if name != "content-security-policy"}
    route.fulfill(response=response, headers=kept)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_everything_fits_and_nothing_is_amiss(watch: Watch, archive: str, scheme: str, width: int) -> None:
    page, frame = opened(watch, archive, 2, color_scheme=scheme, width=width)
    expect(frame.locator(".way")).to_be_in_viewport()
    page.route("**/source/*", unconfined)
    page.goto(str(page.locator("#source-alone").get_attribute("href")))
    expect(page.locator("#quote")).to_be_in_viewport()
    assert violations(page, colours_only=scheme == "dark") == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
