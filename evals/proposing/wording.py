"""A question made of a statement, and what may and may not stand in one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.language import speech
from rag.language.entities import names
from rag.language.speech import word_set
from rag.language.terms import content_words, stem

SHORTEST, LONGEST = 3, 24
"""Words of a question."""
_LEANING = word_set(
    """he she it they him her them his hers its their theirs this these those we us our you your i my me here such
    same latter former others another there himself herself itself themselves elsewhere respectively former"""
)
"""Words that only the text around a statement explains."""
_RELATIVE = word_set(
    "yesterday today tomorrow tonight ago now recently currently monday tuesday wednesday thursday friday "
    "saturday sunday"
)
_ODD = re.compile(
    r"[“”\"()\[\]{}<>;:…–—|/\\*_=+#@\x00-\x1f]|\s['‘]|\.\s|\?.|,\s*\?|\s,|--|https?|www\.|\d{1,2}\.\s|'$|\b(\w+) \1\b"
)
_DANGLING = re.compile(r"\b(?:the|a|an|and|or|but|by|as|than|who|which|that|whose|its|is|are)\?$", re.IGNORECASE)
KNOWN = word_set("war economy government public world climate constitution internet pandemic country army media church")
"""Nouns of which "the" needs no more to be told apart."""
DEFINING = ("who is it", "what is")
"""Rules whose question is a name alone."""
FEWEST = 2
"""Words of a question that say what it is about, beside those of asking."""
_ASKING = word_set(
    "what who how when where why many much long did do does say said state report tell about according percentage by "
    "would will could has have had was were is are want deny claim warn confirm describe"
)
NEW = 1
"""Words of the answer, at the least, that the question does not hold."""


@dataclass(frozen=True, slots=True)
class Wording:
    """`question`, and in the document's own words the part of it that answers; `says` is each fact that must be said,
    as the alternatives of which one is enough. `rule` names the grammar rule; `subject` is whom it asks about."""

    question: str
    answer: str
    rule: str
    subject: str
    says: tuple[tuple[str, ...], ...] = ()


def sound(wording: Wording) -> bool:
    """Whether the question stands on its own, asks for something, and does not give its answer away."""
    question = wording.question
    words = [word if word == "US" else word.lower() for word in re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", question)]
    if not SHORTEST <= len(words) <= LONGEST or not question.endswith("?") or _ODD.search(question):
        return False
    if _LEANING.intersection(words) or _RELATIVE.intersection(words) or _DANGLING.search(question):
        return False
    telling = {word for word in content_words(question) if word not in _ASKING}
    fewest = 1 if wording.rule in DEFINING else FEWEST
    if len(telling) < fewest or not (wording.says or is_anchored(question, telling)):
        return False
    return bool(new_words(wording)) and not gives_away(wording)


def is_anchored(question: str, telling: set[str]) -> bool:
    """Whether a name says which matter is meant, or so many words that it can hardly be another."""
    return bool(names(question[0].lower() + question[1:])) or (
        len(telling) > FEWEST and not re.search(r"\bthe\b", question)
    )


def new_words(wording: Wording) -> frozenset[str]:
    """Stems of the answer that the question does not hold."""
    asked = {stem(word) for word in content_words(wording.question)}
    return frozenset(stem(word) for word in content_words(wording.answer)) - asked


def gives_away(wording: Wording) -> bool:
    """Whether a fact that must be said stands in the question itself."""
    question = wording.question.casefold()
    return any(re.search(rf"\b{re.escape(each.casefold())}\b", question) for fact in wording.says for each in fact)


def up_to_comma(rest: str) -> str | None:
    """What may stand in a question of the words behind a verb: up to a comma behind which only an aside follows.

    None where the comma is one of a list, or marks stand in the words that a question cannot hold.
    """
    head, comma, tail = rest.partition(",")
    if re.search(r"[“”\"()–—:;]|(?<!\w)['‘]", head) or _SECOND_VERB.search(head):
        return None
    if not comma:
        return head.strip()
    opener = tail.split()[0].lower().strip(",.") if tail.split() else ""
    aside = opener in _ASIDES or opener.endswith("ing")
    return head.strip() if aside else None


_SECOND_VERB = re.compile(
    r" (?:but|and) (?:also |then |later )?(?:is|are|was|were|has|have|had|will|would|could|did|does|said|"
    r"(?!(?:red|hundred|united|wicked|sacred)\b)[a-z]+ed)\b| but "
)
_ASIDES = word_set(
    "who which where when while but as according after before because although though with including despite amid "
    "whose so since unless if until even though thus also not both when leaving making"
)


def clean(text: str) -> str:
    """A question's words with single spaces, without a second article or a space before a comma."""
    return re.sub(r"\s+([,?])", r"\1", re.sub(r"\s+", " ", text)).strip()


def starts_noun(text: str) -> bool:
    """Whether a noun phrase begins here: an article, a possessive, a number or a name."""
    word = text.split()[0] if text.split() else ""
    return word.lower() in _DETERMINERS or word[:1].isupper() or word[:1].isdigit()


_DETERMINERS = word_set(
    "the a an its his her their all more several two three four five six seven eight nine ten no some"
)


def is_saying_subject(text: str) -> bool:
    """Whether words may name who says something: not an unnamed source."""
    return text.lower() not in speech.GENERIC
