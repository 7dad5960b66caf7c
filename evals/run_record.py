"""What a run of the cases leaves behind, as it is stored, compared and shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from evals.case import Case
from evals.observed import Failed, Observed

FORMAT = 1
"""Of the stored files; a reader refuses another."""


@dataclass(frozen=True, slots=True)
class Check:
    """Something that is so or not. `reason` says in a sentence what was missing, or ''."""

    name: str
    passed: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """A figure, 0 to 1, the more the better."""

    name: str
    value: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Unscored:
    """Something that should have been scored and could not be, and why. It is neither wrong nor zero."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Trial:
    """One answer to a case, scored. What does not apply to the case stands nowhere.

    `fatal` are sentences on what no gate lets through, whatever the rest is: a leak, a quote that is not exact, an
    answer that did not come, a failed check of a case that must pass.
    """

    outcome: Observed | Failed
    checks: tuple[Check, ...] = ()
    scores: tuple[Score, ...] = ()
    unscored: tuple[Unscored, ...] = ()
    fatal: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseRun:
    """A case with its trials, one for each repeat."""

    case: Case
    trials: tuple[Trial, ...]


@dataclass(frozen=True, slots=True)
class Timed:
    """How long the answer to a case takes when nothing else is asked: `seconds`, the best of several, and `yardstick`,
    the seconds of a fixed piece of work done beside it. Their ratio compares between runs."""

    case: str
    seconds: float
    yardstick: float

    @property
    def ratio(self) -> float:
        return self.seconds / self.yardstick


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """What the run was made with: where two runs differ in one of these, that may be why their answers do.

    `documents` is over every document's uri, version and readers, `settings` over what bears on answers, without
    secrets, `code` over the sources of rag and index, `cases` over the cases and the versions of what scores them;
    `machine` is processor, cores and Python.
    """

    documents: str
    generation: int
    settings: str
    embedder: str
    evidence_model: str
    model: str | None
    prompts: str | None
    verifier: str | None
    judge: str | None
    code: str
    version: str
    cases: str
    machine: str


@dataclass(frozen=True, slots=True)
class JudgeRecord:
    """The judge model of a run: its fingerprint, its rubric's version, and how often it agrees with people on labelled
    cases: Cohen's kappa with its 95 % interval, over `labelled` cases, of which it gave `unreadable` no verdict."""

    fingerprint: str
    rubric: str
    kappa: float
    low: float
    high: float
    labelled: int
    unreadable: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """Why a run was made the baseline, and when."""

    when: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Run:
    """A whole run. `repeatable`: the same question gets the same answer each time, because no model writes or judges,
    or only a scripted one; so what differs between two such runs is no noise. `settings` are names and values: what the
    fingerprint of this name was made of, so that a person sees what differs. `only` is what the run was restricted to,
    such as `tag dates`; empty where every case of its files was asked, so that one that is not there is missed."""

    made: datetime
    fingerprints: Fingerprints
    repeatable: bool
    cases: tuple[CaseRun, ...]
    timed: tuple[Timed, ...] = ()
    judge: JudgeRecord | None = None
    accepted: tuple[Accepted, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    format: int = FORMAT
    only: tuple[str, ...] = ()
