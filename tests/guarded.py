"""The real pages, signing in and questions behind the real guard, without gradio's conversation, which takes a second
to make."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, FastAPI

from index.records.records import Records
from rag.settings import Settings
from tests.newsroom import Newsroom
from ui import pages
from ui.access import login
from ui.access.identity import identify
from ui.access.login import Login
from ui.guard import Guard
from ui.routes import ask
from ui.serving import LOGIN, STRANGERS, Site


def site_of(settings: Settings, records: Records) -> Site:
    """The site that `settings` describe as far as who asks goes, and where it is reached."""
    is_ours = settings.identity == "oidc"
    return replace(
        Site.alone(),
        identify=identify(settings, records),
        records=records,
        stranger=STRANGERS[settings.identity],
        login=LOGIN if is_ours else None,
        sign_in=Login.of(settings, records),
        public_url=settings.public_url,
        hosts=frozenset(settings.hosts),
    )


def guarded(site: Site) -> Guard:
    """The app; its rows are those of what is in it."""
    app, newsroom, router = FastAPI(), Newsroom(), APIRouter()
    pages.add(app, newsroom, site)
    rows = [*pages.ROUTES, *ask.ROUTES]
    if site.sign_in:
        login.add(app, newsroom, site)
        rows += login.ROUTES
    ask.add(router, newsroom, site)
    app.include_router(router)
    return Guard(app, site, routes=rows)
