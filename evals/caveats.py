"""What to bear in mind with a comparison: what it left out, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from evals.compare import named, same_judge
from evals.pairing import answered, pairs
from evals.run_record import Run, Unscored


def caveats(before: Run, after: Run, *, partial: bool = False) -> tuple[str, ...]:
    """A sentence for each, of which none fails a gate; `partial` as it was compared."""
    return tuple(_all(before, after, partial))


def _all(before: Run, after: Run, partial: bool) -> Iterator[str]:
    both = pairs(before, after)
    missing = len(answered(before)) - len(both)
    if missing and (partial or after.only):
        told = f" ({', '.join(after.only)})" if after.only else ""
        yield f"Only some cases were asked{told}; {missing} of the baseline were not looked at."
    edited = [pair.id for pair in both if pair.edited]
    if edited:
        yield f"Edited since the baseline: {named(edited)}; what they are held to now is not what they were held to."
    if not (before.repeatable and after.repeatable):
        yield (
            "Answers vary from run to run here: intervals hold for all measures together, and a check that fails "
            "counts only if enough repeats bear it out."
        )
    if not same_judge(before, after) and before.fingerprints.judge and after.fingerprints.judge:
        yield "Another judge, or another rubric: its scores are not compared with those of the baseline."
    yield from _unscored(before, after)
    if before.timed and not after.timed:
        yield "The run was not timed: speed is not compared."


def _unscored(before: Run, after: Run) -> Iterator[str]:
    """What could be scored less often than before; with no score left, nothing would fall."""
    earlier, later = (Counter(each.name for each in _lost(run)) for run in (before, after))
    for name in sorted(later):
        if later[name] > earlier[name]:
            reason = next(each.reason for each in _lost(after) if each.name == name)
            told = f": {reason}" if reason else ""
            yield f"{name} could not be had for {later[name]} answers, before for {earlier[name]}{told}"


def _lost(run: Run) -> Iterable[Unscored]:
    return (each for case in run.cases for trial in case.trials for each in trial.unscored)
