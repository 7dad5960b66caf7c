"""The library as those see it who look after it: page by page, in either order, with its state, and never a text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from index import schema
from index.document import document_id
from index.library import DATABASE, Library
from index.shelved import ORDERS, STATES, Counts, Order, Shelved, State
from tests.fakes import HashEmbedder
from tests.shelf import brief, entry

EMBEDDER = HashEmbedder()
DOCUMENTS = (
    brief(
        "a/ferry.md", "The ferry leaves at seven.", title="Zürich ferry", publisher="Harbour Wire", collection="wiki"
    ),
    brief("a/crane.md", "The crane was taken down.", readers=("press", "nobody"), published="2024-05-02"),
    brief("b/plans.md", "A plan that nobody may see.", readers=("nobody",), title="Plans"),
    brief("b/tides.md", "High water at noon.\nLow water at six.", readers=("press", "legal"), collection="archive"),
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.open(tmp_path_factory.mktemp("shelf"), create=True) as opened:
        for document in DOCUMENTS:
            put(opened, document)
        yield opened


def put(library: Library, *documents: object) -> None:
    with library.writer() as writer:
        writer.put([entry(document, EMBEDDER) for document in documents], EMBEDDER)  # type: ignore[arg-type]


def uris(documents: tuple[Shelved, ...]) -> list[str]:
    return [each.attribution.uri for each in documents]


def walked(library: Library, limit: int, **chosen: object) -> list[str]:
    """The uris of all pages, one after another."""
    found, after = [], None
    while True:
        page = library.shelf.page(after=after, limit=limit, **chosen)  # type: ignore[arg-type]
        assert len(page.documents) == limit or page.next is None
        found += uris(page.documents)
        if page.next is None:
            return found
        after = page.next


def test_a_document_is_told_with_all_that_is_known_of_it_but_its_text(library: Library) -> None:
    [found] = library.shelf.page(words="tides").documents
    assert found.attribution == DOCUMENTS[3].attribution
    assert (found.collection, found.readers, found.state) == ("archive", ("legal", "press"), "searchable")
    assert found.characters == len(DOCUMENTS[3].text)
    assert found.added
    assert datetime.now(UTC) - found.added < timedelta(minutes=1)
    assert found.origin.path == DOCUMENTS[3].uri
    assert found == library.shelf.document(DOCUMENTS[3].id)
    assert not [each.name for each in fields(found) if getattr(found, each.name) == DOCUMENTS[3].text]
    assert library.shelf.document("0" * 32) is None
    assert library.shelf.document("\ud800") is None


def test_by_uri_or_what_came_last_first(library: Library) -> None:
    assert walked(library, 10) == ["a/crane.md", "a/ferry.md", "b/plans.md", "b/tides.md"]
    assert walked(library, 10, order="added") == ["b/tides.md", "b/plans.md", "a/crane.md", "a/ferry.md"]


def test_a_document_is_hidden_if_nobody_and_only_nobody_reads_it(library: Library) -> None:
    assert walked(library, 10, state="hidden") == ["b/plans.md"]
    assert walked(library, 10, state="searchable") == ["a/crane.md", "a/ferry.md", "b/tides.md"]
    assert library.shelf.counts() == Counts(searchable=3, hidden=1, refused=0, removed=0)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"words": "zurich FERRY"}, ["a/ferry.md"]),
        ({"words": "wire"}, ["a/ferry.md"]),
        ({"words": "b/"}, ["b/plans.md", "b/tides.md"]),
        ({"words": "ferry tides"}, []),
        ({"words": "leaves"}, []),
        ({"words": "\ud800"}, []),
        ({"collection": "wiki"}, ["a/ferry.md"]),
        ({"collection": "none such"}, []),
        ({"collection": "archive", "state": "hidden"}, []),
    ],
)
@pytest.mark.parametrize("order", ORDERS)
def test_what_is_chosen_is_found_by_its_names_and_not_by_its_text(
    library: Library, chosen: dict[str, object], expected: list[str], order: Order
) -> None:
    assert sorted(walked(library, 3, order=order, **chosen)) == expected


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("limit", [1, 2, 3])
@pytest.mark.parametrize("state", [None, *STATES])
def test_pages_join_without_a_gap_or_a_double(library: Library, order: Order, limit: int, state: State | None) -> None:
    assert walked(library, limit, order=order, state=state) == walked(library, 10, order=order, state=state)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cursor=st.text(max_size=30), order=st.sampled_from(ORDERS))
@example(cursor="[" * 4_000, order="uri")
def test_a_cursor_that_was_never_given_leads_somewhere(library: Library, cursor: str, order: Order) -> None:
    every = set(uris(library.shelf.page().documents))
    assert set(uris(library.shelf.page(after=cursor, order=order).documents)) <= every
    assert library.shelf.refusals(after=cursor).files == ()
    assert library.shelf.removals(after=cursor).removals == ()


def test_no_place_on_a_page_is_no_document(library: Library) -> None:
    for order in ORDERS:
        page = library.shelf.page(limit=0, order=order)
        assert (page.documents, page.next) == ((), None)


def test_a_new_version_comes_first_and_nothing_is_left_of_the_old(tmp_path: Path) -> None:
    with Library.open(tmp_path, create=True) as library:
        put(library, *DOCUMENTS)
        put(library, brief("a/crane.md", "The crane stands again.", title="Crane up"))
        page = library.shelf.page(order="added")
        assert uris(page.documents)[0] == "a/crane.md"
        assert len(page.documents) == 4
        assert [each.attribution.title for each in library.shelf.page(words="crane").documents] == ["Crane up"]
        with library.writer() as writer:
            writer.remove([document_id("a/crane.md")])
        assert len(walked(library, 10, order="added")) == 3
        assert library.shelf.page(words="crane").documents == ()


def test_what_came_before_its_coming_was_kept_is_listed_too(tmp_path: Path) -> None:
    """A library of the version before, with two documents, brought up to date."""
    old_library(tmp_path / DATABASE)
    with Library.open(tmp_path) as library:
        put(library, brief("new.md", "Newer than those."))
        page = library.shelf.page(order="added")
        assert uris(page.documents) == ["new.md", "old/second.md", "old/first.md"]
        old = page.documents[1]
        assert (old.added, old.characters, old.collection) == (None, len("Größe zählt."), "wiki")
        assert walked(library, 1, order="added") == uris(page.documents)
        assert uris(library.shelf.page(words="ECOLE SECOND").documents) == ["old/second.md"]


def old_library(path: Path) -> None:
    """As `onrecord` 0003 left it."""
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    schema.create_file(path)
    engine = schema.connect(path)
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        for number, name in enumerate(("first", "second"), start=1):
            uri = f"old/{name}.md"
            connection.exec_driver_sql(
                "INSERT INTO documents (number, id, uri, title, content_hash, origin_path, origin_uri, origin_name,"
                " origin_fingerprint, text, collection) VALUES (?, ?, ?, ?, '', '', '', '', '', ?, 'wiki')",
                (number, document_id(uri), uri, f"École {name}", "Größe zählt."),
            )
            connection.exec_driver_sql("INSERT INTO readers VALUES (?, 'public')", (number,))
    engine.dispose()
