"""Passages for a question, documents by page, and one document as text: what there is, and nothing said about it."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query, Request
from starlette.responses import Response

from index.document import Attribution, Document, Span
from ui import source, wire
from ui.answerer import Answerer
from ui.audit.noted import noted
from ui.caller import principal_of
from ui.route import GET, POST, Route
from ui.routes.asked import DOCUMENT, DocumentsQuery, Search
from ui.routes.refusal import ASKING, NO_DOCUMENT, READING, failing, given
from ui.routes.shown import Found, Listing, Source
from ui.serving import Site

ROUTES = (
    Route(re.compile(r"/api/v1/search"), POST, use="search", asks=True),
    Route(re.compile(r"/api/v1/documents"), GET, use="documents"),
    Route(re.compile(r"/api/v1/source/[0-9a-f]{32}"), GET, use="documents"),
)
"""A search counts as a question: it costs the same look through the library."""


def add(router: APIRouter, answerer: Answerer, site: Site) -> None:
    """Put the three on `router`."""
    _add_search(router, answerer)
    _add_documents(router, answerer)
    _add_source(router, answerer)


def _add_search(router: APIRouter, answerer: Answerer) -> None:
    @router.post("/api/v1/search", tags=["documents"], response_model=Found, responses=failing(*ASKING))
    def search(request: Request, sent: Search) -> Response:
        """The passages nearest to a question, without judging whether they answer it."""
        passages = answerer.search(principal_of(request.scope), sent.asked(), sent.limit)
        noting = noted(request.scope)
        noting.question = sent.question
        noting.showed(each.attribution.document_id for each in passages)
        return given(wire.search_json(sent.question, passages, sent.id))


def _add_documents(router: APIRouter, answerer: Answerer) -> None:
    @router.get("/api/v1/documents", tags=["documents"], response_model=Listing, responses=failing(*READING))
    def documents(request: Request, wanted: Annotated[DocumentsQuery, Query()]) -> Response:
        """The documents that whoever asks may read, by page."""
        listing = answerer.listing(
            principal_of(request.scope),
            after=wanted.after,
            limit=wanted.limit,
            words=wanted.words,
            collection=wanted.collection,
        )
        noted(request.scope).showed(each.attribution.document_id for each in listing.documents)
        listed = [listed_json(each.attribution, each.collection) for each in listing.documents]
        return given({"documents": listed, "next": listing.next})


def _add_source(router: APIRouter, answerer: Answerer) -> None:
    @router.get(
        "/api/v1/source/{document}", tags=["documents"], response_model=Source, responses=failing(*READING, 404)
    )
    def read(request: Request, document: Annotated[str, Path(pattern=DOCUMENT)]) -> Response:
        """One document, paragraph by paragraph; every offset counts its characters."""
        found = answerer.document(principal_of(request.scope), document)
        if found is None:
            raise HTTPException(404, NO_DOCUMENT)
        noted(request.scope).showed([document])
        parts = [paragraph_json(found, part) for part in source.paragraphs(found.text)]
        listed = listed_json(found.attribution, found.collection)
        return given(listed | {"paragraphs": parts, "pages": list(found.pages)})


def listed_json(attribution: Attribution, collection: str | None) -> wire.Json:
    """A document of a list."""
    return {
        "document": attribution.document_id,
        "uri": attribution.uri,
        "title": attribution.title,
        "publisher": attribution.publisher,
        "author": attribution.author,
        "published": None if attribution.published is None else attribution.published.isoformat(),
        "language": attribution.language,
        "collection": collection,
    }


def paragraph_json(document: Document, part: Span) -> wire.Json:
    """A paragraph of a document."""
    text = part.of(document.text)
    return {"start": part.start, "end": part.end, "text": text, "heading": source.is_heading(text)}
