"""What librarians send: the queries and bodies of /api/v1/library, each field with its bounds."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from index.shelved import Order, State
from ui.library.keeper import Adding
from ui.routes.asked import DOCUMENT, LONGEST_WORDS, MOST_LISTED, Query, Sent

LONGEST_URL = 2_000
MOST_LABELS = 100
Label = Annotated[str, Field(min_length=1, max_length=300)]
Named = Annotated[str | None, Field(max_length=300)]
Labels = Annotated[
    tuple[Label, ...] | None,
    Field(min_length=1, max_length=MOST_LABELS, strict=False, description="Who may read it; left out: as is set."),
]


class Paged(Query):
    """A page of a list."""

    after: Annotated[str | None, Field(max_length=4_000, description="`next` of the page before.")] = None
    limit: Annotated[int, Field(ge=1, le=MOST_LISTED)] = 50
    words: Annotated[str, Field(max_length=LONGEST_WORDS, description="Words of what names it.")] = ""


class ShelfQuery(Paged):
    """Which documents to list."""

    state: State | None = None
    collection: Annotated[str | None, Field(max_length=LONGEST_WORDS)] = None
    order: Order = "uri"


class FileQuery(Query):
    """What a file is called and who may read it; its bytes are the body."""

    name: Annotated[str, Field(min_length=1, max_length=1_000)]
    readers: Annotated[list[Label] | None, Field(max_length=MOST_LABELS)] = None
    collection: Named = None
    publisher: Named = None

    def said(self) -> Adding:
        """What is said of it; labels may stand in one value, with commas between them."""
        labels = None if self.readers is None else tuple(one for each in self.readers for one in each.split(","))
        return Adding(labels, self.collection or None, self.publisher or None)


class Page(Sent):
    """A web address whose page or file is to be added."""

    url: Annotated[str, Field(min_length=1, max_length=LONGEST_URL)]
    readers: Labels = None
    collection: Named = None
    publisher: Named = None

    def said(self) -> Adding:
        """What is said of it."""
        return Adding(self.readers, self.collection or None, self.publisher or None)


class Again(Sent):
    """How to sync again."""

    prune: Annotated[bool, Field(description="Remove what is no longer where it was synced from.")] = False


class Back(Sent):
    """A document that somebody removed, to be let in again."""

    id: Annotated[str, Field(pattern=DOCUMENT)]
