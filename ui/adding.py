"""`onrecord add`: files and web pages into the library, kept in its own folder and named by who may read them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.errors import LibraryError, Refused
from index.sync_report import FileResult, Silence
from ui.exits import DONE, FAILURES
from ui.options import AsJson, Config, Library
from ui.printing import show_json

if TYPE_CHECKING:
    from index.claims import Claims
    from rag.settings import Settings
    from ui.library.taking import Taking


@dataclass(frozen=True, slots=True)
class _Order:
    """What is to be added, and what is said of all of it."""

    targets: tuple[str, ...]
    claims: Claims


def add(
    targets: Annotated[list[str], typer.Argument(metavar="FILE|URL", help="Files, and addresses of web pages.")],
    readers: Annotated[
        str | None, typer.Option(metavar="LABELS", help="Who may read them, such as press,legal.")
    ] = None,
    collection: Annotated[
        str | None, typer.Option(metavar="NAME", help="The collection they are filed in, such as wiki.")
    ] = None,
    publisher: Annotated[str | None, typer.Option(metavar="NAME", help="Who published them.")] = None,
    as_json: AsJson = False,
    library: Library = None,
    config: Config = None,
) -> int:
    """Add files and web pages to the library, which keeps them itself.

    A page that was added before is fetched again. What inside your network may be fetched is listed in fetch_hosts.
    """
    from rag.settings import load
    from ui import progress

    settings = load(config, library=library, readers=readers)
    order = _Order(tuple(targets), _claims(settings, collection, publisher))
    results = []
    for result in _added(order, settings):
        results.append(result)
        if not as_json:
            typer.echo(progress.line(result))
    if as_json:
        show_json({"files": [_result(each) for each in results]})
    return FAILURES if any(each.status == "refused" for each in results) else DONE


def _claims(settings: Settings, collection: str | None, publisher: str | None) -> Claims:
    from index.added import said_label, said_readers
    from index.claims import Claims

    return Claims(
        readers=said_readers(settings.readers_unless_named),
        collection=None if collection is None else said_label(collection, "collection"),
        publisher=None if publisher is None else said_label(publisher, "publisher"),
    )


def _added(order: _Order, settings: Settings) -> Iterator[FileResult]:
    from index.candidate import LIMITS
    from index.fetch import Fetcher
    from index.library import Library
    from index.vectors import VectorIndex
    from rag.desk import embedder
    from ui.audit.commanded import commanded
    from ui.library.taking import Taking

    fetching = Fetcher(settings.fetch_hosts, limit=LIMITS.file_bytes)
    with Library.open(settings.library, create=True) as library, VectorIndex(library) as index:
        taking = Taking(library, embedder(settings), fetching, index)
        for target in order.targets:
            result = _one(taking, target, order.claims)
            if result.status != "refused":
                commanded(library.folder, "add", f"{result.status} {result.uri}")
            yield result


def _one(taking: Taking, target: str, claims: Claims) -> FileResult:
    """What became of one file or page. Raises LibraryBusy if another process writes to the library."""
    try:
        if "://" in target:
            result = taking.page(target, claims, Silence(), lambda change: change())
        else:
            path = Path(target)
            result = taking.file(_copied(taking, path), path.name, claims, Silence(), lambda change: change())
        return replace(result, name=target)
    except Refused as error:
        return FileResult(target, None, "refused", str(error))


def _copied(taking: Taking, path: Path) -> Path:
    from index import files
    from index.added import safe_name
    from index.candidate import LIMITS

    safe_name(path.name)
    # Of the folder alone: were the file itself a link, one of its name beside the link's target would be taken.
    folder = path.parent.resolve()
    arrived = taking.added.arriving()
    with files.opened(folder, Path(path.name), LIMITS.file_bytes) as descriptor:
        try:
            with open(descriptor, "rb", closefd=False) as source, arrived.open("xb") as copy:
                shutil.copyfileobj(source, copy)
        except OSError as error:
            raise LibraryError(f"{path} cannot be copied ({error.strerror}); see to the library's disk") from error
    return arrived


def _result(each: FileResult) -> dict[str, object]:
    return {"name": each.name, "uri": each.uri, "status": each.status, "reason": each.reason}
