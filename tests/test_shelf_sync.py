"""What a sync notes beside the documents: where it came from and how, what it refused, and whom it keeps out."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from index.document import document_id
from index.library import Library
from index.shelved import Counts, Root
from index.sync import sync
from index.sync_report import SyncReport
from tests.fakes import HashEmbedder

EMBEDDER = HashEmbedder()


class Desk:
    """A folder of files and the library that it is synced into."""

    def __init__(self, folder: Path) -> None:
        self.docs = folder / "docs"
        self.library = Library.open(folder / "library", create=True)

    def write(self, name: str, text: str) -> Path:
        path = self.docs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def sync(
        self, *paths: Path, readers: tuple[str, ...] = ("public",), prune: bool = True, apart: Sequence[str] = ()
    ) -> SyncReport:
        given = paths or (self.docs,)
        return sync(given, self.library, EMBEDDER, readers=readers, collection="wiki", prune=prune, apart=apart)

    def statuses(self, report: SyncReport) -> dict[str, str]:
        return {file.name: file.status for file in report.files}

    def refused(self, words: str = "") -> list[str]:
        return [each.name for each in self.library.shelf.refusals(words=words).files]

    def readers(self) -> dict[str, tuple[str, ...]]:
        return {each.attribution.uri: each.readers for each in self.library.shelf.page().documents}

    def withdraw(self, uri: str) -> None:
        with self.library.writer() as writer:
            assert [one.removal.uri for one in writer.withdraw([document_id(uri)], "local")] == [uri]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    made.write("ferry.txt", "The ferry leaves at seven.")
    made.write("crane.txt", "The crane was taken down.")
    yield made
    made.library.close()


def test_each_sync_notes_where_and_how(desk: Desk) -> None:
    before = desk.library.generation
    desk.sync(readers=("press", "legal"))
    [root] = desk.library.shelf.roots()
    assert (root.path, root.readers, root.collection) == (os.path.realpath(desk.docs), ("press", "legal"), "wiki")
    assert abs((datetime.now(UTC) - root.synced).total_seconds()) < 60
    first = desk.library.generation
    assert first != before
    desk.sync(readers=("press", "legal"))
    assert len(desk.library.shelf.roots()) == 1
    assert desk.library.shelf.roots()[0].synced > root.synced
    assert desk.library.generation == first, "what is only noted makes no index out of date"


def test_the_same_folder_by_another_way_is_the_same_root(desk: Desk, tmp_path: Path) -> None:
    desk.sync()
    desk.sync(desk.docs / ".." / "docs")
    assert [root.path for root in desk.library.shelf.roots()] == [os.path.realpath(desk.docs)]


def test_what_is_refused_is_noted_until_it_is_no_more(desk: Desk) -> None:
    desk.write("empty.txt", "  ")
    (desk.docs / "broken.pdf").write_bytes(b"%PDF-1.4 no more")
    report = desk.sync()
    assert report.failed == report.count("refused") == 2
    [first, second] = desk.library.shelf.refusals().files
    assert (first.name, second.name, first.root) == ("broken.pdf", "empty.txt", os.path.realpath(desk.docs))
    assert {file.name: file.reason for file in report.files if file.reason} == {
        each.name: each.reason for each in (first, second)
    }
    assert desk.library.shelf.counts() == Counts(2, 0, 2, 0)
    assert (desk.refused("BROKEN"), desk.refused("nothing like it")) == (["broken.pdf"], [])
    desk.write("empty.txt", "Not empty any more.")
    desk.sync()
    assert desk.refused() == ["broken.pdf"]
    (desk.docs / "broken.pdf").unlink()
    desk.sync()
    assert desk.refused() == []


def test_refusals_are_given_page_by_page(desk: Desk) -> None:
    for number in range(5):
        desk.write(f"{number}.txt", " ")
    desk.write("apart/empty.txt", " ")
    desk.sync(desk.docs / "apart")
    desk.sync(apart=[os.path.realpath(desk.docs / "apart")])
    found, after = [], None
    for _ in range(3):
        page = desk.library.shelf.refusals(after=after, limit=2)
        found += [each.name for each in page.files]
        after = page.next
    assert (found, after) == (["0.txt", "1.txt", "2.txt", "3.txt", "4.txt", "empty.txt"], None)


def test_two_files_that_claim_one_uri_are_a_refusal_with_the_uri(desk: Desk) -> None:
    for name in ("first", "second"):
        desk.write(f"{name}.jsonl", json.dumps({"uri": "same", "text": f"The same, in the {name}."}) + "\n")
    desk.sync()
    assert [(each.name, each.uri) for each in desk.library.shelf.refusals().files] == [("second.jsonl:1", "same")]


def test_what_nothing_was_found_at_is_refused_where_it_was_to_be(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    desk.sync(tmp_path / "nothing")
    [refused] = desk.library.shelf.refusals().files
    assert (refused.root, "nothing was pruned" in refused.reason) == (os.path.realpath(tmp_path / "nothing"), True)


def test_a_folder_is_synced_again_as_it_was_without_what_lies_apart_in_it(desk: Desk) -> None:
    """A part of a folder that was shown to fewer people is not shown to all when the folder is looked at again."""
    desk.write("legal/opinion.txt", "The lawyers think otherwise.")
    desk.sync()
    desk.sync(desk.docs / "legal", readers=("legal",))
    whole, part = desk.library.shelf.roots()
    assert whole.apart == (part.path,)
    assert (part.apart, part.readers) == ((), ("legal",))
    generation = desk.library.generation
    for root in (whole, part):
        report = sync([Path(root.path)], desk.library, EMBEDDER, readers=root.readers, collection=root.collection,
                      prune=True, apart=root.apart)  # fmt: skip
        assert not [file for file in report.files if file.status != "unchanged"]
    assert desk.library.generation == generation
    assert desk.readers()["legal/opinion.txt"] == ("legal",)
    assert desk.library.shelf.roots()[0].apart == (part.path,)


def test_a_sync_of_a_whole_folder_takes_the_place_of_those_of_its_parts(desk: Desk) -> None:
    desk.write("legal/opinion.txt", "The lawyers think otherwise.")
    desk.write("legal/empty.txt", " ")
    desk.sync(desk.docs / "legal", readers=("legal",))
    desk.sync()
    assert [root.path for root in desk.library.shelf.roots()] == [os.path.realpath(desk.docs)]
    assert desk.refused() == ["legal/empty.txt"]


def test_a_feed_that_lies_apart_is_left_alone_whole(desk: Desk) -> None:
    feed = desk.write("feed.jsonl", '{"uri": "a", "text": "One line."}\n{"uri": "b"}\n')
    desk.sync(feed)
    report = desk.sync(apart=[os.path.realpath(feed)])
    assert desk.statuses(report) == {"crane.txt": "added", "ferry.txt": "added"}
    assert sorted(desk.readers()) == ["a", "docs/crane.txt", "docs/ferry.txt"]
    assert desk.refused() == ["feed.jsonl:2"]


def test_what_was_removed_by_hand_stays_out_until_it_is_restored(desk: Desk) -> None:
    desk.sync()
    desk.withdraw("docs/ferry.txt")
    assert desk.library.shelf.counts() == Counts(1, 0, 0, 1)
    for _ in range(2):
        report = desk.sync()
        [kept_out] = [file for file in report.files if file.status == "refused"]
        assert (kept_out.name, kept_out.uri, kept_out.kept_out) == ("ferry.txt", "docs/ferry.txt", True)
        today = datetime.now(UTC).date()
        assert kept_out.reason == (
            f"it was removed on {today} by local; restore it with `onrecord library restore docs/ferry.txt`"
        )
        assert report.failed == 0, "it is as somebody wanted it"
        assert (desk.refused(), list(desk.readers())) == ([], ["docs/crane.txt"])
    desk.write("ferry.txt", "The ferry leaves at eight.")
    assert desk.statuses(desk.sync())["ferry.txt"] == "refused", "another text under that name is no other document"
    with desk.library.writer() as writer:
        restored = writer.restore("docs/ferry.txt")
        assert restored
        assert restored.document_id == document_id("docs/ferry.txt")
        assert writer.restore("docs/ferry.txt") is None
    assert desk.statuses(desk.sync()) == {"crane.txt": "unchanged", "ferry.txt": "added"}
    assert desk.library.shelf.counts() == Counts(2, 0, 0, 0)


def test_a_document_that_names_its_own_uri_is_kept_out_by_it(desk: Desk) -> None:
    desk.write("page.md", "---\nuri: https://news.example/a\n---\nThe quay is closed.")
    desk.sync()
    assert "https://news.example/a" in desk.readers()
    desk.withdraw("https://news.example/a")
    assert desk.statuses(desk.sync())["page.md"] == "refused"
    assert "https://news.example/a" not in desk.readers()


def test_a_line_that_is_kept_out_does_not_keep_others_from_being_pruned(desk: Desk) -> None:
    lines = [json.dumps({"uri": uri, "text": f"This is {uri}."}) + "\n" for uri in ("a", "b", "c")]
    desk.write("feed.jsonl", "".join(lines))
    desk.sync()
    desk.withdraw("a")
    desk.write("feed.jsonl", "".join(lines[:2]))
    report = desk.sync()
    assert [file.uri for file in report.files if file.status == "removed"] == ["c"]
    assert "a" not in desk.readers()
    desk.write("feed.jsonl", lines[0] + json.dumps({"uri": "d", "text": "New."}) + "\n")
    desk.sync()
    assert {"b", "a"}.isdisjoint(desk.readers())
    assert "d" in desk.readers()


def test_removals_are_listed_the_latest_first_and_page_by_page(desk: Desk) -> None:
    desk.sync()
    desk.withdraw("docs/ferry.txt")
    desk.withdraw("docs/crane.txt")
    shelf = desk.library.shelf
    first = shelf.removals(limit=1)
    second = shelf.removals(limit=1, after=first.next)
    assert [one.uri for page in (first, second) for one in page.removals] == ["docs/crane.txt", "docs/ferry.txt"]
    assert (second.next, shelf.removals(words="FERRY").removals) == (None, second.removals)
    assert shelf.removed(document_id("docs/ferry.txt")) == second.removals[0]
    assert shelf.removed(document_id("docs/none.txt")) is None


def test_what_is_not_there_is_not_removed(desk: Desk) -> None:
    with desk.library.writer() as writer:
        assert writer.withdraw(["0" * 32], "local") == ()
    assert desk.library.shelf.removals().removals == ()


def test_a_root_is_a_value(desk: Desk) -> None:
    now = datetime.now(UTC)
    with desk.library.writer() as writer:
        writer.note_roots([Root("/a/b", ("x",), None, now), Root("/a", ("public",), "wiki", now, ("/a/b",))])
    assert desk.library.shelf.roots() == (
        Root("/a", ("public",), "wiki", now, ("/a/b",)),
        Root("/a/b", ("x",), None, now),
    )
