"""The addresses under /embed/v1: the loader, the frame page and its files, tickets and sessions.

The first version promises to the pages that hold its line, for as long as it is served:

- `widget.js` needs nothing but `data-embed`, and knows `data-theme`, `data-lang`, `data-token-url` and
  `data-position`; what it does not know it passes over. It makes one global, `OnRecord`, with `open`, `ask` and
  `close`, and reads the custom properties `--onrecord-accent`, `--onrecord-on-accent`, `--onrecord-radius`,
  `--onrecord-font` and `--onrecord-offset`.
- A page's own policy needs this origin in `script-src`, `frame-src` and `connect-src`, and no more.
- `ticket` takes {"embed", "token"} as plain text and gives {"ticket", "expires_in"}; a token is for the audience that
  is the embed's name.

A loader of this version works with every later server that serves this path.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Scope

from ui.access.errors import NotAdmitted
from ui.answerer import Answerer
from ui.audit.noted import noted
from ui.caller import known
from ui.embed.admission import NO_EMBED, SESSION_SECONDS, TICKET_SECONDS, Admission
from ui.embed.assets import assets
from ui.embed.page import frame_page
from ui.limiting.turned_away import TurnedAway
from ui.origins import origin
from ui.route import NOTHING_ALLOWED, POST, Route
from ui.threads import Threads

if TYPE_CHECKING:
    from ui.serving import Site

FRAME_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors "
)
"""The policy of a frame page, to which the origins are added of the pages that may hold it."""
FRAME = "/embed/v1/frame/"
IMMUTABLE = "public, max-age=31536000, immutable"
VISITOR_COOKIE = "onrecord-visitor"
LARGEST_TOKEN = 8192
"""Characters; a token that names a few hundred groups is shorter."""

Fields = dict[str, str]
Answer = Callable[[Admission, Scope, Fields], Response]


def routes(site: Site) -> tuple[Route, ...]:
    """The rows of the guard's table; each frame page may be held by its own embed's origins, and by nobody else."""

    def frame_policy(scope: Scope) -> str:
        embed = site.embeds.get(scope["path"].removeprefix(FRAME))
        return FRAME_POLICY + " ".join(sorted(embed.origins)) if embed and embed.origins else NOTHING_ALLOWED

    def listed(scope: Scope) -> str | None:
        # The body says which chat it is about; an origin that lists another one reads there that it may not hold it.
        return origin(scope) if any(embed.is_held_by(origin(scope)) for embed in site.embeds.values()) else None

    def with_cookies(scope: Scope) -> bool:
        return any(not embed.is_public and embed.is_held_by(origin(scope)) for embed in site.embeds.values())

    path = re.compile
    return (
        Route(path(r"/embed/v1/widget\.js"), who="anyone", cache="no-cache", origin=listed, elsewhere=True),
        Route(path(rf"{FRAME}[a-z0-9-]{{1,40}}"), who="anyone", cache="no-cache", policy=frame_policy, elsewhere=True),
        Route(path(r"/embed/v1/page/[0-9a-f]{16}/[a-z0-9./-]+"), who="anyone", cache=IMMUTABLE),
        Route(path(r"/embed/v1/ticket"), POST, who="anyone", origin=listed, credentials=with_cookies),
        Route(path(r"/embed/v1/session"), POST, who="anyone"),
    )


def add(app: FastAPI, answerer: Answerer, site: Site, *, writes: bool = False) -> None:
    """Put these addresses on `app`; `writes` says that a model writes answers from the quotes."""
    _add_files(app, site, writes)
    _add_admission(app, site)


def _add_files(app: FastAPI, site: Site, writes: bool) -> None:
    @app.api_route("/embed/v1/widget.js", methods=["GET", "HEAD"])
    async def loader(request: Request) -> Response:
        return assets().loader.response(request)

    @app.api_route(FRAME + "{name}", methods=["GET", "HEAD"])
    async def frame(request: Request, name: str) -> Response:
        embed = site.embeds.get(name)
        return HTMLResponse(frame_page(embed, site.link_hosts, writes)) if embed else _refused(404, NO_EMBED)

    @app.api_route("/embed/v1/page/{version}/{file:path}", methods=["GET", "HEAD"])
    async def file(request: Request, version: str, file: str) -> Response:
        found = assets().files.get(file) if version == assets().version else None
        return found.response(request) if found else _refused(404, "There is no such file; load the chat again.")


def _add_admission(app: FastAPI, site: Site) -> None:
    admission = Admission(site.embeds, site.records.sessions, site.limits.rates, site.host_tokens)
    threads = Threads(4)

    async def answered(request: Request, answer: Answer, fields: Fields) -> Response:
        try:
            return await threads.run(partial(answer, admission, request.scope, fields))
        except NotAdmitted as error:
            return _refused(error.status, str(error))
        except TurnedAway as error:
            return _refused(error.status, str(error), {"retry-after": str(error.seconds)})

    @app.post("/embed/v1/ticket")
    async def ticket(request: Request) -> Response:
        fields = _texts(await request.body(), ("embed",), ("token",))
        if fields is None or len(fields.get("token", "")) > LARGEST_TOKEN:
            return _refused(400, 'A ticket is not asked for like that; send {"embed": NAME}, and a "token" if need be.')
        return await answered(request, _ticket, fields)

    @app.post("/embed/v1/session")
    async def session(request: Request) -> Response:
        fields = _texts(await request.body(), ("embed", "ticket"))
        if fields is None:
            return _refused(400, 'A session is not asked for like that; send {"embed": NAME, "ticket": TICKET}.')
        https = site.is_https or request.scope.get("scheme") == "https"
        return await answered(request, partial(_session, https=https), fields)


def _ticket(admission: Admission, scope: Scope, fields: Fields) -> Response:
    noted(scope).action = "embed ticket"
    peer = scope.get("client")
    address = str(peer[0]) if peer else None
    ticket = admission.ticket(fields["embed"], origin(scope), known(scope), fields.get("token"), address)
    return _json({"ticket": ticket, "expires_in": TICKET_SECONDS})


def _session(admission: Admission, scope: Scope, fields: Fields, *, https: bool) -> Response:
    noted(scope).action = "embed session"
    cookie = f"__Secure-{VISITOR_COOKIE}" if https else VISITOR_COOKIE
    visitor = Request(scope).cookies.get(cookie)
    begun = admission.session(fields["embed"], fields["ticket"], known(scope), visitor)
    response = _json({"session": begun.secret, "expires_in": SESSION_SECONDS, "signed_in": begun.visitor is None})
    if begun.visitor is not None:
        # Written out, as Starlette sets Partitioned only from Python 3.14 on.
        crossing = "SameSite=None; Secure; Partitioned" if https else "SameSite=Lax"
        response.headers["set-cookie"] = f"{cookie}={begun.visitor}; Path=/embed/v1/session; HttpOnly; {crossing}"
    return response


def _texts(body: bytes, needed: tuple[str, ...], more: tuple[str, ...] = ()) -> Fields | None:
    """The JSON object in `body`, if it holds texts under the needed names, and else under none but `more`."""
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(fields, dict) or not set(needed) <= fields.keys() <= {*needed, *more}:
        return None
    return fields if all(isinstance(value, str) for value in fields.values()) else None


def _refused(status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    return _json({"error": sentence}, status, headers)


def _json(value: dict[str, str | int | bool], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(value), status, headers, "application/json")
