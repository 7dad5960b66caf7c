"""What is configured, what works, and what to do about what does not."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from index.embed import Embedder
from index.errors import OnRecordError
from index.library import DATABASE, Library
from index.lock import FileLock
from index.records.records import Records
from index.scan import SCAN_UP_TO
from index.shelved import Counts
from index.vectors import VectorIndex
from rag.connect import connect
from rag.desk import embedder
from rag.local.machine import this_machine
from rag.local.nearby import nearby, offer
from rag.local.server import plan_for
from rag.local.weights import PREFIX, find, folder
from ui.embed.embeds import embeds, unfiled
from ui.terminal import printable
from ui.wire import Json

if TYPE_CHECKING:
    from rich.console import Console

    from rag.settings import Settings

UNNAMED = (
    "the environment names OpenAI or a server like it; name one of its models to let it write: ONRECORD_MODEL=NAME"
)
USUAL = ("OPENAI_API_KEY", "OPENAI_BASE_URL")
LEAST_FREE = 500 * 2**20
"""Bytes; a library of 20,000 chunks takes about 100 MB, twice that while it is embedded again."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. `finding` is one sentence; where it is not ok, it ends with what to do."""

    name: str
    ok: bool
    finding: str


def examine(settings: Settings) -> tuple[Check, ...]:
    """Every check, each on its own: what fails in one leaves the others standing."""
    return tuple(
        _checked(name, check)
        for name, check in (
            ("python", _python),
            ("folder", lambda: _folder(settings.library)),
            ("disk", lambda: _disk(settings.library)),
            ("library", lambda: _library(settings.library)),
            ("integrity", lambda: _integrity(settings.library)),
            ("hidden", lambda: _shelf(settings.library, _hidden)),
            ("refused", lambda: _shelf(settings.library, _refused)),
            ("removed", lambda: _shelf(settings.library, _removed)),
            ("embeds", lambda: _embeds(settings)),
            ("records", lambda: _records(settings)),
            ("embedder", lambda: _embedder(embedder(settings))),
            ("vectors", lambda: _vectors(settings.library, embedder(settings))),
            ("index", lambda: _index(settings.library)),
            ("tokens", _tokens),
            ("model", lambda: _model(settings)),
        )
    )


def report_json(settings: Settings, checks: tuple[Check, ...]) -> Json:
    """The checks and the settings in force; a secret shows only that it is set."""
    return {
        "ok": all(check.ok for check in checks),
        "checks": [{"name": check.name, "ok": check.ok, "finding": check.finding} for check in checks],
        "settings": settings.model_dump(mode="json"),
    }


def show(settings: Settings, checks: tuple[Check, ...], to: Console) -> None:
    """The same as two short tables."""
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    for check in checks:
        mark = Text("ok", "green") if check.ok else Text("not ok", "red")
        table.add_row(mark, check.name, Text(printable(check.finding)))
    to.print(table)
    to.print()
    table = Table.grid(padding=(0, 2))
    for name, value in settings.model_dump(mode="json").items():
        shown = ", ".join(value) if isinstance(value, list) else "not set" if value is None else str(value)
        table.add_row(Text(name, "dim"), Text(printable(shown)))
    to.print(table)


class _Trouble(OnRecordError):
    """What a check found wrong."""


def _checked(name: str, check: Callable[[], str]) -> Check:
    try:
        return Check(name, True, check())
    except OnRecordError as error:
        return Check(name, False, str(error))


def _python() -> str:
    return f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"


def _folder(folder: Path) -> str:
    nearest = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise _Trouble(f"{nearest} cannot be written by this user; name another folder with --library")
    return f"{folder.absolute()} can be written" if folder.exists() else f"{folder.absolute()} can be made"


def _disk(folder: Path) -> str:
    nearest = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    free = shutil.disk_usage(nearest).free
    if free < LEAST_FREE:
        raise _Trouble(f"only {free / 2**20:,.0f} MB are free; make room, or name another disk with --library")
    return f"{free / 2**30:,.1f} GB are free"


def _library(folder: Path) -> str:
    with Library.open(folder) as library, library.snapshot() as snapshot:
        documents, chunks = len(snapshot.held()), snapshot.chunk_count()
        return f"{documents:,} documents in {chunks:,} chunks, generation {snapshot.generation.number}"


def _integrity(folder: Path) -> str:
    path = folder / DATABASE
    if not path.is_file():
        raise _Trouble(f"there is no {DATABASE} to check in {folder}; make one with `onrecord sync PATH`")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            problems = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(1)") if row[0] != "ok"]
    except sqlite3.DatabaseError as error:
        problems = [str(error)]
    if problems:
        raise _Trouble(f"{path} is damaged ({problems[0]}); put a backup back, or delete the folder and sync again")
    return "the database is whole"


