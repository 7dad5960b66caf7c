"""Lists of documents and picks out of them: complete, in order, page by page, and of what may be read only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import OnRecordError
from index.folded import folded
from index.library import Library
from index.listing import NOTHING, Listed
from index.principal import LOCAL, PUBLIC, Principal
from tests.fakes import HashEmbedder
from tests.shelf import brief, entry

EMBEDDER = HashEmbedder()
ANYBODY = Principal("anybody", frozenset({PUBLIC}))
CLERK = Principal("clerk", frozenset({PUBLIC, "council"}))
DOCUMENTS = (
    brief("a/budget", "Text a.", title="The Budget, 50 % agreed", publisher="Council", published="2024-07-01"),
    brief("b/letter", "Text b.", title="Letter", publisher="Council", readers=("council",), collection="letters"),
    brief("c/zürich", "Text c.", title="Straße und Brücke", publisher="Büro"),
    brief("d/plain", "Text d.", collection="letters"),
    brief("e/under_score", "Text e.", title="Minutes"),
)


def put(library: Library, *documents: object) -> None:
    with library.writer() as writer:
        writer.put([entry(document, EMBEDDER) for document in documents], EMBEDDER)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.open(tmp_path_factory.mktemp("library"), create=True) as opened:
        put(opened, *DOCUMENTS)
        yield opened


def uris(library: Library, principal: Principal = LOCAL, **given: str | int | None) -> list[str]:
    return [one.attribution.uri for one in library.listing(principal, **given).documents]  # type: ignore[arg-type]


def test_a_list_holds_what_may_be_read_in_the_order_of_uris(library: Library) -> None:
    assert uris(library) == [document.uri for document in DOCUMENTS]
    assert uris(library, ANYBODY) == ["a/budget", "c/zürich", "d/plain", "e/under_score"]
    assert uris(library, CLERK) == uris(library)


def test_a_listed_document_tells_whose_words_it_is_and_where_it_is_filed(library: Library) -> None:
    first, second, *_ = library.listing(CLERK).documents
    assert first == Listed(DOCUMENTS[0].attribution, None)
    assert second == Listed(DOCUMENTS[1].attribution, "letters")


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("principal", [LOCAL, ANYBODY])
def test_pages_hold_everything_once(library: Library, principal: Principal, limit: int) -> None:
    seen: list[str] = []
    after: str | None = None
    while True:
        page = library.listing(principal, after=after, limit=limit)
        seen += [one.attribution.uri for one in page.documents]
        assert len(page.documents) <= limit
        if page.next is None:
            break
        after = page.next
    assert seen == uris(library, principal)


def test_a_page_says_there_is_a_next_only_if_there_is(library: Library) -> None:
    assert library.listing(ANYBODY, limit=4).next is None
    assert library.listing(ANYBODY, limit=3).next == "d/plain"
    assert library.listing(ANYBODY, after="e/under_score").next is None


def test_what_comes_and_goes_moves_nothing_to_another_page(tmp_path: Path) -> None:
    with Library.open(tmp_path, create=True) as library:
        put(library, *(brief(f"{letter}", "Text.") for letter in "bdfh"))
        page = library.listing(LOCAL, limit=2)
        put(library, brief("a", "Text."), brief("e", "Text."))
        with library.writer() as writer:
            writer.remove([brief("d", "x").id])
        assert uris(library, after=page.next, limit=10) == ["e", "f", "h"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("budget", ["a/budget"]),
        ("BUDGET council", ["a/budget"]),
        ("council", ["a/budget", "b/letter"]),
        ("zurich", ["c/zürich"]),
        ("ZÜRICH buro", ["c/zürich"]),
        ("strasse", ["c/zürich"]),
        ("  ", [document.uri for document in DOCUMENTS]),
        ("%", ["a/budget"]),
        ("_", ["e/under_score"]),
        ("text", []),
        ("budget letter", []),
        ("\ud800", []),
        ("\0", []),
        ("' OR 1=1 --", []),
    ],
)
def test_words_match_title_publisher_and_uri(library: Library, words: str, found: list[str]) -> None:
    assert uris(library, words=words) == found


def test_words_find_nothing_that_may_not_be_read(library: Library) -> None:
    assert uris(library, ANYBODY, words="letter") == []
    assert uris(library, ANYBODY, collection="letters") == ["d/plain"]
    assert uris(library, CLERK, collection="letters") == ["b/letter", "d/plain"]
    assert uris(library, CLERK, collection="let") == []


def test_a_collection_asked_for_widens_nothing(library: Library) -> None:
    elsewhere = Principal("x", frozenset({PUBLIC}), collections=frozenset({"minutes"}))
    assert uris(library, elsewhere, collection="letters") == []


@pytest.mark.parametrize("limit", [0, -1, -100])
def test_no_limit_below_one_gives_anything(library: Library, limit: int) -> None:
    assert library.listing(LOCAL, limit=limit) == NOTHING


@given(after=st.text(st.characters()), words=st.text(st.characters()), collection=st.text(st.characters()))
def test_anything_can_be_asked_for(library: Library, after: str, words: str, collection: str) -> None:
    everything = set(uris(library, ANYBODY))
    assert set(uris(library, ANYBODY, after=after)) <= everything
    assert set(uris(library, ANYBODY, words=words)) <= everything
    assert set(uris(library, ANYBODY, collection=collection)) <= {"d/plain"}


def test_what_may_be_read_is_picked_out_of_what_is_named(library: Library) -> None:
    ids = {document.id: document.uri for document in DOCUMENTS}
    named = [*ids, "0" * 32, "", "\ud800", "no id"]
    assert {ids[id] for id in library.readable(ANYBODY, named)} == set(uris(library, ANYBODY))
    assert library.readable(CLERK, named) == ids.keys()
    assert library.readable(CLERK, iter(named)) == ids.keys()
    assert library.readable(LOCAL, []) == frozenset()


@pytest.mark.parametrize(
    "principal",
    [Principal("x", frozenset()), Principal("x", frozenset({PUBLIC}), collections=frozenset())],
)
def test_of_who_may_read_nothing_nothing_is_asked(tmp_path: Path, principal: Principal) -> None:
    library = Library.open(tmp_path, create=True)
    library.close()
    (tmp_path / "onrecord.sqlite3").write_bytes(b"no database any more, so that asking it fails" * 100)
    assert library.listing(principal) == NOTHING
    assert library.readable(principal, ["0" * 32]) == frozenset()
    assert library.document(principal, "0" * 32) is None
    with pytest.raises(OnRecordError):
        library.readable(ANYBODY, ["0" * 32])


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)
