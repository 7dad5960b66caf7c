"""`onrecord eval run`: the cases asked, scored and stored, and their figures in the terminal."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui import terminal
from ui.brief import counted
from ui.exits import DONE, FAILURES, NOT_DONE
from ui.options import AsJson, Config, Library, Model, ModelUrl, NoModel
from ui.printing import show_json

if TYPE_CHECKING:
    from evals.errors import InvalidCases
    from evals.session import Order
    from rag.settings import Settings

Cases = Annotated[
    list[Path] | None,
    typer.Argument(metavar="PATH", help="Files of cases, or folders of them.", show_default="evals/cases"),
]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the report and the results.")]
Baseline = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="The run to show the answers beside.", show_default="evals/baseline.json, if it is there"
    ),
]
Tag = Annotated[list[str] | None, typer.Option("--tag", metavar="T", help="Only cases with this tag; several: any.")]
Id = Annotated[list[str] | None, typer.Option("--id", metavar="ID", help="Only this case; several: each of them.")]
Repeat = Annotated[int, typer.Option(min=1, metavar="N", help="Ask each case so often, for models that vary.")]
Workers = Annotated[
    int | None,
    typer.Option(
        min=1, metavar="N", help="Cases asked at once.", show_default="one a core, or as many as the model takes"
    ),
]
JudgeName = Annotated[
    str | None,
    typer.Option(
        "--judge",
        metavar="MODEL",
        help="Let this model grade answers: a name at model_url, or local:NAME.",
    ),
]
Demo = Annotated[
    bool,
    typer.Option("--demo-model", help="Let a scripted model write, to try the checks of prose without any model."),
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Begin anew, whatever an unfinished run has left.")]
NoTiming = Annotated[bool, typer.Option("--no-timing", help="Do not time answers one by one at the end.")]


def run(
    paths: Cases = None,
    out: Out = Path("onrecord-eval"),
    baseline: Baseline = None,
    tag: Tag = None,
    id: Id = None,
    repeat: Repeat = 1,
    workers: Workers = None,
    judge: JudgeName = None,
    model: Model = None,
    model_url: ModelUrl = None,
    no_model: NoModel = False,
    demo: Demo = False,
    fresh: Fresh = False,
    no_timing: NoTiming = False,
    as_json: AsJson = False,
    library: Library = None,
    config: Config = None,
) -> int:
    """Ask the cases, score the answers, and write a report.

    Exit code 1 if any check of any case failed. A run that was stopped goes on where it was when it is started again
    with the same documents, settings and code.
    """
    if no_model + demo + bool(model or model_url) > 1:
        raise typer.BadParameter("give only one of a model, --no-model and --demo-model", param_hint="--no-model")
    from evals.errors import InvalidCases
    from evals.session import Order
    from rag.settings import load
    from ui.questioning import quotes_only

    settings = load(config, library=library, model=model, model_url=model_url)
    order = Order(
        paths=tuple(paths or ()),
        out=out,
        baseline=baseline,
        tags=tuple(tag or ()),
        ids=tuple(id or ()),
        repeat=repeat,
        workers=workers,
        judge=judge,
        fresh=fresh,
        timing=not no_timing,
        scripted=demo,
    )
    try:
        return _run(order, quotes_only(settings) if no_model else settings, settings, as_json=as_json)
    except InvalidCases as error:
        return _refused(error)


def _run(order: Order, settings: Settings, given: Settings, *, as_json: bool) -> int:
    """Run the cases with `settings`; a judge is where the settings that were `given` have their model, if they do."""
    from evals.session import run_cases
    from evals.totals import totals
    from ui import eval_view
    from ui.demo import demonstrated

    with (
        demonstrated(settings) if order.scripted else nullcontext(settings) as used,
        eval_view.watched(terminal.console(stderr=True)) as told,
    ):
        judging = given if given.model or given.model_url else used
        done, _ = run_cases(order, used, told, terminal.complain, judging=judging)
    found = totals(done)
    if as_json:
        show_json(eval_view.totals_json(done, found, order.out))
    else:
        eval_view.show(done, found, order.out, terminal.console())
    return FAILURES if found.failures else DONE


def _refused(error: InvalidCases) -> int:
    """A line for each mistake, as editors read them, and how many there are."""
    for place, what in error.mistakes:
        sys.stderr.write(f"{terminal.printable(f'{place}: {what}')}\n")
    terminal.complain(f"{counted(len(error.mistakes), 'mistake')} in the cases; nothing was asked")
    return NOT_DONE
