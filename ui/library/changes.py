"""Changing the library over the API: files and pages added, documents removed and restored, folders synced again. What
is asked for is a job, whose id is given at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from index.errors import Refused
from ui import wire
from ui.answerer import Answerer
from ui.audit.noted import noted
from ui.caller import caller_of
from ui.library import shown
from ui.library.asked import Again, Back, FileQuery, Page
from ui.library.job import Job
from ui.library.jobs import QueueFull
from ui.library.receiving import Receiving
from ui.library.routes import NO_DOCUMENT, DocumentId, keeper_of
from ui.refused import Refused as NotPassed
from ui.route import POST, Route
from ui.routes.refusal import SENDING, failing
from ui.serving import Site

ROUTES = (
    Route(re.compile(r"/api/v1/library/files"), POST, use="library", uploads=True),
    Route(re.compile(r"/api/v1/library/(?:urls|sync|restore)"), POST, use="library"),
)
_FAILING = failing(*SENDING, 404)
_BYTES = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
CLIENT_GONE = 499
"""The status that nobody reads: whoever sent it has left."""
NOT_REMOVED = "nobody removed that document; list what was removed with /api/v1/library/removals"


def add(router: APIRouter, answerer: Answerer, site: Site) -> None:
    """Put them on `router`."""
    _add_files(router, site)
    _add_pages(router, site)
    _add_syncing(router, site)
    _add_removing(router, site)


def _add_files(router: APIRouter, site: Site) -> None:
    receiving = Receiving()

    @router.post(
        "/api/v1/library/files",
        tags=["library"],
        status_code=202,
        response_model=shown.Begun,
        responses=_FAILING,
        openapi_extra=_BYTES,
    )
    async def add_file(request: Request, wanted: Annotated[FileQuery, Query()]) -> Response:
        """Add a file: its bytes are the body, as application/octet-stream."""
        keeper, caller = keeper_of(request.scope, site), caller_of(request.scope)
        with _in_sentences():
            said = wanted.said()
            keeper.require(wanted.name, said)
            try:
                arrived = await receiving.received(keeper, request.stream())
            except ClientDisconnect:
                return Response(status_code=CLIENT_GONE)
            return _begun(request, keeper.add_file(arrived, wanted.name, said, caller))


def _add_pages(router: APIRouter, site: Site) -> None:
    @router.post(
        "/api/v1/library/urls", tags=["library"], status_code=202, response_model=shown.Begun, responses=_FAILING
    )
    def add_page(request: Request, sent: Page) -> Response:
        """Add the page or file at a web address; what was added from there before is replaced."""
        keeper = keeper_of(request.scope, site)
        with _in_sentences():
            return _begun(request, keeper.add_page(sent.url, sent.said(), caller_of(request.scope)))


def _add_syncing(router: APIRouter, site: Site) -> None:
    @router.post(
        "/api/v1/library/sync", tags=["library"], status_code=202, response_model=shown.Begun, responses=_FAILING
    )
    def sync(request: Request, sent: Again) -> Response:
        """Sync again all that the library was synced from."""
        keeper = keeper_of(request.scope, site)
        with _in_sentences():
            return _begun(request, keeper.sync_again(caller_of(request.scope), prune=sent.prune))


def _add_removing(router: APIRouter, site: Site) -> None:
    @router.delete(
        "/api/v1/library/documents/{id}",
        tags=["library"],
        status_code=202,
        response_model=shown.Begun,
        responses=_FAILING,
    )
    def remove(request: Request, id: DocumentId) -> Response:
        """Remove a document from everywhere: no sync brings it back until it is restored. Of one that is removed
        already, what a removal that failed had left is removed."""
        keeper = keeper_of(request.scope, site)
        with _in_sentences():
            job = keeper.remove(id, caller_of(request.scope))
            if job is None:
                raise HTTPException(404, NO_DOCUMENT)
            noted(request.scope).showed([id])
            return _begun(request, job)

    @router.post(
        "/api/v1/library/restore", tags=["library"], status_code=202, response_model=shown.Begun, responses=_FAILING
    )
    def restore(request: Request, sent: Back) -> Response:
        """Let a document that was removed be taken in again; it comes back with the next sync of where it is. The file
        or page of one that was added went with it, and is to be added again."""
        keeper = keeper_of(request.scope, site)
        found = keeper.shelf.removed(sent.id)
        if found is None:
            raise HTTPException(404, NOT_REMOVED)
        with _in_sentences():
            noted(request.scope).showed([sent.id])
            return _begun(request, keeper.restore(found, caller_of(request.scope)))


def _begun(request: Request, job: Job) -> Response:
    noted(request.scope).action = f"job {job.id}: {job.kind} {job.name}".rstrip()
    return Response(wire.dumps({"job": job.id}), 202, media_type="application/json")


@contextmanager
def _in_sentences() -> Iterator[None]:
    """What is refused within the block, as the API tells it."""
    try:
        yield
    except Refused as error:
        raise HTTPException(400, str(error)) from error
    except QueueFull as error:
        raise HTTPException(503, str(error), {"retry-after": "30"}) from error
    except NotPassed as error:
        raise HTTPException(error.status, str(error), error.headers) from error
