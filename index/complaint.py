"""What a thumb down is about, in words for whoever looks after the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.feedback import Feedback, Reason

_COMPLAINTS: dict[Reason, str] = {
    "wrong_source": "the source does not say so",
    "missing": "something is missing",
    "wrong": "it is not right",
    "other": "something else is wrong",
}


def complaint(given: Feedback) -> str:
    """What it is about, with the number of the quote; '' where neither was said.

    >>> from index.feedback import Feedback
    >>> from index.principal import LOCAL
    >>> complaint(Feedback("a", "down", LOCAL, "?", "?", "answered", reason="wrong_source", about=2))
    'the source does not say so (quote 2)'
    """
    said = _COMPLAINTS[given.reason] if given.reason else ""
    quote = "" if given.about is None else f"(quote {given.about})"
    return f"{said} {quote}".strip()
