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
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response
from starlette.types import Scope

from ui.access.errors import NotAdmitted
from ui.answerer import Answerer
from ui.audit.noted import noted
from ui.caller import known
from ui.embed.admission import SESSION_SECONDS, TICKET_SECONDS, Admission, Begun
from ui.embed.assets import assets
from ui.embed.embeds import Embed
from ui.embed.page import frame_page
from ui.route import NOTHING_ALLOWED, POST, Route

if TYPE_CHECKING:
    from ui.serving import Site

FRAME_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors "
)
"""The policy of a frame page, to which the origins are added of the pages that may hold it."""
FRAME = "/embed/v1/frame/"
IMMUTABLE = "public, max-age=31536000, immutable"
NO_EMBED = "There is no such embedded chat; compare the name with the server's settings."
VISITOR_COOKIE = "onrecord-visitor"
LARGEST_TOKEN = 8192


def routes(site: Site) -> tuple[Route, ...]:
    """The rows of the guard's table; each frame page may be held by its own embed's origins, and by nobody else."""

    def frame_policy(scope: Scope) -> str:
        embed = site.embeds.get(scope["path"].removeprefix(FRAME))
        return FRAME_POLICY + " ".join(sorted(embed.origins)) if embed and embed.origins else NOTHING_ALLOWED

    def listed(scope: Scope) -> str | None:
        origin = _origin(scope)
        return origin if any(embed.is_held_by(origin) for embed in site.embeds.values()) else None

    path = re.compile
    return (
        Route(path(r"/embed/v1/widget\.js"), who="anyone", cache="no-cache", origin=listed, elsewhere=True),
        Route(path(rf"{FRAME}[a-z0-9-]{{1,40}}"), who="anyone", cache="no-cache", policy=frame_policy, elsewhere=True),
        Route(path(r"/embed/v1/page/[0-9a-f]{16}/[a-z0-9./-]+"), who="anyone", cache=IMMUTABLE),
        Route(path(r"/embed/v1/ticket"), POST, who="anyone", origin=listed),
        Route(path(r"/embed/v1/session"), POST, who="anyone"),
    )


def add(app: FastAPI, answerer: Answerer, site: Site) -> None:
    """Put these addresses on `app`."""
    _add_files(app, site)
    _add_admission(app, site)


def _add_files(app: FastAPI, site: Site) -> None:
    @app.api_route("/embed/v1/widget.js", methods=["GET", "HEAD"])
    async def loader(request: Request) -> Response:
        return assets().loader.response(request)

    @app.api_route(FRAME + "{name}", methods=["GET", "HEAD"])
    async def frame(request: Request, name: str) -> Response:
        embed = site.embeds.get(name)
        return HTMLResponse(frame_page(embed, site.link_hosts)) if embed else _refused(404, NO_EMBED)

    @app.api_route("/embed/v1/page/{version}/{file:path}", methods=["GET", "HEAD"])
    async def file(request: Request, version: str, file: str) -> Response:
        found = assets().files.get(file) if version == assets().version else None
        return found.response(request) if found else _refused(404, "There is no such file; load the chat again.")


def _add_admission(app: FastAPI, site: Site) -> None:
    admission = Admission(site.embeds, site.records.sessions, site.host_tokens)

    @app.post("/embed/v1/ticket")
    async def ticket(request: Request) -> Response:
        return await run_in_threadpool(_ticket, admission, request, await request.body())

    @app.post("/embed/v1/session")
    async def session(request: Request) -> Response:
        return await run_in_threadpool(_session, admission, request, await request.body(), _is_https(site, request))


def _ticket(admission: Admission, request: Request, body: bytes) -> Response:
    fields = _texts(body, ("embed", "token"))
    if fields is None or "embed" not in fields or len(fields.get("token", "")) > LARGEST_TOKEN:
        return _refused(
            400, 'The body is not what a ticket needs; send {"embed": NAME}, and a "token" if there is one.'
        )
    embed = admission.embeds.get(fields["embed"])
    if embed is None:
        return _refused(404, NO_EMBED)
    noted(request.scope).action = f"ticket {embed.name}"
    try:
        ticket = admission.ticket(embed, _origin(request.scope), known(request.scope), fields.get("token"))
    except NotAdmitted as error:
        return _refused(error.status, str(error))
    return _json({"ticket": ticket, "expires_in": TICKET_SECONDS})


def _session(admission: Admission, request: Request, body: bytes, https: bool) -> Response:
    fields = _texts(body, ("embed", "ticket"))
    if fields is None or len(fields) < 2:
        return _refused(400, 'The body is not what a session needs; send {"embed": NAME, "ticket": TICKET}.')
    embed = admission.embeds.get(fields["embed"])
    if embed is None:
        return _refused(404, NO_EMBED)
    noted(request.scope).action = f"session {embed.name}"
    cookie = _cookie_name(https)
    try:
        session = admission.session(embed, fields["ticket"], known(request.scope), request.cookies.get(cookie))
    except NotAdmitted as error:
        return _refused(error.status, str(error))
    return _begun(embed, session, https)


def _begun(embed: Embed, session: Begun, https: bool) -> Response:
    response = _json({"session": session.secret, "expires_in": SESSION_SECONDS, "signed_in": not embed.is_public})
    if session.visitor is not None:
        # Written out, as Starlette sets Partitioned only from Python 3.14 on.
        crossing = "SameSite=None; Secure; Partitioned" if https else "SameSite=Lax"
        response.headers["set-cookie"] = (
            f"{_cookie_name(https)}={session.visitor}; Path=/embed/v1/session; Max-Age=31536000; HttpOnly; {crossing}"
        )
    return response


def _cookie_name(https: bool) -> str:
    return f"__Secure-{VISITOR_COOKIE}" if https else VISITOR_COOKIE


def _is_https(site: Site, request: Request) -> bool:
    """Whether the browser speaks https, here or to the proxy in front; a page inside https keeps only such cookies."""
    return request.scope.get("scheme") == "https" or (site.public_url or "").startswith("https://")


def _origin(scope: Scope) -> str | None:
    """The one origin that a request names; None if it names none or several."""
    named = [value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"origin"]
    return named[0] if len(named) == 1 else None


def _texts(body: bytes, known_fields: tuple[str, ...]) -> dict[str, str] | None:
    """The JSON object in `body`, if it holds texts under these names alone."""
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(fields, dict) or fields.keys() - set(known_fields):
        return None
    return fields if all(isinstance(value, str) for value in fields.values()) else None


def _refused(status: int, sentence: str) -> Response:
    return _json({"error": sentence}, status)


def _json(value: dict[str, str | int | bool], status: int = 200) -> Response:
    return Response(json.dumps(value), status, media_type="application/json")
