"""A case as the fields of a file of cases: what reading takes apart, put together again."""

from __future__ import annotations

from evals.case import Case, Expected, Quoted
from rag.conversation import Turn

Json = dict[str, object]
"""Fields as YAML and JSON write them: texts, whole numbers, truth values, lists, and fields again."""


def case_fields(case: Case, *, tagged: bool = False) -> Json:
    """The fields of a case, those left out that say nothing; `tagged` has the tags stand there also if there are none.

    A date is text as 2024-06-30.
    """
    return {
        "id": case.id,
        "question": case.question,
        **({"as_of": case.as_of.isoformat()} if case.as_of else {}),
        **({"as": list(case.readers)} if case.readers is not None else {}),
        **_unless_empty(
            history=[_turn(turn) for turn in case.history],
            without=list(case.without),
            expect=_expected(case.expected),
        ),
        **({"tags": list(case.tags)} if case.tags or tagged else {}),
        **_unless_empty(must=case.must, note=case.note),
    }


def _expected(expected: Expected) -> Json:
    return {
        **({"answer": expected.answerable} if expected.answerable is not None else {}),
        **_unless_empty(
            quotes=[_quoted(quoted) for quoted in expected.quotes],
            says=[fact[0] if len(fact) == 1 else list(fact) for fact in expected.says],
            never_says=list(expected.never_says),
            sources=list(expected.sources),
            differs=expected.differs,
            reference=expected.reference,
        ),
    }


def _quoted(quoted: Quoted) -> str | Json:
    if quoted.text is not None and quoted.document is None:
        return quoted.text
    fields = {"text": quoted.text, "document": quoted.document, "start": quoted.start, "end": quoted.end}
    return {name: value for name, value in fields.items() if value is not None}


def _turn(turn: Turn) -> str | Json:
    return {"question": turn.question, "answer": turn.answer} if turn.answer else turn.question


def _unless_empty(**fields: object) -> Json:
    return {name: value for name, value in fields.items() if value}
