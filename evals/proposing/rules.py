"""From a statement to questions that it answers, by rules of grammar. Each rule fires only where it is sure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from evals.proposing import asking_counts, asking_deeds, asking_who, asking_words
from evals.proposing.clause import Clause, clause
from evals.proposing.subject import subject_before
from evals.proposing.wording import Wording, sound
from rag.language.speaker import speaker

Rule = Callable[[Clause], Iterator[Wording]]
RULES: tuple[Rule, ...] = (*asking_counts.RULES, *asking_deeds.RULES, *asking_words.RULES, *asking_who.RULES)
"""In order of how plain the answer is."""


_QUOTED = re.compile(
    r"^[“\"](?P<content>[^“”\"?!]+),[”\"] (?P<who>[^,“”\"]{3,70}?) "
    r"(?P<verb>said|says|added|told reporters|wrote|warned)(?P<tail>[^“”\"]*)\.$"
)
_TRAILING = re.compile(
    r"^(?P<content>[A-Z][^“”\"?!]+), (?P<who>(?:[A-Z]|the )[^,“”\"]{2,70}?) "
    r"(?P<verb>said|says|stated|reported|confirmed|announced|warned|added|argued|noted)(?P<tail>[^,“”\"]{0,40})\.$"
)
_HE = re.compile(r"^(?:He|She) (?=(?:has |had |also )?[a-z]+ )")
_ACCOUNT = re.compile(r"^According to (?P<who>(?:[A-Z]|the )[^,]{3,60}), (?P<content>[^“”\"]+)\.$")


def unquoted(sentence: str) -> str:
    """The same with its speaker in front, where the sentence puts the statement first.

    >>> unquoted("“A deal is near,” Anna Berg said on Monday.")
    'Anna Berg said that A deal is near.'
    """
    found = _QUOTED.match(sentence) or _TRAILING.match(sentence)
    account = _ACCOUNT.match(sentence)
    if found and subject_before(f"{found['who'][0].upper()}{found['who'][1:]}".split()):
        return f"{found['who'][0].upper()}{found['who'][1:]} said that {found['content']}."
    return f"{account['who'][:1].upper()}{account['who'][1:]} said that {account['content']}." if account else sentence


_DATELINE = re.compile(r"^[A-Z]{3,}[^.:;]{0,50}? ?[-–—]{1,2} ?(?=[A-Z])")
_LEADING_UP = re.compile(
    r"^(?:Before|After|Asked|When asked|Speaking|Commenting|Writing|Addressing|Responding|In a statement|However|"
    r"In an interview|At a news conference|At a press conference|Meanwhile|Separately|In addition|During|Moreover|"
    r"Furthermore|Additionally|Simultaneously|Nevertheless|Still|Instead|Finally|Also)\b"
    r"[^,:;“”\"]{0,90}, (?=[A-Z]|the )"
)


def _plain(sentence: str) -> str:
    """The sentence without its dateline, and without what only leads up to who did something."""
    rest = _DATELINE.sub("", sentence)
    rest = _LEADING_UP.sub("", rest)
    return f"{rest[:1].upper()}{rest[1:]}"


def _named(sentence: str, before: str) -> str:
    """The sentence with the speaker's name for the pronoun that it opens with, where it can only be theirs."""
    if not before or not _HE.match(sentence):
        return sentence
    name = speaker(sentence, before)
    return _HE.sub(f"{name} ", sentence) if name else sentence


def wordings(sentence: str, before: str = "", context: str = "") -> tuple[Wording, ...]:
    """The questions that a sentence of one line answers, the plainest first; none of most sentences.

    `before` is the text before it, by which "he said" is read as somebody's words where only one can be meant;
    `context` is the document's text, which tells how its words are written elsewhere.

    >>> [each.question for each in wordings("The Moscow talks lasted almost five hours.")]
    ['How long did the Moscow talks last?']
    """
    found: dict[str, Wording] = {}
    for one in asking_counts.counted(sentence):
        found.setdefault(one.question, one)
    parsed = clause(unquoted(_named(_plain(sentence), before)), context)
    if parsed is not None:
        for rule in RULES:
            for one in rule(parsed):
                found.setdefault(one.question, one)
    return tuple(one for one in found.values() if sound(one))
