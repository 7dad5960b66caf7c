"""Answers that a person has graded, to measure a judge model by."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from evals.errors import EvalError
from evals.judging.verdict import Grade


@dataclass(frozen=True, slots=True)
class Labelled:
    """An answer with a person's two grades; `kind` is what it tries a judge with. Either a reference is given or facts,
    each in its wordings."""

    id: str
    kind: str
    question: str
    answer: str
    correct: Grade
    complete: Grade
    reference: str | None = None
    facts: tuple[tuple[str, ...], ...] = ()


_CASE = TypeAdapter(Labelled)


def labelled(path: Path | None = None) -> tuple[Labelled, ...]:
    """The cases of a file, one JSON object a line; by default those that come with the judge. Raises EvalError."""
    source = path or resources.files("evals.judging").joinpath("labelled.jsonl")
    try:
        lines = source.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise EvalError(f"{source} cannot be read ({error.strerror}); name a file of labelled answers") from error
    except UnicodeDecodeError as error:
        raise EvalError(f"{source} is not UTF-8; save it in UTF-8") from error
    return tuple(_case(line, f"{source}:{number}") for number, line in enumerate(lines, 1) if line.strip())


def _case(line: str, place: str) -> Labelled:
    try:
        case = _CASE.validate_json(line, strict=True, extra="forbid")
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the line"
        raise EvalError(f"{place}: {where} cannot be used ({first['msg']}); correct it there") from error
    if not case.reference and not case.facts:
        raise EvalError(f"{place}: it has neither reference nor facts; give one to judge by")
    return case
