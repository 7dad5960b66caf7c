"""What a reader of one format gets out of a file, before it becomes a document."""

from __future__ import annotations

from dataclasses import dataclass

from index.claims import NOTHING, Claims


@dataclass(frozen=True, slots=True)
class Content:
    """A file's text, not yet normalised, what the file says of it, and the offset where each of its pages begins, if it
    has any."""

    text: str
    claims: Claims = NOTHING
    pages: tuple[int, ...] = ()
