"""Sync: what is new is added, what changed is replaced whole, what is unchanged costs nothing."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from index.added import Added
from index.claims import Claims
from index.corpus import Corpus
from index.embed import Vectors
from index.errors import EmbedderChanged, EmbedderUnavailable, LibraryBusy
from index.library import Library
from index.scope import Scope
from index.sync import sync
from index.sync_report import FileResult, SyncReport
from index.vectors import VectorIndex
from tests.fakes import HashEmbedder

ALL = Scope(None)


class Desk:
    """A folder of files, a library, and what it takes to sync one into the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "docs"
        self.folder.mkdir()
        self.embedder = HashEmbedder()
        self.library = Library.open(folder / "library", create=True)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def feed(self, name: str, *lines: Mapping[str, object]) -> Path:
        return self.write(name, "".join(json.dumps(line) + "\n" for line in lines))

    def sync(self, *paths: Path, prune: bool = False, readers: tuple[str, ...] = ("public",)) -> dict[str, str]:
        """What became of each file, by name; `self.report` has the rest."""
        self.embedder.embedded.clear()
        self.report = sync(paths or [self.folder], self.library, self.embedder, prune=prune, readers=readers)
        return {file.name: file.status for file in self.report.files}

    def reasons(self) -> dict[str, str]:
        return {file.name: file.reason for file in self.report.files if file.reason}

    def texts(self) -> dict[str, str]:
        """Every document's text by its uri."""
        with self.library.snapshot() as snapshot:
            found = [snapshot.document(held.document_id, ALL) for held in snapshot.held()]
        return {document.uri: document.text for document in found if document is not None}

    def finds(self, question: str) -> list[str]:
        with Corpus(self.library, self.embedder).view() as view:
            hits = view.keyword_hits(question, 10, ALL)
            return [stored.attribution.uri for stored in view.chunks(hit.chunk_id for hit in hits)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.library.close()


def test_files_are_added_and_found(desk: Desk) -> None:
    desk.write("ferry.txt", "The ferry leaves at seven.")
    desk.write("below/crane.md", "# The crane\n\nThe crane was taken down.")
    assert desk.sync() == {"below/crane.md": "added", "ferry.txt": "added"}
    assert desk.finds("When does the ferry leave?") == ["docs/ferry.txt"]
    assert desk.finds("crane") == ["docs/below/crane.md"]
    assert (desk.report.chunks, desk.report.embedded, desk.report.count("added")) == (2, 2, 2)


def test_the_same_bytes_cost_no_embedding_and_no_change(desk: Desk) -> None:
    desk.write("one.txt", "The ferry leaves at seven.")
    desk.feed("two.jsonl", {"uri": "a", "text": "The crane."}, {"uri": "b", "text": "The harbour."})
    desk.sync()
    generation = desk.library.generation
    assert desk.sync() == {"one.txt": "unchanged", "two.jsonl:1": "unchanged", "two.jsonl:2": "unchanged"}
    assert desk.embedder.embedded == []
    assert desk.library.generation == generation


def test_a_changed_file_is_replaced_and_only_its_new_text_embedded(desk: Desk) -> None:
    paragraphs = [f"Paragraph {number} speaks of topic{number}. " + "It goes on. " * 60 for number in range(4)]
    desk.write("one.txt", "\n\n".join(paragraphs))
    desk.sync()
    desk.write("one.txt", "\n\n".join([*paragraphs[:3], "Now it speaks of something else. " + "It goes on. " * 60]))
    assert desk.sync() == {"one.txt": "changed"}
    assert desk.finds("topic3") == []
    assert desk.finds("something") == ["docs/one.txt"]
    assert 0 < len(desk.embedder.embedded) < desk.report.chunks
    assert all("something else" in text or "goes on" in text for text in desk.embedder.embedded)
    with desk.library.snapshot() as snapshot:
        ids, _, matrix = snapshot.vectors()
        stored = snapshot.chunks(ids.tolist())
    expected = [desk.embedder.embed_query(f"{one.attribution.title or ''}\n{one.chunk.text}") for one in stored]
    assert np.allclose(matrix, np.stack(expected), atol=1e-6)


def test_other_readers_for_the_same_bytes_are_written_without_embedding(desk: Desk) -> None:
    desk.write("one.txt", "The ferry leaves at seven.")
    desk.sync()
    assert desk.sync(readers=("council",)) == {"one.txt": "changed"}
    assert desk.embedder.embedded == []
    with desk.library.snapshot() as snapshot:
        (stored,) = snapshot.chunks(snapshot.chunk_numbers().tolist())
    assert stored.readers == {"council"}


def test_a_file_under_a_new_uri_leaves_the_old_one(desk: Desk) -> None:
    desk.write("one.md", "---\nuri: https://example.org/old\n---\nThe ferry leaves at seven.")
    desk.sync()
    desk.write("one.md", "---\nuri: https://example.org/new\n---\nThe ferry leaves at seven.")
    assert desk.sync() == {"one.md": "changed"}
    assert list(desk.texts()) == ["https://example.org/new"]
    assert desk.embedder.embedded == []


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(desk: Desk) -> None:
    desk.write("empty.txt", "")
    desk.write("furniture.txt", "Advertisement\n")
    desk.write("good.txt", "The ferry leaves at seven.")
    (desk.folder / "link.txt").symlink_to("/etc/passwd")
    statuses = desk.sync()
    assert statuses == {"empty.txt": "refused", "furniture.txt": "refused", "good.txt": "added", "link.txt": "refused"}
    assert set(desk.reasons()) == {"empty.txt", "furniture.txt", "link.txt"}
    assert "furniture" in desk.reasons()["furniture.txt"]


def test_a_file_that_becomes_unreadable_keeps_its_old_text(desk: Desk) -> None:
    path = desk.write("one.txt", "The ferry leaves at seven.")
    desk.write("two.txt", "The crane was taken down.")
    desk.sync()
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    assert desk.sync(prune=True)["one.txt"] == "refused"
    assert desk.texts()["docs/one.txt"] == "The ferry leaves at seven."


def test_prune_removes_what_is_gone_from_these_folders_only(desk: Desk, tmp_path: Path) -> None:
    gone, other = desk.write("below/gone.txt", "The crane is gone."), tmp_path / "other"
    desk.write("stays.txt", "The ferry stays.")
    other.mkdir()
    (other / "far.txt").write_text("The far harbour.")
    desk.sync(desk.folder, other)
    gone.unlink()
    (other / "far.txt").unlink()
    assert desk.sync() == {"stays.txt": "unchanged"}
    assert desk.finds("crane") == ["docs/below/gone.txt"]
    assert desk.sync(prune=True) == {"stays.txt": "unchanged", "below/gone.txt": "removed"}
    assert set(desk.texts()) == {"docs/stays.txt", "other/far.txt"}
    assert desk.finds("crane") == []


def test_prune_of_an_empty_or_missing_folder_removes_nothing_and_says_so(desk: Desk) -> None:
    path = desk.write("one.txt", "The ferry leaves at seven.")
    desk.sync()
    path.unlink()
    assert desk.sync(prune=True) == {str(desk.folder): "refused"}
    assert "nothing was pruned" in desk.reasons()[str(desk.folder)]
    desk.folder.rmdir()
    assert "refused" in desk.sync(prune=True).values()
    assert list(desk.texts()) == ["docs/one.txt"]


def test_prune_of_a_feed_removes_lines_but_not_those_that_became_invalid(desk: Desk) -> None:
    lines = [{"uri": f"line{number}", "text": f"Words{number}."} for number in range(3)]
    desk.feed("feed.jsonl", *lines)
    desk.sync()
    desk.feed("feed.jsonl", lines[2], {"uri": "line0", "text": ""})
    assert desk.sync(prune=True) == {"feed.jsonl:1": "unchanged", "feed.jsonl:2": "refused"}
    assert set(desk.texts()) == {"line0", "line1", "line2"}
    desk.feed("feed.jsonl", lines[2], lines[0])
    assert desk.sync(prune=True)["feed.jsonl:2"] == "removed"
    assert set(desk.texts()) == {"line0", "line2"}


def test_prune_keeps_what_became_invalid_in_a_feed_that_was_first_synced_with_its_folder(desk: Desk) -> None:
    lines = [{"uri": f"line{number}", "text": f"Words{number}."} for number in range(2)]
    feed = desk.feed("below/feed.jsonl", *lines)
    desk.sync()
    desk.feed("below/feed.jsonl", {"uri": "line0", "text": ""}, lines[1])
    assert desk.sync(feed, prune=True) == {"feed.jsonl:1": "refused", "feed.jsonl:2": "unchanged"}
    assert set(desk.texts()) == {"line0", "line1"}


def test_a_document_that_moves_from_one_feed_to_another_is_there_all_along(desk: Desk) -> None:
    lines = [{"uri": f"line{number}", "text": f"Words{number}."} for number in range(2)]
    desk.feed("new.jsonl", *lines)
    desk.sync()
    desk.feed("new.jsonl", lines[1])
    desk.feed("archive.jsonl", lines[0])
    assert desk.sync(prune=True) == {"new.jsonl:1": "unchanged", "archive.jsonl:1": "changed"}
    assert set(desk.texts()) == {"line0", "line1"}


def test_prune_keeps_what_is_under_a_new_name_and_the_same_uri(desk: Desk) -> None:
    page = desk.write("page.md", "---\nuri: https://example.org/page\n---\nThe ferry leaves at seven.")
    feed = desk.feed("feed.jsonl", {"uri": "line", "text": "The crane."})
    desk.sync()
    page.rename(desk.folder / "renamed.md")
    feed.rename(desk.folder / "renamed.jsonl")
    assert desk.sync(prune=True) == {"renamed.jsonl:1": "changed", "renamed.md": "changed"}
    assert set(desk.texts()) == {"https://example.org/page", "line"}


def test_two_files_may_exchange_their_uris(desk: Desk) -> None:
    def written(one: str, other: str) -> None:
        desk.write("a.md", f"---\nuri: https://example.org/{one}\n---\nWhat a says.")
        desk.write("b.md", f"---\nuri: https://example.org/{other}\n---\n" + "What b says.\n\n" * 500)

    written("one", "two")
    desk.sync()
    written("two", "one")
    assert desk.sync() == {"a.md": "changed", "b.md": "changed"}
    assert desk.texts()["https://example.org/two"] == "What a says."
    assert desk.texts()["https://example.org/one"].startswith("What b says.")


def test_a_moved_feed_line_is_unchanged(desk: Desk) -> None:
    desk.feed("feed.jsonl", {"uri": "b", "text": "The crane."})
    desk.sync()
    desk.feed("feed.jsonl", {"uri": "a", "text": "The ferry."}, {"uri": "b", "text": "The crane."})
    assert desk.sync() == {"feed.jsonl:1": "added", "feed.jsonl:2": "unchanged"}


def test_two_files_with_one_uri_are_told_apart_by_name(desk: Desk) -> None:
    for name in ("b.md", "a.md", "c.md"):
        desk.write(name, f"---\nuri: https://example.org/same\n---\nThis is what {name[0]} says.")
    assert desk.sync() == {"a.md": "added", "b.md": "refused", "c.md": "refused"}
    assert "a.md as well" in desk.reasons()["b.md"]
    assert desk.sync() == {"a.md": "unchanged", "b.md": "refused", "c.md": "refused"}
    assert list(desk.texts().values()) == ["This is what a says."]


def test_a_uri_stays_with_the_file_that_holds_it(desk: Desk) -> None:
    """Even where another that now claims it comes first in the walk, or is in another folder."""
    desk.write("b.md", "---\nuri: https://example.org/same\n---\nWhat b says.")
    desk.sync()
    desk.write("a.md", "---\nuri: https://example.org/same\n---\nWhat a says.")
    assert desk.sync() == {"a.md": "refused", "b.md": "unchanged"}
    desk.write("b.md", "---\nuri: https://example.org/same\n---\nWhat b says now.")
    assert desk.sync() == {"a.md": "refused", "b.md": "changed"}
    elsewhere = desk.folder.parent / "elsewhere" / "docs"
    elsewhere.mkdir(parents=True)
    (elsewhere / "z.txt").write_text("What z says.")
    desk.write("z.txt", "What the first z says.")
    desk.sync()
    assert desk.sync(elsewhere) == {"z.txt": "refused"}
    assert str(desk.folder / "z.txt") in desk.reasons()["z.txt"]
    (desk.folder / "z.txt").unlink()
    assert desk.sync(elsewhere) == {"z.txt": "changed"}
    assert desk.texts()["docs/z.txt"] == "What z says."


def test_a_folder_given_twice_or_within_another_counts_once(desk: Desk) -> None:
    desk.write("below/one.txt", "The ferry leaves at seven.")
    assert desk.sync(desk.folder, desk.folder, desk.folder / "below") == {"below/one.txt": "added"}
    assert len(desk.texts()) == 1
    assert desk.sync(desk.folder / "below") == {"one.txt": "changed"}
    assert len(desk.texts()) == 1
    assert desk.embedder.embedded == []


def test_the_library_is_not_taken_for_documents_where_it_lies_below_what_is_synced(desk: Desk) -> None:
    desk.write("one.txt", "The ferry leaves at seven.")
    added = Added(desk.library.folder)
    arrived = added.arriving()
    arrived.write_text("The crane is for the press.")
    placed = added.put(arrived, "crane.txt", Claims(readers=("press",)))
    (added.folder / "left.txt").write_text("What a crash left before it had a row.")
    assert desk.sync(placed.path) == {"crane.txt": "added"}
    above = desk.folder.parent
    for _ in range(2):
        desk.sync(above, prune=True)
        assert desk.report.failed == desk.report.count("changed") == 0
        assert set(desk.texts()) == {"added/crane.txt", f"{above.name}/docs/one.txt"}


def test_a_second_writer_is_turned_away_at_once(desk: Desk) -> None:
    desk.write("one.txt", "The ferry leaves at seven.")
    with desk.library.writer(), pytest.raises(LibraryBusy):
        desk.sync()


def test_another_embedder_is_refused_and_re_embedding_switches(desk: Desk) -> None:
    desk.write("one.txt", "The ferry leaves at seven.")
    desk.sync()
    other = HashEmbedder(name="other", dimensions=32)
    with pytest.raises(EmbedderChanged, match="--re-embed"):
        sync([desk.folder], desk.library, other)
    report = sync([], desk.library, other, re_embed=True)
    assert (report.files, report.chunks, report.embedded) == ((), 0, 1)
    with Corpus.open(desk.library.folder, other) as corpus, corpus.view() as view:
        assert view.vector_hits(other.embed_query("ferry"), 5, ALL)[0].score > 0.1
    assert sync([], desk.library, other, re_embed=True).embedded == 0


class Failing(HashEmbedder):
    """Fails, or stops the sync as Control-C does, once `after` texts are embedded."""

    def __init__(self, after: int, error: BaseException, name: str = "hash") -> None:
        super().__init__(name=name)
        self.after, self.error = after, error

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        if len(self.embedded) + len(texts) > self.after:
            raise self.error
        return super().embed_documents(texts)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), EmbedderUnavailable("the endpoint is gone; start it")])
