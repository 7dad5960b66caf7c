"""Questions about what somebody said: of whom, about what."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evals.proposing.clause import Clause, clause, is_verb
from evals.proposing.lexicon import ASKED_AS, AUXILIARIES, SAYING, finite
from evals.proposing.wording import KNOWN, Wording
from rag.language import speech
from rag.language.entities import is_nation
from rag.language.speech import word_set

LEAST = 5
"""Words of a statement that is worth asking for."""
_THAT = re.compile(
    r"^(?:(?:to|on|in|at|during|by) [^,;:“”\"]{2,40}? |reporters |journalists |lawmakers |parliament )?"
    r"that (?P<content>.+)$"
)
_TOLD = re.compile(r"^(?:[^,;:“”\"]{2,50}? )that (?P<content>.+)$")
_ASIDE = re.compile(
    r",? (?:but|and) (?:claimed|added|said|noted|insisted|stressed|warned)\b|, (?:adding|noting|saying|stressing) "
)
"""Where somebody's next statement begins."""
_BARE = re.compile(r"^(?P<content>(?:the|a|an|there|it was|it is|[A-Z][\w’'-]*) .+)$")
_NO_TOPIC = (
    speech.PRONOUNS
    | speech.GENERIC
    | word_set(
        """there here his her their its our my such another other others nothing more most many several any some all
    both no not thing things way ways fact facts part parts case time point number lot end one ones people man men woman
    women day days year years month months week weeks"""
    )
)
_BEHIND = (
    "of to in on with for by from at as after before if when would will has had was were is are can could but that "
    "which who during until because since while over under between about against into must should may"
).replace(" ", "|")
_ENDS = rf"(?= (?:{_BEHIND}|and|or)\b|[,.]|$)"
_NOUN_PHRASE = re.compile(
    r"\b(?P<noun>(?:the|any|[A-Z][\w’-]*['’]s|[A-Z][\w’-]*s['’]) [\w-]+(?: (?!of\b)[\w-]+){0,2}?"
    rf"{_ENDS}(?: (?:of|for) (?:the |a |an )?[\w’'-]+(?: [\w’'-]+){{0,2}}?(?= (?:{_BEHIND})\b|[,.]|$))?)"
)
_EVENTS = word_set("settlement ceasefire truce recession merger strike referendum lockdown boycott election")
_TIMES = speech.TIMES | word_set(
    "weeks months years days least time end beginning past next anniversary same first last"
)
_PLURAL = re.compile(
    r"\b(?P<noun>(?:(?:peace|trade|gas|oil|energy|interest|tax|climate|nuclear|economic|security|military|further|housing|"
    r"western|Western|American|Russian|European|Chinese) )?(?:talks|negotiations|sanctions|elections|tariffs|weapons|"
    r"emissions|prices|taxes|strikes|migrants|refugees|casualties|layoffs|wages|vaccines|reforms|protests|exports|"
    r"imports|subsidies|hostages|missiles|drones|rates|consultations|concessions|guarantees|rents|fees|budgets)"
    r"(?: (?:with|on|about|regarding|against|in|over) (?:the )?[A-Z][\w-]+)?)\b"
)
"""Nouns that say without an article what is spoken of, with one word before and one name behind."""
MOST_TOPIC, LONGEST_SUBJECT = 6, 12
"""Words of what is asked about, and of what stands before the verb of a statement."""


def said(parsed: Clause) -> Iterator[Wording]:
    """What somebody said about the subject of what they said."""
    content = _content(parsed)
    if content is None or parsed.auxiliary not in ("", "has", "have", "had") or not _is_known(parsed.subject.text):
        return
    if len(content.split()) < LEAST or re.search(r"\bhe\b.*\bsaid\b|,? (?:he|she|they) (?:said|added)", content):
        return
    about = topic(content, parsed.subject.text)
    if about:
        kept = parsed.verb in ASKED_AS
        verb = parsed.form if kept else ("said" if parsed.auxiliary else "say")
        helper = parsed.helper
        question = f"What {helper} {parsed.subject.text} {verb} about {about}?"
        yield Wording(question, content, "said", parsed.subject.text)


