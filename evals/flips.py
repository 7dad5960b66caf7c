"""Checks that go the other way than before, and whether that is more than noise.

Where answers are repeatable every change is one. Where they vary, a check passes if more than half of its repeats do,
and a change of that is believed only if the repeats bear it out: a one-sided Fisher exact test over the repeats of the
case, p below .05. That takes at least four repeats a side (4 of 4, then 0 of 4: p = .014).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from evals.comparison import Flip
from evals.fisher import chance_of_fewer
from evals.pairing import Pair, named_checks
from evals.run_record import Check

SIGNIFICANT = 0.05
"""The chance below which repeats bear a change out."""


@dataclass(frozen=True, slots=True)
class _Passes:
    """How many of a check's repeats pass, and why the first of the others does not."""

    count: int
    repeats: int
    reason: str

    @classmethod
    def of(cls, checks: list[Check]) -> _Passes:
        reasons = (check.reason for check in checks if not check.passed)
        return cls(sum(check.passed for check in checks), len(checks), next(reasons, ""))

    @property
    def share(self) -> float:
        return self.count / self.repeats

    @property
    def mostly(self) -> bool:
        return 2 * self.count > self.repeats

    @property
    def counts(self) -> tuple[int, int]:
        return self.count, self.repeats


def flips(pairs: Iterable[Pair], *, repeatable: bool) -> tuple[Flip, ...]:
    """What fails now first and of that what counts, then by case and check."""
    found = (flip for pair in pairs for flip in _of(pair, repeatable))
    return tuple(sorted(found, key=lambda flip: (flip.passes, not flip.counts, flip.case, flip.check)))


def _of(pair: Pair, repeatable: bool) -> Iterator[Flip]:
    earlier, later = named_checks(pair.before.trials), named_checks(pair.after.trials)
    for name in sorted(earlier.keys() & later.keys()):
        before, after = _Passes.of(earlier[name]), _Passes.of(later[name])
        counts = before.share != after.share and (repeatable or _borne_out(before, after))
        if counts or before.mostly != after.mostly:
            passes = after.share > before.share
            reason = _reason(before, after, edited=pair.edited)
            yield Flip(pair.id, name, passes, reason, counts)


def _borne_out(before: _Passes, after: _Passes) -> bool:
    """Whether so large a change, in its direction, is unlikely to be chance."""
    fewer, more = sorted((before, after), key=lambda passes: passes.share)
    return chance_of_fewer(more.counts, fewer.counts) < SIGNIFICANT


def _reason(before: _Passes, after: _Passes, *, edited: bool) -> str:
    """Why the check fails, now or before; how often, where it was made more than once; and if the case is another."""
    parts = [(after.reason if after.share < before.share else before.reason).rstrip(".")]
    if max(before.repeats, after.repeats) > 1:
        parts.insert(0, f"passes {after.count} of {after.repeats}, before {before.count} of {before.repeats}")
    if edited:
        parts.append("the case was edited since")
    return "; ".join(filter(None, parts))
