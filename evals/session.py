"""One whole `onrecord eval run`: files of cases in, a folder with the run's results, its page and its JUnit XML out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from evals.case import Case
from evals.errors import EvalError, InvalidCases
from evals.fingerprints import ANSWERS, fingerprints, in_force
from evals.journal import Journal
from evals.judging.judge import Judge
from evals.judging.opening import open_judge
from evals.reading.files import read_cases
from evals.reading.locate import locate
from evals.run_record import Fingerprints, Run
from evals.running import Plan, Progress, run
from evals.store import read_run, write_run
from index.errors import OnRecordError
from index.library import Library
from rag.ask import Desk
from rag.desk import open_desk
from rag.local.machine import this_machine
from rag.local.server import LocalModel
from rag.settings import Settings

CASES = Path("evals/cases")
BASELINE = Path("evals/baseline.json")
"""Where they are if nothing else is named."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to run. `tags` and `ids` restrict it to the cases that have one of them; `workers` None is as many as suit.
    `scripted` says that the model of the settings is a scripted one."""

    paths: tuple[Path, ...] = ()
    out: Path = Path("onrecord-eval")
    baseline: Path | None = None
    tags: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    repeat: int = 1
    workers: int | None = None
    judge: str | None = None
    fresh: bool = False
    timing: bool = True
    scripted: bool = False

    @property
    def only(self) -> tuple[str, ...]:
        """What the run is restricted to, in words."""
        return (*(f"tag {tag}" for tag in self.tags), *(f"id {id}" for id in self.ids))

    def wants(self, case: Case) -> bool:
        """Whether the case is among those to ask."""
        return not self.only or case.id in self.ids or bool(set(self.tags) & set(case.tags))


def run_cases(
    order: Order,
    settings: Settings,
    told: Progress,
    note: Callable[[str], None] = lambda sentence: None,
    *,
    judging: Settings | None = None,
) -> tuple[Run, Run | None]:
    """The run, stored in `order.out`, and the baseline that it stands beside, None where there is none.

    `note` hears what a person should know before the cases are asked. `judging` are the settings that say where the
    judge is, if others than those that the cases are answered with. Raises InvalidCases and InvalidRun, and what
    opening the library and the models raises; nothing is asked then.
    """
    before = baseline(order)
    try:
        cases = chosen(order)
    except InvalidCases as error:
        raise _with_unmet(error, order, settings, before) from None
    with _opened(order, settings, judging or settings) as (desk, judge):
        located = locate(cases, desk.corpus.library, met_before(before, cases))
        made = fingerprints(settings, desk, cases, judge=judge.fingerprint if judge else None, scripted=order.scripted)
        with _journal(order, made, note) as journal:
            done = run(located, desk, made, _plan(order, settings, desk, judge), journal, told)
            done = replace(done, settings=in_force(settings, desk), only=order.only)
            store(done, before, order.out)
            journal.end()
    return done, before


def chosen(order: Order) -> tuple[Case, ...]:
    """The cases to ask, as their files say; raises EvalError where there are none, or none of an id that is named."""
    paths = order.paths or (CASES,)
    if not order.paths and not CASES.exists():
        raise EvalError(f"there are no cases in {CASES}; name a file of cases, or a folder of them")
    cases = tuple(case for case in read_cases(paths) if order.wants(case))
    missing = tuple(f"id {id}" for id in order.ids if all(case.id != id for case in cases))
    if missing or not cases:
        lacking = missing if cases else order.only
        which = f" with {' or '.join(lacking)}" if lacking else ""
        raise EvalError(f"there are no cases{which} in {', '.join(map(str, paths))}; name others")
    return cases


def baseline(order: Order) -> Run | None:
    """The run that stands as the baseline, of the cases that are wanted; None if none is named and none is there."""
    if order.baseline is None and not BASELINE.exists():
        return None
    stored = read_run(order.baseline or BASELINE)
    return replace(stored, cases=tuple(each for each in stored.cases if order.wants(each.case)))


def met_before(before: Run | None, cases: Sequence[Case]) -> Callable[[str], bool]:
    """Says of a case's id whether the baseline asked the same of it: then what is expected was found in the documents
    once, whether or not the answer had it, and no person wrote it by mistake."""
    expected = {case.id: case.expected for case in cases}
    asked = {each.case.id: each.case.expected for each in before.cases} if before else {}
    return lambda id: id in asked and asked[id] == expected.get(id)


def workers(order: Order, settings: Settings, desk: Desk) -> int:
    """As many as asked for, else one a core, or what a model takes at once; more than that would wait for their turn at
    the model until their time is up."""
    cores = this_machine().cores
    if desk.model is None:
        return order.workers or cores
    here = (each.at_once for each in desk.attached if isinstance(each, LocalModel))
    at_once = next(here, settings.model_at_once)
    return min(order.workers or (cores if order.scripted else at_once), at_once)


def store(done: Run, before: Run | None, out: Path) -> None:
    """Write the run's files; the results last, since they say that the rest is there. A baseline that has none of its
    cases says nothing of them, so that the page holds them against none."""
    from evals.compare import compare
    from evals.pairing import pairs
    from evals.reporting.junit import junit_xml
    from evals.reporting.page import report_page

    before = before if before and pairs(before, done) else None
    comparison = compare(before, done) if before else None
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "report.html").write_text(report_page(done, before, comparison), encoding="utf-8")
        (out / "junit.xml").write_text(junit_xml(done), encoding="utf-8")
        write_run(done, out / "results.json")
    except OSError as error:
        raise EvalError(f"{out} cannot be written ({error.strerror}); name another folder with --out") from error


def _with_unmet(error: InvalidCases, order: Order, settings: Settings, before: Run | None) -> InvalidCases:
    """The mistakes of `error`, and what the cases that could be read expect of no document, where there is a library:
    whoever corrects a file is told everything at once."""
    cases = tuple(case for case in error.cases if order.wants(case))
    try:
        with Library.open(settings.library) as library:
            locate(cases, library, met_before(before, cases))
    except InvalidCases as unmet:
        both = {*error.mistakes, *unmet.mistakes}
        return InvalidCases(tuple(sorted(both, key=lambda each: (each[0].file, each[0].line))))
    except OnRecordError:
        return error
    return error


@contextmanager
def _opened(order: Order, settings: Settings, judging: Settings) -> Iterator[tuple[Desk, Judge | None]]:
    with ExitStack() as closing:
        judge = closing.enter_context(open_judge(judging, order.judge)) if order.judge else None
        yield closing.enter_context(open_desk(settings)), judge


@contextmanager
def _journal(order: Order, made: Fingerprints, note: Callable[[str], None]) -> Iterator[Journal]:
    with Journal(order.out, tuple((name, getattr(made, name)) for name in ANSWERS), fresh=order.fresh) as journal:
        if journal.anew:
            note(f"the answers of an unfinished run in {order.out} are left out, because {journal.anew}")
        elif journal.left:
            answers = "answer" if journal.left == 1 else "answers"
            note(f"going on with the unfinished run in {order.out}: {journal.left} {answers} stand there already")
        yield journal


def _plan(order: Order, settings: Settings, desk: Desk, judge: Judge | None) -> Plan:
    steady = order.scripted or (desk.model is None and settings.judge_model is None)
    return Plan(workers(order, settings, desk), order.repeat, judge, order.timing, steady)
