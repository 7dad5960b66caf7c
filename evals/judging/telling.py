"""What a judge model is told: the rubric, three answers graded as asked, and the one that is to be graded.

What is graded, and what it is graded by, is data in a delimiter drawn anew each time, one line of JSON each. The graded
ones show the form, which small models keep to only once they have seen it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from evals.judging.verdict import without_verdicts
from rag.model import Message
from rag.writing.inert import inert

_HERE = "\n\n---\n\n"
"""Where the data stand in the rubric: what comes after them is read last, and so by the smallest models, too."""
_BRACKETS = str.maketrans("<>{}", "‹›()")


@dataclass(frozen=True, slots=True)
class Reference:
    """What an answer is compared with: a good one in a person's words, or without it the facts of one, each in its
    wordings."""

    text: str | None
    facts: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """An answer with the verdict that it should get."""

    question: str
    reference: str
    answer: str
    reply: str


def rubric_version() -> str:
    """Sixteen hex digits of every word that any judge is told."""
    return hashlib.sha256("\n".join((rubric(), *map(str, examples()))).encode()).hexdigest()[:16]


def messages(question: str, reference: Reference, answer: str, earlier: Sequence[str] = ()) -> tuple[Message, ...]:
    """The request for a verdict on `answer`."""
    tag = f"grade-{secrets.token_hex(8)}"
    before, after = rubric().split(_HERE)
    told: list[Message] = [Message("system", before.replace("{tag}", tag))]
    for each in examples():
        told.append(_asking(tag, _records(each.question, Reference(each.reference), each.answer, ()), after))
        told.append(Message("assistant", each.reply))
    return (*told, _asking(tag, _records(question, reference, answer, earlier), after))


@lru_cache(maxsize=1)
def rubric() -> str:
    """The whole text."""
    return resources.files("evals.judging").joinpath("rubric.md").read_text(encoding="utf-8").strip()


@lru_cache(maxsize=1)
def examples() -> tuple[Example, ...]:
    """Answers to invented questions, one of each grade."""
    text = resources.files("evals.judging").joinpath("examples.jsonl").read_text(encoding="utf-8")
    return tuple(Example(**json.loads(line)) for line in text.splitlines())


def _asking(tag: str, records: Iterator[str], after: str) -> Message:
    return Message("user", "\n".join((f"<{tag}>", *records, f"</{tag}>", "", after)))


def _records(question: str, reference: Reference, answer: str, earlier: Sequence[str]) -> Iterator[str]:
    if earlier:
        yield _record("earlier", [*map(_plain, earlier)])
    yield _record("question", _plain(question))
    if reference.text:
        yield _record("reference", _plain(reference.text))
    else:
        yield _record("facts", [" or ".join(map(_plain, wordings)) for wordings in reference.facts])
    yield _record("answer", _plain(answer))


def _record(name: str, value: str | list[str]) -> str:
    return json.dumps({name: value}, ensure_ascii=False)


def _plain(text: str) -> str:
    """One line that holds no mark of the prompt, the delimiter and the verdict least of all."""
    return without_verdicts(inert(text)).translate(_BRACKETS)
