"""A model that grades answers against what a good answer says: how correct they are, and how complete.

It grades one answer at a time and never sees another of the run, so no order can favour one; reference and answer
always stand in the same order. That a longer answer is no better is said in its rubric, and whether a judge keeps to it
is measured on the labelled cases, which hold terse and verbose answers of the same worth.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from evals.judging.errors import Unjudged
from evals.judging.telling import Reference, messages, rubric_version
from evals.judging.verdict import PARSER, Verdict, verdict
from rag.errors import ModelUnavailable
from rag.local.server import LocalModel
from rag.model import Model

TOKENS = 160
"""Of the reply: a sentence and the grades."""
LONGEST = 8_000
"""Characters of an answer or a reference that are judged; half an answer would be judged as half complete."""


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
        """The version of what the judge is told."""
        return rubric_version()

    @property
    def fingerprint(self) -> str:
        """Changes with the model, with any word that it is told, and with how its reply is read."""
        return f"answers:{self.rubric}:{PARSER}:{self._model.fingerprint}"

    def judge(self, question: str, reference: Reference, answer: str, earlier: Sequence[str] = ()) -> Verdict:
        """The grades of `answer`; `earlier` are questions that this one follows. Raises Unjudged."""
        if max(len(answer), len(reference.text or "")) > LONGEST:
            raise Unjudged(f"the answer or its reference is longer than {LONGEST:,} characters; judge a shorter one")
        asked = messages(question, reference, answer, earlier)
        with self._turns:  # one that waits for its turn at the model itself would use up its time there
            try:
                reply = self._model.complete(asked, tokens=TOKENS)
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
