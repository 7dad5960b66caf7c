"""The command `onrecord`: arguments to calls, answers and reports to the terminal, errors to one sentence and a code.

Whatever takes long to import is imported by the command that needs it, so that `--help` comes at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer

from index.errors import LibraryBusy, OnRecordError
from ui import (
    adding,
    audit_verify,
    bench,
    checking,
    embedding,
    evaluating,
    keys,
    models,
    people,
    questioning,
    shelving,
    terminal,
)
from ui.exits import BUSY, DONE, FAILURES, NOT_DONE, STOPPED
from ui.options import AsJson, Config, Library
from ui.printing import show_json

app = typer.Typer(
    name="onrecord",
    help="Answers questions from your own documents, with exact, checked quotes.",
    epilog="Exit codes: 0 done, 1 done with failures listed, 2 not done, 3 the documents do not say, 4 busy.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"onrecord {version('onrecord')}")
        raise typer.Exit


@app.callback()
def onrecord(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Options before the command; the application's own help stands above."""


@app.command()
def sync(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH", help="Folders, files or .jsonl feeds.", exists=True)
    ] = None,
    readers: Annotated[
        str | None,
        typer.Option(metavar="LABELS", help="Who may read what does not say it itself, such as press,legal."),
    ] = None,
    collection: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The collection of what names none itself, such as wiki."),
    ] = None,
    prune: Annotated[bool, typer.Option("--prune", help="Remove what is no longer at the given paths.")] = False,
    re_embed: Annotated[
        bool, typer.Option("--re-embed", help="Embed the whole library again, with the embedder configured now.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write what became of every file, as JSON.")
    ] = None,
    as_json: AsJson = False,
    library: Library = None,
    config: Config = None,
) -> int:
    """Bring files into the library.

    What is new or changed is read and embedded, what is unchanged is left alone, what cannot be read is named.
    """
    from rag.settings import load
    from ui import syncing

    if not paths and not re_embed:
        raise typer.BadParameter("name a folder, a file or a .jsonl feed", param_hint="PATH")
    settings = load(config, library=library, readers=readers)
    done = syncing.run(
        paths or (),
        settings,
        collection=collection,
        prune=prune,
        re_embed=re_embed,
        as_json=as_json,
        report_to=report,
    )
    return FAILURES if done.failed else DONE


app.command()(adding.add)
app.command()(questioning.ask)
app.command()(questioning.search)
app.command()(checking.check)
app.command()(bench.bench)
app.command()(embedding.embed)
app.add_typer(models.app)
app.add_typer(evaluating.app)
app.add_typer(keys.app)
app.add_typer(people.app)
app.add_typer(audit_verify.app)
app.add_typer(shelving.app)


@app.command()
def serve(
    host: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Address to listen on.", show_default="127.0.0.1")
    ] = None,
    port: Annotated[
        int | None, typer.Option(metavar="PORT", help="Port to listen on; 0: a free one.", show_default="8765")
    ] = None,
    examples: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Questions, one a line, that the page offers to begin with.")
    ] = None,
    demo: Annotated[
        bool,
        typer.Option(
            "--demo-model",
            help="Let a scripted model write, to try the page out: it puts quotes into sentences and is no language "
            "model.",
        ),
    ] = False,
    library: Library = None,
    config: Config = None,
) -> int:
    """Serve the chat page until Ctrl-C."""
    from rag.settings import load
    from ui import server
    from ui.demo import demonstrated

    settings = load(config, library=library, host=host, port=port, examples=examples)
    with demonstrated(settings) if demo else nullcontext(settings) as served:
        server.serve(served)
    return DONE


@app.command()
def doctor(as_json: AsJson = False, library: Library = None, config: Config = None) -> int:
    """Say what works, and what to do about the rest.

    Exit code 1 if anything does not work. Secrets are never printed.
    """
    from rag.settings import load
    from ui import doctor

    settings = load(config, library=library)
    checks = doctor.examine(settings)
    if as_json:
        show_json(doctor.report_json(settings, checks))
    else:
        doctor.show(settings, checks, terminal.console())
    return DONE if all(check.ok for check in checks) else FAILURES


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; what a person can act on is one sentence on standard error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        code = app(arguments, standalone_mode=False, prog_name="onrecord")
        sys.stdout.flush()
    except typer.TyperException as error:
        terminal.complain(_usage(error))
        return NOT_DONE
    except OnRecordError as error:
        terminal.complain(str(error))
        return BUSY if isinstance(error, LibraryBusy) else NOT_DONE
    except KeyboardInterrupt:
        code = STOPPED
    except BrokenPipeError:
        # Whoever was reading has enough; the interpreter's own flush at exit must not complain either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILURES
    if code == STOPPED:
        terminal.complain("stopped; what was finished is kept")
    return code or DONE


def _usage(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    sentence = error.format_message().rstrip(".")
    return f"{sentence[:1].lower()}{sentence[1:]}; see `{context.command_path if context else 'onrecord'} --help`"


if __name__ == "__main__":
    sys.exit(main())
