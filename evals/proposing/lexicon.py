"""The verbs that a question can be made of, each with its forms.

A closed list: a word that is not in it is no verb here, so that a sentence whose verb is not known makes no question
rather than a bad one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from evals.alteration.inflection import past, past_participle
from rag.language.speech import word_set

Tense = Literal["past", "present", "base"]

SAYING = word_set(
    "say state report claim warn confirm admit announce reveal explain deny insist argue add note declare stress "
    "emphasize emphasise acknowledge maintain assert suggest predict promise pledge vow concede tell believe testify "
    "write reiterate allege contend underline underscore"
)
"""Verbs whose object is a statement."""
ASKED_AS = word_set("report claim warn confirm admit announce reveal explain deny promise predict")
"""Those of them that a question keeps; for the others it asks what somebody said."""
TO_OTHERS = word_set(
    "urge ask tell order want allow force expect invite encourage advise instruct persuade press request require "
    "oblige enable authorise authorize"
)
"""Verbs with somebody who is to do something: "urged Iran to hold talks"."""
TO_DO = word_set(
    "agree refuse promise pledge vow threaten decide offer plan want intend hope seek decline aim propose choose"
)
"""Verbs with what one is to do oneself."""
OF_SOMETHING = word_set("accuse convict suspect warn remind inform acquit")
FOR_SOMETHING = word_set("blame criticise criticize praise thank fine arrest sue condemn honour honor")
"""Verbs with somebody and what it is for."""
_OTHERS = word_set(
    """accept achieve acquire adopt agree aim allow amend annex apply appoint approve arrest arrive assassinate attack
    attend award ban be bear become begin bomb borrow break bring build burn buy call campaign cancel carry cause cede
    change characterise characterize close collapse collect come complete conduct confiscate consider contain contribute
    cost cover create criticise cross cut damage date deal decline defeat defend deliver deploy deport describe design
    destroy detain develop die direct discover discuss dismiss dissolve divide donate double draft draw drop earn elect
    employ encourage end endorse enter erase escape establish evacuate exceed execute exist expand expel export extend
    face fail fall fight file fill find finish fire fix flee fly follow force found freeze fund gain get give go govern
    grant grow guarantee handle happen head help hire hit hold host hurt identify impose import improve include
    increase inherit injure inspect install introduce invade invent invest investigate invite issue join keep kill land
    last launch lay lead leak leave lend license lift limit list live lose lower make manage manufacture march mark
    marry meet merge miss move name need negotiate nominate obtain occupy offer open operate oppose order organise
    organize originate outline overthrow own paint pass pay perform place plan play postpone prepare present
    preside prevent process produce prohibit promote propose prosecute protect protest prove provide publish purchase
    put quit raise ratify reach read receive recognise recognize recommend record recover recruit reduce refer reject
    release remain remove renew renounce replace represent require rescue reserve resign restore restrict retire return
    review rise rule run sack save see seize sell send sentence serve set settle shelve shoot show shut sign sink sit
    speak spend split spread stage stand start steal step stop store strike study submit suffer supply support suspend
    take target teach test threaten throw tour track trade train transfer travel treat try turn undergo unveil update
    use veto view visit vote wait warn wear weigh widen win withdraw work wound write rewrite brief exchange escort
    notify
    regard gather convene talk stay hand phase examine transport belong consist depend focus result apologise apologize
    specialise specialize insure demand portray consult resume conclude remain explode crash"""
)
_FIXED = {
    "cost": "cost cost", "quit": "quit quit", "sit": "sat sat", "shut": "shut shut", "rewrite": "rewrote rewritten",
    "travel": "travelled travelled", "cancel": "cancelled cancelled", "expel": "expelled expelled",
    "refer": "referred referred", "admit": "admitted admitted", "transfer": "transferred transferred",
    "submit": "submitted submitted", "acquit": "acquitted acquitted", "overthrow": "overthrew overthrown",
    "exceed": "exceeded exceeded", "bear": "bore born", "prove": "proved proved", "flee": "fled fled",
}  # fmt: skip
"""Pasts and participles that doubling by rule would spell wrongly, or that are irregular."""

AUXILIARIES = word_set(
    "is are was were has have had will would could should may might must can did does do shall cannot"
)
BE = word_set("is are was were")
HAVE = word_set("has have had")


@dataclass(frozen=True, slots=True)
class Form:
    """A word as a form of the verb `base`."""

    base: str
    tense: Tense


@lru_cache(maxsize=1)
def _bases() -> frozenset[str]:
    every = SAYING | TO_OTHERS | TO_DO | OF_SOMETHING | FOR_SOMETHING | _OTHERS
    return frozenset(each for each in every if each.isalpha())


def past_of(base: str) -> str:
    """The past tense of a base form."""
    return _FIXED[base].split()[0] if base in _FIXED else past(base)


def participle_of(base: str) -> str:
    """The past participle of a base form."""
    return _FIXED[base].split()[1] if base in _FIXED else past_participle(base)


def third_person(base: str) -> str:
    """The present of he, she and it.

    >>> third_person("carry"), third_person("reach"), third_person("hold")
    ('carries', 'reaches', 'holds')
    """
    if re.search(r"[^aeiou]y$", base):
        return f"{base[:-1]}ies"
    return f"{base}es" if base.endswith(("s", "x", "z", "ch", "sh", "o")) else f"{base}s"


@lru_cache(maxsize=1)
def _finite() -> dict[str, Form]:
    forms: dict[str, Form] = {}
    for base in sorted(_bases() - {"be"}):
        forms.setdefault(base, Form(base, "base"))
        forms.setdefault(third_person(base), Form(base, "present"))
    for base in sorted(_bases() - {"be"}):
        forms[past_of(base)] = Form(base, "past")
    return forms


@lru_cache(maxsize=1)
def _participles() -> dict[str, str]:
    return {participle_of(base): base for base in sorted(_bases())}


def finite(word: str) -> Form | None:
    """The verb of which a lower-case word is a past, a present or a base form.

    >>> finite("withdrew"), finite("lasts"), finite("table")
    (Form(base='withdraw', tense='past'), Form(base='last', tense='present'), None)
    """
    return _finite().get(word)


def participle(word: str) -> str | None:
    """The verb of which a lower-case word is the past participle."""
    return _participles().get(word)
