"""What figures say about the weakest point: the group of cases that comes off worst, in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

from evals.benchmarks.table import Figure

LEAST = 8
"""A group of fewer cases says too little to be called the weakest."""


@dataclass(frozen=True, slots=True)
class Group:
    """Cases that have something in common, `name` of which reads after "where", and one figure of them."""

    name: str
    figure: Figure


def weakest(what: str, groups: Sequence[Group], whole: Figure, unit: str, *, lower_is_better: bool = False) -> str:
    """A sentence on the group whose figure of `what` is worst, against that of all; on how little is known if no
    group is worse than any other."""
    counted = [group for group in groups if group.figure.cases >= LEAST and not isnan(group.figure.value)]
    values = {round(group.figure.value, 6) for group in counted}
    if len(counted) < 2 and not isnan(whole.value):
        few = f"No two groups of these {whole.cases} {unit} are large enough to compare"
        return f"{few}: {what} is {_said(whole)} over all."
    if len(values) < 2:
        return _even(what, whole, unit, lower_is_better=lower_is_better)
    worst = (max if lower_is_better else min)(counted, key=lambda group: group.figure.value)
    found = worst.figure
    apart = found.low > whole.high if lower_is_better else found.high < whole.low
    doubt = "" if apart else ", though the intervals overlap"
    return (
        f"We are weakest where {worst.name}: {what} is {_said(found)} over {found.cases} {unit}, "
        f"against {_said(whole)} over all {whole.cases}{doubt}."
    )


def _even(what: str, whole: Figure, unit: str, *, lower_is_better: bool) -> str:
    if isnan(whole.value):
        return f"There are no {unit} to tell a weakest point by."
    bound = f"as high as {whole.high:.3f}" if lower_is_better else f"as low as {whole.low:.3f}"
    return (
        f"No group of {unit} is worse than another: {what} is {whole.value:.3f} over {whole.cases}; "
        f"so few cannot rule out that it is {bound}."
    )


def _said(figure: Figure) -> str:
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"
