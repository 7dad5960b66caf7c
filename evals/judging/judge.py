"""A model that grades answers against what a good answer says: how correct they are, and how complete.

It grades one answer at a time and never sees another, so no order of answers can favour one; reference and answer
always stand in the same order. That a longer answer is no better is said in its rubric, and whether a judge keeps to it
is measured on the labelled cases, which hold terse and verbose answers of the same worth. What is graded, and what it
is graded by, is data in a delimiter drawn anew each time, one line of JSON each.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import TracebackType
from typing import Self

from evals.judging.errors import Unjudged
from evals.judging.verdict import PARSER, Verdict, verdict, without_verdicts
from rag.errors import ModelUnavailable
from rag.local.server import LocalModel
from rag.model import Message, Model
from rag.writing.inert import inert

TOKENS = 160
"""Of the reply: a sentence and the grades."""
LONGEST = 8_000
"""Characters of an answer or a reference that are judged; half an answer would be judged as half complete."""

_HERE = "\n\n---\n\n"
"""Where the data stand in the rubric: what comes after them is read last, and so by the smallest models, too."""
_BRACKETS = str.maketrans("<>{}", "‹›()")


@dataclass(frozen=True, slots=True)
class Reference:
    """What an answer is compared with: a good one in a person's words, or without it the facts of one, each in its
    wordings."""

    text: str | None
    facts: tuple[tuple[str, ...], ...] = ()


class Judge:
    """Asks `model` at temperature 0, once for each answer, and at most `at_once` at a time. Safe to use from several
    threads; a context manager that lets go of the model and of the `server` that was started for it."""

    def __init__(self, model: Model, *, at_once: int = 1, server: LocalModel | None = None) -> None:
        self._model = model
        self._server = server
        self._turns = threading.BoundedSemaphore(at_once)

    @property
    def name(self) -> str:
        """The model's."""
        return self._model.name

    @property
    def rubric(self) -> str:
        """The version of what the judge is told: sixteen hex digits of its words."""
        return hashlib.sha256(_rubric().encode()).hexdigest()[:16]

    @property
    def fingerprint(self) -> str:
        """Changes with the model, with any word that it is told, and with how its reply is read."""
        return f"answers:{self.rubric}:{PARSER}:{self._model.fingerprint}"

    def judge(self, question: str, reference: Reference, answer: str, earlier: Sequence[str] = ()) -> Verdict:
        """The grades of `answer`; `earlier` are questions that this one follows. Raises Unjudged."""
        if max(len(answer), len(reference.text or "")) > LONGEST:
            raise Unjudged(f"the answer or its reference is longer than {LONGEST:,} characters; judge a shorter one")
        messages = _messages(question, reference, answer, earlier)
        with self._turns:  # one that waits for its turn at the model itself would use up its time there
            try:
                reply = self._model.complete(messages, tokens=TOKENS)
            except ModelUnavailable as error:
                raise Unjudged(str(error)) from error
        return verdict(reply)

    def close(self) -> None:
        """Let go of the model, and end its server if it is ours."""
        self._model.close()
        if self._server is not None:
            self._server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _messages(question: str, reference: Reference, answer: str, earlier: Sequence[str]) -> tuple[Message, ...]:
    tag = f"grade-{secrets.token_hex(8)}"
    told = [_record("earlier", [*map(_plain, earlier)])] if earlier else []
    told.append(_record("question", _plain(question)))
    if reference.text:
        told.append(_record("reference", _plain(reference.text)))
    else:
        told.append(_record("facts", [" or ".join(map(_plain, wordings)) for wordings in reference.facts]))
    told.append(_record("answer", _plain(answer)))
    before, after = _rubric().split(_HERE)
    lines = (f"<{tag}>", *told, f"</{tag}>", "", after)
    return Message("system", before.replace("{tag}", tag)), Message("user", "\n".join(lines))


def _record(name: str, value: str | list[str]) -> str:
    return json.dumps({name: value}, ensure_ascii=False)


def _plain(text: str) -> str:
    """One line that holds no mark of the prompt, the delimiter and the verdict least of all."""
    return without_verdicts(inert(text)).translate(_BRACKETS)


@lru_cache(maxsize=1)
def _rubric() -> str:
    return resources.files("evals.judging").joinpath("rubric.md").read_text(encoding="utf-8").strip()