def test_an_interrupted_sync_is_taken_up_where_it_stopped(desk: Desk, error: BaseException) -> None:
    for number in range(300):
        desk.write(f"{number:03}.txt", f"Document{number} speaks of topic{number}.")
    threads = threading.active_count()
    with pytest.raises(type(error)):
        sync([desk.folder], desk.library, Failing(150, error))
    committed = set(desk.texts())
    assert 0 < len(committed) < 300
    assert threading.active_count() == threads
    statuses = desk.sync()
    assert len(desk.texts()) == 300
    assert list(statuses.values()).count("unchanged") == len(committed)
    assert len(desk.embedder.embedded) == 300 - len(committed)


def test_interrupted_re_embedding_is_taken_up_and_answers_meanwhile(desk: Desk) -> None:
    desk.feed("feed.jsonl", *({"uri": f"{number}", "text": f"Topic{number}."} for number in range(600)))
    desk.sync()
    with pytest.raises(KeyboardInterrupt):
        sync([], desk.library, Failing(300, KeyboardInterrupt(), name="other"), re_embed=True)
    with Corpus.open(desk.library.folder, desk.embedder) as corpus, corpus.view() as view:
        assert len(view.vector_hits(desk.embedder.embed_query("Topic5."), 1000, ALL)) == 600
    other = HashEmbedder(name="other")
    assert sync([], desk.library, other, re_embed=True).embedded == 600 - 256
    with Corpus.open(desk.library.folder, other) as corpus, corpus.view() as view:
        assert len(view.vector_hits(other.embed_query("Topic5."), 1000, ALL)) == 600


