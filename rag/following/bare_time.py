"""A time that stands alone where a question is asked: "June 2024", "since last month"."""

from __future__ import annotations

import re

from rag.language import speech
from rag.language.phrases import words
from rag.language.speech import word_set
from rag.language.times import named_times

PREPOSITION = re.compile(r"(?:in|on|since|before|after|during|by|until|for|from|to|with|at|of|about)\s+", re.IGNORECASE)
"""What a part of a question may begin with."""
_BESIDE_TIME = speech.PREPOSITIONS | word_set("the since until before after till early mid late beginning end start")


def is_bare_time(text: str) -> bool:
    """Whether this is a time and nothing else: "June 2024", "since last month".

    >>> is_bare_time("since last month"), is_bare_time("the talks of June 2024")
    (True, False)
    """
    times = named_times(text if PREPOSITION.match(text) else f"in {text}")
    left = text.replace(times[0].text, "") if len(times) == 1 else text
    return left != text and all(word.lower in _BESIDE_TIME for word in words(left))
