"""English verbs in other forms, near enough to make altered sentences that read like written ones."""

from __future__ import annotations

import re

_IRREGULAR = {
    "say": "said said", "hold": "held held", "tell": "told told", "meet": "met met", "make": "made made",
    "take": "took taken", "begin": "began begun", "go": "went gone", "give": "gave given", "lead": "led led",
    "send": "sent sent", "bring": "brought brought", "keep": "kept kept", "leave": "left left", "pay": "paid paid",
    "get": "got got", "have": "had had", "be": "was been", "do": "did done", "see": "saw seen", "know": "knew known",
    "come": "came come", "become": "became become", "find": "found found",
    "build": "built built", "buy": "bought bought",
    "sell": "sold sold", "write": "wrote written", "speak": "spoke spoken", "rule": "ruled ruled", "put": "put put",
    "set": "set set", "cut": "cut cut", "win": "won won", "lose": "lost lost",
    "rise": "rose risen", "fall": "fell fallen",
    "grow": "grew grown", "show": "showed shown", "run": "ran run", "stand": "stood stood", "sit": "sat sat",
}  # fmt: skip
_BASES = {form: verb for verb, forms in _IRREGULAR.items() for form in forms.split()}
_DROPS_E = re.compile(
    r"(?:[cvzu]|[^s]s|[^n]g|[^eo]at|id|[^ae][aiou]r|[lr]g|[bcdfgkpt]l|am|[^e]ed|rib|cit|ik|im|in(?<=lin)|op|uc|ut)$"
)
"""How a stem ends that has lost its e before -ed: "receiv", "promis", "declar", but not "report"."""


def past(verb: str) -> str:
    """The past tense of a base form.

    >>> past("hold"), past("reply"), past("receive")
    ('held', 'replied', 'received')
    """
    return _IRREGULAR[verb].split()[0] if verb in _IRREGULAR else _regular(verb)


def past_participle(verb: str) -> str:
    """The past participle of a base form, or of a past tense; a participle stays itself."""
    if verb in _BASES:
        verb = _BASES[verb]
    if verb in _IRREGULAR:
        return _IRREGULAR[verb].split()[1]
    return verb if verb.endswith("ed") else _regular(verb)


def base(form: str) -> str:
    """The base form of a past tense.

    >>> base("said"), base("replied"), base("promised"), base("dropped"), base("reported")
    ('say', 'reply', 'promise', 'drop', 'report')
    """
    if form in _BASES:
        return _BASES[form]
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
