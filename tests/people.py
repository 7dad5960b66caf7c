"""People asking the API behind the real guard, each known by a header of the tests' own, without gradio's conversation,
which takes a second to make; what they leave is kept in memory."""

from __future__ import annotations

from dataclasses import replace

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Scope

from index.principal import person
from rag.settings import Settings
from ui import app
from ui.answerer import Answerer
from ui.audit.auditlog import AuditLog
from ui.caller import Caller
from ui.guard import Guard
from ui.limiting.answering import Limits
from ui.limiting.rates import Rates
from ui.limiting.turns import Turns
from ui.routes import every
from ui.serving import Site


def identify(scope: Scope) -> Caller | None:
    """`X-As: alice` is Alice, of the groups in `X-Groups`; `X-Embed` is the embedded chat she asks in."""
    headers = Headers(scope=scope)
    name = headers.get("x-as")
    if not name:
        return None
    groups = [group for group in headers.get("x-groups", "").split(",") if group]
    embed = headers.get("x-embed")
    return Caller(person(name, groups), "embed" if embed else "header", embed=embed)


def peopled(audit: AuditLog | None = None) -> Site:
    """A site whose callers are known so, with an embedded chat `wiki`."""
    alone = Site.alone()
    asked = Settings()
    rates = Rates(alone.records.counters, user="10000/minute", key=asked.limit_key, embeds={"wiki": "10000/minute"})
    limits = Limits(rates, Turns(each=10, at_once=10, waiting=10))
    return replace(alone, identify=identify, limits=limits, audit=audit, audit_questions=True)


def api(answerer: Answerer, site: Site) -> Guard:
    """The API alone, behind its guard."""
    bare = FastAPI()
    every.add(bare, answerer, site)
    app._add_failures(bare, site)
    return Guard(bare, site, routes=every.ROUTES)


def client(app: ASGIApp, name: str, *groups: str, embed: str | None = None) -> TestClient:
    """A client through which one person asks."""
    headers = {"x-as": name, "x-groups": ",".join(groups)} | ({"x-embed": embed} if embed else {})
    return TestClient(app, base_url="http://127.0.0.1", headers=headers, raise_server_exceptions=False)
