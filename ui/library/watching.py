"""The jobs of a library over the API: listed, and one of them followed while it goes on."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import closing
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Request
from starlette.responses import Response

from ui import api, wire
from ui.answerer import Answerer
from ui.eventstream import EventStream
from ui.library import listed, shown
from ui.library.job import Job, Standing
from ui.library.routes import keeper_of
from ui.route import GET, Route
from ui.routes.asked import ID
from ui.routes.refusal import READING, failing, given
from ui.serving import Site

ROUTES = (
    Route(re.compile(r"/api/v1/library/jobs"), GET, use="library"),
    Route(re.compile(r"/api/v1/library/jobs/[0-9A-Za-z_-]{1,64}"), GET, use="library"),
)
NO_JOB = "there is no such job here any more; list those there are with /api/v1/library/jobs"
_EVENTS: dict[str, Any] = {"schema": {"type": "string", "description": "`progress`, `file` and, last, `end`."}}
_ALSO_EVENTS: dict[int | str, dict[str, Any]] = {200: {"content": {api.EVENTS: _EVENTS}}}


def add(router: APIRouter, answerer: Answerer, site: Site) -> None:
    """Put both on `router`."""

    @router.get(
        "/api/v1/library/jobs", tags=["library"], response_model=shown.JobRows, responses=failing(*READING, 404)
    )
    def jobs(request: Request) -> Response:
        """What is being done in the library, waits or was done, the newest first."""
        every = keeper_of(request.scope, site).jobs.all()
        return given({"jobs": [listed.job(each) for each in every]})

    @router.get(
        "/api/v1/library/jobs/{id}",
        tags=["library"],
        response_model=shown.OneJob,
        responses=_ALSO_EVENTS | failing(*READING, 404),
    )
    def job(request: Request, id: Annotated[str, Path(pattern=ID)]) -> Response:
        """One job; as server-sent events, where they are accepted, until it is over."""
        found = keeper_of(request.scope, site).jobs.find(id)
        if found is None:
            raise HTTPException(404, NO_JOB)
        if api.wants_events(request.headers.get("accept", "")):
            return EventStream(frames(found))
        return given(listed.job(found) | {"files": [listed.result(each) for each in found.files]})


def frames(job: Job) -> Generator[bytes, None, None]:
    """`progress` whenever the job has come further, `file` for each result, and `end` with why it failed, if it did,
    and how many files became what. A comment comes where nothing has changed, so that a client that has left is
    noticed."""
    with closing(job.steps()) as steps:
        for step in steps:
            if step is None:
                yield b":\n\n"
            elif isinstance(step, Standing):
                yield _frame("progress", listed.standing(step))
            else:
                yield _frame("file", listed.result(step))
    yield _frame("end", {"state": job.standing.state, "reason": job.failure, "counts": dict(job.counts)})


def _frame(name: str, value: wire.Json) -> bytes:
    return f"event: {name}\ndata: {wire.dumps(value)}\n\n".encode()
