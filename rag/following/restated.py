"""Whether a model's rewriting of a follow-up can be taken for what the reader asked.

It may choose its words, and nothing else: no name and no figure that neither the question nor the turns before hold,
none of the question's lost, and nothing left that leans.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rag.conversation import Turn
from rag.following.leaning import leaning
from rag.language.phrases import Word, carries, words
from rag.language.speech import word_set
from rag.language.terms import near, stem

SHORTEST, LONGEST = 8, 300
"""Characters of a rewritten question."""
NEW = 0.34
"""The share of its words that carry meaning which may stand nowhere before."""
_FOREIGN = re.compile(r"https?:|www\.|[<>\[\]{}|`\n\r\t]|[\x00-\x1f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_NUMBERS = word_set(
    """two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion dozen half"""
)
_ASKING = {"why": "why", "when": "when", "where": "where", "who": "who", "whom": "who", "whose": "who", "how": "how"}
_NEGATIONS = word_set("not never no cannot nobody none")


def restates(reply: str, question: str, turns: Sequence[Turn]) -> str | None:
    """The reply as one question, None where it cannot be believed to ask what `question` asks after `turns`."""
    text = reply.strip().strip("\"“”'").strip()
    if not SHORTEST <= len(text) <= LONGEST or not text.endswith("?") or _FOREIGN.search(text):
        return None
    said = [part for turn in turns for part in (turn.question, turn.answer)]
    if text.casefold() in (each.strip().casefold() for each in (question, *(turn.question for turn in turns))):
        return None
    if _invents(text, " \n ".join((question, *said))) or _loses(text, question):
        return None
    return text if leaning(text, [turn.question for turn in turns]) is None else None


def _invents(text: str, known: str) -> bool:
    """Whether the text has a name, a figure or too many words that are nowhere in what is `known`."""
    if set(_figures(text)) - set(_figures(known)):
        return True
    stems = {stem(word.text) for word in words(known)}
    telling = [word for word in words(text) if carries(word.text)]
    new = [word for word in telling if stem(word.text) not in stems]
    if any(_is_name(word, text) and not near(stem(word.text), stems) for word in new):
        return True
    return len(new) > max(1.0, NEW * len(telling))


def _loses(text: str, question: str) -> bool:
    """Whether a name, a figure, the asking word or a negation of the question is gone, or half of its words are."""
    kept = {stem(word.text) for word in words(text)}
    telling = [word for word in words(question) if carries(word.text)]
    lost = [word for word in telling if stem(word.text) not in kept and not near(stem(word.text), kept)]
    if set(_figures(question)) - set(_figures(text)):
        return True
    if any(_is_name(word, question) for word in lost):
        return True
    return len(lost) > len(telling) / 2 or _asking(question) != _asking(text) or _negated(question) != _negated(text)


def _figures(text: str) -> Iterable[str]:
    yield from _DIGITS.findall(text)
    yield from (word.lower for word in words(text) if word.lower in _NUMBERS)


def _is_name(word: Word, text: str) -> bool:
    """Whether a word is written as a name; the first of a text only if the next is too, or it is all capitals."""
    if not word.is_capital:
        return False
    following = next((each for each in words(text) if each.start > word.start), None)
    return text[: word.start].strip() != "" or word.text.isupper() or (following is not None and following.is_capital)


def _asking(text: str) -> str | None:
    """The word that says what is asked for, if it is one of those that must not be changed."""
    return next((_ASKING[word.lower] for word in words(text) if word.lower in _ASKING), None)


def _negated(text: str) -> bool:
    return any(word.lower in _NEGATIONS or word.lower.endswith(("n't", "n’t")) for word in words(text))
