"""How a judge model grades the labelled answers: its agreement with people, and where it gives more or less than they.

`python -m evals.judging.report NAME` asks the model NAME at the server of the settings, or on this machine.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from evals.judging.agreement import Graded, graded, on_completeness, on_correctness, pooled
from evals.judging.kappa import Kappa
from evals.judging.labelled import labelled
from evals.judging.opening import open_judge
from evals.judging.verdict import GRADES
from evals.share import Share
from index.errors import OnRecordError
from rag.settings import load


def report(found: Sequence[Graded]) -> str:
    """Kappa with its 95 % interval for both questions and each; then by kind of answer, with Wilson's intervals, how
    often both grades are a person's, and how often they come to more or to less."""
    read = [each for each in found if each.verdict is not None]
    lines = [
        f"{len(found)} labelled answers, {len(found) - len(read)} without a verdict",
        f"agreement, both questions  {_told(pooled(found))}",
        f"           how correct     {_told(on_correctness(found))}",
        f"           how complete    {_told(on_completeness(found))}",
        f"{'kind':<18}{'the same grades':<34}{'more':<6}{'less':<6}none",
    ]
    for kind in dict.fromkeys(each.case.kind for each in found):
        lines.append(_line(kind, [each for each in found if each.case.kind == kind]))
    return "\n".join((*lines, _line("all", found)))


def _told(kappa: Kappa) -> str:
    return f"kappa {kappa.value:.3f} [{kappa.low:.3f}, {kappa.high:.3f}]"


def _line(kind: str, found: Sequence[Graded]) -> str:
    differences = [_difference(each) for each in found if each.verdict is not None]
    more, less = (_count(each > 0 for each in differences), _count(each < 0 for each in differences))
    same = Share.of(_is_same(each) for each in found if each.verdict is not None)
    return f"{kind:<18}{same!s:<34}{more:<6}{less:<6}{len(found) - len(differences)}"


def _count(values: Iterable[bool]) -> int:
    return sum(values)


def _is_same(each: Graded) -> bool:
    said = each.verdict
    return said is not None and (said.correctness, said.completeness) == (each.case.correct, each.case.complete)


def _difference(each: Graded) -> float:
    """How much more than a person the judge gave, both grades together; 0 without a verdict."""
    if each.verdict is None:
        return 0.0
    return each.verdict.correct + each.verdict.complete - GRADES[each.case.correct] - GRADES[each.case.complete]


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m evals.judging.report", description=__doc__)
    parser.add_argument("judge", help="name of a model at model_url, or local: and a name or a GGUF file")
    parser.add_argument("--model-url", help="base URL of an OpenAI-compatible server")
    parser.add_argument("--labelled", type=Path, help="file of labelled answers; by default those that come with it")
    given = parser.parse_args(arguments)
    try:
        with open_judge(load(model_url=given.model_url), given.judge) as judge:
            found = graded(judge, labelled(given.labelled))
            sys.stdout.write(f"{judge.fingerprint}\n{report(found)}\n")
    except OnRecordError as error:
        parser.exit(2, f"{error}\n")
    for reason in dict.fromkeys(each.unreadable for each in found if each.unreadable):
        sys.stdout.write(f"no verdict: {reason}\n")


if __name__ == "__main__":
    main()
