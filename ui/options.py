"""The options that several commands share, and what their words mean: who asks, as of which day, from which file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from index.errors import OnRecordError
from index.principal import LOCAL, PUBLIC, Principal
from ui.days import day


def _day(text: str) -> date:
    try:
        return day(text)
    except OnRecordError as error:
        raise typer.BadParameter(str(error)) from error


Library = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Folder of the library.", show_default="onrecord-library")
]
Config = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Settings file.", show_default="onrecord.toml, if it is there")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Asked = Annotated[str | None, typer.Argument(metavar="QUESTION", help="The question, in plain words.")]
AsOf = Annotated[
    date | None,
    typer.Option(parser=_day, metavar="DATE", help="Answer as of this day (2024-06-30): nothing later is seen."),
]
From = Annotated[
    date | None,
    typer.Option("--from", parser=_day, metavar="DATE", help="Only what was published on this day or later."),
]
To = Annotated[
    date | None,
    typer.Option("--to", parser=_day, metavar="DATE", help="Only what was published on this day or earlier."),
]
Publishers = Annotated[
    list[str] | None,
    typer.Option("--publisher", metavar="NAME", help="Only what this one published; may be given several times."),
]
Collections = Annotated[
    list[str] | None,
    typer.Option("--collection", metavar="NAME", help="Only what is in this collection; may be given several times."),
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
Model = Annotated[
    str | None, typer.Option(metavar="NAME", help="Let this model write the answer, whatever the settings say.")
]
ModelUrl = Annotated[
    str | None, typer.Option(metavar="URL", help="Base URL of the model's server, as http://127.0.0.1:11434/v1.")
]
NoModel = Annotated[bool, typer.Option("--no-model", help="Answer with exact quotes only, even if a model is set.")]


def principal(user: str | None) -> Principal:
    """The person at this machine, who reads everything, or somebody who holds only the labels named."""
    if user is None:
        return LOCAL
    from rag.settings import labels

    return Principal(user, frozenset({PUBLIC, *labels(user)}))


def need_one(argument: str | Path | None, jsonl: Path | None, *, name: str, what: str) -> None:
    """Refuse a command that was given both its argument and a file of lines, or neither."""
    if (argument is None) == (jsonl is None):
        raise typer.BadParameter(f"give either {what} or --jsonl FILE", param_hint=name)
