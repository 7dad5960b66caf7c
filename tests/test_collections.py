"""Collections: where a document's comes from, that a change of it reaches the library, and whom it keeps out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.corpus import Corpus
from index.errors import Refused
from index.frontmatter import parted
from index.library import Library
from index.principal import LOCAL, NOBODY, PUBLIC, Principal, person
from index.query import Query
from index.search import search
from index.sync import HIDDEN, sync
from tests.fakes import HashEmbedder
from tests.shelf import brief, shelf


class Shelves:
    """A folder of files and a library that it is synced into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "docs"
        self.folder.mkdir()
        self.embedder = HashEmbedder()
        self.library = Library.open(folder / "library", create=True)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def sync(self, collection: str | None = None, readers: tuple[str, ...] = (PUBLIC,)) -> dict[str, str]:
        self.embedder.embedded.clear()
        self.report = sync([self.folder], self.library, self.embedder, collection=collection, readers=readers)
        return {file.name: file.status for file in self.report.files}

    def collections(self) -> dict[str, str | None]:
        listing = self.library.listing(LOCAL, limit=100)
        return {one.attribution.uri.removeprefix("docs/"): one.collection for one in listing.documents}

    def readable_by(self, *labels: str) -> set[str]:
        listing = self.library.listing(Principal("x", frozenset(labels)), limit=100)
        return {one.attribution.uri.removeprefix("docs/") for one in listing.documents}


@pytest.fixture
def shelves(tmp_path: Path) -> Iterator[Shelves]:
    made = Shelves(tmp_path)
    yield made
    made.library.close()


def test_a_collection_comes_from_the_table_the_file_or_the_default_in_this_order(shelves: Shelves) -> None:
    shelves.write("own.md", "---\ncollection: Press  releases\n---\nSome text.")
    shelves.write("over.md", "---\ncollection: wiki\n---\nSome text of it.")
    shelves.write("plain.txt", "More text.")
    shelves.write("forms/a.txt", "A form.")
    lines = [{"uri": "u:1", "text": "One.", "collection": "feed"}, {"uri": "u:2", "text": "Two."}]
    shelves.write("news.jsonl", "\n".join(map(json.dumps, lines)))
    shelves.write("sources.csv", "file,collection\nover.md,table\nforms,forms\n")
    shelves.sync(collection="rest")
    assert shelves.collections() == {
        "forms/a.txt": "forms",
        "own.md": "Press releases",
        "over.md": "table",
        "plain.txt": "rest",
        "u:1": "feed",
        "u:2": "rest",
    }


def test_a_changed_collection_reaches_the_document_without_embedding(shelves: Shelves) -> None:
    shelves.write("a.md", "---\ncollection: one\n---\nSome text.")
    shelves.write("b.txt", "Other text.")
    assert shelves.sync(collection="x") == {"a.md": "added", "b.txt": "added"}
    shelves.write("a.md", "---\ncollection: two\n---\nSome text.")
    assert shelves.sync(collection="x") == {"a.md": "changed", "b.txt": "unchanged"}
    assert (shelves.collections()["a.md"], shelves.embedder.embedded) == ("two", [])
    assert shelves.sync(collection="y") == {"a.md": "changed", "b.txt": "changed"}
    assert shelves.collections() == {"a.md": "two", "b.txt": "y"}
    shelves.write("sources.csv", "file,collection\nb.txt,z\n")
    assert shelves.sync(collection="y") == {"a.md": "unchanged", "b.txt": "changed"}
    assert (shelves.collections()["b.txt"], shelves.embedder.embedded) == ("z", [])


def test_the_readers_of_a_folder_hold_for_its_feeds_too(shelves: Shelves) -> None:
    shelves.write("hr/feed.jsonl", json.dumps({"uri": "u:1", "text": "One.", "readers": [PUBLIC]}))
    shelves.write("hr/pay.md", "---\nreaders: public\n---\nPay.")
    shelves.write("open.txt", "Open.")
    shelves.write("sources.csv", "file,readers\nhr,hr\n")
    shelves.sync()
    assert shelves.readable_by(PUBLIC) == {"open.txt"}
    assert shelves.readable_by("hr") == {"u:1", "hr/pay.md"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", "---\nreaders: user:alice\n---\nText."),
        ("a.md", "---\nreaders: [user:alice, press]\n---\nText."),
        ("a.jsonl", json.dumps({"uri": "docs/a.jsonl", "text": "Text.", "readers": ["user:alice"]})),
        ("a.jsonl", json.dumps({"uri": "docs/a.jsonl", "text": "Text.", "readers": "press|user:alice"})),
    ],
)
def test_one_person_can_be_named_as_a_reader(shelves: Shelves, name: str, text: str) -> None:
    shelves.write(name, text)
    shelves.sync()
    listed = {who: shelves.library.listing(person(who)).documents for who in ("alice", "bob")}
    assert [one.attribution.uri for one in listed["alice"]] == [f"docs/{name}"]
    assert listed["bob"] == ()
    assert not shelves.library.listing(person("bob", ["user:alice", "alice"])).documents


