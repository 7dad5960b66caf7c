"""What a question about a change is about, without the change and its times: what to look for at each time.

>>> timeless("How have Putin's conditions changed between June 2024 and November 2025?")
"What about Putin's conditions?"
"""

from __future__ import annotations

import re

from rag.language.phrases import stems_of
from rag.language.times import named_times

_BEFORE_TIME = re.compile(
    r"(?:\s*\b(?:in|on|during|throughout|for|of|dated|around|since|between|from|until|till|to|by|up to|as of|through"
    r"|before"
    r"|prior to|ahead of|after|following|and|than|versus|vs\.?|with|against|or|what|then|how|compared))*\s+(?:the\s+)?"
    r"(?:(?:early|mid|late|beginning of|end of|start of)[\s-]+)?$",
    re.IGNORECASE,
)
_CHANGED = r"(?:change[ds]?|shift(?:ed)?|evolved?|develop(?:ed)?|moved?|progress(?:ed)?|soften(?:ed)?|harden(?:ed)?)"
_FRAMES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^(?:how|what)\b.{{0,20}}?\b(?:has|have|had|did|do|does)\s+(?P<topic>.+?)\s+{_CHANGED}\b(?P<rest>.*)$",
        rf"^(?:has|have|had|did)\s+(?P<topic>.+?)\s+{_CHANGED}\b(?P<rest>.*)$",
        r"\b(?:changed|changes?|shifts?|evolution|development|differences?|new|different)\s+(?:in|of|to|about|with"
        r"|on)\s+"
        r"(?P<topic>.+?)(?P<rest>)$",
        r"^compare\s+(?P<topic>.+?)(?P<rest>)$",
    )
)
_LEFT_OVER = re.compile(
    r"\s*\b(?:(?:before and after|since)\s+(?:the|it|they|then|his|her|their|its)\b.*|before and after|over time"
    r"|then and now"
    r"|since|between|from|at all|so far|and what|and how|and then|and)\s*$",
    re.IGNORECASE,
)


def timeless(question: str) -> str:
    """The question for what `question` says has changed, as it may be asked of any one time; itself where nothing else
    would be left."""
    text = _without_times(question).rstrip(" ?!.,")
    for _ in range(3):
        text = _LEFT_OVER.sub("", text).rstrip(" ,")
    for frame in _FRAMES:
        match = frame.search(text)
        if match and stems_of(match["topic"]):
            return f"What about {match['topic']}{match['rest'].rstrip()}?"
    return f"{text}?" if stems_of(text) else question


def undated(question: str) -> str:
    """The question without the times that it names; itself where nothing else would be left.

    >>> undated("In June 2024, what did Putin demand?")
    'What did Putin demand?'
    """
    text = _without_times(question).lstrip(" ,")
    end = max((word.end() for word in re.finditer(r"\w+", text)), default=0)
    text = text[:end] + re.sub(r"[\s,]+", "", text[end:])
    return text[:1].upper() + text[1:] if stems_of(text) else question


def _without_times(question: str) -> str:
    for time in reversed(named_times(question)):
        before = _BEFORE_TIME.sub("", question[: time.start])
        question = before + question[time.end :]
    return question
