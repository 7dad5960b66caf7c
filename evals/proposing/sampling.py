"""The statements of a library, spread over its documents, publishers and dates, read as they are asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import zip_longest

from evals.proposing.proposal import Statement
from index.corpus import Corpus
from index.document import Document
from index.principal import Principal
from index.sentences import sentences

AT_ONCE = 48
"""Documents read together, of which one of each publisher and month is taken by turns."""
SHORTEST, LONGEST = 4, 60
"""Words of a sentence that a question is made of."""
_BEFORE = 2_000


def documents(corpus: Corpus, principal: Principal, seed: int) -> Iterator[Document]:
    """Every document that `principal` may read, in an order drawn by `seed`, publishers and months mixed; at most
    `AT_ONCE` are held at a time."""
    with corpus.library.snapshot() as snapshot:
        ids = [each.document_id for each in snapshot.held()]
    ids.sort(key=lambda each: hashlib.sha256(f"{seed}:{each}".encode()).digest())
    for some in _batches(ids):
        found = (corpus.document(principal, each) for each in some)
        yield from _mixed([each for each in found if each is not None and _is_english(each)])


def statements(document: Document) -> Iterator[Statement]:
    """The sentences of a document that are long enough to say something, each in one line."""
    for span in sentences(document.text):
        text = " ".join(span.of(document.text).split())
        if SHORTEST <= len(text.split()) <= LONGEST:
            yield Statement(document, text, document.text[max(0, span.start - _BEFORE) : span.start])


def _batches(ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def _mixed(found: list[Document]) -> Iterator[Document]:
    """One document of each publisher and month, then the next of each."""
    groups: dict[tuple[str | None, str | None], list[Document]] = {}
    for each in found:
        month = each.published.isoformat()[:7] if each.published else None
        groups.setdefault((each.publisher, month), []).append(each)
    yield from (each for row in zip_longest(*groups.values()) for each in row if each is not None)


def _is_english(document: Document) -> bool:
    """Whether the document says that it is in English, or does not say."""
    return document.language is None or document.language.casefold().startswith("en")
