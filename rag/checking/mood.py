"""How a sentence puts a word: as a fact, or as something possible, required, planned or only foreseen."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

from rag.checking.clauses import Clause, Token
from rag.language import speech
from rag.language.speech import word_set
from rag.language.verbs import is_past

Mood = Literal["fact", "present", "possible", "can", "must", "future", "would", "planned", "unclear"]

_POSSIBLE = word_set("may might could possibly perhaps maybe potentially")
_LIKELY = word_set("likely probably reportedly allegedly apparently supposedly presumably")
_ANNOUNCING = word_set("announce confirm reveal report say see")
"""What "can" makes no mere possibility: "the club can announce"."""
_MUST = word_set("must shall should need needs ought required obliged")
_BE = speech.BE | frozenset(("s", "re", "m"))
_HAVE = word_set("has have had having ve")
_PLANNING = word_set(
    """expected planning due set going ready likely scheduled willing prepared supposed plan plans planned want wants
    wanted hope hopes hoped promise promises promised offer offers offered agree agrees agreed intend intends intended
    propose proposes proposed aim aims aimed seek seeks sought vow vows vowed pledge pledges pledged ask asks asked
    demand demands demanded urge urges urged threaten threatens threatened decide decides decided order ordered tell
    told allow allowed try tries tried attempt attempted need needs needed expects expect proposal bid effort push
    commitment pledging willingness"""
)
_WEIGHING = word_set(
    """considering consider considers considered weighing weigh weighs weighed planning plans propose proposes proposed
    proposing suggest suggests suggested discussing discussed mulling exploring contemplating about demand demands
    demanded foresees envisages"""
)
_SUPPOSING = frozenset(("if", "unless", "whether", "once", "until"))
_NO_VERB = speech.NO_SUBJECT | frozenset(("of", "and", "or", "then", ",", "either"))
"""Words behind which a past form may be an adjective, or share an auxiliary that stands before."""
_BETWEEN = speech.ADVERBS - _HAVE | frozenset(("not", "never", "then", "soon", "yet", "be", "been", "being", "'s"))


def mood(clause: Clause, at: int) -> Mood:
    """How the word at a place of a clause is put; "unclear" for nouns and whatever stands without a verb."""
    token = clause.tokens[at]
    if token.text[0].isupper() or not token.key:
        return "unclear"
    chain = _chain(clause.tokens, at)
    if token.lower.endswith("ly") or (chain and chain[-1] in _HAVE and not is_past(token.lower)):
        return "unclear"
    if clause.opener in _SUPPOSING:
        return "possible" if chain or is_past(token.lower) else "unclear"
    if chain:
        return _by_auxiliaries(clause.tokens, at, chain)
    if token.lower.endswith("ing"):
        before = clause.tokens[at - 1].lower if at else ""
        return "planned" if before in _WEIGHING else "unclear"
    before = clause.tokens[at - 1].lower if at else ""
    is_verb = is_past(token.lower) and before not in _NO_VERB
    return "fact" if is_verb else "unclear"


def _chain(tokens: tuple[Token, ...], at: int) -> tuple[str, ...]:
    """The auxiliaries right before a word, with "to", in order; adverbs and negations between are passed over."""
    found = list[str]()
    for place in range(at - 1, max(-1, at - 8), -1):
        word = tokens[place].lower
        if word in speech.MODALS | _BE | _HAVE | _POSSIBLE | _LIKELY | {
            "to",
            "can",
            "cannot",
            "need",
            "needs",
            "ought",
            "ll",
            "d",
        }:
            found.append(word)
        elif word not in _BETWEEN and not word.endswith("ly"):
            break
    return tuple(reversed(found))


def _by_auxiliaries(tokens: tuple[Token, ...], at: int, chain: tuple[str, ...]) -> Mood:
    words = frozenset(chain)
    if words & (_POSSIBLE | _LIKELY):
        return "possible"
    if words & {"can", "cannot"}:
        return "present" if tokens[at].lower in _ANNOUNCING else "can"
    if words & _MUST or _has_to(chain):
        return "must"
    if words & {"will", "ll", "wo"}:
        return "future"
    if words & {"would", "d"}:
        return "would"
    if "to" in words:
        return _infinitive(tokens, at, chain)
    if words & {"did"}:
        return "fact"
    if words & {"do", "does"}:
        return "present"
    return _finite(words)


def _has_to(chain: tuple[str, ...]) -> bool:
    return any(one in _HAVE and other == "to" for one, other in pairwise(chain))


def _infinitive(tokens: tuple[Token, ...], at: int, chain: tuple[str, ...]) -> Mood:
    place = next(place for place in range(at - 1, -1, -1) if tokens[place].lower == "to")
    before = tokens[place - 1].lower if place else ""
    return "planned" if before in _PLANNING | _BE else "unclear"


def _finite(words: frozenset[str]) -> Mood:
    """The mood behind forms of "be" and "have" alone."""
    if words & {"was", "were", "had", "been", "has", "have", "having", "ve"}:
        return "fact"
    return "present"
