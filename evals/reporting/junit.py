"""A run to JUnit XML, for the test reports of Jenkins, GitLab, GitHub and the like.

The elements and attributes are those of Jenkins' junit-10.xsd, the strictest of the schemas in use. A case has at most
one result element, which holds all that failed: of several, Jenkins and Azure show the first, and some readers refuse
them. Its text says everything, since GitLab shows no message beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePath
from statistics import fmean
from typing import Literal
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from evals.observed import Observed
from evals.reporting.made_with import made_with
from evals.reporting.visible import visible
from evals.run_record import CaseRun, Run, Trial

Result = Literal["error", "failure", "skipped"]
NO_FILE = "cases"
"""What a suite is called whose cases stand in no file."""


def junit_xml(run: Run) -> str:
    """The document: a suite for each file of cases, a test for each case. A fatal thing is an error, a failed check a
    failure, and a case of which nothing could be scored is skipped."""
    root = Element("testsuites", name="onrecord eval")
    files = dict.fromkeys(map(_file, run.cases))
    suites = [_suite(root, run, file, [each for each in run.cases if _file(each) == file]) for file in files]
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    root.set("time", _time(sum(map(_seconds, run.cases))))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _suite(root: Element, run: Run, file: str, cases: Sequence[CaseRun]) -> Element:
    results = [_result(each) for each in cases]
    suite = SubElement(
        root,
        "testsuite",
        name=visible(file),
        tests=str(len(cases)),
        failures=str(results.count("failure")),
        errors=str(results.count("error")),
        skipped=str(results.count("skipped")),
        time=_time(sum(map(_seconds, cases))),
        timestamp=run.made.isoformat(timespec="seconds")[:19],
    )
    if any(each.case.place for each in cases):
        suite.set("file", visible(file))
    properties = SubElement(suite, "properties")
    for name, value in made_with(run):
        SubElement(properties, "property", name=visible(name), value=visible(value))
    for each, result in zip(cases, results, strict=True):
        _test(suite, each, result)
    return suite


def _test(suite: Element, case_run: CaseRun, result: Result | None) -> None:
    case = case_run.case
    test = SubElement(
        suite,
        "testcase",
        name=visible(case.id),
        classname=visible(".".join(each.replace(".", "_") for each in (_stem(case_run), *case.tags[:1]))),
        time=_time(_seconds(case_run)),
    )
    if result:
        said = tuple(dict.fromkeys(_faults(case_run, result)))
        element = SubElement(test, result, type=_TYPES[result], message=visible("; ".join(said)))
        element.text = visible("\n".join((*said, *_where(case_run))))
    SubElement(test, "system-out").text = visible("\n".join(_account(case_run)))


_TYPES: dict[Result, str] = {"error": "fatal", "failure": "check", "skipped": "unscored"}


def _result(case_run: CaseRun) -> Result | None:
    trials = case_run.trials
    if any(trial.fatal for trial in trials):
        return "error"
    if any(not check.passed for trial in trials for check in trial.checks):
        return "failure"
    if not any(trial.checks or trial.scores for trial in trials):
        return "skipped"
    return None


def _faults(case_run: CaseRun, result: Result) -> Iterator[str]:
    """A sentence for each thing that is wrong, with its trial where there are several."""
    for number, trial in enumerate(case_run.trials, 1):
        which = f"trial {number} of {len(case_run.trials)}: " if len(case_run.trials) > 1 else ""
        for sentence in _wrong(trial, result):
            yield f"{which}{sentence}"


def _wrong(trial: Trial, result: Result) -> Iterator[str]:
    yield from trial.fatal
    if result == "skipped":
        yield from (f"{each.name} could not be scored: {each.reason}" for each in trial.unscored)
    for check in trial.checks:
        if not check.passed:
            yield f"{check.name}: {check.reason or 'failed'}"


def _account(case_run: CaseRun) -> Iterator[str]:
    """What was asked and answered, with the mean of each score."""
    yield f"Question: {case_run.case.question}"
    yield from (f"Answer: {answer}" for answer in dict.fromkeys(map(_answer, case_run.trials)))
    scores = [score for trial in case_run.trials for score in trial.scores]
    for name in dict.fromkeys(score.name for score in scores):
        yield f"{name}: {fmean(score.value for score in scores if score.name == name):.3f}"
    for trial in case_run.trials:
        yield from (f"{each.name}: unscored, {each.reason}" for each in trial.unscored)


def _answer(trial: Trial) -> str:
    if not isinstance(trial.outcome, Observed):
        return f"none came: {trial.outcome.message}"
    if trial.outcome.status == "abstained":
        return "the documents do not say"
    return " ".join(sentence.text for sentence in trial.outcome.sentences)


def _where(case_run: CaseRun) -> Iterator[str]:
    if case_run.case.place:
        yield f"at {case_run.case.place}"


def _file(case_run: CaseRun) -> str:
    return case_run.case.place.file if case_run.case.place else NO_FILE


def _stem(case_run: CaseRun) -> str:
    return PurePath(_file(case_run)).stem


def _seconds(case_run: CaseRun) -> float:
    return sum(trial.outcome.seconds for trial in case_run.trials if isinstance(trial.outcome, Observed))


def _time(seconds: float) -> str:
    return f"{seconds:.3f}"
