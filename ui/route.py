"""One row of the route table: what is open, to whom, for what use, and with which headers it answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from starlette.types import Scope

from ui.caller import Use

SAFE_METHODS = frozenset({"GET", "HEAD"})
GET = frozenset({"GET"})
POST = frozenset({"POST"})

NOTHING_ALLOWED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The content security policy of whatever is no page."""


@dataclass(frozen=True, slots=True)
class Route:
    """One open route: `path` is matched whole, and what is in no row is shut.

    `who`: `caller` is somebody known, `anyone` needs no identity, and is given the caller where there is one. `use` is
    what an API key must be good for. `asks` says that the route costs an answer, so it is counted, limited and queued.
    `is_page` says that a browser shows it, so somebody unknown is sent to sign in where that can be done here.
    `policy` is its content security policy, or what makes it from the request; `cache` its Cache-Control.
    `origin` gives the one origin that may read the response from another site, None for none; a route that has it takes
    a plain-text body, so that no preflight is needed; `credentials` says whether that origin's page may send cookies
    along. `elsewhere` says that pages of other origins may load it, `any_host` that it may be asked for by any name, as
    whoever watches over a server does. `form` says that a form on a page of ours posts to it, which no script need do.
    `uploads` says that the body is a file, which the route itself reads as it comes.
    """

    path: re.Pattern[str]
    methods: frozenset[str] = SAFE_METHODS
    who: Literal["caller", "anyone"] = "caller"
    use: Use | None = None
    asks: bool = False
    is_page: bool = False
    policy: str | Callable[[Scope], str] = NOTHING_ALLOWED
    cache: str = "no-store"
    origin: Callable[[Scope], str | None] | None = None
    credentials: Callable[[Scope], bool] | None = None
    elsewhere: bool = False
    any_host: bool = False
    form: bool = False
    uploads: bool = False
