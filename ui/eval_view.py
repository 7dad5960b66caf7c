"""A run of the cases in a terminal: how far it is while it goes on, then its figures and what failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ui.brief import counted
from ui.terminal import printable
from ui.wire import Json

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.progress import Progress as Bars
    from rich.table import Table
    from rich.text import Text

    from evals.run_record import JudgeRecord, Run
    from evals.running import Progress
    from evals.totals import Failure, Totals

FILES = ("report.html", "results.json", "junit.xml")
SHOWN = 20
"""Failed cases that are listed; what is fatal always is."""
_LABEL = 16
"""Columns for the name of a check or score."""
_UNSCORED = ("unscored",)


@contextmanager
def watched(to: Console) -> Iterator[Progress]:
    """Whom to tell how far the run is: a bar on `to` while the block lasts if that is a terminal, else nobody."""
    from evals.running import Silence

    if not to.is_terminal:
        yield Silence()
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=to, transient=True) as bars:
        yield _Bar(bars)


class _Bar:
    """One bar for what is going on now."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._going_on = "Opening the library"
        self._task = bars.add_task(self._going_on, total=None)

    def asked(self, done: int, total: int) -> None:
        self._show("Asking", done, total)

    def judging(self) -> None:
        self._bars.reset(self._task, description="Comparing the judge with people", total=None)

    def timed(self, done: int, total: int) -> None:
        self._show("Timing one by one", done, total)

    def _show(self, what: str, done: int, total: int) -> None:
        if what != self._going_on:  # its pace says nothing of this one's
            self._going_on = what
            self._bars.reset(self._task, total=total)
        self._bars.update(self._task, description=f"{what}: {done} of {total}", completed=done)


def show(run: Run, found: Totals, out: Path, to: Console) -> None:
    """The figures of the run, then what failed, the fatal first, and where the files are."""
    to.print(_styled(_headline(run, found), "bold"))
    to.print()
    for table in (_checks(found), _scores(found)):
        if table.row_count:
            to.print(table)
            to.print()
    for line in _lines(run, found):
        to.print(printable(line))
    to.print()
    shown = [each for rank, each in enumerate(found.failures) if each.fatal or rank < SHOWN]
    for failure in shown:
        _show_failure(failure, to)
    if more := len(found.failures) - len(shown):
        to.print(f"{counted(more, 'more case')} failed; the report has them all.")
        to.print()
    to.print(f"In {printable(str(out))}: {', '.join(FILES)}", soft_wrap=True)


def totals_json(run: Run, found: Totals, out: Path) -> Json:
    """The same for a program."""
    seconds = None
    if found.latency:
        seconds = {"median": round(found.latency.median, 4), "p95": round(found.latency.p95, 4)}
    return {
        "cases": found.cases,
        "answers": found.answers,
        "passed": not found.failures,
        "only": list(run.only),
        "repeatable": run.repeatable,
        "checks": {each.name: {"passed": each.passed, "of": each.of} for each in found.checks},
        "scores": {
            each.name: {"mean": each.mean, "low": each.low, "high": each.high, "cases": each.cases}
            for each in found.scores
        },
        "unscored": dict(found.unscored),
        "seconds": seconds,
        "judge": _judge_json(run.judge),
        "failures": [_failure_json(each) for each in found.failures],
        "files": {Path(name).stem: str(out / name) for name in FILES},
    }


def _judge_json(judge: JudgeRecord | None) -> Json | None:
    if judge is None:
        return None
    return {
        "fingerprint": judge.fingerprint,
        "rubric": judge.rubric,
        "kappa": judge.kappa,
        "low": judge.low,
        "high": judge.high,
        "labelled": judge.labelled,
        "unreadable": judge.unreadable,
    }


def _failure_json(failure: Failure) -> Json:
    return {
        "case": failure.case,
        "fatal": list(failure.fatal),
        "checks": {each.name: each.reason for each in failure.checks},
        "times": failure.times,
        "of": failure.of,
    }


def _headline(run: Run, found: Totals) -> str:
    restricted = f", of {' and '.join(run.only)} only" if run.only else ""
    asked = max((len(each.trials) for each in run.cases), default=1)
    repeated = f", each {asked} times" if asked > 1 else ""
    if not found.failures:
        return printable(f"{counted(found.cases, 'case')}{restricted}{repeated}: every check passed.")
    fatal = sum(bool(each.fatal) for each in found.failures)
    grave = f", {fatal} of them fatally" if fatal else ""
    return printable(f"{counted(found.cases, 'case')}{restricted}{repeated}: {len(found.failures)} failed{grave}.")


def _checks(found: Totals) -> Table:
    table = _table("check", "passed", "of", *_UNSCORED[: bool(found.unscored)])
    for each in found.checks:
        style = "none" if each.passed == each.of else "red"
        table.add_row(each.name, _styled(str(each.passed), style), str(each.of), *_unscored(each.name, found))
    scores = {each.name for each in found.scores}
    for name, count in found.unscored:
        if name not in scores and name not in {each.name for each in found.checks}:
            table.add_row(name, "–", "0", str(count))
    return table


def _scores(found: Totals) -> Table:
    table = _table("score", "mean", "95 % interval", "cases", *_UNSCORED[: bool(found.unscored)])
    for each in found.scores:
        between = f"{each.low:.3f} to {each.high:.3f}"
        table.add_row(each.name, f"{each.mean:.3f}", between, str(each.cases), *_unscored(each.name, found))
    return table


def _unscored(name: str, found: Totals) -> tuple[str, ...]:
    """The cell of the last column, which is there only if anything is unscored."""
    return (str(dict(found.unscored).get(name, "")),) if found.unscored else ()


def _table(first: str, *others: str) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(first, min_width=_LABEL)
    for name in others:
        table.add_column(name, justify="right")
    return table


def _lines(run: Run, found: Totals) -> Iterator[str]:
    """What there is to say beside the tables."""
    if judge := run.judge:
        agreed = f"kappa {judge.kappa:.2f}, 95 % interval {judge.low:.2f} to {judge.high:.2f}"
        unreadable = f"; {judge.unreadable} had no readable verdict" if judge.unreadable else ""
        yield f"The judge agrees with people on {judge.labelled} labelled answers: {agreed}{unreadable}."
    if found.latency:
        yield f"Half of the answers took {_time(found.latency.median)} or less, 95 % {_time(found.latency.p95)}."
    if run.timed:
        yield f"{counted(len(run.timed), 'answer')} in quotes timed one by one, to compare the speed of two runs."


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _show_failure(failure: Failure, to: Console) -> None:
    often = f"  in {failure.times} of {failure.of} answers" if failure.of > 1 else ""
    to.print(_styled(f"{printable(failure.case)}{often}", "bold red" if failure.fatal else "bold"))
    for sentence in failure.fatal:
        to.print(_indented(_styled(f"fatal: {printable(sentence)}", "red")))
    for name, reason in _reasons(failure):
        to.print(_indented(_styled(f"{name}: {printable(reason)}" if reason else name)))
    to.print()


def _reasons(failure: Failure) -> Sequence[tuple[str, str]]:
    """The failed checks that no fatal sentence has told already."""
    told = tuple(f"{each.name}: {each.reason}" for each in failure.checks)
    return [(each.name, each.reason) for each, line in zip(failure.checks, told, strict=True)
            if line not in failure.fatal]  # fmt: skip


def _styled(text: str, style: str = "none") -> Text:
    from rich.text import Text

    return Text(text, style)


def _indented(content: RenderableType) -> RenderableType:
    from rich.padding import Padding

    return Padding(content, (0, 0, 0, 2), expand=False)
