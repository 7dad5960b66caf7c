"""Questions about what somebody did: demanded of whom, agreed to do, accused of, described as, announced."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evals.proposing.clause import Clause
from evals.proposing.lexicon import FOR_SOMETHING, OF_SOMETHING, TO_DO, TO_OTHERS, finite
from evals.proposing.wording import KNOWN, Wording
from rag.language import speech
from rag.language.speech import word_set

LEAST = 3
"""Words of an answer that is a deed."""
_OBJECT = r"(?P<object>(?:(?:the|all|both) )?[\w’'.-]+(?: [\w’'.-]+){0,4})"
_TO = re.compile(rf"^{_OBJECT} to (?P<deed>(?:not )?(?P<verb>[a-z]+)\b.*)$")
_OF = re.compile(rf"^{_OBJECT} of (?P<deed>[a-z]+ing\b.*|(?:the|a|an)\b.*|[a-z]+\b.*)$")
_FOR = re.compile(rf"^{_OBJECT} for (?P<deed>\w+.*)$")
_AS = re.compile(rf"^{_OBJECT} as (?P<deed>[“\"‘]?\w+.*)$")
_SPLIT = word_set("that which who for of by with from and to as if in over about on at")
"""Words that an object of one noun phrase does not hold."""
_CALLED = re.compile(r"^for (?P<deed>(?:a|an|the|more|new|immediate|urgent|[a-z]+)\b.*)$")
_AGREED = re.compile(
    r"^(?:more than once |again |repeatedly |unanimously |in [A-Z]\w+ )?to (?P<deed>(?P<verb>[a-z]+)\b.*)$"
)
_GOVERNED = {
    "die": "of from", "consist": "of", "lead": "to", "depend": "on", "focus": "on", "contribute": "to", "result": "in",
    "suffer": "from", "apologise": "for", "apologize": "for", "specialise": "in", "specialize": "in", "belong": "to",
    "originate": "in",
}  # fmt: skip
"""Verbs, and the preposition that a question about their object ends in."""
_DESCRIBING = word_set("describe characterise characterize regard portray see view")
_CONTENT = word_set("demand propose announce unveil recommend")
_OF_OTHER = re.compile(r"^that (?P<other>(?:the )?[A-Z][\w’'-]*(?: [A-Z][\w’'-]*)*) [a-z]+ ")
_NOUN = re.compile(r"^(?P<object>(?:a|an|the|its|his|her|their|new) [\w’'-]+(?: (?!that|which|who)[\w’'-]+)*)")


def asked_of_others(clause: Clause) -> Iterator[Wording]:
    """What somebody urged, told or ordered another to do."""
    found = _TO.match(clause.rest) if clause.verb in TO_OTHERS else None
    if found and not clause.passive and _is_plain(found["object"]) and _is_deed(found):
        question = clause.asked("What", f"{found['object']} to do")
        yield _wording(clause, question, f"to {found['deed']}", "asked of others")


def expected(clause: Clause) -> Iterator[Wording]:
    """What somebody is expected, required or allowed to do."""
    found = re.match(r"^to (?P<deed>(?P<verb>[a-z]+)\b.*)$", clause.rest) if clause.verb in TO_OTHERS else None
    if found and clause.passive and _is_deed(found):
        yield _wording(clause, clause.asked("What", "to do"), f"to {found['deed']}", "expected")


def agreed(clause: Clause) -> Iterator[Wording]:
    """What somebody agreed, refused or promised to do."""
    found = _AGREED.match(clause.rest) if clause.verb in TO_DO else None
    if (
        found
        and not clause.passive
        and _is_deed(found)
        and (" " in clause.subject.text or clause.subject.text.isupper())
    ):
        yield _wording(clause, clause.asked("What", "to do"), f"to {found['deed']}", "agreed")


def accused(clause: Clause) -> Iterator[Wording]:
    """What somebody accused, warned or convicted another of, or blamed or thanked them for."""
    for verbs, form, word in ((OF_SOMETHING, _OF, "of"), (FOR_SOMETHING, _FOR, "for")):
        found = form.match(clause.rest) if clause.verb in verbs and not clause.passive else None
        if found and _is_plain(found["object"]) and len(found["deed"].split()) >= 2:
            yield _wording(clause, clause.asked("What", f"{found['object']} {word}"), found["deed"], "accused")
        done = re.match(rf"^{word} (?P<deed>.+)$", clause.rest) if clause.verb in verbs and clause.passive else None
        if done and len(done["deed"].split()) >= 2:
            yield _wording(clause, clause.asked("What", word), done["deed"], "accused")


def described(clause: Clause) -> Iterator[Wording]:
    """How somebody described something."""
    found = _AS.match(clause.rest) if clause.verb in _DESCRIBING and not clause.passive else None
    if found and _is_plain(found["object"]):
        yield _wording(clause, clause.asked("How", found["object"]), found["deed"], "described")


def sentenced(clause: Clause) -> Iterator[Wording]:
    """What somebody was sentenced to."""
    if clause.passive and clause.verb == "sentence" and clause.rest.startswith("to "):
        yield _wording(clause, clause.asked("What", "to"), clause.rest, "sentenced")


def called_for(clause: Clause) -> Iterator[Wording]:
    """What somebody called for."""
    found = _CALLED.match(clause.rest) if clause.verb == "call" and not clause.passive else None
    if found and len(found["deed"].split()) >= LEAST:
        yield _wording(clause, clause.asked("What", "for"), found["deed"], "called for")


def demanded(clause: Clause) -> Iterator[Wording]:
    """What somebody demanded or announced."""
    if clause.verb not in _CONTENT or clause.passive:
        return
    other = _OF_OTHER.match(clause.rest)
    if other and clause.verb in ("demand", "request"):
        yield _wording(clause, clause.asked("What", f"of {other['other']}"), clause.rest, "demanded")
        return
    stated = clause.verb in ("propose", "recommend") and clause.rest.startswith("that ")
    noun = _NOUN.match(clause.rest)
    if (stated or noun) and len(clause.rest.split()) >= LEAST and "according to" not in clause.rest:
        yield _wording(clause, clause.asked("What"), clause.rest, "demanded")


def governed(clause: Clause) -> Iterator[Wording]:
    """What somebody died of, or something consists of."""
    particle, _, thing = clause.rest.partition(" ")
    if clause.passive or particle not in _GOVERNED.get(clause.verb, "").split() or len(thing.split()) < 2:
        return
    if not re.match(r"^(?:this|that|it|her|his|their|questions) ", thing):
        yield _wording(clause, clause.asked("What", particle), thing, "governed")


def listed(clause: Clause) -> Iterator[Wording]:
    """What somebody's conditions are, where they are told behind a colon."""
    if clause.verb not in _LISTING or clause.passive or not clause.subject.named:
        return
    told = _TOLD.match(clause.rest)
    if told and len(told["deed"].split()) >= LEAST:
        yield _wording(clause, clause.asked(f"What {told['what']}", told["tail"]), told["deed"], "listed")
    found = _LISTED.match(clause.rest)
    if found and clause.subject.named and len(found["deed"].split()) >= LEAST:
        question = (
            f"What {'were' if clause.tense == 'past' else 'are'} {possessive(clause.subject.text)} {found['what']}?"
        )
        yield _wording(clause, question, found["deed"], "listed")


