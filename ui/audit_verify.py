"""`onrecord audit`: the log of who asked for what, read again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ui import terminal
from ui.brief import counted
from ui.exits import DONE, FAILURES
from ui.opening import open_library
from ui.options import AsJson, Config, Library
from ui.printing import show_json

if TYPE_CHECKING:
    from ui.audit.verify import Place, Verified
    from ui.wire import Json

app = typer.Typer(
    name="audit",
    help="Check the log of who asked for what.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def audit() -> None:
    """Keeps `verify` a command of its own, whatever comes beside it."""


@app.command()
def verify(
    head: Annotated[
        str | None, typer.Option(metavar="HASH", help="The hash of a line, as it was printed here before.")
    ] = None,
    as_json: AsJson = False,
    library: Library = None,
    config: Config = None,
) -> int:
    """Check that no line of the audit log was changed, removed, inserted or moved.

    Exit code 1 if one was. That its end was cut off is seen with the hash of a line that was there before.
    """
    from ui.audit import verify as log

    with open_library(library, config) as found:
        folder = found.folder
    verified = log.verify(folder, head and head.lower())
    if as_json:
        show_json(_json(verified))
    else:
        _show(verified)
    return DONE if verified.mismatch is None else FAILURES


def _show(verified: Verified) -> None:
    for place in verified.cut:
        typer.echo(f"{place.file}, line {place.line}: this line was cut off as its process died, and says nothing")
    if verified.mismatch is not None:
        place = verified.mismatch.place
        terminal.complain(f"{place.file}, line {place.line}: {verified.mismatch.what}")
        return
    typer.echo(f"{counted(verified.lines, 'line')} in {counted(verified.files, 'file')}, each as it was written")
    typer.echo(f"The last has the hash {verified.head}")


def _json(verified: Verified) -> Json:
    mismatch = verified.mismatch
    return {
        "files": verified.files,
        "lines": verified.lines,
        "head": verified.head,
        "cut": [_place(place) for place in verified.cut],
        "mismatch": None if mismatch is None else {**_place(mismatch.place), "what": mismatch.what},
    }


def _place(place: Place) -> Json:
    return {"file": place.file, "line": place.line}
