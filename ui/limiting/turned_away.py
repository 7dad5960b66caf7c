"""What somebody is told who asks too much, or while too many ask."""

from __future__ import annotations


class TurnedAway(Exception):
    """The question is not answered now: the message says why and what to do, `seconds` when to ask again."""

    status = 503

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class Crowded(TurnedAway):
    """Too many are asking."""


class Exceeded(TurnedAway):
    """Whoever asks has asked as much as they may for now."""

    status = 429
