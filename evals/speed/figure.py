"""A measured figure, beside what it has to be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of a bench: `value` in `unit`, and the bounds it has to keep, where it has any."""

    name: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None

    @property
    def ok(self) -> bool | None:
        """Whether the bounds are kept; None where there are none."""
        if self.at_most is None and self.at_least is None:
            return None
        # So put that a value which is not a number keeps no bound.
        return (self.at_most is None or self.value <= self.at_most) and (
            self.at_least is None or self.value >= self.at_least
        )

    @property
    def bound(self) -> str:
        """The bounds in words, '' where there are none."""
        most = f"at most {self.at_most:g}" if self.at_most is not None else ""
        least = f"at least {self.at_least:g}" if self.at_least is not None else ""
        return ", ".join(filter(None, (least, most)))