class Watcher:
    """Progress that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def found(self, total: int) -> None:
        self.told.append(total)

    def embedded(self, chunks: int) -> None:
        self.told.append(f"{chunks} embedded")

    def done(self, file: FileResult) -> None:
        self.told.append(file.status)


def test_progress_is_told_in_order(desk: Desk) -> None:
    desk.write("one.txt", "The ferry leaves at seven.")
    desk.sync()
    desk.write("two.txt", "The crane.")
    desk.write("empty.txt", "")
    watcher = Watcher()
    report = sync([desk.folder], desk.library, desk.embedder, progress=watcher)
    assert watcher.told == [3, "unchanged", "refused", "1 embedded", "added"]
    assert isinstance(report, SyncReport)


def test_an_index_is_brought_up_to_date_only_by_changes(desk: Desk) -> None:
    desk.write("one.txt", "The ferry leaves at seven.")
    with VectorIndex(desk.library, scan_up_to=0) as index:
        sync([desk.folder], desk.library, desk.embedder, index=index)
        hits = index.search(desk.embedder.embed_query("ferry"), 5, desk.library.generation)
    assert hits is not None
    assert len(hits) == 1
    made = sorted(path.stat().st_mtime_ns for path in (desk.library.folder / "chroma").rglob("*"))
    with VectorIndex(desk.library, scan_up_to=0) as index:
        sync([desk.folder], desk.library, desk.embedder, index=index)
    assert sorted(path.stat().st_mtime_ns for path in (desk.library.folder / "chroma").rglob("*")) == made


def test_readers_of_a_syncing_library_see_whole_documents(desk: Desk) -> None:
    """Old or new, and never a part, while another thread replaces them again and again."""
    corpus = Corpus(desk.library, desk.embedder)

    def version(number: int) -> str:
        return "\n\n".join(f"Version{number} of part{part}. " + "It goes on. " * 60 for part in range(4))

    desk.write("one.txt", version(0))
    desk.sync()
    whole = set(range(desk.report.chunks))
    assert len(whole) > 1
    stop = threading.Event()

    def replace_it() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            desk.write("one.txt", version(number))
            sync([desk.folder], desk.library, HashEmbedder())

    writer = threading.Thread(target=replace_it)
    writer.start()
    try:
        seen: set[str] = set()
        deadline = time.monotonic() + 60
        while len(seen) < 5 and time.monotonic() < deadline:
            with corpus.view() as view:
                hits = view.vector_hits(desk.embedder.embed_query("part1"), 100, ALL)
                stored = view.chunks(hit.chunk_id for hit in hits)
            versions = {one.chunk.text.split()[0] for one in stored if one.chunk.text.startswith("Version")}
            assert len(versions) == 1
            assert {one.chunk.ordinal for one in stored} == whole
            seen |= versions
    finally:
        stop.set()
        writer.join()
    assert len(seen) == 5
