"""The chat as readers meet it: somebody else's page with the line in it, the real loader, the real app behind it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from playwright.sync_api import Frame, Page

from index.records.records import Records
from rag.settings import Settings
from tests.browser.conftest import PATIENCE
from tests.embedding import SECRET
from tests.hostpage import Host, hosting, html, line
from tests.hostpage import Page as HostPage
from tests.newsroom import Newsroom
from tests.served import serving
from ui.access.hosttoken import HostTokens
from ui.access.identity import identify
from ui.app import create_app
from ui.embed.embeds import embeds
from ui.limiting.answering import Limits
from ui.limiting.rates import Rates
from ui.serving import STRANGERS, Site

GREETING = "Ask about the talks."


@dataclass
class Chat:
    """A host page's server and the app's, with what a test looks into."""

    host: Host
    address: str
    records: Records
    newsroom: Newsroom
    pages: list[Page] = field(default_factory=list)

    def page(self, path: str, more: str = "defer", attributes: str = 'lang="en"', head: str = "") -> str:
        """The address of a page with the line in it; `more` are further attributes of the line."""
        self.host.pages[path] = HostPage(html(line(self.address, "wiki", more), attributes=attributes, head=head))
        return self.host.address + path


def site(origin: str, rate: str = "1000/minute", **embed: object) -> Site:
    """A site with one chat, for pages of `origin`."""
    chat: Mapping[str, object] = {"origins": [origin], "audience": "public", "greeting": GREETING, **embed}
    read = Settings.model_validate({"identity": "keys", "token_secret": SECRET, "embeds": {"wiki": chat}})
    records = Records.in_memory()
    alone = Site.alone()
    return replace(
        alone,
        identify=identify(read, records),
        records=records,
        limits=Limits(Rates(records.counters, user=rate, key=rate, embeds={"wiki": "1000/minute"}), alone.limits.turns),
        stranger=STRANGERS["keys"],
        host_tokens=HostTokens.of(read, records),
        embeds=embeds(read),
        link_hosts=frozenset({"intra.example"}),
    )


@contextmanager
def chatting(
    newsroom: Newsroom,
    *,
    rate: str = "1000/minute",
    model: str | None = None,
    around: Callable[[str], Site] | None = None,
    **embed: object,
) -> Iterator[Chat]:
    """Both servers at work."""
    with hosting() as host:
        at = around(host.address) if around else site(host.address, rate, **embed)
        with serving(lambda: create_app(newsroom, at, model=model)) as address:
            yield Chat(host, address, at.records, newsroom)


def opened(page: Page) -> Frame:
    """The chat's own page, once it is opened by its launcher and can be asked."""
    page.locator("on-record #ask").click()
    return inside(page)


def inside(page: Page) -> Frame:
    """The chat's own page, once it can be asked."""
    page.locator("on-record iframe").wait_for()
    handle = page.locator("on-record iframe").element_handle()
    frame = handle.content_frame()
    assert frame
    frame.locator("#question").wait_for()
    return frame


def until(frame: Frame, condition: str) -> None:
    """Wait until the JavaScript `condition` holds; the page's policy forbids to evaluate a text in it."""
    ends = time.monotonic() + PATIENCE / 1000
    while not frame.evaluate(condition):
        assert time.monotonic() < ends, condition
        frame.page.wait_for_timeout(30)


def ask(frame: Frame, question: str) -> None:
    """Ask in the box and wait until that is over, however it ends."""
    frame.locator("#question").fill(question)
    frame.locator("#question").press("Enter")
    frame.locator(".turn:last-child:is(.answered, .abstained, .failed, .stopped)").wait_for()
