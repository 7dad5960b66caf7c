"""English verbs by their base form, as far as sentences have to be compared."""

from __future__ import annotations

import re
from functools import lru_cache

IRREGULAR = {
    "say": "said said", "hold": "held held", "tell": "told told", "meet": "met met", "make": "made made",
    "take": "took taken", "begin": "began begun", "go": "went gone", "give": "gave given", "lead": "led led",
    "send": "sent sent", "bring": "brought brought", "keep": "kept kept", "leave": "left left", "pay": "paid paid",
    "get": "got got", "see": "saw seen", "know": "knew known", "come": "came come", "become": "became become",
    "find": "found found", "build": "built built", "buy": "bought bought", "sell": "sold sold",
    "write": "wrote written", "speak": "spoke spoken", "put": "put put", "set": "set set", "cut": "cut cut",
    "win": "won won", "lose": "lost lost", "rise": "rose risen", "fall": "fell fallen", "grow": "grew grown",
    "show": "showed shown", "run": "ran run", "stand": "stood stood", "sit": "sat sat", "draw": "drew drawn",
    "break": "broke broken", "choose": "chose chosen", "fight": "fought fought", "fly": "flew flown",
    "forget": "forgot forgotten", "hit": "hit hit", "lay": "laid laid", "mean": "meant meant", "read": "read read",
    "seek": "sought sought", "shoot": "shot shot", "spend": "spent spent", "spread": "spread spread",
    "steal": "stole stolen", "strike": "struck struck", "swear": "swore sworn", "teach": "taught taught",
    "think": "thought thought", "throw": "threw thrown", "understand": "understood understood", "wear": "wore worn",
    "withdraw": "withdrew withdrawn", "bear": "bore borne", "bind": "bound bound", "catch": "caught caught",
    "deal": "dealt dealt", "drive": "drove driven", "eat": "ate eaten", "feel": "felt felt", "feed": "fed fed",
    "forbid": "forbade forbidden", "forgive": "forgave forgiven", "freeze": "froze frozen", "hear": "heard heard",
    "hide": "hid hidden", "hurt": "hurt hurt", "learn": "learnt learnt", "lend": "lent lent", "let": "let let",
    "light": "lit lit", "ride": "rode ridden", "ring": "rang rung", "shake": "shook shaken", "sing": "sang sung",
    "sink": "sank sunk", "sleep": "slept slept", "split": "split split", "swim": "swam swum", "wake": "woke woken",
    "beat": "beat beaten", "bid": "bid bid", "overcome": "overcame overcome", "undergo": "underwent undergone",
    "uphold": "upheld upheld", "undertake": "undertook undertaken", "arise": "arose arisen", "drink": "drank drunk",
}  # fmt: skip
"""Base forms, with past tense and past participle."""
BASES = {form: verb for verb, forms in IRREGULAR.items() for form in forms.split()}
_PAST = frozenset(BASES) - frozenset(
    ("read", "put", "set", "cut", "hit", "spread", "split", "let", "hurt", "become", "come", "bid", "run")
)
_PRESENT_ED = frozenset(("need", "exceed", "proceed", "succeed", "speed", "feed", "seed", "embed", "indeed", "hundred"))


@lru_cache(maxsize=20_000)
def lemma(word: str) -> str:
    """The base of a form, near enough to compare: regular ones lose their ending and a final e.

    >>> lemma("withdrew"), lemma("rejected"), lemma("stopping"), lemma("close"), lemma("closed")
    ('withdraw', 'reject', 'stop', 'clos', 'clos')
    """
    if word in BASES:
        return BASES[word]
    if word.endswith("ied") and len(word) > 4:
        return word[:-3] + "y"
    for ending in ("ing", "ed"):
        base = word.removesuffix(ending)
        if base != word and len(base) > 2 and re.search("[aeiouy]", base):
            word = base[:-1] if len(base) > 3 and base[-1] == base[-2] and base[-1] not in "lsz" else base
            break
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def is_past(word: str) -> bool:
    """Whether a lower-case word has the form of a past tense or a past participle."""
    return word in _PAST or (word.endswith("ed") and len(word) > 3 and word not in _PRESENT_ED)
