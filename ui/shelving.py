"""`onrecord library`: what the library holds and refused, and documents removed from everywhere or let in again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, get_args

import typer

from index.errors import LibraryError
from ui import terminal
from ui.consent import agreed
from ui.exits import DONE, NOT_DONE
from ui.opening import open_library
from ui.options import AsJson, Config, Library
from ui.printing import show_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.library import Library as Opened
    from ui.shelf_view import Part

app = typer.Typer(
    name="library",
    help="List what the library holds, remove documents from everywhere, and let them in again.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Names = Annotated[list[str], typer.Argument(metavar="URI_OR_ID", help="Documents by their uris or ids, as listed.")]
_COMES_BACK = "comes back with the next sync of where it is; one that was added, when it is added again"


@app.command("list")
def list_documents(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="WORDS", help="Words of the title, the publisher or the uri.")
    ] = None,
    state: Annotated[
        str | None,
        typer.Option(metavar="STATE", help="Only what is: searchable, hidden, refused or removed.", show_default=False),
    ] = None,
    collection: Annotated[str | None, typer.Option(metavar="NAME", help="Only what is in this collection.")] = None,
    newest: Annotated[bool, typer.Option("--newest", help="What was added last first, not by uri.")] = False,
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=100_000, help="How many at most.")] = 50,
    after: Annotated[
        str | None, typer.Option(metavar="CURSOR", help="Go on behind this; --json gives it as next.")
    ] = None,
    as_json: AsJson = False,
    library: Library = None,
    config: Config = None,
) -> int:
    """List documents with who may read them, what the last syncs refused, or what was removed.

    A hidden document is one that nobody may read.
    """
    from ui import shelf_view

    part = _part(state)
    if part in ("refused", "removed") and (collection or newest):
        raise typer.BadParameter("collection and order are of documents", param_hint="--state")
    with open_library(library, config) as found:
        wanted = shelf_view.Wanted(" ".join(words or ()), part, collection, newest, limit, after)
        page = shelf_view.page(found.shelf, wanted)
        counts = found.shelf.counts()
    if as_json:
        show_json(shelf_view.page_json(page, counts))
        return DONE
    for line in shelf_view.lines(page, counts):
        typer.echo(terminal.printable(line))
    return DONE


@app.command()
def remove(
    documents: Names,
    by: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who removes them.", show_default="this account")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
    library: Library = None,
    config: Config = None,
) -> int:
    """Remove documents from everywhere: out of search, kept answers, verdicts and the library's files.

    No sync brings them back under their uris until they are restored. The files they were read from stay where they
    are, but for those that were added from a page.
    """
    from ui.audit.commanded import account, commanded
    from ui.recorded import open_recorded
    from ui.removal import remove as remove_everywhere

    with open_recorded(library, config) as (found, records):
        named = _named(found, documents)
        if not yes and not agreed(f"Remove {', '.join(named.values())} from everywhere?"):
            terminal.complain("nothing is removed")
            return NOT_DONE
        removed = remove_everywhere(tuple(named), by or account(), found, records)
        for id, uri in named.items():
            commanded(found.folder, "library remove", f"{id} {uri}")
    if as_json:
        from ui import shelf_view

        show_json(shelf_view.removed_json(removed))
    else:
        typer.echo(removed.sentence())
    if not removed.is_overwritten:
        terminal.complain("others are reading the library; what is removed stands in its files until this is run again")
    return DONE


@app.command()
def restore(documents: Names, library: Library = None, config: Config = None) -> int:
    """Let documents that were removed be taken in again, with the next sync of where they are.

    The file or page of one that was added went with it, and is to be added again.
    """
    from ui.audit.commanded import commanded

    with open_library(library, config) as found:
        with found.writer() as writer:
            restored = [writer.restore(name) for name in documents]
        for one in restored:
            if one is not None:
                commanded(found.folder, "library restore", f"{one.document_id} {one.uri}")
                typer.echo(f"{terminal.printable(one.uri)} {_COMES_BACK}")
    unknown = [name for name, one in zip(documents, restored, strict=True) if one is None]
    if unknown:
        raise LibraryError(
            f"nobody removed {unknown[0]}; `onrecord library list --state removed` lists what was removed"
        )
    return DONE


def _part(state: str | None) -> Part | None:
    from ui.shelf_view import Part

    known: tuple[Part, ...] = get_args(Part)
    found = next((part for part in known if part == state), None)
    if state is not None and found is None:
        raise typer.BadParameter(f"there are {', '.join(known)}, not {state}", param_hint="--state")
    return found


def _named(found: Opened, names: Sequence[str]) -> dict[str, str]:
    """The uris of these documents by their ids; those that are removed already, too, whose removal may be half done."""
    from index.document import document_id

    named: dict[str, str] = {}
    for name in names:
        for id in (name, document_id(name)):
            there, gone = found.shelf.document(id), found.shelf.removed(id)
            if there or gone:
                named[id] = there.attribution.uri if there else gone.uri if gone else name
                break
        else:
            raise LibraryError(f"there is no document {name}; `onrecord library list` lists what there is")
    return named
