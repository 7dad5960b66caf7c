"""How usable a large library stays for those who look after it: 50,000 documents, listed in either order, narrowed and
searched, over the API as the page asks for it; cold, with nothing of the database in memory, and warm.

The documents are made up: a few hundred texts of some 4,000 characters in turn, each document with a title, a publisher
and a uri of its own, and one chunk, since lists read neither chunks nor vectors.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from datetime import date, timedelta
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from urllib.parse import quote, urlsplit

import numpy as np

from evals.speed.ask import Words
from evals.speed.figure import Figure
from evals.speed.serving import Process, started
from index.document import Document, Span
from index.embed import default_embedder
from index.library import DATABASE, Library
from index.records.store import present
from index.shelved import RefusedFile
from index.snapshot import Origin
from index.writer import Entry

DOCUMENTS = 50_000
REFUSED = 5_000
HIDDEN_EACH = 100
"""Every so many documents one is for nobody."""
TEXTS = 300
SENTENCES = 30
AT_ONCE = 1_000
TIMES = 9
"""How often each page is asked for warm."""
SETTLING = 20.0
"""Seconds in which a server that has started gets its models ready and reads all vectors of the library."""
BOUND = 300.0
"""Milliseconds."""
ROWS = "/api/v1/library?limit=50"
PAGES = {
    "first rows, by uri": ROWS,
    "first rows, newest first": f"{ROWS}&order=added",
    "first rows, hidden": f"{ROWS}&state=hidden",
    "first rows, newest hidden": f"{ROWS}&state=hidden&order=added",
    "first rows of a collection": f"{ROWS}&collection=wiki",
    "search that finds one": f"{ROWS}&words=report+49999",
    "search that finds nothing": f"{ROWS}&words=nosuchword",
    "search that finds most, newest first": f"{ROWS}&words=report&order=added",
    "search by publisher, with accents": f"{ROWS}&words={quote('zürcher 4999')}&order=added",
    "rows far down, by uri": f"{ROWS}&after={quote('desk/report-30000.md')}",
    "refusals": "/api/v1/library/refusals?limit=50",
    "search in the refusals": "/api/v1/library/refusals?limit=50&words=4999",
    "removals": "/api/v1/library/removals?limit=50",
}


def measure() -> Iterator[Figure]:
    """The figures of this section."""
    with TemporaryDirectory() as folder:
        library = Path(folder) / "library"
        fill(library)
        yield Figure("documents in the library", DOCUMENTS, "documents", at_least=DOCUMENTS)
        yield Figure("its database", (library / DATABASE).stat().st_size / 2**20, "MiB")
        with started("-m", "ui.cli", "serve", "--port", "0", "--library", str(library)) as server:
            yield from _measured(server, library)


def fill(folder: Path, documents: int = DOCUMENTS, refused: int = REFUSED) -> None:
    """Write the library into `folder`."""
    embedder, words = default_embedder(), Words(1)
    texts = [" ".join(words.sentence() for _ in range(SENTENCES)) for _ in range(TEXTS)]
    vectors = words.vectors(TEXTS, embedder.dimensions)
    with Library.open(folder, create=True) as library, library.writer() as writer:
        for start in range(0, documents, AT_ONCE):
            numbers = range(start, min(documents, start + AT_ONCE))
            writer.put([_entry(number, texts, vectors) for number in numbers], embedder)
        root, now = "/srv/desk", present()
        files = [RefusedFile(root, f"scan-{number}.pdf", None, REASON, now) for number in range(refused)]
        writer.note_refusals({root: files})


REASON = "it holds no text that can be read, only pictures of pages; run it through text recognition first"


def _entry(number: int, texts: list[str], vectors: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> Entry:
    uri, text = f"desk/report-{number}.md", texts[number % len(texts)]
    document = Document(
        uri=uri,
        text=text,
        content_hash=f"{number:064x}",
        readers=("nobody",) if number % HIDDEN_EACH == 0 else ("press", "public"),
        title=f"Report {number}: {text[:50]}",
        publisher=f"Zürcher Büro {number % 5_000}",
        published=date(2020, 1, 1) + timedelta(days=number % 2_000),
        collection="wiki" if number % 3 else None,
    )
    chunk = document.chunk(Span(0, len(text)), 0)
    return Entry(document, Origin(f"/srv/{uri}", uri, uri, uri), (chunk,), vectors[number % len(texts)][np.newaxis])


def _measured(server: Process, library: Path) -> Iterator[Figure]:
    _forget_files(library)
    yield Figure("first rows of a server that is still starting, cold", _milliseconds(server, ROWS), "ms")
    time.sleep(SETTLING)
    before = server.megabytes
    for name, path in PAGES.items():
        _forget_files(library)
        yield Figure(f"{name}, cold", _milliseconds(server, path), "ms", at_most=BOUND)
        times = [_milliseconds(server, path) for _ in range(TIMES)]
        yield Figure(f"{name}, warm, the slowest of {TIMES}", max(times), "ms", at_most=BOUND)
    yield Figure("memory of the server before", before, "MiB")
    yield Figure("memory of the server after", server.megabytes, "MiB")


def _milliseconds(server: Process, path: str) -> float:
    start = perf_counter()
    _get(server, path)
    return (perf_counter() - start) * 1000


def _get(server: Process, path: str) -> None:
    connection = HTTPConnection(urlsplit(server.address).netloc, timeout=60)
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    if response.status != 200 or (path.startswith("/api") and not json.loads(body)):
        raise RuntimeError(f"{path} was answered {response.status}: {body[:300].decode()}")


def _forget_files(library: Path) -> None:
    """Let the system drop what it holds of the database in memory; SQLite's own memory of it is 2 MB a connection."""
    for path in library.glob(f"{DATABASE}*"):
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)
