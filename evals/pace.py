"""How much longer answers take than before, measured against a fixed piece of work on the same machine."""

from __future__ import annotations

from math import exp, log

import numpy as np

from evals.bootstrap import interval
from evals.comparison import Slowness
from evals.run_record import Run

SAME_MACHINE, OTHER_MACHINE = 1.5, 3.0
"""How many times as long answers may take; the yardstick evens machines out only roughly."""
FEWEST = 2
"""Cases without which there is no interval."""


def slowness(before: Run, after: Run, *, seed: int) -> Slowness | None:
    """The geometric mean over the cases timed in both runs, which is the same whichever run is slower.

    None where fewer than two cases were timed in both.
    """
    earlier, later = _ratios(before), _ratios(after)
    logs = np.array([log(later[case] / earlier[case]) for case in sorted(earlier.keys() & later.keys())])
    if len(logs) < FEWEST:
        return None
    between = interval(logs, seed=seed)
    same = before.fingerprints.machine == after.fingerprints.machine
    return Slowness(
        times=exp(between.mean),
        low=exp(between.low),
        high=exp(between.high),
        tolerance=SAME_MACHINE if same else OTHER_MACHINE,
        cases=len(logs),
    )


def _ratios(run: Run) -> dict[str, float]:
    """By case; what took no measurable time tells nothing."""
    return {timed.case: timed.ratio for timed in run.timed if timed.seconds > 0 and timed.yardstick > 0}
