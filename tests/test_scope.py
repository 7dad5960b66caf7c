"""One rule of who may read what, written twice: as a condition in SQL, and over the values of one document."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.document import Document
from index.library import Library
from index.principal import LOCAL, PUBLIC, Principal
from index.scope import Scope
from tests.fakes import HashEmbedder
from tests.shelf import brief, entry

DAYS = (None, "2024-01-01", "2024-06-30", "2024-07-01")
LABELS = ((PUBLIC,), ("a",), ("a", "b"), ("nobody",), ("user:a",))
COLLECTIONS = (None, "wiki", "press")
DOCUMENTS = {
    document.id: document
    for document in (
        brief(f"{labels}{collection}{day}", "Text.", readers=labels, collection=collection, published=day)
        for labels, collection, day in product(LABELS, COLLECTIONS, DAYS)
    )
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    embedder = HashEmbedder()
    with Library.open(tmp_path_factory.mktemp("library"), create=True) as opened:
        with opened.writer() as writer:
            writer.put([entry(document, embedder) for document in DOCUMENTS.values()], embedder)
        yield opened


LABEL_SETS = st.frozensets(st.sampled_from([PUBLIC, "a", "b", "user:a", "A", "none"]), max_size=3)
BOUNDS = st.none() | st.dates(date(2023, 12, 30), date(2024, 7, 3))
SCOPES = st.builds(
    Scope,
    readers=st.none() | LABEL_SETS,
    earliest=BOUNDS,
    latest=BOUNDS,
    undated=st.booleans(),
    collections=st.none() | st.frozensets(st.sampled_from(["wiki", "press", "other"]), max_size=3),
)


@settings(max_examples=60, deadline=None)
@given(scope=SCOPES, some=st.sets(st.sampled_from(sorted(DOCUMENTS)), max_size=3))
def test_both_rules_admit_the_same(library: Library, scope: Scope, some: set[str]) -> None:
    with library.snapshot() as snapshot:
        by_sql = {document.id for document in snapshot.documents(scope)}
        picked = snapshot.readable(DOCUMENTS, scope)
        one_by_one = {id for id in some if snapshot.document(id, scope) is not None}
        listed = {one.attribution.document_id for one in snapshot.listing(scope, None, 1000, "", None).documents}
        holds = snapshot.holds(scope)
    by_values = {id for id, document in DOCUMENTS.items() if admits(scope, document)}
    assert by_sql == by_values == picked == listed
    assert one_by_one == by_values & some
    assert holds == bool(by_values)
    assert not (scope.nothing and by_values)
    assert not scope.everything or by_values == DOCUMENTS.keys()


def admits(scope: Scope, document: Document) -> bool:
    return scope.admits(frozenset(document.readers), document.collection, document.published)


def test_what_a_principal_may_read_is_what_they_hold() -> None:
    limited = Principal("x", frozenset({"a"}), collections=frozenset({"wiki"}))
    day = date(2024, 7, 1)
    assert Scope.of(limited, None, day, undated=False) == Scope(frozenset({"a"}), None, day, False, frozenset({"wiki"}))
    assert Scope.of(LOCAL) == Scope(None)
    assert Scope.of(LOCAL).everything
    assert not Scope.of(limited).everything
    assert not Scope(None, collections=frozenset({"wiki"})).everything
    assert Scope.of(Principal("x", frozenset({"nobody"}))).nothing
    assert not Scope.of(Principal("x", frozenset(), reads_everything=True)).nothing
