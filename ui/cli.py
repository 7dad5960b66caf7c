"""The command `onrecord`: arguments to calls, answers and reports to the terminal, errors to one sentence and a code.

Whatever takes long to import is imported by the command that needs it, so that `--help` comes at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.errors import LibraryBusy, OnRecordError
from index.principal import LOCAL, PUBLIC, Principal
from ui import lines, terminal, wire

if TYPE_CHECKING:
    from index.document import Passage
    from rag.answer import Answer

DONE, FAILURES, NOT_DONE, ABSTAINED, BUSY, STOPPED = 0, 1, 2, 3, 4, 130
"""Exit codes. 1: done, with the failures listed; 2: not done, and why; 3: the documents do not say; 4: another process
is writing; 130: stopped by Ctrl-C."""

app = typer.Typer(
    name="onrecord",
    help="Answers questions from your own documents, with exact, checked quotes.",
    epilog="Exit codes: 0 done, 1 done with failures listed, 2 not done, 3 the documents do not say, 4 busy.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _day(text: str) -> date:
    try:
        return lines.day(text)
    except OnRecordError as error:
        raise typer.BadParameter(str(error)) from error


Library = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Folder of the library.", show_default="onrecord-library")
]
Config = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Settings file.", show_default="onrecord.toml, if it is there")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Question = Annotated[str | None, typer.Argument(metavar="QUESTION", help="The question, in plain words.")]
AsOf = Annotated[
    date | None,
    typer.Option(parser=_day, metavar="DATE", help="Answer as of this day (2024-06-30): nothing later is seen."),
]
As = Annotated[
    str | None,
    typer.Option(
        "--as", metavar="LABELS", help="Ask as somebody who holds these reader labels, and `public`; none: everything."
    ),
]
Lines = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help='Answer a file (- for standard input) of {"id", "question"} lines, in order.'),
]


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
    done = syncing.run(paths or (), settings, prune=prune, re_embed=re_embed, as_json=as_json, report_to=report)
    return FAILURES if done.count("refused") else DONE


@app.command()
def ask(
    question: Question = None,
    as_of: AsOf = None,
    user: As = None,
    as_json: AsJson = False,
    jsonl: Lines = None,
    library: Library = None,
    config: Config = None,
) -> int:
    """Answer a question with exact quotes.

    Where the documents do not say, that is the answer, with the nearest passages and exit code 3.
    """
    _need_one(question, jsonl)
    import rag.ask
    from rag.desk import open_desk
    from rag.settings import load

    desk = open_desk(load(config, library=library))

    def answer(line: lines.Line) -> Answer:
        asked = rag.ask.Question(line.question, line.as_of or as_of)
        return rag.ask.ask(_principal(user if line.user is None else line.user), asked, desk)

    if jsonl is not None:
        return _print_lines(jsonl, lambda line: wire.answer_json(answer(line), line.id))
    answered = answer(lines.Line(None, question or ""))
    if as_json:
        _print_json(wire.answer_json(answered))
    else:
        terminal.show_answer(answered, terminal.console())
    return ABSTAINED if answered.status == "abstained" else DONE


@app.command()
def search(
    question: Question = None,
    as_of: AsOf = None,
    user: As = None,
    limit: Annotated[
        int | None, typer.Option(metavar="N", help="List at most so many passages.", show_default="20")
    ] = None,
    as_json: AsJson = False,
    jsonl: Lines = None,
    library: Library = None,
    config: Config = None,
) -> int:
    """List the passages nearest to a question.

    Best first, and without judging whether they answer it.
    """
    _need_one(question, jsonl)
    import index.search
    from rag.desk import open_corpus
    from rag.settings import load
    from rag.understand import understand

    settings = load(config, library=library, search_limit=limit)
    corpus = open_corpus(settings)

    def find(line: lines.Line) -> tuple[Passage, ...]:
        principal = _principal(user if line.user is None else line.user)
        query = understand(line.question, as_of=line.as_of or as_of)
        return index.search.search(principal, query, corpus, limit=settings.search_limit)

    if jsonl is not None:
        return _print_lines(jsonl, lambda line: wire.search_json(line.question, find(line), line.id))
    passages = find(lines.Line(None, question or ""))
    if as_json:
        _print_json(wire.search_json(question or "", passages))
    else:
        terminal.show_passages(passages, terminal.console())
    return DONE


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
    library: Library = None,
    config: Config = None,
) -> int:
    """Serve the chat page until Ctrl-C."""
    from rag.settings import load
    from ui import server

    server.serve(load(config, library=library, host=host, port=port, examples=examples))
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
        _print_json(doctor.report_json(settings, checks))
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


def _principal(user: str | None) -> Principal:
    """The person at this machine, who reads everything, or somebody who holds only the labels named."""
    if user is None:
        return LOCAL
    from rag.settings import labels

    return Principal(user, frozenset({PUBLIC, *labels(user)}))


def _need_one(question: str | None, jsonl: Path | None) -> None:
    if (question is None) == (jsonl is None):
        raise typer.BadParameter("give either a question or --jsonl FILE", param_hint="QUESTION")


def _print_json(value: wire.Json) -> None:
    typer.echo(wire.dumps(value, indent=2))


def _print_lines(path: Path, answer: Callable[[lines.Line], wire.Json]) -> int:
    """One object a line, each as soon as it is known."""
    failures = 0
    with lines.opened(path) as opened:
        for value in lines.answers(opened, answer):
            failures += "error" in value
            typer.echo(wire.dumps(value))
            sys.stdout.flush()
    return FAILURES if failures else DONE


if __name__ == "__main__":
    sys.exit(main())