def _content(parsed: Clause) -> str | None:
    """What was said, behind "that" or, after "said" alone, without it."""
    if parsed.verb not in SAYING or parsed.passive:
        return None
    found = (_TOLD if parsed.verb in ("tell", "remind", "inform") else _THAT).match(parsed.rest)
    if found is None and parsed.verb == "say":
        found = _BARE.match(parsed.rest)
        if found and not (_subject_of(found["content"]) or found["content"].startswith("it ")):
            return None
    return _ASIDE.split(found["content"])[0] if found else None


def denied(parsed: Clause) -> Iterator[Wording]:
    """What somebody denied, where what they spoke of has no name of its own."""
    found = _THAT.match(parsed.rest) if parsed.verb == "deny" and not parsed.passive else None
    if not found or not _is_known(parsed.subject.text) or topic(found["content"], parsed.subject.text):
        return
    if len(found["content"].split()) >= LEAST:
        yield Wording(parsed.asked("What"), found["content"], "denied", parsed.subject.text)


def would(parsed: Clause) -> Iterator[Wording]:
    """What, by somebody's account, another would do: "According to Axios, what would Ukraine hand over?"."""
    content = _content(parsed)
    if content is None or not _is_known(parsed.subject.text):
        return
    inner = clause(f"{content[0].upper()}{re.split(' and |,|;|:', content[1:])[0].rstrip('.')}.")
    if inner is None or inner.auxiliary not in ("would", "will", "must", "should") or inner.passive:
        return
    particle = _PHRASAL.get(inner.verb, "")
    rest = inner.rest.removeprefix(f"{particle} ") if particle else inner.rest
    if not inner.subject.named or (particle and rest == inner.rest) or not _OBJECT.match(rest):
        return
    if particle or inner.verb in _WITH_OBJECT:
        verb = f"{inner.verb} {particle}".strip()
        question = f"According to {parsed.subject.text}, what {inner.helper} {inner.subject.text} {verb}?"
        yield Wording(question, content, "would", parsed.subject.text)


_PHRASAL = {"hand": "over", "give": "up", "take": "over", "carry": "out", "set": "up", "call": "off", "phase": "out"}
_WITH_OBJECT = word_set(
    """accept receive withdraw reject sign offer provide supply sell buy build close cut cede lose recognise recognize
    suspend launch impose lift ban introduce replace publish release deliver send raise fund eliminate renounce keep"""
)
_OBJECT = re.compile(r"^(?:the|a|an|all|its|more|new|some|parts?|[a-z]+s)\b")


def _is_known(speaker: str) -> bool:
    """Whether a speaker has a name, and is not one of many: "the European official"."""
    words = speaker.split()
    unnamed = words[0] in ("the", "senior", "former") and words[-1].rstrip("s") in speech.ROLES
    return any(word[0].isupper() for word in words) and not unnamed


def topic(content: str, speaker: str) -> str | None:
    """What a statement is about, as it can stand behind "about"; None where no noun phrase of it says so plainly.

    >>> topic("a settlement has to remove the root causes of the war", "Dmitry Peskov")
    'a settlement'
    """
    content = re.sub(r"\b([A-Z])\.([A-Z])\.", r"\1\2", re.sub(r" \([A-Z]{2,}\)", "", content))
    content = _LEADING_CLAUSE.sub("", content)
    first = _lowered(_subject_of(content))
    if first and not _is_mere_name(first):
        return first if not _shares_name(first, speaker) else None
    main = _MAIN.split(content)[0]
    found = (each for form in (_NOUN_PHRASE, _PLURAL) for each in form.finditer(main))
    nouns = (each["noun"] for each in found if each.end() < len(main) or not _JOINED.match(content, len(main)))
    told = (noun for noun in nouns if _tells(noun) and not _shares_name(noun, speaker))
    mere = first if first and not _shares_name(first, speaker) and not _is_nation(first) else None
    return next(told, mere)


_LEADING_CLAUSE = re.compile(r"^(?:As|When|If|While|Although|Though|Because|Since|Unless|Once)\b[^,]*, ", re.IGNORECASE)
_JOINED = re.compile(r" (?:and|but|which|who|that)\b")
"""What goes on with a noun phrase beyond the end of its clause."""
_MAIN = re.compile(r"[,;:–—“”\"()]| --| (?:and|but|while|because|if|when|after|before|as|once|which|who|that)\b")
"""Where the main clause of a statement ends, in which its matter is looked for."""


