"""`onrecord eval draft`: what readers found not right, made cases of."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.errors import LibraryError
from ui import draft_view, terminal
from ui.exits import DONE, NOT_DONE
from ui.opening import open_library
from ui.options import AsJson, Config, Library
from ui.printing import show_json

if TYPE_CHECKING:
    from evals.case import Case
    from evals.drafts import Wanted
    from index.feedback import FeedbackBook, Kept
    from index.library import Library as Opened

app = typer.Typer(
    name="draft",
    help="Make cases of what readers found not right. Without a command: list what nothing has become of yet.",
    rich_markup_mode=None,
)

Number = Annotated[int, typer.Argument(metavar="N", help="The number of the feedback, as it is listed.")]
To = Annotated[Path, typer.Option("--to", metavar="FILE", help="The file of cases that it joins.")]
Answer = Annotated[
    str | None, typer.Option(metavar="yes|no", help="Whether the documents answer the question.", show_default=False)
]
Quote = Annotated[list[str] | None, typer.Option(metavar="TEXT", help="Words of a document that must be quoted.")]
Says = Annotated[list[str] | None, typer.Option(metavar="TEXT", help="What the answer must say.")]
NeverSays = Annotated[list[str] | None, typer.Option(metavar="TEXT", help="What no sentence of it may say.")]
Source = Annotated[list[str] | None, typer.Option(metavar="URI", help="A document that must be cited.")]
Id = Annotated[str | None, typer.Option(metavar="ID", help="The id of the case.", show_default="feedback-DATE-N")]
Edit = Annotated[bool, typer.Option("--edit", help="Open the draft in $VISUAL or $EDITOR first.")]


@app.callback(invoke_without_command=True)
def listed(
    context: typer.Context,
    as_json: AsJson = False,
    library: Library = None,
    config: Config = None,
) -> int:
    """The drafts that are open, oldest first."""
    if context.invoked_subcommand is not None:
        if as_json or library or config:
            raise typer.BadParameter("give options after it", param_hint=context.invoked_subcommand)
        return DONE
    with open_library(library, config) as opened:
        drafts = opened.feedback.open()
    if as_json:
        show_json(draft_view.drafts_json(drafts))
    else:
        draft_view.show(drafts, terminal.console())
    return DONE


@app.command()
def show(number: Number, library: Library = None, config: Config = None) -> int:
    """Print a draft as YAML, with what the reader was shown as comments."""
    from evals.drafts import draft_yaml, drafted

    with open_library(library, config) as opened:
        kept = _found(opened.feedback, number)
    sys.stdout.write(draft_view.printable_lines(draft_yaml(kept, drafted(kept))))
    return DONE


@app.command()
def take(
    number: Number,
    to: To,
    answer: Answer = None,
    quote: Quote = None,
    says: Says = None,
    never_says: NeverSays = None,
    source: Source = None,
    id: Id = None,
    edit: Edit = False,
    library: Library = None,
    config: Config = None,
) -> int:
    """Complete a draft and add it to a file of cases.

    Say what a right answer holds: a case that expects nothing is refused. Words that no document has yet, because it is
    still to be mended, are for --says.
    """
    from evals.drafts import Wanted
    from evals.errors import InvalidCases

    wanted = Wanted(
        id=id,
        answer=_truth(answer),
        quotes=tuple(quote or ()),
        says=tuple(says or ()),
        never_says=tuple(never_says or ()),
        sources=tuple(source or ()),
    )
    try:
        with open_library(library, config) as opened:
            cases = _taken(number, wanted, to, opened, edit=edit)
    except InvalidCases as error:
        for place, what in error.mistakes:
            sys.stderr.write(f"{terminal.printable(f'{place}: {what}')}\n")
        return NOT_DONE
    for case in cases:
        typer.echo(f"{terminal.printable(case.id)} is in {terminal.printable(str(to))} now")
    return DONE


@app.command()
def dismiss(number: Number, library: Library = None, config: Config = None) -> int:
    """Take a draft off the list without making a case of it."""
    with open_library(library, config) as opened:
        opened.feedback.settle(number, "dismissed")
    typer.echo(f"feedback {number} is dismissed")
    return DONE


def _taken(number: int, wanted: Wanted, to: Path, opened: Opened, *, edit: bool) -> tuple[Case, ...]:
    """The cases that the draft has become, once they have joined the file."""
    from evals.drafts import completed, draft_yaml, drafted, join
    from ui.editing import edited

    kept = _found(opened.feedback, number)
    case = completed(drafted(kept), wanted)
    with edited(draft_yaml(kept, case), _beside(to, number)) if edit else nullcontext((case,)) as cases:
        join(cases, to, opened)
    opened.feedback.settle(number, "taken")
    return cases


def _beside(to: Path, number: int) -> Path:
    """Where a draft is edited: hidden, so that nobody takes it for a file of cases."""
    return to.with_name(f".{to.stem}.draft-{number}.yaml")


def _truth(answer: str | None) -> bool | None:
    truths = {None: None, "yes": True, "no": False}
    if answer not in truths:
        raise typer.BadParameter("write yes or no", param_hint="--answer")
    return truths[answer]


def _found(book: FeedbackBook, number: int) -> Kept:
    kept = book.find(number)
    if kept is None:
        raise LibraryError(f"there is no feedback {number}; `onrecord eval draft` lists what there is")
    return kept
