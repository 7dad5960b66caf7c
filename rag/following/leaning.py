"""Whether a question leans on what was asked before, and by which of its words.

A question leans by a pronoun that nothing in it explains, by how it opens ("and", "what about"), by a noun that was
introduced before ("the plan", where it was the 28-point plan), by comparing with something it does not name ("any
others"), or by being too short to be about anything. Whatever does not lean stands alone and is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rag.following.bare_time import is_bare_time
from rag.forms.form import bare
from rag.language import speech
from rag.language.phrases import ABOUT, Name, Word, carries, names, phrases, stems_of, words
from rag.language.speech import word_set
from rag.language.terms import stem

By = Literal["opening", "pronoun", "noun", "comparison", "brevity"]
_COURTESY = re.compile(
    r"^(?:(?:so|ok|okay|well|hi|hello|hey|thanks|thank you|please|oh|wow|great|sorry|got it|i see|yes"
    r"|yeah)\b[,.!:]*\s+)+",
    re.IGNORECASE,
)
_JOINING = re.compile(r"(?:and|but|or|then|because|also)\b[,\s]*", re.IGNORECASE)
_OPENING = re.compile(
    r"(?:what|how) about\b|not even\b|even\b|what if\b|i (?:meant?|am talking|['’]?m talking)\b|no[,.]"
    r"|(?:why|how|when|where|who|which|whom|since when|how come|how so|why not|by whom|for whom|with whom|how much"
    r"|how many"
    r"|how long|says who|what for|what else|anything else|who else|where else)(?: (?:so|exactly|then|not|one"
    r"|ones))*\W*$",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"(?:wh|how\b|(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should|may|might|must)\b)", re.I
)
_PEOPLE = word_set("he she him his her hers himself herself")
_ONE_THING = word_set("it its itself")
_MANY = word_set("they them their theirs themselves")
_POSSESSIVE = word_set("his her hers its their theirs himself herself itself themselves")
_CLAUSE_OPENERS = (
    speech.SUBORDINATORS | speech.DOUBTERS | speech.FINITE
    | word_set("and but or that who which say think believe know want hope so if")
)  # fmt: skip
_POINTING = word_set("this these those that")
_SUBJECTS = word_set("who which what that it he she this one everyone nobody somebody someone anyone")
"""Behind these a word in -s is a verb: "who collects"."""
_COMPARING = word_set("else another instead likewise similarly same other others latter former either neither both too")
_AFTER_OTHER = word_set("than hand words side")
_DEMONSTRATIVE_BEFORE = speech.PREPOSITIONS | speech.BE | word_set("do does did done all like than and why's how's")
_DUMMY = re.compile(
    r"\b(?:is|was|be|as|if|it's|makes?|made|find|does|did|would|will|can|has|have)\s+it\s+(?:\w+\s+){0,3}?"
    r"(?:true|possible|necessary|legal|safe|common|normal|correct|okay|ok|best|better|worth|take|takes|mean|means|cost"
    r"|important|required|mandatory|likely|hard|easy|difficult|advisable|illegal|allowed|known|said|like|the case"
    r"|rain|rains"
    r"|snow|matter|considered|a good idea|good|bad|wise|time)\b"
    r"|\bit(?:['’]s| is| was)? (?:\w+ ){0,2}?(?:true|possible|necessary|legal|safe|takes?|means?|costs?|comes to|rains"
    r"|seems|appears|turns out)\b|\bwhat(?:['’]s| is| was) it (?:like|called when)\b|\bmake it\b",
    re.IGNORECASE,
)
"""An "it" that points to nothing: "Is it possible to", "How long does it take to"."""
_EXISTENCE = re.compile(
    r"\b(?:is|are|was|were|has|have|be|been|isn't|aren't|will|can|could|may)\s+there\b"
    r"|\bthere\s+(?:is|are|was|were|has|have|be|been|will|can|could|may|should|a|any|no|exists?)\b",
    re.IGNORECASE,
)
_ARTICLES = word_set("a an the my your our each every another")
_DETERMINERS = word_set("a an the this that these those my your our some any each every another no his her their its")
_AFTER_ONE = speech.PREPOSITIONS | speech.BE | speech.MODALS | {"and", "or", "more", "better"}
_COMPARATIVE = re.compile(
    r"\bwhich(?: ones?)?(?: of (?:them|these|those|the two))? (?:is|are|was|were|should|would|do|does|has|have) "
    r"(?:the )?(?:more|most|less|least|better|best|cheaper|safer|\w+er|\w+est)\b",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"\b(?:later|afterwards|since then|before that|after that|at the time|at that time|back then|next)\b"
    r"(?! (?:to|year|month|week|than))",
    re.IGNORECASE,
)
_DEFINITION = re.compile(
    r"^(?:what|who)(?:['’]s| is| are| was| were| does| do)\s+(?!the\b|it\b|that\b)\w|\bmeans?\b|^define\b",
    re.IGNORECASE,
)
"""A question for what a word means stands alone, however short."""
FEWEST = 2
"""Words that tell what a question is about, fewer of which, and no name, leave it hanging."""


_Fits = Callable[[tuple[Word, ...], int], bool]


@dataclass(frozen=True, slots=True)
class Leaning:
    """What a question leans by; `word` is where, None where it is the question as a whole."""

    by: By
    word: Word | None = None


def leaning(question: str, before: Iterable[str] = ()) -> Leaning | None:
    """How `question` leans on the questions (and first sentences of answers) `before`; None where it stands alone.

    >>> leaning("What did he say later?").by
    'pronoun'
    >>> leaning("What are Putin's stated conditions?") is None
    True
    """
    if ABOUT.search(question):
        return None
    text = bare(question)
    shift = question.rindex(text) if text in question else 0
    every = words(text)
    if _opens_on_before(question):
        return Leaning("opening")
    found = next((word for place, word in enumerate(every) if _points(text, every, place)), None)
    if found is not None:
        return Leaning("pronoun", Word(found.text, found.start + shift, found.end + shift))
    if any(_compares(every, place) for place in range(len(every))) or _COMPARATIVE.search(text):
        return Leaning("comparison")
    noun = _introduced(text, every, before)
    if noun is not None:
        return Leaning("noun", Word(noun.text, noun.start + shift, noun.end + shift))
    return Leaning("brevity") if _is_too_short(text, every) else None


def without_courtesy(question: str) -> str:
    """The question without the thanks and the like that it begins with."""
    text = question.strip()
    return _COURTESY.sub("", text, count=1) or text


def _opens_on_before(question: str) -> bool:
    """Whether its first words join it to what was before; "and" does not where a whole question follows."""
    text = without_courtesy(question)
    joining = _JOINING.match(text)
    if joining and joining.end() < len(text):
        rest = text[joining.end() :]
        return not (_ASKS.match(rest) and names(rest)) or _OPENING.match(rest) is not None
    return _OPENING.match(text) is not None or is_bare_time(text.rstrip("?!. "))


def _points(text: str, every: tuple[Word, ...], place: int) -> bool:
    """Whether the word is a pronoun whose noun stands nowhere before it in the question."""
    word = every[place].lower.removesuffix("'s").removesuffix("’s")
    if word in _PEOPLE:
        return not _explained(text, every, place, _is_person)
    if word in _ONE_THING:
        is_dummy = word == "it" and _DUMMY.search(text) is not None
        return not is_dummy and not _explained(text, every, place, _is_singular)
    if word in _MANY:
        return not _explained(text, every, place, _is_plural)
    if word in _POINTING:
        return _demonstrates(every, place) and not _names_again(every, place)
    if word == "there":
        return not _EXISTENCE.search(text) and not names(text)
    return word in ("one", "ones") and _stands_for_noun(every, place)


def _explained(text: str, every: tuple[Word, ...], place: int, fits: _Fits) -> bool:
    """Whether a name, or a noun that fits the pronoun, stands before it: for a possessive anywhere, else in a clause
    before its own, since in "Has Kyiv accepted it" it is not Kyiv."""
    word = every[place]
    until = place if word.lower in _POSSESSIVE else _clause(text, every, place)
    end = every[until].start if until < len(every) else 0
    named = [name for name in names(text) if name.end <= end]
    return any(_may_be(word.lower, name, named) for name in named) or any(fits(every, at) for at in range(until))


def _clause(text: str, every: tuple[Word, ...], place: int) -> int:
    """The place where the clause of the word begins."""
    for at in range(place - 1, -1, -1):
        if every[at].lower in _CLAUSE_OPENERS or set(",;:.") & set(text[every[at].end : every[at + 1].start]):
            return at + 1
    return 0


def _may_be(pronoun: str, name: Name, named: Sequence[Name]) -> bool:
    if pronoun in _PEOPLE:
        return name.is_person
    return not name.is_person or (pronoun in _MANY and len(named) > 1)


def _is_person(every: tuple[Word, ...], at: int) -> bool:
    return every[at].lower in speech.ROLES or (_is_singular(every, at) and not every[at].is_capital)


def _is_singular(every: tuple[Word, ...], at: int) -> bool:
    """Whether a noun with its article stands here: "a lawyer", "the war"."""
    word = every[at].lower
    behind_article = any(every[back].lower in _ARTICLES for back in range(max(0, at - 3), at))
    return carries(word) and behind_article and not _is_plural(every, at)


def _is_plural(every: tuple[Word, ...], at: int) -> bool:
    """Whether a plural noun stands here, and not the verb of "who collects"."""
    word = every[at].lower
    is_verb = at > 0 and every[at - 1].lower in speech.PRONOUNS - {
        "all",
        "some",
        "many",
        "most",
        "few",
        "other",
        "these",
    }
    return (
        carries(word) and len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) and not is_verb
    )


def _names_again(every: tuple[Word, ...], place: int) -> bool:
    """Whether "these data" speaks of data that the question named before."""
    following = {stem(word.text) for word in every[place + 1 : place + 4] if carries(word.text)}
    return any(carries(word.text) and stem(word.text) in following for word in every[:place])


def _demonstrates(every: tuple[Word, ...], place: int) -> bool:
    """Whether "that" and its like point at something, rather than open a clause."""
    word, following = every[place].lower, every[place + 1].lower if place + 1 < len(every) else ""
    if following in speech.TIMES or following in ("who", "which", "morning", "afternoon", "evening"):
        return False
    if word != "that":
        return True
    before = every[place - 1].lower if place else ""
    if following in speech.BE and place == 0:
        return True
    opens_clause = following in speech.PRONOUNS | _DETERMINERS or (
        place + 1 < len(every) and every[place + 1].is_capital
    )
    return (not following or before in _DEMONSTRATIVE_BEFORE or place == 0) and not opens_clause


def _stands_for_noun(every: tuple[Word, ...], place: int) -> bool:
    """Whether "one" is a thing named before: "create one", "the other one", and not "one day" or "one of"."""
    before = every[place - 1].lower if place else ""
    following = every[place + 1].lower if place + 1 < len(every) else ""
    if before in ("no", "any", "some", "every", "no-one") or following == "of":
        return False
    return not following or following in speech.PREPOSITIONS | speech.BE | speech.MODALS | {
        "and",
        "or",
        "more",
        "better",
    }


def _compares(every: tuple[Word, ...], place: int) -> bool:
    """Whether the word sets something beside what the question does not name: "any other", "as well"."""
    word = every[place].lower
    following = every[place + 1].lower if place + 1 < len(every) else ""
    if word not in _COMPARING:
        return False
    if word == "too":
        return not following
    if word in ("both", "either", "neither", "same"):
        return not any(every[at].lower in ("and", "or", "as") for at in range(place + 1, len(every)))
    before = every[place - 1].lower if place else ""
    return following not in _AFTER_OTHER and before != "each"


def _introduced(text: str, every: tuple[Word, ...], before: Iterable[str]) -> Word | None:
    """The noun behind a bare "the" in a question that names nobody, if it was introduced before, or if the question
    says so little that it must have been."""
    if names(text) or any(word.text.isdigit() for word in every):
        return None
    known = frozenset[str]().union(*map(stems_of, before))
    bare_nouns = [every[place + 1] for place in range(len(every) - 1) if _is_bare_noun(text, every, place)]
    if len({stem(word.text) for word in every if carries(word.text)}) <= FEWEST:
        return next(iter(bare_nouns), None)
    return next((noun for noun in bare_nouns if stem(noun.text) in known), None)


def _is_bare_noun(text: str, every: tuple[Word, ...], place: int) -> bool:
    """Whether "the" and one noun stand here, with nothing that says which."""
    noun = every[place + 1]
    if every[place].lower != "the" or not carries(noun.text):
        return False
    if place + 2 == len(every):
        return True
    after = every[place + 2]
    return after.lower != "of" and (not carries(after.text) or bool(text[noun.end : after.start].strip()))


def _is_too_short(text: str, every: tuple[Word, ...]) -> bool:
    """Whether the question names nothing and says too little to be about anything."""
    if names(text) or any(sign.isdigit() for sign in text):
        return False
    telling = {stem(word.text) for word in every if carries(word.text)}
    if _LATER.search(text):
        return len(telling) <= FEWEST
    if len(telling) >= FEWEST or any(len(phrase.split()) > 1 for phrase in phrases(text)):
        return False
    return not (telling and _DEFINITION.search(text))
