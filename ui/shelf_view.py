"""The library's documents, refusals and removals as lines for a person and as JSON for a program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from index.shelf import Shelf
from index.shelved import Counts, RefusedFile, RefusedPage, RemovalPage, ShelfPage, Shelved
from ui.brief import counted
from ui.library import listed
from ui.removal import Removed
from ui.wire import Json

Part = Literal["searchable", "hidden", "refused", "removed"]
Page = ShelfPage | RefusedPage | RemovalPage


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the library is to be listed, how much of it, and from where on."""

    words: str
    part: Part | None
    collection: str | None
    newest: bool
    limit: int
    after: str | None


def page(shelf: Shelf, wanted: Wanted) -> Page:
    """The page that is wanted."""
    match wanted.part:
        case "refused":
            return shelf.refusals(after=wanted.after, limit=wanted.limit, words=wanted.words)
        case "removed":
            return shelf.removals(after=wanted.after, limit=wanted.limit, words=wanted.words)
        case state:
            return shelf.page(
                after=wanted.after,
                limit=wanted.limit,
                words=wanted.words,
                state=state,
                collection=wanted.collection,
                order="added" if wanted.newest else "uri",
            )


def page_json(found: Page, counts: Counts) -> Json:
    """A page, `next`, which leads to the one after it, and how much there is of everything."""
    rows: Json
    match found:
        case ShelfPage(documents):
            rows = {"documents": [listed.row(each) for each in documents]}
        case RefusedPage(files):
            rows = {"refusals": [_refusal_json(each) for each in files]}
        case RemovalPage(removals):
            rows = {"removals": [listed.removal(each) for each in removals]}
    return {**rows, "next": found.next, "counts": counts_json(counts)}


def counts_json(counts: Counts) -> Json:
    """How much there is of what."""
    return {
        "searchable": counts.searchable,
        "hidden": counts.hidden,
        "refused": counts.refused,
        "removed": counts.removed,
    }


def removed_json(removed: Removed) -> Json:
    """What a removal did."""
    return {
        "documents": [listed.removal(each) for each in removed.documents],
        "answers": removed.turns,
        "verdicts": removed.verdicts,
        "files": removed.files,
        "is_overwritten": removed.is_overwritten,
    }


def lines(found: Page, counts: Counts) -> Iterator[str]:
    """How much there is of everything, and two lines for each row."""
    yield summary(counts)
    match found:
        case ShelfPage(documents):
            rows = [(each.attribution.uri, _told(each)) for each in documents]
        case RefusedPage(files):
            rows = [(f"{each.name} in {each.root}", each.reason) for each in files]
        case RemovalPage(removals):
            rows = [(each.uri, f"{each.document_id}; by {each.by} on {each.removed:%Y-%m-%d}") for each in removals]
    for head, told in rows:
        yield head
        yield f"    {told}"
    if found.next is not None:
        yield f"There are more: raise --limit, or go on with --after {found.next!r}"


def summary(counts: Counts) -> str:
    """The whole library on one line.

    >>> summary(Counts(1200, 3, 1, 0))
    '1203 documents, 3 of which nobody may read; 1 file refused, 0 documents removed'
    """
    hidden = f", {counts.hidden:,} of which nobody may read" if counts.hidden else ""
    documents = counted(counts.searchable + counts.hidden, "document")
    gone = f"{counted(counts.refused, 'file')} refused, {counted(counts.removed, 'document')} removed"
    return f"{documents}{hidden}; {gone}"


def _refusal_json(each: RefusedFile) -> Json:
    refused = listed.moment(each.refused)
    return {"root": each.root, "name": each.name, "uri": each.uri, "reason": each.reason, "refused": refused}


def _told(each: Shelved) -> str:
    of = each.attribution
    parts = (
        of.document_id,
        of.title,
        of.publisher,
        of.published and of.published.isoformat(),
        each.collection and f"in {each.collection}",
        "nobody may read it" if each.state == "hidden" else f"for {', '.join(each.readers)}",
        each.added and f"added {each.added:%Y-%m-%d}",
        counted(each.characters, "character"),
    )
    return "; ".join(part for part in parts if part)
