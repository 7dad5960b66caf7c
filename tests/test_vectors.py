"""Search by vectors: exact where it scans, and an index that is whole, of this state, or not used."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import manifest
from index.corpus import Corpus
from index.hit import Hit
from index.library import DATABASE, Library
from index.reembed import embed_again
from index.scan import Matrix, load
from index.scope import Scope
from index.snapshot import Generation
from index.sync_report import Silence
from index.vectors import VectorIndex
from tests.chaos import DAMAGES
from tests.fakes import HashEmbedder
from tests.shelf import brief, entry

ALL = Scope(None)
EMBEDDER = HashEmbedder()
QUESTIONS = tuple(f"subject{number} and detail{number % 7}" for number in range(0, 300, 13))


def text(number: int) -> str:
    return f"The subject{number} has detail{number % 7} of kind{number % 11}.\nAlso part{number} of group{number % 5}."


def fill(library: Library, numbers: range, embedder: HashEmbedder = EMBEDDER) -> None:
    with library.writer() as writer:
        writer.put([entry(brief(f"document {number}", text(number)), embedder) for number in numbers], embedder)


def remove(library: Library, numbers: range) -> None:
    with library.writer() as writer:
        writer.remove(brief(f"document {number}", "x").id for number in numbers)


def make_index(library: Library) -> VectorIndex:
    return VectorIndex(library, scan_up_to=0, sync_threshold=100)


def scanned(library: Library, question: str, limit: int = 10) -> tuple[Hit, ...]:
    with library.snapshot() as snapshot:
        return load(snapshot, None).search(EMBEDDER.embed_query(question), limit)


def indexed(index: VectorIndex, library: Library, question: str, limit: int = 10) -> tuple[Hit, ...] | None:
    return index.search(EMBEDDER.embed_query(question), limit, library.generation)


def assert_finds_the_same(index: VectorIndex, library: Library) -> None:
    for question in QUESTIONS:
        hits = indexed(index, library, question)
        assert hits is not None
        exact = scanned(library, question)
        assert [hit.chunk_id for hit in hits] == [hit.chunk_id for hit in exact]
        assert [hit.score for hit in hits] == pytest.approx([hit.score for hit in exact], abs=1e-5)


def folders(library: Library) -> list[str]:
    return [path.name for path in (library.folder / "chroma").iterdir() if path.is_dir()]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", create=True) as opened:
        fill(opened, range(300))
        yield opened


# Scanning


@given(
    rows=st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.booleans()), max_size=40),
    limit=st.integers(0, 45),
    share=st.sampled_from([1, 2, 10]),
)
def test_the_scan_is_the_sorted_list(rows: list[tuple[int, int, bool]], limit: int, share: int) -> None:
    vectors = np.array([row[:2] for row in rows], np.float32).reshape(-1, 2)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1)
    ids = np.arange(len(rows), dtype=np.int64) * 2
    matrix = Matrix(Generation(1, "a"), None, ids, ids, vectors)
    vector = np.array([0.6, 0.8], np.float32)
    cosines = vectors @ vector
    mask = np.array([row[2] and at % share == 0 for at, row in enumerate(rows)], bool)
    for allowed in (None, mask):
        rows_allowed = [at for at in range(len(rows)) if allowed is None or allowed[at]]
        expected = sorted(rows_allowed, key=lambda at: (-cosines[at], at))[:limit]
        hits = matrix.search(vector, limit, allowed)
        assert [hit.chunk_id for hit in hits] == [2 * at for at in expected]
        assert all(0 <= hit.score <= 1 for hit in hits)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """One library for all examples of a property; each goes on from where the last one left it."""
    with Library.open(tmp_path_factory.mktemp("shared") / "library", create=True) as opened:
        yield opened


@settings(max_examples=25)
@given(steps=st.lists(st.tuples(st.booleans(), st.integers(0, 5)), max_size=8))
def test_a_matrix_made_from_the_last_is_the_one_made_anew(shared: Library, steps: list[tuple[bool, int]]) -> None:
    matrix: Matrix | None = None
    for is_put, number in steps:
        (fill if is_put else remove)(shared, range(number, number + 2))
        with shared.snapshot() as snapshot:
            matrix, fresh = load(snapshot, matrix), load(snapshot, None)
        assert matrix.generation == fresh.generation == shared.generation
        assert np.array_equal(matrix.ids, fresh.ids)
        assert np.array_equal(matrix.documents, fresh.documents)
        assert not len(fresh.ids) or np.array_equal(matrix.vectors, fresh.vectors)


def test_an_older_snapshot_is_scanned_as_it_was(library: Library) -> None:
    with library.snapshot() as older:
        fill(library, range(300, 310))
        with library.snapshot() as newer:
            matrix = load(newer, None)
        assert len(matrix.ids) == 620
        assert len(load(older, matrix).ids) == 600


def test_a_scope_narrows_the_scan_and_changes_are_seen(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", create=True) as library:

        def put(uri: str, *readers: str, published: str | None = None) -> None:
            with library.writer() as writer:
                writer.put(
                    [entry(brief(uri, f"Text {uri}.", readers=readers, published=published), EMBEDDER)], EMBEDDER
                )

        def found(scope: Scope) -> set[str]:
            with corpus.view() as view:
                hits = view.vector_hits(EMBEDDER.embed_query("text"), 100, scope)
                return {stored.attribution.uri for stored in view.chunks(hit.chunk_id for hit in hits)}

        put("old", "a", published="2024-01-01")
        put("new", "a", "b", published="2024-06-01")
        put("undated", "b")
        corpus = Corpus(library, EMBEDDER)
        readers_a, until_march = Scope(frozenset({"a"})), Scope(None, latest=date(2024, 3, 1))
        for _ in range(2):
            assert found(readers_a) == {"old", "new"}
            assert found(Scope(frozenset({"b"}))) == {"new", "undated"}
            assert found(Scope(frozenset())) == found(Scope(frozenset({"c"}))) == set()
            assert found(until_march) == {"old", "undated"}
            assert found(replace(until_march, undated=False)) == {"old"}
            assert found(Scope(None, earliest=date(2024, 3, 1), undated=False)) == {"new"}
        put("new", "b", published="2024-06-01")
        put("late", "a", published="2024-02-01")
        assert found(readers_a) == {"old", "late"}
        assert found(until_march) == {"old", "undated", "late"}


# The index


def test_a_new_index_finds_what_the_scan_finds(library: Library) -> None:
    with make_index(library) as index:
        assert indexed(index, library, QUESTIONS[0]) is None
        assert index.refresh()
        assert_finds_the_same(index, library)
        assert indexed(index, library, QUESTIONS[0], limit=0) == ()
        every = indexed(index, library, QUESTIONS[0], limit=10_000)
        assert every is not None
        assert len(every) == 600


def test_an_index_left_in_order_is_used_again(library: Library) -> None:
    with make_index(library) as index:
        index.refresh()
    made = folders(library)
    with make_index(library) as index:
        assert index.refresh()
        assert folders(library) == made
        assert_finds_the_same(index, library)


def test_changes_are_brought_to_the_index(library: Library) -> None:
    with make_index(library) as index:
        index.refresh()
        made = folders(library)
        fill(library, range(290, 340))
        remove(library, range(5, 25))
        assert indexed(index, library, QUESTIONS[0]) is None
        assert index.refresh()
        assert folders(library) == made
        assert_finds_the_same(index, library)
    fill(library, range(340, 350))
    with make_index(library) as index:
        assert index.refresh()
        assert folders(library) == made
        assert_finds_the_same(index, library)


def test_an_index_of_much_that_is_gone_is_made_anew(library: Library) -> None:
    with make_index(library) as index:
        index.refresh()
        made = folders(library)
        remove(library, range(100))
        assert index.refresh()
        assert len(folders(library)) == 1
        assert folders(library) != made
        assert_finds_the_same(index, library)


def test_an_empty_library_has_an_index_too(tmp_path: Path) -> None:
    with Library.open(tmp_path, create=True) as library, make_index(library) as index:
        index.refresh()
        fill(library, range(1))
        assert index.refresh()
        assert indexed(index, library, "subject0") is not None
        remove(library, range(1))
        assert not index.refresh()
        assert indexed(index, library, "subject0") is None


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_index_is_made_again_from_the_library(library: Library, damage: Callable[[Path], None]) -> None:
    with make_index(library) as index:
        index.refresh()
    made = folders(library)
    damage(library.folder / "chroma")
    with make_index(library) as index:
        assert index.refresh()
        assert folders(library) != made
        assert len(folders(library)) == 1
        assert_finds_the_same(index, library)


def test_an_older_copy_of_a_part_is_not_used(library: Library, tmp_path: Path) -> None:
    with make_index(library) as index:
        index.refresh()
    (folder,) = folders(library)
    shutil.copytree(library.folder / "chroma" / folder, tmp_path / "copy")
    fill(library, range(300, 420))
    with make_index(library) as index:
        index.refresh()
    shutil.rmtree(library.folder / "chroma" / folder)
    shutil.copytree(tmp_path / "copy", library.folder / "chroma" / folder)
    with make_index(library) as index:
        assert index.refresh()
        assert folders(library) != [folder]
        assert_finds_the_same(index, library)


def test_an_older_copy_of_the_whole_is_brought_up_to_date(library: Library, tmp_path: Path) -> None:
    with make_index(library) as index:
        index.refresh()
    shutil.copytree(library.folder / "chroma", tmp_path / "copy")
    fill(library, range(300, 420))
    remove(library, range(7))
    with make_index(library) as index:
        index.refresh()
    shutil.rmtree(library.folder / "chroma")
    shutil.copytree(tmp_path / "copy", library.folder / "chroma")
    with make_index(library) as index:
        assert index.refresh()
        assert_finds_the_same(index, library)


def test_an_index_of_a_future_that_a_backup_undid_is_not_used(library: Library, tmp_path: Path) -> None:
    """Numbers of chunks come again after a backup is put back, and mean other chunks then."""
    source, target = sqlite3.connect(library.folder / DATABASE), sqlite3.connect(tmp_path / "backup")
    source.backup(target)
    source.close()
    target.close()
    fill(library, range(300, 310))
    with make_index(library) as index:
        index.refresh()
    library.close()
    for path in library.folder.glob(f"{DATABASE}*"):
        path.unlink()
    shutil.copy(tmp_path / "backup", library.folder / DATABASE)
    with Library.open(library.folder) as restored:
        fill(restored, range(500, 510))
        with make_index(restored) as index:
            assert index.refresh()
            assert_finds_the_same(index, restored)


def test_a_new_embedder_means_a_new_index(library: Library) -> None:
    other = HashEmbedder(name="other")
    with make_index(library) as index:
        index.refresh()
        made = folders(library)
        with library.writer() as writer:
            assert embed_again(library, writer, other, Silence()) == 600
        assert index.refresh()
        assert folders(library) != made


def test_one_process_owns_the_index_and_the_next_takes_over(library: Library) -> None:
    with make_index(library) as owner, make_index(library) as other:
        assert owner.refresh()
        assert not other.refresh()
        assert indexed(other, library, QUESTIONS[0]) is None
        owner.close()
        assert other.refresh()
        assert_finds_the_same(other, library)


def test_a_folder_left_by_a_killed_process_is_swept(library: Library) -> None:
    with make_index(library) as index:
        index.refresh()
    manifest.discard(library.folder / "chroma" / "manifest.json")
    (library.folder / "chroma" / "half-made").mkdir()
    with make_index(library) as index:
        assert index.refresh()
        assert len(folders(library)) == 1
        assert "half-made" not in folders(library)


def test_an_index_that_fails_leaves_the_question_to_the_scan(library: Library) -> None:
    with make_index(library) as index:
        index.refresh()
        assert index.search(np.ones(7, np.float32), 5, library.generation) is None
        assert indexed(index, library, QUESTIONS[0]) is None
        assert index.refresh()
        assert_finds_the_same(index, library)


def test_where_no_index_can_be_made_nothing_breaks(library: Library, caplog: pytest.LogCaptureFixture) -> None:
    (library.folder / "chroma").write_text("a file in its place")
    with make_index(library) as index:
        assert not index.refresh()
        assert indexed(index, library, QUESTIONS[0]) is None
    assert "searching without it" in caplog.text


def test_a_small_library_has_none(library: Library) -> None:
    with VectorIndex(library) as index:
        assert not index.refresh()
    assert not (library.folder / "chroma").exists()


def test_serving_answers_alike_before_and_after_the_index_is_made(library: Library) -> None:
    def answers(corpus: Corpus) -> list[tuple[int, ...]]:
        with corpus.view() as view:
            hits = [view.vector_hits(EMBEDDER.embed_query(question), 10, ALL) for question in QUESTIONS]
        return [tuple(hit.chunk_id for hit in found) for found in hits]

    with Corpus.open(library.folder, EMBEDDER) as corpus:
        expected = answers(corpus)
    with Corpus.open(library.folder, EMBEDDER, serving=True, scan_up_to=0) as corpus:
        before = answers(corpus)
        while True:
            with library.snapshot() as snapshot:
                if corpus.indexed(snapshot, EMBEDDER.embed_query("x"), 1) is not None:
                    break
        assert before == answers(corpus) == expected
