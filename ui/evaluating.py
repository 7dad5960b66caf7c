"""`onrecord eval`: regression evals of answers, each command in a module of its own."""

from __future__ import annotations

import typer

from ui import eval_compare, eval_draft, eval_make, eval_run

app = typer.Typer(
    name="eval",
    help="Ask a set of questions, compare the answers with a baseline, and keep the set up to date.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command()(eval_run.run)
app.command()(eval_compare.compare)
app.command()(eval_compare.accept)
app.add_typer(eval_draft.app)
app.command()(eval_make.make)
