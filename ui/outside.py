"""What the asker's own choice of dates, publishers and collections left out of an answer, in a sentence."""

from __future__ import annotations

from rag.outside import Outside
from ui.brief import counted

OPENING = "Your choice left out"
"""What the sentence begins with."""


def told(outside: Outside | None) -> str:
    """How many documents near the question were left out, and why; empty where none was.

    >>> told(Outside(3, later=2, publishers=("Harbour Wire",)))
    'Your choice left out 3 documents near the question: 2 later; by Harbour Wire.'
    """
    if outside is None or not outside.documents:
        return ""
    reasons = (
        (outside.later, f"{outside.later} later"),
        (outside.earlier, f"{outside.earlier} earlier"),
        (outside.undated, f"{outside.undated} without a date"),
        (outside.publishers, f"by {', '.join(outside.publishers)}"),
        (outside.collections, f"{outside.collections} of other collections"),
    )
    why = "; ".join(words for holds, words in reasons if holds)
    near = f"{OPENING} {counted(outside.documents, 'document')} near the question"
    return f"{near}: {why}." if why else f"{near}."
