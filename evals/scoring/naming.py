"""Words for a person in the reasons of scorers: where something is shown, and as much of it as tells it apart."""

from __future__ import annotations

from collections.abc import Iterable

from evals.observed import Shown

LONGEST = 120
"""Characters of a quote in a reason."""


def listed(parts: Iterable[str], most: int = 5) -> str:
    """The parts in a row, after `most` only how many more there are.

    >>> listed(["a", "b", "c"], most=2)
    'a; b; and 1 more'
    """
    kept = tuple(parts)
    more = len(kept) - most
    return "; ".join((*kept[:most], f"and {more} more") if more > 0 else kept)


def shortened(text: str, longest: int = LONGEST) -> str:
    """One line of at most so many characters.

    >>> shortened("five\\n hours", 9), shortened("five hours", 5)
    ('five hou…', 'five…')
    """
    flat = " ".join(text.split())
    return flat if len(flat) <= longest else f"{flat[: longest - 1].rstrip()}…"


def named(shown: Shown) -> str:
    """Which quote, or that it is a related passage, and of which document."""
    what = f"quote {shown.number}" if shown.number else "a related passage"
    return f"{what} of {shown.uri}"