_LISTING = word_set("state name list outline present announce repeat")
_TOLD = re.compile(
    r"^(?:the|his|her|its|their) (?P<what>conditions|terms|demands|reasons|goals|aims|steps|measures|requirements) "
    r"?(?P<tail>[^,:]{0,60}?)(?:, (?:stating|saying|namely|including)(?: that)?|:) (?P<deed>.+)$"
)
_LISTED = re.compile(r"^(?:his|her|its|their) (?P<what>[a-z]+s(?: for [a-z ]{3,30})?): (?P<deed>[^:]+)$")


def possessive(name: str) -> str:
    """The possessive of a name.

    >>> possessive("Putin"), possessive("the United States")
    ("Putin's", "the United States'")
    """
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def _wording(clause: Clause, question: str, answer: str, rule: str) -> Wording:
    return Wording(question, answer, rule, clause.subject.text)


def _is_plain(phrase: str) -> bool:
    """Whether a phrase is one noun phrase that a question can hold."""
    words = phrase.lower().split()
    if words[0] == "the" and len(words) == 2 and phrase.split()[1].islower() and words[1] not in KNOWN:
        return False
    return not _SPLIT.intersection(words) and not words[-1].endswith(("ing", "ly"))


def _is_deed(found: re.Match[str]) -> bool:
    form = finite(found["verb"])
    following = found["deed"].removeprefix("not ").split()[1:2]
    plain = bool(following) and (following[0] in _AFTER_VERBS or following[0][0].isupper())
    known = found["verb"] in _COMMON or plain or (form is not None and form.tense == "base")
    return known and found["verb"] not in _NO_VERBS and len(found["deed"].split()) >= LEAST


_AFTER_VERBS = speech.PREPOSITIONS | word_set("the a an its his her their all more up out off down back")
"""What follows a verb behind "to", and seldom a noun."""
_NO_VERBS = speech.PRONOUNS | word_set("the a an its his her their all more terms reporters people members")
_COMMON = word_set("be do have not respect ensure address work stay use pull drop deal let think look talk")
RULES = (asked_of_others, expected, agreed, accused, described, sentenced, called_for, demanded, governed, listed)