def _subject_of(content: str) -> str | None:
    """The words before the verb of a statement, if they are a noun phrase."""
    expletive = re.match(r"^there (?:is|are|was|were|had been|have been|would be|remains) (?:no |a |an )?", content)
    content = _QUANTITY.sub("", content)
    words = content.split()
    if expletive:
        rest = re.split(
            r"[,.]| (?:in|on|with|for|to|of|under|at|that|about|and|between)\b", content[expletive.end() :]
        )[0]
        return rest if _tells(rest) and len(rest.split()) > 1 else None
    for at in range(1, min(len(words), LONGEST_SUBJECT)):
        if words[at] in AUXILIARIES or is_verb(words, at):
            phrase = _shortened(words[:at])
            return phrase if _tells(phrase) else None
        if words[at - 1].endswith(","):
            phrase = " ".join(words[:at]).rstrip(",")
            return phrase if _OWNED.match(phrase) and _tells(phrase) else None
        if re.search(r"[.:;–—“”\"()]", words[at - 1]):
            return None
    return None


_QUANTITY = re.compile(r"^(?:no|all|any|some|several|many|its|his|her|their) (?=[a-z]+s\b)")
"""What may be left out of a subject in the plural: of no talks and of all talks, talks are spoken of."""
_OWNED = re.compile(r"^(?:the )?[A-Z][\w-]*['’]s? [a-z]")


def _shortened(words: list[str]) -> str:
    """A noun phrase with no more than the first of the phrases that hang on it, if it is long."""
    hanging = [at for at, word in enumerate(words) if at and word in speech.PREPOSITIONS]
    return " ".join(words if len(words) <= MOST_TOPIC or len(hanging) < 2 else words[: hanging[1]])


def _tells(phrase: str) -> bool:
    """Whether a phrase is a noun phrase that names its matter."""
    words = [word.lower() for word in phrase.split()]
    if not words or _NO_TOPIC.intersection(re.split("['’]", words[0])[:1]) or not re.fullmatch(r"[\w’'. -]+", phrase):
        return False
    common = [word for word in words if word not in ("the", "a", "an")]
    if not common or (len(common) == 1 and (common[0] in _NO_TOPIC or len(common[0]) < 4)):
        return False
    last = common[-1]
    if len(common) == 1 and words[0] in ("the", "a", "an"):
        return last in KNOWN or (words[0] != "the" and last in _EVENTS)
    if words[0] in speech.PREPOSITIONS | speech.SUBORDINATORS | speech.OPENERS - {"the", "a", "an"} or any(
        word in _TIMES or word[0].isdigit() for word in words
    ):
        return False
    form = finite(last)
    verbal = form is not None and form.tense == "past"
    return (
        not _CLAUSAL.intersection(words) and not verbal and not last.endswith("ly") and last not in speech.PREPOSITIONS
    )


def _lowered(phrase: str | None) -> str | None:
    """The phrase without the capital of a statement that was quoted."""
    return re.sub(r"^(?:The|A|An|All|Any|Every|Each|No)\b", lambda word: word[0].lower(), phrase) if phrase else None


_CLAUSAL = word_set("that which who if when while as not to he she it they what")
"""Words that no plain noun phrase holds."""


def _is_mere_name(phrase: str) -> bool:
    """Whether a phrase is a name alone, which says too little of what was said."""
    words = [word for word in phrase.split() if word.lower() not in ("the", "and")]
    return all(word[0].isupper() or is_nation(word) for word in words)


def _is_nation(phrase: str) -> bool:
    """Whether a phrase is a country alone, of which anything may be said."""
    return all(is_nation(word) or word in ("the", "and", "United") for word in phrase.split())


def _shares_name(phrase: str, speaker: str) -> bool:
    names = {word for word in speaker.split() if word[0].isupper()}
    return bool(names & set(re.sub(r"['’]s?\b", "", phrase).split()))


RULES = (denied, would, said)
