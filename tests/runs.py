"""Runs for the tests of comparisons: some by hand, any by hypothesis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from hypothesis import strategies as st

from evals.case import Case, Expected, Place, Quoted
from evals.observed import Differing, Failed, LeftOut, Observed, Said, Shown
from evals.run_record import (
    Accepted,
    CaseRun,
    Check,
    Fingerprints,
    JudgeRecord,
    Run,
    Score,
    Timed,
    Trial,
    Unscored,
)

MADE: Final = datetime(2026, 11, 2, 9, 30, 5, 250_000, tzinfo=UTC)
FINGERPRINTS: Final = Fingerprints(
    documents="d0c5", generation=3, settings="5e77", embedder="minilm", evidence_model="fitted", model=None,
    prompts=None, verifier=None, judge=None, code="c0de", version="0.1.0", cases="ca5e", machine="a desk, 2 cores",
)  # fmt: skip
QUOTE: Final = "The talks lasted almost five hours."


def shown(quote: str = QUOTE, number: int = 1, relevance: float = 0.871234) -> Shown:
    return Shown(
        number=number, document_id="d" * 8, uri="briefing/talks.md", title="The talks", publisher="The Post",
        published=None, speaker=None, start=10, end=10 + len(quote), quote=quote, relevance=relevance, exact=True,
        readers=("public",),
    )  # fmt: skip


def answer(*quotes: str, seconds: float = 0.2) -> Observed:
    """Quotes as sentences; without any, that the documents do not say."""
    return Observed(
        question="How long were the talks?", status="answered" if quotes else "abstained", form="open",
        sentences=tuple(Said(quote, "quoted", (number,)) for number, quote in enumerate(quotes, 1)),
        evidence=tuple(shown(quote, number) for number, quote in enumerate(quotes, 1)),
        related=(shown("Nobody counted.", 0),), differing=(), left_out=(), notice=None, answerable=0.912345,
        threshold=0.5, seconds=seconds, first_seconds=seconds / 2, written=False,
    )  # fmt: skip


def tried(
    *, failed: Iterable[str] = (), score: float | None = None, quote: str = QUOTE, fatal: Iterable[str] = ()
) -> Trial:
    """An answer with the checks `quoted` and `said`, of which some failed, and maybe a score `fact_recall`."""
    checks = tuple(
        Check(name, name not in failed, "not said: 'five hours'" if name in failed else "")
        for name in ("quoted", "said")
    )
    scores = () if score is None else (Score("fact_recall", score),)
    return Trial(answer(quote), checks, scores, (), tuple(fatal))


def asked(name: str, *trials: Trial, **changes: object) -> CaseRun:
    """A case with these trials, or one that passes."""
    case = Case(name, "How long were the talks?", Expected(True, (Quoted("five hours", place=Place("a.yaml", 4)),)))
    case = replace(case, place=Place("a.yaml", 2), **changes)  # type: ignore[arg-type]
    return CaseRun(case, trials or (tried(),))


def run_of(*cases: CaseRun, **changes: object) -> Run:
    return replace(Run(MADE, FINGERPRINTS, True, cases), **changes)  # type: ignore[arg-type]


def timed(seconds: float, cases: Iterable[str], yardstick: float = 0.01) -> tuple[Timed, ...]:
    """The same time for each of the cases."""
    return tuple(Timed(case, seconds, yardstick) for case in cases)


WORDS: Final = st.sampled_from(("", "five hours", "no | 'talks'", "<b>\x1b[31m", "пять"))
NAMES: Final = st.sampled_from(("said", "quoted", "fact_recall", "judged_correct", "other"))
SHARES: Final = st.one_of(st.sampled_from((0.0, 0.1, 1 / 3, 1.0)), st.floats(0, 1))
OUTCOMES: Final = st.one_of(
    st.builds(Failed, WORDS),
    st.builds(
        replace, st.sampled_from((answer(), answer(QUOTE), answer("No.", QUOTE))),
        answerable=SHARES, left_out=st.tuples(st.builds(LeftOut, WORDS, WORDS)),
        differing=st.sampled_from(((), (Differing("superseded", (1, 2), ("four", "five")),))),
    ),
)  # fmt: skip
TRIALS: Final = st.builds(
    Trial, OUTCOMES,
    checks=st.lists(st.builds(Check, NAMES, st.booleans(), WORDS), max_size=3).map(tuple),
    scores=st.lists(st.builds(Score, NAMES, SHARES, WORDS), max_size=3).map(tuple),
    unscored=st.lists(st.builds(Unscored, NAMES, WORDS), max_size=1).map(tuple),
    fatal=st.lists(WORDS.filter(bool), max_size=1).map(tuple),
)  # fmt: skip
SECONDS: Final = st.sampled_from((0.0, 0.1)) | st.floats(1e-6, 1e4)
IDS: Final = ("a", "b", "c", "d", "long-" * 12, "<i>|\x07")


def _case_run(name: str, trials: list[Trial], question: str, must: bool) -> CaseRun:
    return CaseRun(Case(name, question, Expected(), must=must), tuple(trials))


def _case_runs(names: list[str]) -> st.SearchStrategy[tuple[CaseRun, ...]]:
    trials = st.lists(TRIALS, max_size=3)
    return st.tuples(*(st.builds(_case_run, st.just(name), trials, WORDS, st.booleans()) for name in names))


RUNS: Final = st.builds(
    Run,
    made=st.just(MADE),
    fingerprints=st.builds(replace, st.just(FINGERPRINTS), machine=WORDS, judge=st.none() | WORDS, settings=WORDS),
    repeatable=st.booleans(),
    cases=st.lists(st.sampled_from(IDS), unique=True, max_size=5).flatmap(_case_runs),
    timed=st.lists(
        st.builds(Timed, st.sampled_from(IDS), SECONDS, SECONDS), max_size=5, unique_by=lambda timed: timed.case
    ).map(tuple),
    judge=st.none() | st.just(JudgeRecord("judge", "2", 0.8, 0.7, 0.9, 120, 1)),
    accepted=st.lists(st.builds(Accepted, st.just(MADE), WORDS), max_size=2).map(tuple),
    settings=st.sampled_from(((), (("threshold", "0.5"),), (("threshold", "0.2"), ("quotes", "6")))),
    only=st.sampled_from(((), ("tag dates",))),
)
"""Any run whose figures are in their bounds; texts are such as could break what prints them."""
