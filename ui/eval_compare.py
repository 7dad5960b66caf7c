"""`onrecord eval compare` and `onrecord eval accept`: a run against the baseline, and a run as the next one."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from ui import terminal
from ui.brief import counted
from ui.exits import DONE, FAILURES
from ui.options import AsJson
from ui.printing import show_json
from ui.wire import Json

if TYPE_CHECKING:
    from evals.comparison import Comparison
    from evals.run_record import CaseRun, Run

Results = Annotated[Path, typer.Argument(metavar="RESULTS", help="The results.json of a run.")]
Baseline = Annotated[Path, typer.Option(metavar="FILE", help="The run that answers are held against.")]
Partial = Annotated[
    bool, typer.Option("--partial", help="Do not miss cases of the baseline that the run does not have.")
]
AsMarkdown = Annotated[
    bool, typer.Option("--markdown", help="Print GitHub-flavoured Markdown, for a comment on a change.")
]
Why = Annotated[
    str,
    typer.Option("--why", metavar="TEXT", help="Why these answers are the ones to hold others against: a sentence."),
]
RESULTS = Path("onrecord-eval/results.json")
BASELINE = Path("evals/baseline.json")


def compare(
    results: Results = RESULTS,
    baseline: Baseline = BASELINE,
    partial: Partial = False,
    as_json: AsJson = False,
    markdown: AsMarkdown = False,
) -> int:
    """Say what got worse since the baseline, and with what certainty.

    Exit code 1 if anything did: something fatal, a check that fails now and is no noise, a case that was not asked, a
    measure whose interval lies below zero, or slower answers. 2 if the two cannot be compared.
    """
    if as_json and markdown:
        raise typer.BadParameter("give either --json or --markdown", param_hint="--markdown")
    import evals.compare
    from evals.caveats import caveats
    from evals.pairing import pairs
    from ui import comparison_markdown, comparison_view

    before, after = _baseline(baseline), _results(results)
    compared = len(pairs(before, after))
    if not compared:
        _refuse(results, baseline)
    found = evals.compare.compare(before, after, partial=partial)
    told = caveats(before, after, partial=partial)
    if as_json:
        show_json(_json(before, found, compared, told))
    elif markdown:
        sys.stdout.write(comparison_markdown.text(before, after, found, compared, told))
    else:
        comparison_view.show(before, after, found, compared, told, terminal.console())
    return DONE if found.passes else FAILURES


def accept(why: Why, results: Results = RESULTS, baseline: Baseline = BASELINE) -> int:
    """Make a run the baseline, and say why.

    Commit the file in the change that makes these answers the right ones. Refused are a run with anything fatal, which
    no reason excuses, and one that asked only some cases.
    """
    from evals.baseline import accept, previous
    from evals.compare import compare

    run, before = _results(results), previous(baseline)
    accepted = accept(run, why, baseline)
    failing = sum(not _passes(case) for case in run.cases)
    checks = f"{counted(failing, 'case')} with a failed check" if failing else "every check passes"
    told = f"{baseline} is made of this run: {counted(len(run.cases), 'case')}, {checks}."
    sys.stdout.write(f"{terminal.printable(told)}\n")
    for sentence in compare(before, accepted).regressions if before else ():
        sys.stdout.write(f"  accepted: {terminal.printable(sentence)}\n")
    return DONE


def _results(path: Path) -> Run:
    from evals.errors import InvalidRun
    from evals.store import read_run

    if not path.exists():
        raise InvalidRun(f"there is no run at {path}; make one with `onrecord eval run`")
    return read_run(path)


def _baseline(path: Path) -> Run:
    from evals.errors import InvalidRun
    from evals.store import read_run

    if not path.exists():
        raise InvalidRun(f"there is no baseline at {path}; make one with `onrecord eval accept --why …`")
    return read_run(path)


def _refuse(results: Path, baseline: Path) -> NoReturn:
    from evals.errors import InvalidRun

    raise InvalidRun(f"{results} and {baseline} have no case in common; run the cases that the baseline was made of")


def _passes(case: CaseRun) -> bool:
    return all(check.passed for trial in case.trials for check in trial.checks)


def _json(before: Run, found: Comparison, compared: int, told: tuple[str, ...]) -> Json:
    """The fields of the comparison, with what its properties say and what it was made over."""
    differences = [asdict(each) | {"difference": each.difference} for each in found.differences]
    slowness = asdict(found.slowness) | {"worse": found.slowness.worse} if found.slowness else None
    accepted = [{"when": each.when.isoformat(), "why": each.why} for each in before.accepted]
    return {
        "passes": found.passes,
        "cases": compared,
        **asdict(found),
        "differences": differences,
        "slowness": slowness,
        "caveats": list(told),
        "accepted": accepted,
    }
