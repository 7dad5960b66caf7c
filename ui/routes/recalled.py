"""A kept conversation as programs are given it, and what is kept of a turn, read again.

Reading leaves out what is no field here: of what was kept, only what this version knows how to withhold is ever shown.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError

from ui.routes.shown import Evidence, Passage, Said, Shown, Trace


class KeptEvidence(Evidence):
    """A quote of a kept answer; `changed` says that its document no longer has these words at this place."""

    changed: bool = False


class KeptPassage(Passage):
    """A passage of a kept answer; `changed` likewise."""

    changed: bool = False


class KeptAnswer(Said):
    """An answer that was kept, as far as it may be shown.

    `stopped` says that its reader left before it was whole; `trace` is null then, and where something was taken out.
    `scope` is what its reader had chosen to be answered from, as a URL's query; programs are not told it.
    """

    evidence: tuple[KeptEvidence, ...]
    related: tuple[KeptPassage, ...]
    trace: Trace | None
    stopped: bool = False
    scope: Annotated[str, Field(exclude=True)] = ""


class Kept(Shown):
    """What is kept of a turn: the answer as it was given, and the ids of the documents that had fed the turns which its
    question was understood from, and of those that its reader's own choice left out. `withdrawn` says that a document
    which fed it was removed from everywhere, and with it what rested on it."""

    answer: KeptAnswer
    leans_on: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()
    withdrawn: bool = False

    @classmethod
    def read(cls, text: str) -> Self | None:
        """What is kept as this JSON; None if another version kept it in a form that this one cannot read."""
        try:
            return cls.model_validate_json(text)
        except ValidationError:
            return None


class Conversation(Shown):
    """A conversation of a list; `turns` counts its questions."""

    id: str
    title: str
    begun: datetime
    changed: datetime
    turns: int


class Conversations(Shown):
    """A page of conversations, newest first; `next` asks for the one after it."""

    conversations: tuple[Conversation, ...]
    next: str | None


class Turn(Shown):
    """A question of a conversation, what its reader chose for it, and its answer.

    `removed` is 1 where something of the answer is no longer shown, as its reader may not read it any more.
    """

    turn: str
    asked: datetime
    question: str
    as_of: date | None
    from_: Annotated[date | None, Field(alias="from")]
    to: date | None
    publishers: tuple[str, ...] | None
    collections: tuple[str, ...] | None
    answer: KeptAnswer
    removed: Literal[0, 1]


class OneTurn(Turn):
    """A turn by itself; `link` is where others known here are shown what they may read of its answer, null without."""

    conversation: str
    link: str | None


class Link(Shown):
    """Where others known here are shown an answer: a path on this server."""

    link: str


class History(Shown):
    """A conversation, oldest turn first. `running` is the turn that is being answered, where that can be watched."""

    id: str
    title: str
    begun: datetime
    changed: datetime
    turns: tuple[Turn, ...]
    running: str | None = None


class Histories(Shown):
    """All conversations, those begun first coming first."""

    conversations: tuple[History, ...]
