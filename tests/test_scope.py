"""One rule of who may read what, written twice: as a condition in SQL, and over the values of one document."""

from __future__ import annotations

from collections import Counter
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
from index.within import Within
from tests.fakes import HashEmbedder
from tests.shelf import brief, entry

DAYS = (None, "2024-01-01", "2024-06-30", "2024-07-01")
LABELS = ((PUBLIC,), ("a",), ("a", "b"), ("nobody",), ("user:a",))
COLLECTIONS = (None, "wiki", "press")
PUBLISHERS = (None, "AP", "ap", "Agence\u0301 ")
DOCUMENTS = {
    document.id: document
    for document in (
        brief(
            f"{labels}{collection}{day}",
            "Text.",
            readers=labels,
            collection=collection,
            published=day,
            publisher=PUBLISHERS[(at + at // len(DAYS)) % len(PUBLISHERS)],
        )
        for at, (labels, collection, day) in enumerate(product(LABELS, COLLECTIONS, DAYS))
    )
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    embedder = HashEmbedder()
    with Library.open(tmp_path_factory.mktemp("library"), create=True) as opened:
        with opened.writer() as writer:
            writer.put([entry(document, embedder) for document in DOCUMENTS.values()], embedder)
        yield opened


LABEL_SETS = st.frozensets(st.sampled_from([PUBLIC, "a", "b", "user:a", "A", "none", "a\x00b"]), max_size=3)
BOUNDS = st.none() | st.dates(date(2023, 12, 30), date(2024, 7, 3))
NAMES = st.sampled_from(["AP", "ap", "Agence\u0301 ", "Agence\u0301", "AP\x00", "\ud800", "%", "_P", ""])
FILED = st.frozensets(st.sampled_from(["wiki", "press", "other"]), max_size=3)
SCOPES = st.builds(
    Scope,
    readers=st.none() | LABEL_SETS,
    earliest=BOUNDS,
    latest=BOUNDS,
    undated=st.booleans(),
    collections=st.none() | FILED,
    publishers=st.none() | st.frozensets(NAMES, max_size=4),
)


@st.composite
def choices(draw: st.DrawFn) -> Within:
    """What a reader may choose: never nothing at all, and no range that ends before it begins."""
    days = sorted(day for day in (draw(BOUNDS), draw(BOUNDS)) if day)
    first, last = (days[0], days[-1]) if days else (None, None)
    shown = draw(st.sampled_from([(first, last), (first, None), (None, last)]))
    publishers = draw(st.none() | st.frozensets(NAMES, min_size=1))
    return Within(*shown, publishers, draw(st.none() | FILED.filter(bool)))


@settings(max_examples=60, deadline=None)
@given(scope=SCOPES, some=st.sets(st.sampled_from(sorted(DOCUMENTS)), max_size=3))
def test_both_rules_admit_the_same(library: Library, scope: Scope, some: set[str]) -> None:
    with library.snapshot() as snapshot:
        by_sql = {document.id for document in snapshot.documents(scope)}
        picked = snapshot.readable(DOCUMENTS, scope)
        one_by_one = {id for id in some if snapshot.document(id, scope) is not None}
        listed = {one.attribution.document_id for one in snapshot.listing(scope, None, 1000, "", None).documents}
        holds, numbers = snapshot.holds(scope), len(snapshot.document_numbers(scope))
        offered = snapshot.choices(scope)
    by_values = {id for id, document in DOCUMENTS.items() if admits(scope, document)}
    assert by_sql == by_values == picked == listed
    assert one_by_one == by_values & some
    assert (holds, numbers, offered.documents) == (bool(by_values), len(by_values), len(by_values))
    inside = [DOCUMENTS[id] for id in by_values]
    for told, names in (
        (offered.publishers, Counter(each.publisher for each in inside if each.publisher)),
        (offered.collections, Counter(each.collection for each in inside if each.collection)),
    ):
        assert [(one.name, one.documents) for one in told] == sorted(
            names.items(), key=lambda pair: (-pair[1], pair[0])
        )
    days = sorted(each.published for each in inside if each.published)
    assert (offered.earliest, offered.latest) == ((days[0], days[-1]) if days else (None, None))
    assert not (scope.nothing and by_values)
    assert not scope.everything or by_values == DOCUMENTS.keys()


def admits(scope: Scope, document: Document) -> bool:
    return scope.admits(frozenset(document.readers), document.collection, document.publisher, document.published)


@settings(max_examples=100, deadline=None)
@given(
    readers=LABEL_SETS, filed=st.none() | FILED, earliest=BOUNDS, latest=BOUNDS, undated=st.booleans(), own=choices()
)
def test_a_choice_only_narrows_and_always_holds(
    readers: frozenset[str],
    filed: frozenset[str] | None,
    earliest: date | None,
    latest: date | None,
    undated: bool,
    own: Within,
) -> None:
    somebody = Principal("somebody", readers, collections=filed)
    free = Scope.of(somebody, earliest, latest, undated=undated)
    bound = Scope.of(somebody, earliest, latest, undated=undated, within=own)
    for document in DOCUMENTS.values():
        assert admits(bound, document) == (admits(free, document) and chosen(own, document))


def chosen(own: Within, document: Document) -> bool:
    """What a choice says of itself, once more."""
    if own.publishers is not None and document.publisher not in own.publishers:
        return False
    if own.collections is not None and document.collection not in own.collections:
        return False
    if own.earliest is None and own.latest is None:
        return True
    day = document.published
    return day is not None and (own.earliest or day) <= day <= (own.latest or day)


def test_what_a_principal_may_read_is_what_they_hold() -> None:
    limited = Principal("x", frozenset({"a"}), collections=frozenset({"wiki"}))
    day = date(2024, 7, 1)
    assert Scope.of(limited, None, day, undated=False) == Scope(frozenset({"a"}), None, day, False, frozenset({"wiki"}))
    assert Scope.of(LOCAL) == Scope(None)
    assert Scope.of(LOCAL).everything
    assert not Scope.of(limited).everything
    assert not Scope(None, collections=frozenset({"wiki"})).everything
    assert not Scope(None, publishers=frozenset({"AP"})).everything
    assert Scope(None, publishers=frozenset()).nothing
    assert Scope.of(Principal("x", frozenset({"nobody"}))).nothing
    assert not Scope.of(Principal("x", frozenset(), reads_everything=True)).nothing
