"""A sync killed at any moment, and an index damaged in any way, leave a library that answers as if nothing had been.

Half of the kills are aimed at the moments in which Chroma rewrites its graph, which is when killing it hurts.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

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
