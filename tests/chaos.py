"""Killing a sync and damaging what it left: a process to kill, ways to hit it, and what must be true afterwards."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from index import sync as syncing
from index import vectors
from index.corpus import Corpus
from index.library import Library
from index.scope import Scope
from index.sync_report import FileResult, Progress, Silence
from index.vectors import VectorIndex
from tests.fakes import HashEmbedder

ALL = Scope(None)
QUESTIONS = tuple(f"What of subject{7 * number} and detail{number}, in group{number % 5}?" for number in range(30))
SYNC_THRESHOLD = 50
"""Changes after which Chroma rewrites its files; so few, so that there are many rewrites to hit."""


def embedder() -> HashEmbedder:
    return HashEmbedder(dimensions=32)


def text(number: int, version: int) -> str:
    words = f"subject{number} has detail{number % 37}, kind{number % 11} and group{number % 5}"
    return f"The {words} in its edition{version if number % 6 == 0 else 0}, under mark{number * 7919 % 1000}."


def write_feed(path: Path, documents: int, version: int) -> None:
    """A feed of documents; a sixth of them differ from version to version, and each version drops some."""
    numbers = range(version * 20, documents)
    lines = (json.dumps({"uri": f"document {number}", "text": text(number, version)}) for number in numbers)
    path.write_text("\n".join(lines), encoding="utf-8")


class Log:
    """Progress written down at once: what a sync has said to be done, after it was killed too."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def found(self, total: int) -> None:
        os.write(self._descriptor, b"found\n")

    def embedded(self, chunks: int) -> None: ...

    def done(self, file: FileResult) -> None:
        os.write(self._descriptor, f"{file.status} {file.uri}\n".encode())


def sync_to_the_end(folder: Path, feed: Path, progress: Progress | None = None) -> HashEmbedder:
    """Sync `feed` in this process, in many small commits, and bring the index up to date; what was embedded."""
    used = embedder()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(syncing, "MOST", 80)
        patch.setattr(vectors, "BATCH", 100)
        with Library.open(folder, create=True) as library, index_of(library) as index:
            syncing.sync([feed], library, used, prune=True, progress=progress or Silence(), index=index)
    return used


def index_of(library: Library) -> VectorIndex:
    return VectorIndex(library, scan_up_to=0, sync_threshold=SYNC_THRESHOLD)


@dataclass(frozen=True, slots=True)
class Answers:
    """The chunks found for each question: by keyword, by scanning the vectors, by the vector index."""

    keyword: tuple[tuple[int, ...], ...]
    scanned: tuple[tuple[int, ...], ...]
    indexed: tuple[tuple[int, ...], ...]


def answers(folder: Path) -> Answers:
    """What a process that starts now and serves the library answers, once its index is up to date."""
    asked = embedder()
    with Corpus.open(folder, asked) as corpus, index_of(corpus.library) as index:
        assert index.refresh()
        keyword, scanned, indexed = [], [], []
        with corpus.view() as view:
            for question in QUESTIONS:
                vector = asked.embed_query(question)
                keyword.append(tuple(hit.chunk_id for hit in view.keyword_hits(question, 10, ALL)))
                scanned.append(tuple(hit.chunk_id for hit in view.vector_hits(vector, 10, ALL)))
                hits = index.search(vector, 10, corpus.library.generation)
                assert hits is not None
                indexed.append(tuple(hit.chunk_id for hit in hits))
    assert asked.embedded == []
    return Answers(tuple(keyword), tuple(scanned), tuple(indexed))


def texts(folder: Path) -> dict[str, str]:
    """Every document's text by its uri."""
    with Library.open(folder) as library, library.snapshot() as snapshot:
        documents = [snapshot.document(held.document_id, ALL) for held in snapshot.held()]
    return {document.uri: document.text for document in documents if document is not None}


@dataclass(frozen=True, slots=True)
class Killed:
    """A sync that was killed: what it had said to be written, and how often Chroma's graph had been rewritten."""

    acknowledged: tuple[str, ...]
    rewrites: int
    was_running: bool


def start(folder: Path, feed: Path, log: Path) -> subprocess.Popen[bytes]:
    """A process that syncs `feed` to the end."""
    command = [sys.executable, "-m", "tests.chaos", str(folder), str(feed), str(log)]
    return subprocess.Popen(command, cwd=Path(__file__).parent.parent)


def kill_after_files(folder: Path, feed: Path, log: Path, files: int, seconds: float) -> Killed:
    """Kill a sync `seconds` after it has settled so many files."""
    child = start(folder, feed, log)
    while child.poll() is None and not (log.exists() and log.read_bytes().count(b"\n") >= files):
        time.sleep(0.001)
    rewrites = _watch(folder, child, until=time.monotonic() + seconds)
    return _kill(child, log, rewrites)


def kill_at_rewrite(folder: Path, feed: Path, log: Path, number: int) -> Killed:
    """Kill a sync when Chroma's graph has begun to be rewritten for the `number`th time."""
    child = start(folder, feed, log)
    rewrites = _watch(folder, child, rewrites=number)
    return _kill(child, log, rewrites)


def _watch(folder: Path, child: subprocess.Popen[bytes], *, until: float = float("inf"), rewrites: int = -1) -> int:
    """Count the rewrites until it is time, there have been so many, or the process has ended."""
    seen = _graph(folder)
    count = 0
    while count != rewrites and time.monotonic() < until and child.poll() is None:
        now = _graph(folder)
        count += now is not None and now != seen
        seen = now
    return count


def _graph(folder: Path) -> tuple[str, int, int] | None:
    """Which file holds Chroma's graph, how large it is, and when it was last written."""
    try:
        for path in folder.glob("chroma/*/*/data_level0.bin"):
            status = path.stat()
            return str(path), status.st_size, status.st_mtime_ns
    except OSError:
        pass
    return None


def _kill(child: subprocess.Popen[bytes], log: Path, rewrites: int) -> Killed:
    was_running = child.poll() is None
    child.kill()
    child.wait()
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    said = (line.partition(" ") for line in lines)
    return Killed(tuple(uri for status, _, uri in said if status in ("added", "changed")), rewrites, was_running)


# Damages, done while nobody has the folder open


def flip_a_bit(chroma: Path) -> None:
    content = bytearray(_level0(chroma).read_bytes())
    content[len(content) // 2] ^= 1
    _level0(chroma).write_bytes(content)


def truncate(chroma: Path) -> None:
    content = _level0(chroma).read_bytes()
    _level0(chroma).write_bytes(content[: len(content) // 3])


def lose_a_segment(chroma: Path) -> None:
    shutil.rmtree(_level0(chroma).parent)


def delete(chroma: Path) -> None:
    shutil.rmtree(chroma)


def break_the_database(chroma: Path) -> None:
    (path,) = chroma.rglob("chroma.sqlite3")
    path.write_bytes(path.read_bytes()[:5000])


def garble_the_manifest(chroma: Path) -> None:
    (chroma / "manifest.json").write_text('{"folder": "x"}')


def add_a_stray_file(chroma: Path) -> None:
    (_level0(chroma).parent / "stray.bin").write_bytes(b"x")


DAMAGES = (flip_a_bit, truncate, lose_a_segment, delete, break_the_database, garble_the_manifest, add_a_stray_file)


def _level0(chroma: Path) -> Path:
    (path,) = chroma.rglob("data_level0.bin")
    return path


if __name__ == "__main__":
    sync_to_the_end(Path(sys.argv[1]), Path(sys.argv[2]), Log(Path(sys.argv[3])))
