"""A stretch of a document for an agent: whole paragraphs, and no more of them at once than can be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from index.document import Document, Span
from rag.errors import InvalidQuestion
from ui import source

MOST_AT_ONCE = 40_000
"""Characters of a document that are given at once."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Paragraphs of a document, in their order; `next` is where what follows them begins, None at the end."""

    paragraphs: tuple[Span, ...]
    next: int | None


def stretch(document: Document, start: int | None, end: int | None, most: int = MOST_AT_ONCE) -> Stretch:
    """The paragraphs that the characters `start` to `end` touch, as many as fit into `most` characters.

    Raises InvalidQuestion if the document has no such characters.
    """
    length = len(document.text)
    wanted_start, wanted_end = start or 0, length if end is None else end
    if wanted_start >= length:
        raise InvalidQuestion(f"the document has {length} characters; start before its end")
    if wanted_start >= wanted_end:
        raise InvalidQuestion("start is not before end; give the first character and the one after the last")
    wanted = Span(wanted_start, min(wanted_end, length))
    touched = [each for part in source.paragraphs(document.text) if part.overlaps(wanted) for each in _cut(part, most)]
    touched = [part for part in touched if part.overlaps(wanted)]
    taken = _fitting(touched, most)
    following = touched[len(taken) :]
    return Stretch(tuple(taken), following[0].start if following else None)


def _cut(part: Span, most: int) -> Iterator[Span]:
    """A paragraph in pieces of at most that many characters; nearly every one is a single piece."""
    for start in range(part.start, part.end, most):
        yield Span(start, min(start + most, part.end))


def _fitting(parts: list[Span], most: int) -> list[Span]:
    size, taken = 0, []
    for part in parts:
        size += part.end - part.start
        if size > most:
            break
        taken.append(part)
    return taken
