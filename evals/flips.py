"""Checks that go the other way than before, and whether that is more than noise.

Where answers are repeatable every change is one. Where they vary, a check passes if more than half of its repeats do,
and a change of that is believed only if the repeats bear it out: by one-sided Fisher exact tests over the repeats of
each case, at a level that all checks of all cases share. With nothing changed, 3 % of 1,000 simulated pairs of runs or
fewer had a check that counted as fallen, for 40 or 200 cases of which 10 to 100 % wavered, asked 4 to 10 times; at
p < .05 for each test alone it was up to 97 %. A check that passed 5 of 5 times and then never was found in 91 % or
more, but for 200 cases that all waver; 4 repeats are enough for few such cases, and 3 never are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from evals.comparison import Flip
from evals.fisher import Counts, chance_of_fewer, least_chance, level
from evals.pairing import Pair, named_checks
from evals.run_record import Check, Trial

SIGNIFICANT = 0.05
"""The chance, over all checks of all cases, below which repeats bear a change out."""


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
    def counts(self) -> Counts:
        return self.count, self.repeats


@dataclass(frozen=True, slots=True)
class _Held:
    """A check of a case in both runs."""

    pair: Pair
    name: str
    before: _Passes
    after: _Passes

    @property
    def fell(self) -> bool:
        return self.after.share < self.before.share

    @property
    def chance(self) -> float:
        """Of so large a change in its direction."""
        fewer, more = (self.after, self.before) if self.fell else (self.before, self.after)
        return chance_of_fewer(more.counts, fewer.counts)

    def flip(self, *, counts: bool) -> Flip:
        """How it went the other way."""
        return Flip(self.pair.id, self.name, not self.fell, self._reason(), counts)

    def _reason(self) -> str:
        """How often it passes, where it was made more than once; why it fails, or failed; if the case is another."""
        before, after = self.before, self.after
        failed = after.reason if self.fell else before.reason and f"failed before: {before.reason}"
        often = f"passes {after.count} of {after.repeats}, before {before.count} of {before.repeats}"
        parts = (
            often if max(before.repeats, after.repeats) > 1 else "",
            failed.rstrip("."),
            "the case was edited since" if self.pair.edited else "",
        )
        return "; ".join(filter(None, parts))


def flips(pairs: Iterable[Pair], *, repeatable: bool) -> tuple[Flip, ...]:
    """What fails now first and of that what counts, then by case and check."""
    held = tuple(each for pair in pairs for each in _held(pair))
    falling = level([least_chance(each.before.counts, each.after.counts) for each in held], SIGNIFICANT)
    rising = level([least_chance(each.after.counts, each.before.counts) for each in held], SIGNIFICANT)

    def counts(each: _Held) -> bool:
        return repeatable or each.chance < (falling if each.fell else rising)

    changed = (each for each in held if each.before.share != each.after.share)
    found = (
        each.flip(counts=counts(each)) for each in changed if counts(each) or each.before.mostly != each.after.mostly
    )
    return tuple(sorted(found, key=lambda flip: (flip.passes, not flip.counts, flip.case, flip.check)))


def _held(pair: Pair) -> Iterator[_Held]:
    before, after = named_checks(pair.before.trials), named_checks(pair.after.trials)
    after = _unmade(pair.after.trials) | after
    for name in sorted(before.keys() & after.keys()):
        yield _Held(pair, name, _Passes.of(before[name]), _Passes.of(after[name]))


def _unmade(trials: Iterable[Trial]) -> dict[str, list[Check]]:
    """What no repeat could be checked for, since its scorer broke off, as failed: else that would pass the gate."""
    unscored = [each for trial in trials for each in trial.unscored]
    made = {each.name: Check(each.name, False, f"could not be checked: {each.reason}") for each in reversed(unscored)}
    return {name: [check] * sum(each.name == name for each in unscored) for name, check in made.items()}
