"""What a reader asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from index.within import EVERYTHING, Within
from rag.conversation import Turn
from rag.errors import InvalidQuestion

LONGEST_QUESTION = 4_000
"""Characters; a longer text is a document, not a question."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the reader asks; `as_of` is the day to answer for, None is now with everything known.

    `history` holds the turns before, oldest first: a question that leans on them is understood from them. `within` is
    what the reader wants it answered from.
    """

    text: str
    as_of: date | None = None
    history: tuple[Turn, ...] = ()
    within: Within = EVERYTHING

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise InvalidQuestion("the question is empty; ask something")
        if len(self.text) > LONGEST_QUESTION:
            raise InvalidQuestion(
                f"the question is {len(self.text)} characters long; ask in at most {LONGEST_QUESTION}"
            )
