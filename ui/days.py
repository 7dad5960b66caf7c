"""A day as people and programs write it."""

from __future__ import annotations

from datetime import date

from rag.errors import InvalidQuestion


def day(text: str) -> date:
    """The date that `text` writes as YYYY-MM-DD. Raises InvalidQuestion for anything else."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    # fromisoformat knows more ways to write a date than people do, such as weeks.
    if found is None or found.isoformat() != text:
        raise InvalidQuestion(f"{text!r} is no date; write it as 2024-06-30")
    return found
