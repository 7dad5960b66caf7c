"""`onrecord bench`: the public benchmarks, each as the table that the field publishes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ui import terminal, wire
from ui.exits import DONE
from ui.options import Config, Model, ModelUrl
from ui.printing import show_json

if TYPE_CHECKING:
    from evals.benchmarks.job import Job, Result
    from rag.connect import Connection
    from rag.settings import Settings


def bench(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="The benchmark; without one, they are listed.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the set's files, or the folder that holds that.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Take N cases at random.", show_default="all")
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Decides which cases, and what the intervals draw.")] = 0,
    cases: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write what became of each case, one JSON object a line.")
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the table as Markdown.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    model: Model = None,
    model_url: ModelUrl = None,
    demo: Annotated[
        bool, typer.Option("--demo-model", help="Let the scripted model write: it puts quotes into sentences.")
    ] = False,
    config: Config = None,
) -> int:
    """Measure the product on a public benchmark.

    Each prints its table in the form the field publishes: our figures with their 95 % intervals, what was held out of
    fitting and what was not, and the published figures beside them. The embedded encoder answers, without a library and
    without a model unless one is named.
    """
    from ui import bench_view

    if markdown and as_json:
        raise typer.BadParameter("give either --markdown or --json", param_hint="--markdown")
    if demo and (model or model_url):
        raise typer.BadParameter("give either a model or --demo-model", param_hint="--demo-model")
    if name is None:
        if any((data, limit, cases, markdown, model, model_url, demo)):
            raise typer.BadParameter("name the benchmark; without options they are listed", param_hint="NAME")
        bench_view.show_catalogue(terminal.console(), as_json=as_json)
        return DONE
    from rag.settings import load

    writing = load(config, model=model, model_url=model_url) if model or model_url or demo else None
    if cases is not None:
        _write(cases, (), mode="a")  # that it cannot be written is known before all is measured, not after
    result = _measured(name, data, limit, seed, writing, demo)
    if cases is not None:
        _write(cases, result.cases)
    if as_json:
        show_json(bench_view.table_json(result.table))
    elif markdown:
        from evals.benchmarks.markdown import markdown as as_markdown

        typer.echo(as_markdown(result.table), nl=False)
    else:
        bench_view.show_table(result.table, terminal.console())
    return DONE


def _measured(
    name: str, data: Path | None, limit: int | None, seed: int, settings: Settings | None, demo: bool
) -> Result:
    from evals.benchmarks.catalogue import find, run
    from evals.benchmarks.job import Job
    from ui.bench_view import progress

    benchmark, _ = find(name)
    if data is None:
        raise typer.BadParameter(f"name the folder with {' and '.join(benchmark.files)}", param_hint="--data")
    if settings and not benchmark.writes:
        raise typer.BadParameter(f"{benchmark.name} lets no model write; leave it out", param_hint="--model")
    with ExitStack() as stack:
        connection = stack.enter_context(_connected(settings, demo=demo))
        shown = stack.enter_context(progress())
        return run(name, _with(connection, Job(data, limit, seed, progress=shown)))


def _with(connection: Connection | None, job: Job) -> Job:
    """The job, with what writes if anything does."""
    if connection is None:
        return job
    from dataclasses import replace

    from rag.write import Writer

    return replace(job, model=connection.model, writer=Writer(connection.model, context=connection.context))


@contextmanager
def _connected(settings: Settings | None, *, demo: bool) -> Iterator[Connection | None]:
    """The model that the settings name, or the scripted one, while it is needed."""
    if settings is None:
        yield None
        return
    from rag.connect import connect
    from ui.demo import demonstrated

    with ExitStack() as stack:
        connection = connect(stack.enter_context(demonstrated(settings)) if demo else settings)
        if connection is not None:
            stack.callback(connection.model.close)
            if connection.server is not None:
                stack.callback(connection.server.close)
        yield connection


def _write(path: Path, cases: Sequence[wire.Json], mode: Literal["w", "a"] = "w") -> None:
    """The cases, one JSON object a line. Raises InvalidData if the file cannot be written."""
    from evals.labelled import InvalidData

    try:
        with path.open(mode, encoding="utf-8") as file:
            file.writelines(f"{wire.dumps(case)}\n" for case in cases)
    except OSError as error:
        raise InvalidData(f"{path} cannot be written ({error.strerror}); name another file for --cases") from error