def _shelf(folder: Path, finding: Callable[[Counts], str]) -> str:
    """What is counted of the library; none of it is a fault, since each may be as somebody wants it."""
    if not (folder / DATABASE).is_file():
        return "there is no library yet to look for it in"
    with Library.open(folder) as library:
        return finding(library.shelf.counts())


def _hidden(counts: Counts) -> str:
    if not counts.hidden:
        return "somebody may read every document"
    how = "`onrecord library list --state hidden` lists them, and `onrecord sync --readers` gives readers"
    return f"nobody may read {counts.hidden:,} of {counts.searchable + counts.hidden:,} documents; {how}"


def _refused(counts: Counts) -> str:
    if not counts.refused:
        return "the last syncs took in all that they found"
    return f"the last syncs refused {counts.refused:,} files; `onrecord library list --state refused` says why"


def _removed(counts: Counts) -> str:
    if not counts.removed:
        return "nothing was removed by hand"
    how = "`onrecord library list --state removed` lists them, and `onrecord library restore` lets them in again"
    return f"{counts.removed:,} documents were removed by hand and are kept out; {how}"


def _embeds(settings: Settings) -> str:
    named = embeds(settings)
    if not named or not (settings.library / DATABASE).is_file():
        return f"chats in other pages: {len(named)}"
    with Library.open(settings.library) as library:
        if sentences := unfiled(named, library):
            raise _Trouble("; ".join(sentences))
    return f"chats in other pages: {len(named)}, and no collection that they look into is empty"


def _records(settings: Settings) -> str:
    if settings.records_url is None:
        return "what people leave is kept beside the documents"
    start = perf_counter()
    records = Records.at(settings.records_url.get_secret_value())
    try:
        keys = len(records.keys.list())
        milliseconds = (perf_counter() - start) * 1000
        return f"PostgreSQL keeps what people leave, {keys:,} keys among it; it answered in {milliseconds:.0f} ms"
    finally:
        records.close()


def _embedder(embedder: Embedder) -> str:
    start = perf_counter()
    vector = embedder.embed_query("Does the embedder work?")
    if vector.shape != (embedder.dimensions,) or not np.isclose(np.linalg.norm(vector), 1, atol=1e-3):
        raise _Trouble(f"{embedder.fingerprint} gives no unit vectors; configure another embedder")
    return f"{embedder.fingerprint} embeds a question in {(perf_counter() - start) * 1000:.0f} ms"


def _vectors(folder: Path, embedder: Embedder) -> str:
    with Library.open(folder) as library:
        library.require(embedder)
    return "the library's vectors are this embedder's"


def _index(folder: Path) -> str:
    """Brings the vector index up to date if it is behind: that is the way to know that it can be."""
    with Library.open(folder) as library, VectorIndex(library, scan_up_to=0) as index:
        with library.snapshot() as snapshot:
            if snapshot.chunk_count() <= SCAN_UP_TO and not (folder / "chroma").is_dir():
                return "`onrecord serve` will make it; commands compare so few vectors one by one"
        with FileLock(folder / "chroma" / "owner.lock") as lock:
            if (folder / "chroma").is_dir() and not lock.acquire():
                return f"process {lock.holder()} keeps it; from here vectors are compared one by one"
        if not index.refresh():
            raise _Trouble(f"the vector index cannot be made, so search is slower; delete {folder / 'chroma'}")
    return "the vector index is whole and up to date"


def _tokens() -> str:
    from index.tokens import count

    return f"tables are there; this sentence has {count('this sentence has so many tokens')} tokens"


def _model(settings: Settings) -> str:
    if settings.model is None and settings.model_url is None:
        offered = UNNAMED if any(map(os.environ.get, USUAL)) else offer(nearby())
        return "none is connected: answers are exact quotes only" + (f"; {offered}" if offered else "")
    if settings.model is not None and settings.model.startswith(PREFIX):
        return _local_model(settings.model, settings)
    connection = connect(settings)
    assert connection is not None  # the settings name one
    with closing(connection.model) as model:
        offers = model.names()
        if not {model.name, f"{model.name}:latest"} & set(offers):
            raise _Trouble(f"its server offers {', '.join(offers) or 'no model'}, and not {model.name}; correct model")
        return f"{model.name} is there to write answers"


def _local_model(spec: str, settings: Settings) -> str:
    """Whether the model could be started; it is not, since a server of this library may be running it."""
    if find_spec("xllamacpp") is None:
        raise _Trouble("llama.cpp is not installed; install it with `pip install 'onrecord[local]'` or `make local`")
    found = find(spec.removeprefix(PREFIX), folder(settings))
    run = plan_for(
        found.path, found.name, this_machine(), context=settings.model_context, at_once=settings.model_at_once
    )
    return f"{found.name} is here and fits: {run.context} tokens, {run.at_once} at once, on {run.threads} cores"
