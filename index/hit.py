"""What one way of searching found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk by its number in the library, and its score: higher is better, comparable within one search only."""

    chunk_id: int
    score: float
