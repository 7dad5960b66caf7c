"""A case of a run, and of the run before, to everything that is shown when it is opened."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count
from statistics import median

from evals.case import Case
from evals.comparison import Comparison
from evals.observed import Failed, Observed, Shown
from evals.reporting.marking import Lit, marked
from evals.reporting.standing import Standing, gravest, standing
from evals.reporting.words import Piece, differing
from evals.run_record import CaseRun, Check, Run, Score, Trial

ABSTAINED = "The documents do not say."
LEAST_KEPT = 0.1
"""Of the characters of both answers together; with less, the two are different answers."""
_NO_ANCHOR = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class ShownQuote:
    """A quote with the expected words lit; `new` if the answer before did not show it."""

    shown: Shown
    pieces: tuple[Lit, ...]
    new: bool = False


@dataclass(frozen=True, slots=True)
class TrialTold:
    """One answer: `number` counts from 1, `text` is what a reader is told, a sentence a line."""

    number: int
    trial: Trial
    text: str
    answer: Observed | None
    quotes: tuple[ShownQuote, ...] = ()
    related: tuple[ShownQuote, ...] = ()

    @property
    def fatal(self) -> tuple[str, ...]:
        """The fatal sentences that say more than a failed check of a case that must pass."""
        failed = {f"{check.name}: {check.reason}" for check in self.trial.checks}
        return tuple(sentence for sentence in self.trial.fatal if sentence not in failed)

    def is_fatal(self, check: Check) -> bool:
        """Whether this failed check is fatal."""
        return f"{check.name}: {check.reason}" in self.trial.fatal

    def said(self, score: Score) -> str:
        """The reason of a score, unless a failed check has given it."""
        return "" if score.reason in {check.reason for check in self.trial.checks} else score.reason


@dataclass(frozen=True, slots=True)
class Before:
    """The answer of the baseline: what differs, and the quotes that are no longer shown."""

    text: str
    pieces: tuple[Piece, ...]
    gone: tuple[Shown, ...]
    trial: Trial

    @property
    def same(self) -> bool:
        return all(piece.kind == "kept" for piece in self.pieces)

    @property
    def apart(self) -> bool:
        """Whether so little was kept that marking each word says nothing."""
        kept = sum(len(piece.text) for piece in self.pieces if piece.kind == "kept")
        return kept < LEAST_KEPT * sum(len(piece.text) for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Told:
    """A case as it is shown. `anchor` names it in an address, `first` is the trial in which most went wrong, and
    `others` are the rest; `passed` of `checks` over all trials; `seconds` is the median, None where no answer came."""

    anchor: str
    case: Case
    standing: Standing
    first: TrialTold
    others: tuple[TrialTold, ...]
    before: Before | None
    passed: int
    checks: int
    seconds: float | None

    @property
    def blind(self) -> bool:
        """Whether something of it could not be scored."""
        return any(each.trial.unscored for each in (self.first, *self.others))

    @property
    def trials(self) -> int:
        return 1 + len(self.others)


def told(run: Run, before: Run | None, comparison: Comparison | None) -> tuple[Told, ...]:
    """Every case that was answered, the gravest first and else in the order of the run."""
    earlier = {each.case.id: each for each in before.cases if each.trials} if before else {}
    answered = [each for each in run.cases if each.trials]
    names = zip(answered, _anchors([each.case.id for each in answered]), strict=True)
    cases = (_told(each, anchor, earlier.get(each.case.id), comparison) for each, anchor in names)
    return tuple(sorted(cases, key=lambda each: each.standing.rank))


def _told(case_run: CaseRun, anchor: str, earlier: CaseRun | None, comparison: Comparison | None) -> Told:
    worst = gravest(case_run.trials)
    then = _earlier_trial(earlier, case_run.trials[worst]) if earlier else None
    trials = [_trial(case_run.case, number, trial, then) for number, trial in enumerate(case_run.trials, 1)]
    first = trials.pop(worst)
    checks = [check for trial in case_run.trials for check in trial.checks]
    seconds = [trial.outcome.seconds for trial in case_run.trials if isinstance(trial.outcome, Observed)]
    return Told(
        anchor=anchor,
        case=case_run.case,
        standing=standing(case_run, comparison),
        first=first,
        others=tuple(trials),
        before=_before(then, first) if then else None,
        passed=sum(check.passed for check in checks),
        checks=len(checks),
        seconds=median(seconds) if seconds else None,
    )


def _trial(case: Case, number: int, trial: Trial, then: Trial | None) -> TrialTold:
    text = answer_text(trial.outcome)
    if isinstance(trial.outcome, Failed):
        return TrialTold(number, trial, text, None)
    seen = _spans(then) if then else None
    quotes = tuple(_quote(each, case, seen) for each in trial.outcome.evidence)
    return TrialTold(number, trial, text, trial.outcome, quotes, tuple(_quotes(trial.outcome.related, case)))


def _quotes(passages: Sequence[Shown], case: Case) -> Iterator[ShownQuote]:
    return (_quote(each, case, None) for each in passages)


def _quote(shown: Shown, case: Case, seen: set[tuple[str, str]] | None) -> ShownQuote:
    return ShownQuote(shown, marked(shown, case), seen is not None and (shown.uri, shown.quote) not in seen)


def _spans(trial: Trial) -> set[tuple[str, str]]:
    evidence = trial.outcome.evidence if isinstance(trial.outcome, Observed) else ()
    return {(each.uri, each.quote) for each in evidence}


def _before(then: Trial, now: TrialTold) -> Before:
    text = answer_text(then.outcome)
    kept = _spans(now.trial)
    evidence = then.outcome.evidence if isinstance(then.outcome, Observed) else ()
    gone = tuple(each for each in evidence if (each.uri, each.quote) not in kept)
    return Before(text, differing(text, now.text), gone, then)


def _earlier_trial(earlier: CaseRun, now: Trial) -> Trial:
    """Of the trials before, the first that reads the same, else the first."""
    text = answer_text(now.outcome)
    return next((each for each in earlier.trials if answer_text(each.outcome) == text), earlier.trials[0])


def answer_text(outcome: Observed | Failed) -> str:
    """What a reader was told, a sentence a line, each with the numbers that it cites."""
    if isinstance(outcome, Failed):
        return f"No answer came: {outcome.message}"
    if outcome.status == "abstained":
        return ABSTAINED
    return "\n".join(f"{each.text}{_cites(each.citations)}" for each in outcome.sentences)


def _cites(numbers: Sequence[int]) -> str:
    return f" [{', '.join(map(str, numbers))}]" if numbers else ""


def _anchors(names: Sequence[str]) -> Iterator[str]:
    """A name for each that an address can hold, all different, and the same in every report while the ids stay."""
    taken: set[str] = set()
    for name in names:
        plain = f"case-{_NO_ANCHOR.sub('-', name).strip('-') or 'unnamed'}"
        anchors = chain((plain,), (f"{plain}--{number}" for number in count(2)))
        anchor = next(each for each in anchors if each not in taken)
        taken.add(anchor)
        yield anchor
