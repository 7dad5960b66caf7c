"""`onrecord user`: everything that is kept about somebody, given out or removed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from index.principal import LOCAL, USER
from ui import terminal
from ui.consent import agreed
from ui.exits import DONE, NOT_DONE
from ui.options import AsJson, Config, Library
from ui.printing import show_json
from ui.recorded import open_recorded

app = typer.Typer(
    name="user",
    help="Give out or remove what is kept about somebody: conversations, links, feedback, sessions, keys.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

KINDS = (USER, "key:", "visitor:")
"""What the whole name of a principal begins with."""

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="The user's name, or a principal's whole name, such as key:wiki.")
]


@app.command()
def export(name: Name, library: Library = None, config: Config = None) -> int:
    """Print everything that is kept about somebody, as one JSON object.

    Answers are given as they were then, with quotes of documents that the person may no longer be allowed to read.
    """
    from ui import people_view
    from ui.audit.commanded import commanded

    principal = whole(name)
    with open_recorded(library, config) as (found, records):
        kept = people_view.kept_json(found, records, principal)
        commanded(found.folder, "user export", principal)
    show_json(kept)
    return DONE


@app.command()
def delete(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
    library: Library = None,
    config: Config = None,
) -> int:
    """Remove somebody's conversations with the links to their answers, feedback, sessions and keys.

    The lines of the audit log that name them stay for as long as the settings say.
    """
    from ui.audit.commanded import commanded
    from ui.removing import remove

    principal = whole(name)
    if not yes and not agreed(f"Remove everything kept of {principal}?"):
        terminal.complain(f"nothing of {principal} is removed")
        return NOT_DONE
    with open_recorded(library, config) as (found, records):
        removed = remove(found, records, principal)
        commanded(found.folder, "user delete", principal)
    if as_json:
        show_json({"principal": principal, **asdict(removed)})
    else:
        typer.echo(f"{terminal.printable(principal)}: {removed.sentence()}")
        typer.echo("The audit log keeps its lines that name them until they are as old as audit_days says.")
    if not removed.is_overwritten:
        terminal.complain("others are reading the library; what is removed stands in its files until this is run again")
    return DONE


def whole(name: str) -> str:
    """The whole name of the principal that is meant.

    >>> whole("alice"), whole("key:wiki"), whole("local")
    ('user:alice', 'key:wiki', 'local')
    """
    return name if name == LOCAL.name or name.startswith(KINDS) else f"{USER}{name}"
