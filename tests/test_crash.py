"""A sync killed at any moment, and an index damaged in any way, leave a library that answers as if nothing had been.

Half of the kills are aimed at the moments in which Chroma rewrites its graph, which is when killing it hurts.
"""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from index.corpus import Corpus
from index.embed import Vectors
from index.keeper import Keeper
from index.library import Library
from tests import chaos

DOCUMENTS = 2_000
SHORT, LONG = 4, 60


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """The feeds of two versions, the library of the first, and what the library answers that goes from it to the
    second, without a kill; and the same from nothing to the second."""

    folder: Path
    first_feed: Path
    feed: Path
    first: Path
    updated: chaos.Answers
    fresh: chaos.Answers


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = tmp_path_factory.mktemp("undisturbed")
    feed, first_feed = folder / "feed.jsonl", folder / "first.jsonl"
    chaos.write_feed(feed, DOCUMENTS, version=1)
    chaos.sync_to_the_end(folder / "first", feed)
    first_feed.write_bytes(feed.read_bytes())
    shutil.copytree(folder / "first", folder / "updated")
    chaos.write_feed(feed, DOCUMENTS, version=2)
    chaos.sync_to_the_end(folder / "updated", feed)
    chaos.sync_to_the_end(folder / "fresh", feed)
    updated, fresh = chaos.answers(folder / "updated"), chaos.answers(folder / "fresh")
    for one in (updated, fresh):
        assert one.indexed == one.scanned
        assert all(one.keyword)
    return Undisturbed(folder, first_feed, feed, folder / "first", updated, fresh)


def check_a_kill(undisturbed: Undisturbed, folder: Path, seed: int) -> chaos.Killed:
    """Kill one sync, start again, finish it, and compare."""
    draw = random.Random(seed)
    is_update, is_aimed = seed % 4 < 2, seed % 2 == 0
    library, log = folder / "library", folder / "log"
    if is_update:
        shutil.copytree(undisturbed.first, library)
    else:
        folder.mkdir()
    if is_aimed:
        killed = chaos.kill_at_rewrite(library, undisturbed.feed, log, draw.randint(1, 4 if is_update else 16))
    else:
        # An update settles what is unchanged at once, so that its kills are drawn from the rest.
        files = draw.randint(DOCUMENTS * 4 // 5 if is_update else 0, DOCUMENTS)
        killed = chaos.kill_after_files(library, undisturbed.feed, log, files, draw.uniform(0, 0.1))
    before = chaos.texts(library) if library.exists() else {}
    second = {f"document {number}": chaos.text(number, 2) for number in range(DOCUMENTS)}
    assert all(before[uri] == second[uri] for uri in killed.acknowledged)
    again = chaos.sync_to_the_end(library, undisturbed.feed).embedded
    known = {second[uri] for uri in killed.acknowledged}
    assert not known & set(again), "what was acknowledged was embedded again"
    assert chaos.texts(library) == {uri: text for uri, text in second.items() if int(uri.split()[1]) >= 40}
    assert chaos.answers(library) == (undisturbed.updated if is_update else undisturbed.fresh)
    return killed


def check_kills(undisturbed: Undisturbed, folder: Path, seeds: range) -> tuple[chaos.Killed, ...]:
    kills = []
    for seed in seeds:
        kills.append(check_a_kill(undisturbed, folder / str(seed), seed))
        shutil.rmtree(folder / str(seed))
    return tuple(kills)


def test_kills_lose_nothing(undisturbed: Undisturbed, tmp_path: Path) -> None:
    kills = check_kills(undisturbed, tmp_path, range(SHORT))
    assert any(kill.was_running for kill in kills)


@pytest.mark.slow
def test_many_kills_lose_nothing(undisturbed: Undisturbed, tmp_path: Path) -> None:
    kills = check_kills(undisturbed, tmp_path, range(100, 100 + LONG))
    running = sum(kill.was_running for kill in kills)
    assert running > LONG / 2
    assert sum(kill.rewrites > 0 and kill.was_running for kill in kills) > LONG / 4


@pytest.mark.parametrize("damage", chaos.DAMAGES)
def test_a_damaged_index_changes_no_answer(
    undisturbed: Undisturbed, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    library = tmp_path / "library"
    shutil.copytree(undisturbed.folder / "updated", library)
    damage(library / "chroma")
    assert chaos.answers(library) == undisturbed.updated


def test_an_older_copy_of_the_index_changes_no_answer(undisturbed: Undisturbed, tmp_path: Path) -> None:
    library = tmp_path / "library"
    shutil.copytree(undisturbed.folder / "updated", library)
    shutil.rmtree(library / "chroma")
    shutil.copytree(undisturbed.first / "chroma", library / "chroma")
    assert chaos.answers(library) == undisturbed.updated


def test_a_serving_process_follows_the_sync_of_another(undisturbed: Undisturbed, tmp_path: Path) -> None:
    library = tmp_path / "library"
    shutil.copytree(undisturbed.first, library)
    asked = chaos.embedder()
    vectors = [asked.embed_query(question) for question in chaos.QUESTIONS]
    opened = Library.open(library)
    with Corpus(opened, asked, Keeper(chaos.index_of(opened), quiet=0.05)) as corpus:
        child = chaos.start(library, undisturbed.feed, tmp_path / "log")
        generations = []
        while child.poll() is None:
            with corpus.view() as view:
                generations.append(view.generation)
                assert all(len(view.vector_hits(vector, 10, chaos.ALL)) == 10 for vector in vectors[:3])
        assert child.returncode == 0
        assert generations == sorted(generations)
        assert len(set(generations)) > 1
        with corpus.view() as view:
            hits = [view.vector_hits(vector, 10, chaos.ALL) for vector in vectors]
        assert tuple(tuple(hit.chunk_id for hit in found) for found in hits) == undisturbed.updated.scanned
        assert indexed(corpus, vectors) == undisturbed.updated.indexed


def indexed(corpus: Corpus, vectors: list[Vectors]) -> tuple[tuple[int, ...], ...]:
    """What the vector index finds, once it has followed."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with corpus.library.snapshot() as snapshot:
            hits = [corpus.indexed(snapshot, vector, 10) for vector in vectors]
        if None not in hits:
            return tuple(tuple(hit.chunk_id for hit in found or ()) for found in hits)
        time.sleep(0.05)
    raise AssertionError("the index did not follow within a minute")
