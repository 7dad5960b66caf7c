"""`onrecord key`: API keys for programs, made, listed and revoked."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from index.errors import LibraryError
from index.principal import PUBLIC, USER, Principal, person
from ui import key_view, terminal
from ui.exits import DONE
from ui.options import AsJson, Config, Library
from ui.printing import show_json
from ui.recorded import open_recorded

if TYPE_CHECKING:
    from index.records.keys import ApiKey
    from ui.caller import Use

app = typer.Typer(
    name="key",
    help="Make, list and revoke the API keys that programs ask with.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command()
def make(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the key is for; no other in use is named so.")],
    user: Annotated[
        str | None, typer.Option(metavar="USER", help="Whose key it is: it reads what is theirs, and keeps for them.")
    ] = None,
    groups: Annotated[
        str, typer.Option(metavar="LABELS", help="Reader labels it holds beside `public`, such as press,legal.")
    ] = "",
    collections: Annotated[
        str | None, typer.Option(metavar="NAMES", help="The only collections it looks into.", show_default="all")
    ] = None,
    uses: Annotated[
        str | None,
        typer.Option(
            metavar="USES", help="All it is good for, of: ask, search, documents, history, feedback, library."
        ),
    ] = None,
    days: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, max=36_500, help="Days it is good for.", show_default="until it is revoked"),
    ] = None,
    as_json: AsJson = False,
    library: Library = None,
    config: Config = None,
) -> int:
    """Make an API key.

    Its secret is all that is printed on standard output, this once: the library keeps only a hash of it.
    """
    from ui.audit.commanded import commanded
    from ui.audit.errors import AuditFailed

    principal, good_for = _principal(name, user, groups, collections), _uses(uses)
    expires = None if days is None else datetime.now(UTC) + timedelta(days=days)
    with open_recorded(library, config) as (found, records):
        key, secret = records.keys.make(name, principal, good_for, expires)
        try:
            commanded(found.folder, "key make", _subject(key))
        except AuditFailed:
            # Nobody has seen its secret, and nothing says that there is such a key.
            records.keys.revoke(key.id)
            raise
    if as_json:
        show_json({**key_view.key_json(key), "secret": secret})
        return DONE
    for line in key_view.made(key):
        sys.stderr.write(f"{terminal.printable(line)}\n")
    sys.stderr.flush()
    typer.echo(secret)
    return DONE


@app.command("list")
def list_keys(as_json: AsJson = False, library: Library = None, config: Config = None) -> int:
    """List the keys, those that are no longer good too.

    A secret is never shown: nobody knows it any more but whoever got it.
    """
    with open_recorded(library, config) as (_, records):
        keys = records.keys.list()
    now = datetime.now(UTC)
    if as_json:
        show_json({"keys": [{**key_view.key_json(key), "good": key.is_good(now)} for key in keys]})
        return DONE
    for line in key_view.listed(keys, now):
        typer.echo(terminal.printable(line))
    return DONE


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(metavar="NAME_OR_ID", help="The key, as it is listed.")],
    library: Library = None,
    config: Config = None,
) -> int:
    """Revoke a key, from the next request on."""
    from ui.audit.commanded import commanded

    with open_recorded(library, config) as (found, records):
        revoked = records.keys.revoke(key)
        if revoked is None:
            raise LibraryError(f"there is no key {key} that could be revoked; `onrecord key list` lists what there is")
        commanded(found.folder, "key revoke", _subject(revoked))
    typer.echo(f"{terminal.printable(revoked.name)} is revoked")
    return DONE


def _subject(key: ApiKey) -> str:
    return f"{key.id} {key.name}, {key.principal.name}"


def _principal(name: str, user: str | None, groups: str, collections: str | None) -> Principal:
    """Who asks with the key: the user it is for, or the program by the key's name."""
    from rag.settings import labels

    held = labels(groups)
    if any(label.startswith(USER) for label in held):
        raise typer.BadParameter(f"a label that begins with {USER} is one person's; use --user", param_hint="--groups")
    only = None if collections is None else frozenset(labels(collections))
    if only is not None and not only:
        raise typer.BadParameter("name at least one collection, or leave it out for all", param_hint="--collections")
    if user is None:
        return Principal(f"key:{name}", frozenset({PUBLIC, *held}), collections=only)
    known = person(user.removeprefix(USER), held)
    if known.name == USER:
        raise typer.BadParameter("name somebody", param_hint="--user")
    return Principal(known.name, known.readers, collections=only)


def _uses(text: str | None) -> frozenset[Use] | None:
    from rag.settings import labels
    from ui.caller import Use

    if text is None:
        return None
    known: tuple[Use, ...] = get_args(Use)
    named = labels(text)
    unknown = [use for use in named if use not in known]
    if unknown or not named:
        raise typer.BadParameter(
            f"there are {', '.join(known)}, not {', '.join(unknown) or 'nothing'}", param_hint="--uses"
        )
    return frozenset(use for use in known if use in named)
