"""What a route has to tell the audit log about the request it answers; the guard writes it when the answer has left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from starlette.types import Scope

_KEY = "onrecord.noted"


@dataclass(slots=True)
class Noted:
    """`action` in a word or two where the route's own name says too little, the question, the ids of the documents
    that were shown, and the tokens that a model read and wrote."""

    action: str = ""
    question: str | None = None
    documents: set[str] = field(default_factory=set)
    tokens: int = 0

    def showed(self, documents: Iterable[str]) -> None:
        """These documents were shown to whoever asked."""
        self.documents.update(documents)


def with_noted(scope: Scope) -> Scope:
    """The same request with something to note on."""
    return {**scope, _KEY: Noted()}


def noted(scope: Scope) -> Noted:
    """What is noted of this request; one that nobody reads where no guard stands before it."""
    found = scope.get(_KEY)
    return found if isinstance(found, Noted) else Noted()
