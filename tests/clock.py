"""A clock that tests turn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass
class Clock:
    """Gives `now` until it is turned on."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def turn_on(self, **span: float) -> None:
        """By that span: seconds, minutes, hours, days."""
        self.now += timedelta(**span)
