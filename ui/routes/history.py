"""One's own kept conversations: listed, shown as far as one may still read, renamed and deleted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query, Request
from starlette.responses import Response

from index.records.conversations import Conversation, Conversations, Held
from ui import kept, wire, within
from ui.answerer import Answerer
from ui.audit.noted import noted
from ui.caller import caller_of, principal_of
from ui.history_search import Search, looked_for
from ui.kept import Reader, ShownTurn
from ui.route import GET, Route
from ui.routes import recalled
from ui.routes.asked import ID, HistoryQuery, Rename
from ui.routes.conversing import where
from ui.routes.refusal import NO_CONVERSATION, READING, SENDING, failing, given
from ui.routes.running import under_way
from ui.serving import Site

ROUTES = (
    Route(re.compile(r"/api/v1/history"), GET | {"DELETE"}, use="history"),
    Route(re.compile(r"/api/v1/history/[0-9A-Za-z_-]{1,64}"), GET | {"PATCH", "DELETE"}, use="history"),
)
OneId = Annotated[str, Path(pattern=ID)]


def add(router: APIRouter, answerer: Answerer, site: Site) -> None:
    """Put them on `router`."""
    conversations = site.records.conversations
    _add_list(router, answerer, conversations)
    _add_all(router, site)
    _add_one(router, answerer, site)
    _add_changes(router, conversations)


def _add_list(router: APIRouter, answerer: Answerer, conversations: Conversations) -> None:
    @router.get("/api/v1/history", tags=["history"], response_model=recalled.Conversations, responses=failing(*READING))
    def mine(request: Request, wanted: Annotated[HistoryQuery, Query()]) -> Response:
        """One's conversations here, the one that changed last first; those that have all of `words`, where there are
        any. A page of those may be short, or empty, and there may still be a next one."""
        caller = caller_of(request.scope)
        here = where(caller)
        if words := looked_for(wanted.words):
            readable = partial(answerer.readable, caller.principal)
            looked = Search(conversations, here.owner, here.place, words, readable).page(wanted.limit, wanted.before)
            page, after = looked.found, looked.next
        else:
            found = conversations.list(here.owner, here.place, limit=wanted.limit + 1, before=wanted.before)
            page = found[: wanted.limit]
            after = page[-1].cursor if len(found) > len(page) else None
        return given({"conversations": [_head(each) | {"turns": each.turns} for each in page], "next": after})


def _add_all(router: APIRouter, site: Site) -> None:
    @router.delete("/api/v1/history", tags=["history"], status_code=204, responses=failing(*READING))
    def delete_mine(request: Request) -> Response:
        """Delete all of one's conversations here; answers that are being written in them are not kept."""
        here = where(caller_of(request.scope))
        site.records.conversations.delete_all(here.owner, here.place)
        return Response(status_code=204)


def _add_one(router: APIRouter, answerer: Answerer, site: Site) -> None:
    @router.get(
        "/api/v1/history/{id}", tags=["history"], response_model=recalled.History, responses=failing(*READING, 404)
    )
    def one(request: Request, id: OneId) -> Response:
        """A conversation with its turns; of each answer, what one may read now."""
        here = where(caller_of(request.scope))
        held = site.records.conversations.find(here.owner, here.place, id)
        if held is None:
            raise HTTPException(404, NO_CONVERSATION)
        turns = Reader(answerer, principal_of(request.scope), site.link_hosts).shown(held.turns)
        noted(request.scope).showed(one for turn in turns for one in kept.fed(turn.answer))
        running = under_way(site.running, caller_of(request.scope), id)
        return given(conversation_json(held, turns) | {"running": running})


def _add_changes(router: APIRouter, conversations: Conversations) -> None:
    @router.patch("/api/v1/history/{id}", tags=["history"], status_code=204, responses=failing(*SENDING, 404))
    def rename(request: Request, id: OneId, sent: Rename) -> Response:
        """Give a conversation another title."""
        here = where(caller_of(request.scope))
        return _done(conversations.rename(here.owner, here.place, id, sent.title))

    @router.delete("/api/v1/history/{id}", tags=["history"], status_code=204, responses=failing(*READING, 404))
    def delete(request: Request, id: OneId) -> Response:
        """Delete a conversation with its turns; an answer that is being written in it is not kept."""
        here = where(caller_of(request.scope))
        return _done(conversations.delete(here.owner, here.place, id))


def _done(is_done: bool) -> Response:
    if not is_done:
        raise HTTPException(404, NO_CONVERSATION)
    return Response(status_code=204)


def conversation_json(held: Held, turns: Iterable[ShownTurn]) -> wire.Json:
    """A conversation with those of its turns that can be shown."""
    return _head(held.conversation) | {"turns": [turn_json(each) for each in turns]}


def turn_json(each: ShownTurn) -> wire.Json:
    """A turn as it is shown."""
    turn = each.turn
    return {
        "turn": turn.id,
        "asked": _moment(turn.asked),
        "question": turn.question,
        **within.named(within.read(each.answer.scope)[0], turn.as_of),
        "answer": each.answer.model_dump(mode="json"),
        "removed": int(each.removed),
    }


def _head(conversation: Conversation) -> wire.Json:
    return {
        "id": conversation.id,
        "title": conversation.title,
        "begun": _moment(conversation.begun),
        "changed": _moment(conversation.changed),
    }


def _moment(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="seconds")
