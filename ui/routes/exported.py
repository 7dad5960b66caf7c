"""One's own conversations as a file, one of them or all: Markdown with footnotes, or JSON.

A file is made as it is sent, conversation by conversation, each checked anew against what its reader may read. What
goes wrong on the way breaks the download off, so that no part of it passes for the whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Path, Query, Request
from starlette.responses import Response, StreamingResponse

from index.folded import folded
from index.records.conversations import Held
from index.records.store import present
from ui import citing, kept, wire
from ui.answerer import Answerer
from ui.audit.noted import Noted, noted
from ui.caller import caller_of, principal_of
from ui.escaping import escaped
from ui.kept import Reader
from ui.reached import reached_at
from ui.route import GET, Route
from ui.routes import recalled
from ui.routes.asked import ID, ExportQuery
from ui.routes.conversing import Where, where
from ui.routes.history import conversation_json
from ui.routes.refusal import NO_CONVERSATION, READING, failing
from ui.serving import Site
from ui.wording import wording_of

ROUTES = (
    Route(re.compile(r"/api/v1/history/export"), GET, use="history"),
    Route(re.compile(r"/api/v1/history/[0-9A-Za-z_-]{1,64}/export"), GET, use="history"),
)
OneId = Annotated[str, Path(pattern=ID)]
MARKDOWN = "text/markdown"
JSON = "application/json"
TEXT: dict[int | str, dict[str, Any]] = {200: {"content": {MARKDOWN: {"schema": {"type": "string"}}}}}
LONGEST_NAME = 60
"""Characters of a title in the name of a file."""


def add(router: APIRouter, answerer: Answerer, site: Site) -> None:
    """Put them on `router`."""
    _add_all(router, answerer, site)
    _add_one(router, answerer, site)


def _add_all(router: APIRouter, answerer: Answerer, site: Site) -> None:
    @router.get(
        "/api/v1/history/export",
        tags=["history"],
        response_model=recalled.Histories,
        responses=failing(*READING) | TEXT,
    )
    def everything(request: Request, wanted: Annotated[ExportQuery, Query()]) -> Response:
        """All of one's conversations here, as a file; of each answer, what one may read now."""
        here = where(caller_of(request.scope))
        ids = site.records.conversations.ids(here.owner, here.place)
        export = _Export(request, answerer, site)
        file = export.markdown(_held(site, here, ids)) if wanted.form == "markdown" else export.json_of_all(here, ids)
        return _download(file, wanted.form, "conversations", present())


def _add_one(router: APIRouter, answerer: Answerer, site: Site) -> None:
    @router.get(
        "/api/v1/history/{id}/export",
        tags=["history"],
        response_model=recalled.History,
        responses=failing(*READING, 404) | TEXT,
    )
    def one(
        request: Request, id: Annotated[str, Path(pattern=ID)], wanted: Annotated[ExportQuery, Query()]
    ) -> Response:
        """One conversation as a file; of each answer, what one may read now."""
        here = where(caller_of(request.scope))
        held = site.records.conversations.find(here.owner, here.place, id)
        if held is None:
            raise HTTPException(404, NO_CONVERSATION)
        export = _Export(request, answerer, site)
        file = export.markdown((held,)) if wanted.form == "markdown" else export.json_of_one(held)
        return _download(file, wanted.form, held.conversation.title, held.conversation.changed)


class _Export:
    """What is written of conversations for one reader."""

    def __init__(self, request: Request, answerer: Answerer, site: Site) -> None:
        self._noted: Noted = noted(request.scope)
        self._address = reached_at(request, site)
        self._site = site
        self._answerer = answerer
        self._principal = principal_of(request.scope)
        self._wording = wording_of(request.scope)

    def markdown(self, each: Iterable[Held]) -> Iterator[str]:
        """A heading for each conversation and a smaller one for each question; no number comes twice."""
        for place, held in enumerate(each, start=1):
            title = escaped(held.conversation.title) or self._wording.say("copiedUntitled")
            yield f"# {title}\n\n" if place == 1 else f"\n# {title}\n\n"
            for number, turn in enumerate(self._shown(held), start=1):
                yield citing.markdown(turn, self._address, self._wording, before=f"{place}-{number}-") + "\n"

    def json_of_one(self, held: Held) -> Iterator[str]:
        """The object that the history gives of it."""
        yield self._json(held) + "\n"

    def json_of_all(self, here: Where, ids: Iterable[str]) -> Iterator[str]:
        """One object with all of them, one a line."""
        before = '{"conversations": [\n'
        for held in _held(self._site, here, ids):
            yield before + self._json(held)
            before = ",\n"
        yield "\n]}\n" if before.startswith(",") else f"{before}]}}\n"

    def _json(self, held: Held) -> str:
        return wire.dumps(conversation_json(held, self._shown(held)))

    def _shown(self, held: Held) -> tuple[kept.ShownTurn, ...]:
        # A reader each, or the texts of all documents that were ever quoted would be held at once.
        turns = Reader(self._answerer, self._principal, self._site.link_hosts).shown(held.turns)
        self._noted.showed(one for turn in turns for one in kept.fed(turn.answer))
        return turns


def _held(site: Site, here: Where, ids: Iterable[str]) -> Iterator[Held]:
    """These conversations, as they come; one that is deleted meanwhile is left out."""
    for id in ids:
        held = site.records.conversations.find(here.owner, here.place, id)
        if held is not None:
            yield held


def _download(file: Iterator[str], form: str, title: str, day: datetime) -> Response:
    """A file to keep, named by the title and the day."""
    kind, ending = (MARKDOWN, "md") if form == "markdown" else (JSON, "json")
    headers = {"content-disposition": disposition(title, f"{day:%Y-%m-%d}.{ending}")}
    # What goes wrong at once is told in a sentence: that is known before anything is sent.
    begun = next(file, "")
    return StreamingResponse(chain((begun,), file), media_type=kind, headers=headers)


def disposition(title: str, end: str) -> str:
    """The Content-Disposition of a file that is named by this title and ends so: letters, digits and hyphens, in ASCII
    for whatever reads nothing else, and as RFC 6266 has it for the rest.

    >>> disposition("Où en est-on ?", "2026-11-23.md")
    'attachment; filename="ou-en-est-on-2026-11-23.md"; filename*=UTF-8\\'\\'o%C3%B9-en-est-on-2026-11-23.md'
    """
    whole, plain = _name(title), _name(folded(title), re.ASCII)
    return f"attachment; filename=\"{plain}-{end}\"; filename*=UTF-8''{quote(whole)}-{end}"


def _name(title: str, letters: re.RegexFlag = re.UNICODE) -> str:
    words = re.findall(r"[^\W_]+", title.lower(), letters)
    return "-".join(words)[:LONGEST_NAME].strip("-") or "conversation"
