"""English verbs in other forms, near enough to make altered sentences that read like written ones."""

from __future__ import annotations

import re

from rag.language.verbs import BASES, IRREGULAR

_FORMS = {**IRREGULAR, "have": "had had", "be": "was been", "do": "did done"}

_DROPS_E = re.compile(
    r"(?:[cvzu]|[^s]s|[^n]g|[^eo]at|id|[^ae][aiou]r|[lr]g|[bcdfgkpt]l|am|[^e]ed|rib|cit|ik|im|in(?<=lin)|op|uc|ut)$"
)
"""How a stem ends that has lost its e before -ed: "receiv", "promis", "declar", but not "report"."""


def past(verb: str) -> str:
    """The past tense of a base form.

    >>> past("hold"), past("reply"), past("receive")
    ('held', 'replied', 'received')
    """
    return _FORMS[verb].split()[0] if verb in _FORMS else _regular(verb)


def past_participle(verb: str) -> str:
    """The past participle of a base form, or of a past tense; a participle stays itself."""
    if verb in BASES:
        verb = BASES[verb]
    if verb in _FORMS:
        return _FORMS[verb].split()[1]
    return verb if verb.endswith("ed") else _regular(verb)


def base(form: str) -> str:
    """The base form of a past tense.

    >>> base("said"), base("replied"), base("promised"), base("dropped"), base("reported")
    ('say', 'reply', 'promise', 'drop', 'report')
    """
    if form in BASES:
        return BASES[form]
    if form.endswith("ied"):
        return form[:-3] + "y"
    if not form.endswith("ed"):
        return form
    stem = form[:-2]
    if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "lsz":
        return stem[:-1]
    return stem + "e" if stem.endswith("e") or _DROPS_E.search(stem) else stem


def _regular(verb: str) -> str:
    if verb.endswith("e"):
        return verb + "d"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return verb[:-1] + "ied"
    doubled = re.search(r"^[^aeiou]*[aeiou][bdgmnpt]$", verb)
    return verb + verb[-1] * bool(doubled) + "ed"
