"""The library for those who keep it, over the API: what it holds, what was refused and removed, and its sources."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query, Request
from starlette.responses import Response
from starlette.types import Scope

from index.added import FOLDER
from ui.answerer import Answerer
from ui.audit.noted import noted
from ui.caller import caller_of, principal_of
from ui.librarian import is_librarian
from ui.library import listed, shown
from ui.library.asked import Paged, ShelfQuery
from ui.library.keeper import LibraryKeeper
from ui.route import GET, Route
from ui.routes.asked import DOCUMENT
from ui.routes.refusal import READING, failing, given
from ui.serving import Site

ROUTES = (
    Route(re.compile(r"/api/v1/library"), GET, use="library"),
    Route(re.compile(r"/api/v1/library/(?:refusals|removals|roots)"), GET, use="library"),
    Route(re.compile(r"/api/v1/library/documents/[0-9a-f]{32}"), GET | {"DELETE"}, use="library"),
)
NO_LIBRARIAN = "you are no librarian here; ask whoever runs this server to list a label of yours under librarians"
NO_LIBRARY = "there is no library behind this server that could be kept; serve one with `onrecord serve`"
NO_DOCUMENT = "the library holds no such document; list what it holds with /api/v1/library"
DocumentId = Annotated[str, Path(pattern=DOCUMENT)]


def add(router: APIRouter, answerer: Answerer, site: Site) -> None:
    """Put them on `router`."""
    _add_documents(router, site)
    _add_document(router, answerer, site)
    _add_left_out(router, site)
    _add_roots(router, site)


def keeper_of(scope: Scope, site: Site) -> LibraryKeeper:
    """What whoever sent this request keeps the library with. Raises HTTPException for anybody but a librarian, with
    status 403, and where there is no library, with 404."""
    if not is_librarian(caller_of(scope), site.librarians):
        raise HTTPException(403, NO_LIBRARIAN)
    if site.keeper is None:
        raise HTTPException(404, NO_LIBRARY)
    return site.keeper


def _add_documents(router: APIRouter, site: Site) -> None:
    @router.get("/api/v1/library", tags=["library"], response_model=shown.Rows, responses=failing(*READING, 404))
    def documents(request: Request, wanted: Annotated[ShelfQuery, Query()]) -> Response:
        """Every document of the library, by page, whoever may read it; for librarians."""
        shelf = keeper_of(request.scope, site).shelf
        page = shelf.page(
            after=wanted.after,
            limit=wanted.limit,
            words=wanted.words,
            state=wanted.state,
            collection=wanted.collection,
            order=wanted.order,
        )
        noted(request.scope).showed(each.attribution.document_id for each in page.documents)
        counts = shelf.counts()
        return given(
            {
                "documents": [listed.row(each) for each in page.documents],
                "next": page.next,
                "counts": {
                    "searchable": counts.searchable,
                    "hidden": counts.hidden,
                    "refused": counts.refused,
                    "removed": counts.removed,
                },
            }
        )


def _add_document(router: APIRouter, answerer: Answerer, site: Site) -> None:
    @router.get(
        "/api/v1/library/documents/{id}",
        tags=["library"],
        response_model=shown.OneRow,
        responses=failing(*READING, 404),
    )
    def document(request: Request, id: DocumentId) -> Response:
        """One document of the library, and how many kept answers rest on it."""
        found = keeper_of(request.scope, site).shelf.document(id)
        if found is None:
            raise HTTPException(404, NO_DOCUMENT)
        noted(request.scope).showed([id])
        fed = site.records.conversations.fed(id)
        return given(
            listed.row(found)
            | {
                "fed": {"answers": fed.turns, "last": fed.last and listed.moment(fed.last)},
                "readable": id in answerer.readable(principal_of(request.scope), [id]),
            }
        )


def _add_left_out(router: APIRouter, site: Site) -> None:
    @router.get(
        "/api/v1/library/refusals", tags=["library"], response_model=shown.Refusals, responses=failing(*READING, 404)
    )
    def refusals(request: Request, wanted: Annotated[Paged, Query()]) -> Response:
        """What the last sync of each folder, file and feed did not take in, and why."""
        shelf = keeper_of(request.scope, site).shelf
        page = shelf.refusals(after=wanted.after, limit=wanted.limit, words=wanted.words)
        rows = [
            {
                "root": each.root,
                "name": each.name,
                "uri": each.uri,
                "reason": each.reason,
                "refused": listed.moment(each.refused),
            }
            for each in page.files
        ]
        return given({"refusals": rows, "next": page.next})

    @router.get(
        "/api/v1/library/removals", tags=["library"], response_model=shown.Removals, responses=failing(*READING, 404)
    )
    def removals(request: Request, wanted: Annotated[Paged, Query()]) -> Response:
        """What somebody removed, the latest first: no sync brings it back until it is restored."""
        shelf = keeper_of(request.scope, site).shelf
        page = shelf.removals(after=wanted.after, limit=wanted.limit, words=wanted.words)
        return given({"removals": [listed.removal(each) for each in page.removals], "next": page.next})


def _add_roots(router: APIRouter, site: Site) -> None:
    @router.get("/api/v1/library/roots", tags=["library"], response_model=shown.Roots, responses=failing(*READING, 404))
    def roots(request: Request) -> Response:
        """The folders, files and feeds that the library was synced from."""
        keeper = keeper_of(request.scope, site)
        own = keeper.library.folder.resolve() / FOLDER
        return given({"roots": [listed.root(each, own) for each in keeper.shelf.roots()]})
