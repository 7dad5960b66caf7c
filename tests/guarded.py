"""The real pages, questions, signing in and embedded chats behind the real guard; without gradio's conversation, which
takes a second to make."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, FastAPI

from index.records.records import Records
from rag.settings import Settings
from tests.newsroom import Newsroom
from ui import check_page, pages
from ui.access import login
from ui.access.hosttoken import HostTokens
from ui.access.identity import identify
from ui.access.login import Login
from ui.embed import routes
from ui.embed.embeds import embeds
from ui.guard import Guard
from ui.limiting.answering import Limits
from ui.limiting.rates import Rates
from ui.limiting.turns import Turns
from ui.routes import ask
from ui.serving import LOGIN, STRANGERS, Site


def site_of(settings: Settings, records: Records) -> Site:
    """The site that `settings` describe as far as who asks goes, and where it is reached."""
    is_ours = settings.identity == "oidc"
    return replace(
        Site.alone(),
        identify=identify(settings, records),
        records=records,
        limits=Limits(
            Rates(
                records.counters,
                user=settings.limit_user,
                key=settings.limit_key,
                embeds={name: embed.limit for name, embed in settings.embeds.items()},
            ),
            Turns(each=settings.answers_each, at_once=settings.answers_at_once, waiting=settings.answers_waiting),
        ),
        stranger=STRANGERS[settings.identity],
        login=LOGIN if is_ours else None,
        sign_in=Login.of(settings, records),
        host_tokens=HostTokens.of(settings, records),
        embeds=embeds(settings),
        public_url=settings.public_url,
        hosts=frozenset(settings.hosts),
    )


def guarded(site: Site, newsroom: Newsroom | None = None) -> Guard:
    """The app; its rows are those of what is in it."""
    app, router = FastAPI(), APIRouter()
    newsroom = newsroom or Newsroom()
    rows = [*pages.ROUTES, *check_page.ROUTES, *ask.ROUTES, *routes.routes(site)]
    pages.add(app, newsroom, site)
    check_page.add(app, newsroom, site)
    routes.add(app, newsroom, site)
    ask.add(router, newsroom, site)
    app.include_router(router)
    if site.sign_in:
        login.add(app, newsroom, site)
        rows += login.ROUTES
    return Guard(app, site, routes=rows)
