"""What a library holds, as far as cases speak of it: its documents without their texts, and where phrases stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from evals.case import Span
from evals.reading.phrases import Phrases
from index.library import Library
from index.scope import Scope


@dataclass(frozen=True, slots=True)
class Holding:
    """A document, with the number of its characters."""

    document_id: str
    uri: str
    published: date | None
    readers: frozenset[str]
    length: int

    def span(self, start: int, end: int) -> Span:
        """The characters from `start` to `end` of it."""
        return Span(self.document_id, self.uri, start, end)


@dataclass(frozen=True, slots=True)
class Holdings:
    """The documents by their uris; `places` has for each phrase that stands anywhere every span where it does."""

    documents: dict[str, Holding]
    places: dict[str, tuple[Span, ...]]

    def named(self, name: str) -> tuple[Holding, ...]:
        """The documents that `name` may mean: the one of that uri, else those whose uri ends in it after a `/`."""
        if name in self.documents:
            return (self.documents[name],)
        return tuple(each for each in self.documents.values() if each.uri.endswith(f"/{name}"))


def holdings(library: Library, phrases: Iterable[str]) -> Holdings:
    """One reading of the whole library as the person at this machine may read it, which is all of it."""
    wanted = Phrases(phrases)
    documents: dict[str, Holding] = {}
    places: dict[str, list[Span]] = {}
    with library.snapshot() as snapshot:
        for document in snapshot.documents(Scope(readers=None)):
            held = Holding(
                document.id, document.uri, document.published, frozenset(document.readers), len(document.text)
            )
            documents[held.uri] = held
            for phrase, found in wanted.occurrences(document.text):
                places.setdefault(phrase, []).extend(held.span(*place) for place in found)
    return Holdings(documents, {phrase: tuple(spans) for phrase, spans in places.items()})


def in_other_case(library: Library, phrases: Iterable[str]) -> dict[str, str]:
    """How the library writes those phrases that stand in it with other capitals, each as it is first met."""
    wanted = Phrases(phrases, casefold=True)
    found: dict[str, str] = {}
    with library.snapshot() as snapshot:
        for document in snapshot.documents(Scope(readers=None)):
            for phrase, places in wanted.occurrences(document.text):
                start, end = places[0]
                found.setdefault(phrase, document.text[start:end])
    return found
