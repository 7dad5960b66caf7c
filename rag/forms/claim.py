"""The statement that a yes-or-no question asks about, where it is plain enough to be compared with a quote.

>>> claim("Did Putin reject the American plan?").words
('Putin', 'reject', 'the', 'American', 'plan')
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.forms.form import bare
from rag.language.speech import word_set
from rag.language.times import Named, named_times

_TRUE = re.compile(r"^(?:is it|it['’]s|it is) (?:true|correct|right|the case)(?: that)?\s+", re.IGNORECASE)
_WHETHER = re.compile(r"^(?:whether|if|that)\s+", re.IGNORECASE)
_TAG = re.compile(r",\s*(?:right|correct|true|or not|\w+(?:n['’]t)? (?:he|she|it|they|there))\s*\??$", re.IGNORECASE)
_AUXILIARY = re.compile(r"^(?P<auxiliary>do|does|did|is|are|was|were|has|have|had)\s+", re.IGNORECASE)
_BEFORE_TIME = re.compile(r"\s+(?:(?:in|on|during|of|as of)\s+)?(?:the\s+)?$", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_TOO_FINE = word_set(
    """not never no nor neither without any anything anyone ever still yet always both either or if would will may might
    could should can must shall cannot enough really completely fully again too already exactly actually entirely why
    when where how there he she it they i you we my your our us just even than this these those such"""
)
"""Words on which a yes or no may turn in ways that are not looked into here."""
_SHADES = word_set(
    """all every each only more most less least better best worse first last whole some other another same many much few
    several almost nearly about half before after until since while during"""
)
"""Words that a quote must have itself to affirm a statement, and of which no denial is a plain one: "not all"."""
MOST_WORDS = 18


@dataclass(frozen=True, slots=True)
class Claim:
    """The words of a statement, subject first, and the auxiliary that stood before them: "" where it was a statement
    already, with its verb in it. `times` are the times named, which are no part of the words."""

    auxiliary: str
    words: tuple[str, ...]
    times: tuple[Named, ...] = ()

    @property
    def is_shaded(self) -> bool:
        """Whether a denial of it would not be a plain no."""
        return not _SHADES.isdisjoint(word.casefold() for word in self.words)

    @property
    def is_present(self) -> bool:
        return self.auxiliary in ("do", "does", "is", "are")


def claim(question: str) -> Claim | None:
    """What `question` asks to have confirmed; None where that is too fine or too long to be told by rule."""
    asked = bare(" ".join(question.split())).rstrip(" ?.!")
    text = _TAG.sub("", asked)
    is_statement = text != asked or _TRUE.match(text) is not None or _WHETHER.match(text) is not None
    text = _WHETHER.sub("", _TRUE.sub("", text))
    found = None if is_statement else _AUXILIARY.match(text)
    if found is None and not is_statement:
        return None
    rest, times = _without_times(text[found.end() :] if found else text)
    words = tuple(match[0] for match in _WORD.finditer(rest))
    fine = _TOO_FINE.intersection(word.casefold() for word in words) or "n't" in rest or "n’t" in rest or "," in rest
    if fine or not 2 <= len(words) <= MOST_WORDS:
        return None
    return Claim(found["auxiliary"].casefold() if found else "", words, times)


def _without_times(text: str) -> tuple[str, tuple[Named, ...]]:
    times = named_times(text)
    for time in reversed(times):
        text = _BEFORE_TIME.sub("", text[: time.start]) + text[time.end :]
    return text, times
