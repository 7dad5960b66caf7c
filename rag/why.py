"""Why a quote was picked: what it shares with the question, and how it was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

By = Literal["words", "meaning", "both"]


@dataclass(frozen=True, slots=True)
class Why:
    """The words of the question that stand in the quote, as the question has them; the places of its passage among
    those found by words and by meaning, from 1, None where it was not found so; and its relevance, 0 to 1."""

    words: tuple[str, ...]
    keyword_rank: int | None
    vector_rank: int | None
    relevance: float

    @property
    def by(self) -> By:
        """How its passage was found; where nothing says that, the words that it shares do."""
        if self.keyword_rank is None and self.vector_rank is None:
            return "words" if self.words else "meaning"
        if self.vector_rank is None:
            return "words"
        return "meaning" if self.keyword_rank is None else "both"