def test_one_person_can_be_named_by_a_table_or_a_default(shelves: Shelves) -> None:
    for name in ("a", "b", "c/d"):
        shelves.write(f"{name}.txt", f"The text of {name}.")
    shelves.write("sources.csv", "file,readers\na.txt,user:alice\nc,user:bob|press\n")
    shelves.sync(readers=("user:carol",))
    assert shelves.readable_by("user:alice") == {"a.txt"}
    assert shelves.readable_by("user:bob") == shelves.readable_by("press") == {"c/d.txt"}
    assert shelves.readable_by("user:carol") == {"b.txt"}


def test_what_is_for_nobody_is_seen_by_nobody_and_told_of_at_every_sync(shelves: Shelves) -> None:
    shelves.write("a.txt", "Nobody said who reads this.")
    shelves.write("b.md", "---\nreaders: press\n---\nThis was said.")
    shelves.sync()
    assert (shelves.readable_by(PUBLIC), shelves.report.hidden) == ({"a.txt"}, 0)
    shelves.sync(readers=(NOBODY,))
    assert {file.name: file.reason for file in shelves.report.files if file.reason} == {"a.txt": HIDDEN}
    assert (shelves.report.hidden, shelves.embedder.embedded) == (1, [])
    assert shelves.readable_by(PUBLIC, NOBODY, "press") == {"b.md"}
    assert shelves.sync(readers=(NOBODY,)) == {"a.txt": "unchanged", "b.md": "unchanged"}
    assert shelves.report.hidden == 1
    assert set(shelves.collections()) == {"a.txt", "b.md"}  # whoever owns the machine sees what there is
    shelves.write("sources.csv", "file,readers\na.txt,press\n")
    shelves.sync(readers=(NOBODY,))
    assert (shelves.readable_by("press"), shelves.report.hidden) == ({"a.txt", "b.md"}, 0)


def test_nobody_is_a_label_that_nobody_can_hold() -> None:
    assert Principal("x", frozenset({NOBODY, "a"})).readers == {"a"}
    assert NOBODY not in person("nobody", [NOBODY]).readers


@pytest.mark.parametrize("value", ["[a, b]", "{a: b}", "x" * 301, "' '"])
def test_front_matter_that_names_no_single_collection_is_refused(value: str) -> None:
    with pytest.raises(Refused, match="names no single collection"):
        parted(f"---\ncollection: {value}\n---\nText.")


def test_front_matter_that_leaves_it_blank_says_nothing() -> None:
    assert parted("---\ncollection:\n---\nText.").claims.collection is None


FERRY = "The ferry leaves the harbour at seven."


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    documents = [
        brief("wiki", f"{FERRY} So the wiki says.", collection="wiki"),
        brief("press", f"{FERRY} So the press office says.", collection="press"),
        brief("none", f"{FERRY} So a note says that is filed nowhere."),
        brief("board", f"{FERRY} So the board says.", collection="wiki", readers=("board",)),
    ]
    with shelf(tmp_path_factory.mktemp("library"), documents) as opened:
        yield opened


def seen(corpus: Corpus, principal: Principal) -> set[str]:
    """What somebody finds, lists and opens, which must be the same."""
    found = {passage.attribution.uri for passage in search(principal, Query("When does the ferry leave?"), corpus)}
    listed = {one.attribution.uri for one in corpus.library.listing(principal).documents}
    ids = {brief(uri, "x").id: uri for uri in ("wiki", "press", "none", "board")}
    opened = {uri for id, uri in ids.items() if corpus.document(principal, id)}
    readable = {ids[id] for id in corpus.library.readable(principal, ids)}
    assert found == listed == opened == readable
    return found


@pytest.mark.parametrize(
    ("collections", "uris"),
    [
        (None, {"wiki", "press", "none"}),
        ({"wiki"}, {"wiki"}),
        ({"wiki", "press", "other"}, {"wiki", "press"}),
        ({"other"}, set()),
        (set(), set()),
    ],
)
def test_who_is_limited_to_collections_sees_no_other(
    corpus: Corpus, collections: set[str] | None, uris: set[str]
) -> None:
    limited = None if collections is None else frozenset(collections)
    assert seen(corpus, Principal("x", frozenset({PUBLIC}), collections=limited)) == uris


def test_a_collection_opens_nothing_to_who_is_no_reader(corpus: Corpus) -> None:
    assert seen(corpus, Principal("x", frozenset({PUBLIC, "board"}), collections=frozenset({"wiki"}))) == {
        "wiki",
        "board",
    }
    assert seen(corpus, Principal("x", frozenset(), collections=frozenset({"wiki"}))) == set()


def test_whoever_reads_everything_can_be_limited_too(corpus: Corpus) -> None:
    limited = Principal("local", frozenset(), reads_everything=True, collections=frozenset({"wiki"}))
    assert seen(corpus, limited) == {"wiki", "board"}
    assert seen(corpus, LOCAL) == {"wiki", "press", "none", "board"}


def test_those_who_hold_the_same_labels_in_other_collections_share_no_cache(corpus: Corpus) -> None:
    for collection in ("wiki", "press", "wiki"):
        who = Principal("x", frozenset({PUBLIC}), collections=frozenset({collection}))
        assert seen(corpus, who) == {collection}
