"""Sites with embedded chats, for tests: whom they are for, how people are known there, and without a library."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from fastapi import FastAPI
from starlette.testclient import TestClient

from index.records.records import Records
from rag.settings import Settings
from tests.newsroom import Newsroom
from ui.access.hosttoken import HostTokens
from ui.access.identity import identify
from ui.embed import routes
from ui.embed.embeds import embeds
from ui.guard import Guard
from ui.limiting.answering import Limits
from ui.limiting.rates import Rates
from ui.routes import find
from ui.serving import STRANGERS, Site

WIKI = "https://wiki.example.org"
SHOP = "https://shop.example.org"
SECRET = "0123456789abcdef0123456789abcdef"
EMBEDS: Mapping[str, Mapping[str, object]] = {
    "wiki": {"origins": [WIKI, "https://handbook.example.org:8443"], "collections": ["handbook"]},
    "shop": {"origins": [SHOP], "audience": "public", "readers": ["public", "customers"], "greeting": "Good <day>"},
    "retired": {"origins": [WIKI], "enabled": False},
}


class Moving:
    """A clock that a test moves on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def on(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def site(
    chats: Mapping[str, Mapping[str, object]] = EMBEDS, clock: Callable[[], datetime] | None = None, **settings: object
) -> Site:
    """A site with these embedded chats; people are known by a proxy's word unless `settings` say otherwise."""
    known: dict[str, object] = {"identity": "header", "trusted_peers": ("127.0.0.1",), "token_secret": SECRET}
    read = Settings.model_validate({**known, "embeds": chats, **settings})
    records = Records.in_memory(clock) if clock else Records.in_memory()
    alone = Site.alone()
    rates = Rates(records.counters, user="1000/minute", key="1000/minute", embeds=dict.fromkeys(chats, "1000/minute"))
    return replace(
        alone,
        identify=identify(read, records),
        records=records,
        limits=Limits(rates, alone.limits.turns),
        stranger=STRANGERS[read.identity],
        host_tokens=HostTokens.of(read, records),
        embeds=embeds(read),
        public_url=read.public_url,
        link_hosts=frozenset(read.link_hosts),
    )


def app(at: Site) -> Guard:
    """The embedded chats behind the guard, and what lists documents; the rest takes long to make."""
    inner, newsroom = FastAPI(openapi_url=None), Newsroom()
    find.add(inner.router, newsroom, at)
    routes.add(inner, newsroom, at)
    return Guard(inner, at, routes=(*find.ROUTES, *routes.routes(at)))


def client(at: Site, peer: str = "127.0.0.1", base_url: str = "http://127.0.0.1", **headers: str) -> TestClient:
    """A browser without a page of its own, as far as headers go."""
    return TestClient(app(at), base_url=base_url, client=(peer, 50_000), headers=headers, raise_server_exceptions=False)
