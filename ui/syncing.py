"""`onrecord sync`: from paths to a library, with what became of each file told as it is wanted."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from index.claims import label
from index.library import Library
from index.sync import sync
from index.sync_report import Status, SyncReport
from index.vectors import VectorIndex
from rag.desk import embedder
from rag.errors import InvalidSettings
from rag.settings import Settings
from ui import progress, wire

STATUSES: tuple[Status, ...] = ("added", "changed", "unchanged", "removed", "refused")


def run(
    paths: Sequence[Path],
    settings: Settings,
    *,
    collection: str | None = None,
    prune: bool,
    re_embed: bool,
    as_json: bool,
    report_to: Path | None,
) -> SyncReport:
    """Sync `paths` into the library that the settings name, which is made if need be, and tell what became of them.

    What names no collection itself is put in `collection`.
    """
    filed = label(collection)
    if collection is not None and filed is None:
        raise InvalidSettings("the name of the collection is empty or too long; give it a short one, as wiki")
    if report_to is not None and not report_to.absolute().parent.is_dir():
        raise InvalidSettings(f"there is no folder for the report {report_to}; make it, or name another")
    with (
        Library.open(settings.library, create=True) as library,
        VectorIndex(library) as index,
        progress.shown(quiet=as_json) as told,
    ):
        report = sync(
            paths,
            library,
            embedder(settings),
            readers=settings.readers_unless_named,
            collection=filed,
            prune=prune,
            re_embed=re_embed,
            progress=told,
            index=index,
        )
    if report_to is not None:
        _write(report, report_to)
    sys.stdout.write(f"{wire.dumps(wire.sync_json(report), indent=2) if as_json else summary(report)}\n")
    return report


def summary(report: SyncReport) -> str:
    """The whole sync on one line.

    >>> summary(SyncReport((), 0, 0, 0.04))
    'nothing found; chunks written: 0, in 0.0 s'
    """
    counts = ", ".join(f"{count:,} {status}" for status in STATUSES if (count := report.count(status)))
    hidden = f"; {report.hidden:,} in the library that nobody may read" if report.hidden else ""
    return f"{counts or 'nothing found'}; chunks written: {report.chunks:,}, in {report.seconds:,.1f} s{hidden}"


def _write(report: SyncReport, path: Path) -> None:
    try:
        path.write_text(wire.dumps(wire.sync_json(report), indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise InvalidSettings(
            f"the sync is done, but its report cannot be written to {path} ({error.strerror}); name another file"
        ) from error
