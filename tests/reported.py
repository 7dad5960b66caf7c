"""Small runs for the tests of reports: cases, answers and scores, as they are stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Final

from evals.case import Case, Expected, Place, Quoted
from evals.comparison import Comparison, Difference, Flip, Slowness
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

MADE: Final = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
FINGERPRINTS: Final = Fingerprints(
    documents="d1f0", generation=3, settings="5e77", embedder="minilm", evidence_model="quoter-1", model=None,
    prompts=None, verifier=None, judge=None, code="c0de", version="0.1.0", cases="ca5e", machine="2 cores, Python 3.11",
)  # fmt: skip
QUOTE: Final = "Ukraine must pull all its troops out of the Donetsk region."


def shown(quote: str = QUOTE, *, number: int = 1, uri: str = "briefing/conditions.md", start: int = 10) -> Shown:
    """A quote as evidence, or with the number 0 as a related passage."""
    return Shown(
        number=number, document_id="0" * 32, uri=uri, title="Conditions for talks", publisher="The Ledger",
        published=date(2024, 6, 14), speaker="Putin", start=start, end=start + len(quote), quote=quote, relevance=0.91,
        exact=True, readers=("public",),
    )  # fmt: skip


def observed(*sentences: str, seconds: float = 0.12, first_seconds: float | None = 0.1) -> Observed:
    """An answer whose sentences are quotes, each its own evidence; without sentences an abstention."""
    evidence = tuple(shown(each, number=number) for number, each in enumerate(sentences, 1))
    return Observed(
        question="What are the conditions?",
        status="answered" if sentences else "abstained",
        form="open",
        sentences=tuple(Said(each, "quoted", (number,)) for number, each in enumerate(sentences, 1)),
        evidence=evidence,
        related=() if sentences else (shown("Nobody counted the regions.", number=0),),
        differing=(),
        left_out=(),
        notice=None,
        answerable=0.8 if sentences else 0.1,
        threshold=0.5,
        seconds=seconds,
        first_seconds=first_seconds if sentences else None,
        written=False,
    )


def trial(outcome: Observed | Failed | None = None, *failed: str, fatal: Iterable[str] = ()) -> Trial:
    """An answer with the checks `answered` and `quoted`, those that are named failed, and a score."""
    checks = tuple(
        Check(name, name not in failed, f"{name} was not so" if name in failed else "")
        for name in ("answered", "quoted")
    )
    score = Score("quote_recall", 0.0 if "quoted" in failed else 1.0)
    return Trial(outcome or observed(QUOTE), checks, (score,), (), tuple(fatal))


def case(name: str = "conditions", *tags: str, file: str | None = "cases/briefing.yaml", line: int = 2) -> Case:
    """A question that expects a quote."""
    return Case(
        id=name,
        question="What are the conditions?",
        expected=Expected(answerable=True, quotes=(Quoted("all its troops out of the Donetsk"),)),
        tags=tags or ("conditions",),
        place=Place(file, line) if file else None,
    )


def case_run(name: str = "conditions", *trials: Trial, tags: tuple[str, ...] = ("conditions",)) -> CaseRun:
    """A case with these trials; one that passes, where none are given."""
    return CaseRun(case(name, *tags), trials or (trial(),))


def a_run(*cases: CaseRun, **changes: object) -> Run:
    """A run of these cases, with other fields as `changes` say."""
    run = Run(MADE, FINGERPRINTS, True, cases or (case_run(),))
    return replace(run, **changes)  # type: ignore[arg-type]


def everything(text: str) -> tuple[Run, Run, Comparison]:
    """A run, one before it, and how they compare, which say `text` wherever a text can stand."""
    quote = replace(shown(f"Before. {text} After."), uri=text, title=text, publisher=text, speaker=text)
    outcome = replace(
        observed(text),
        question=f"understood {text}",
        sentences=(Said(text, "quoted", (1,)), Said(f"{text} indeed", "supported", (1, 2))),
        evidence=(quote, replace(quote, number=2, exact=False, readers=(text,))),
        related=(replace(quote, number=0),),
        differing=(Differing("disagreeing", (1, 2), (text,)), Differing("superseded", (2, 1), (text,))),
        left_out=(LeftOut(text, text),),
        notice=text,
    )
    expected = Expected(
        True, (Quoted(text), Quoted(None, text, 3, 9)), ((text, text), (f"{text}.",)), (text,), (text,), "any", text
    )
    told = Case(
        id=text, question=text, expected=expected, as_of=date(2025, 1, 2), readers=(text,), without=(text,),
        tags=(text, "plain"), must=True, note=text, place=Place(text, 1),
    )  # fmt: skip
    scored = Trial(outcome, (Check(text, False, text),), (Score(text, 0.5, text),), (Unscored(text, text),), (text,))
    prints = replace(FINGERPRINTS, documents=text, model=text, machine=text)
    now = Run(
        MADE, prints, False, (CaseRun(told, (scored, replace(scored, outcome=Failed(text)))),),
        (Timed(text, 0.1, 0.1),),
        JudgeRecord(text, text, 0.7, 0.6, 0.8, 100, 2),
    )  # fmt: skip
    changed = replace(scored, outcome=replace(outcome, sentences=(Said(f"{text} once", "quoted", (1,)),)))
    then = replace(now, cases=(CaseRun(told, (changed,)),), accepted=(Accepted(MADE, text),))
    comparison = Comparison(
        (text,), ((text, text),), (Flip(text, text, False, text, True),),
        (Difference(text, 0.9, 0.5, -0.6, -0.2, 1, True, False),), Slowness(2.0, 1.8, 2.2, 1.5, 1), (text,), (text,),
        (text,), ((text, text, text),),
    )  # fmt: skip
    return now, then, comparison
