"""How a limit on questions is written: `30/minute; 1000/day`, each of its parts a number and a span of time."""

from __future__ import annotations

import re

_PART = re.compile(
    r"([1-9][0-9]{0,8}) ?(?:/|per) ?(?:[1-9][0-9]{0,3} ?)?(?:second|minute|hour|day|month)s?", re.IGNORECASE
)


def limit(text: str) -> str:
    """The text, if it is a limit in every part of it. Raises ValueError otherwise: a part that is passed over would
    look like one that holds.

    >>> limit("30/minute; 1000 per day")
    '30/minute; 1000 per day'
    """
    for part in text.split(";"):
        if not _PART.fullmatch(part.strip()):
            raise ValueError(f"{part.strip()!r} is no limit; write it as 30/minute, or several as 30/minute; 1000/day")
    return text
