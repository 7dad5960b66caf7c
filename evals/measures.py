"""The measures of two runs, each with the interval of its difference: every score's mean, and every check's rate.

A measure is taken over the cases that have it in both runs: what is unscored or does not apply is left out with its
pair, never taken for zero.

Where answers are repeatable, a 95 % interval says how far the difference holds for questions like these. Where they
vary, a run with nothing changed would now and then show a measure as fallen, the more often the more measures there
are; so there the intervals of all measures that moved hold together with 95 % (Bonferroni), and one over fewer than six
cases decides nothing: that is where a sign test over as many cases can first reach 5 % (2 / 2**6).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from evals.bootstrap import CONFIDENCE, Array, differences, interval, mean
from evals.comparison import Difference
from evals.pairing import Pair, named_checks, named_scores
from evals.run_record import CaseRun

ORDER = (
    "no_leak", "exact", "answered", "quoted", "quote_recall", "quote_precision", "said", "fact_recall", "not_said",
    "cited", "source_recall", "differs", "prose_kept", "judged_correct", "judged_complete",
)  # fmt: skip
"""In which measures are shown, as a run tells them; others follow, by name."""
JUDGED = "judged_"
"""How the names of a judge model's scores begin."""
FEWEST, FEWEST_VARYING = 2, 6
"""Pairs without which a measure decides nothing."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure's values in both runs: for each case that has it, those of its repeats."""

    name: str
    before: list[list[float]] = field(default_factory=list)
    after: list[list[float]] = field(default_factory=list)

    @property
    def differences(self) -> Array:
        """One for each case."""
        return differences(self.before, self.after)


def measures(pairs: Iterable[Pair], *, judged: bool = True) -> tuple[Measure, ...]:
    """All measures of the pairs, in the order to show them; those of a judge only if it is `judged` alike."""
    found: dict[str, Measure] = {}
    for pair in pairs:
        before, after = _values(pair.before), _values(pair.after)
        for name in before.keys() & after.keys():
            measure = found.setdefault(name, Measure(name))
            measure.before.append(before[name])
            measure.after.append(after[name])
    kept = (each for each in found.values() if judged or not each.name.startswith(JUDGED))
    return tuple(sorted(kept, key=lambda each: (_place(each.name), each.name)))


def compared(measures: Sequence[Measure], *, repeatable: bool, seed: int) -> tuple[Difference, ...]:
    """How each measure with an interval differs; one that fewer than two cases have is left out."""
    kept = [(each, each.differences) for each in measures if len(each.before) >= FEWEST]
    moved = sum(bool(found.any()) for _, found in kept)
    confidence = CONFIDENCE if repeatable else 1 - (1 - CONFIDENCE) / max(1, moved)
    fewest = FEWEST if repeatable else FEWEST_VARYING
    return tuple(_difference(each, found, fewest, confidence, seed) for each, found in kept)


def _difference(measure: Measure, found: Array, fewest: int, confidence: float, seed: int) -> Difference:
    between = interval(found, seed=seed, confidence=confidence)
    decides = len(found) >= fewest
    return Difference(
        name=measure.name,
        before=mean([mean(values) for values in measure.before]),
        after=mean([mean(values) for values in measure.after]),
        low=between.low,
        high=between.high,
        cases=len(found),
        worse=decides and between.high < 0,
        better=decides and between.low > 0,
    )


def _values(run: CaseRun) -> dict[str, list[float]]:
    checks = {name: [float(each.passed) for each in made] for name, made in named_checks(run.trials).items()}
    scores = {name: [each.value for each in made] for name, made in named_scores(run.trials).items()}
    return checks | scores


def _place(name: str) -> int:
    return ORDER.index(name) if name in ORDER else len(ORDER)
