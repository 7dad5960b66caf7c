"""Questions for a person, a time, a place or a reason, and for what somebody or something is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evals.proposing.clause import Clause
from evals.proposing.lexicon import BE, SAYING, past_of, third_person
from evals.proposing.wording import Wording, clean, up_to_comma
from rag.language import speech
from rag.language.dating import days
from rag.language.speech import word_set

_PLACE = re.compile(
    r"^(?:in|at) (?P<place>(?:the )?[A-Z][\w’'-]*(?:,? [A-Z][\w’'-]*)*)"
    r"(?=$|,| (?:after|before|on|in|to|for|during|as)\b)"
)
_GATHERING = word_set("meet gather convene live die")
_DATE = re.compile(r"^(?P<before>.*?),? ?\b(?:in|on) (?P<date>[A-Z0-9].*)$")
_BECAUSE = re.compile(r"^(?P<before>.+?),? (?:because(?: of)?|in order to) (?P<why>.+)$")
_PLACED = word_set("bear hold base locate found open build arrest sign kill find die meet take stage host born")
_DATED = word_set(
    """bear found open sign publish launch introduce establish begin start end close elect appoint release create build
    complete abolish adopt approve join leave resign die retire discover invent win ratify annex ban hold meet visit
    lose arrest attack marry sell buy convict sentence arrive"""
)
_DONE = word_set(
    """receive win found sign write invent discover lead direct propose publish launch design build appoint kill replace
    defeat succeed chair host own buy sell paint compose own run head speak brief escort create represent sponsor
    negotiate introduce approve veto fire sack dismiss marry murder coach produce edit manage own draft"""
)
_DEFINED = re.compile(r"^(?P<what>(?:the|a|an) .+)$")
_ROLE = (
    speech.ROLES
    | speech.TITLES
    | word_set(
        "actor actress singer writer poet painter politician player footballer musician composer physicist "
        "mathematician philosopher man woman son daughter wife husband mother father widow survivor teacher "
        "student lawyer friend"
    )
)


def when(clause: Clause) -> Iterator[Wording]:
    """When something happened, where an absolute date closes or opens the clause."""
    if clause.verb not in _DATED or clause.auxiliary not in ("", "was", "were"):
        return
    found = _DATE.match(clause.rest) if not clause.lead else None
    day, before = (found["date"], found["before"]) if found else (re.sub("^(?:in|on) ", "", clause.lead), clause.rest)
    if not _is_date(day):
        return
    tail = up_to_comma(before)
    if tail is not None and (tail or clause.passive or clause.verb in _ALONE):
        words = f"When {clause.helper} {clause.subject.text} {clause.form} {tail}"
        yield Wording(clean(f"{words}?"), day, "when", clause.subject.text, ((day.rstrip(","),),))


_ALONE = word_set("begin start end open close resign die retire")


def where(clause: Clause) -> Iterator[Wording]:
    """Where something is or was held, signed or based, or where some met."""
    found = _PLACE.match(clause.rest)
    gathered = clause.verb in _GATHERING and not clause.auxiliary
    placed = gathered or (clause.verb in _PLACED and clause.passive)
    if found is None or not placed or days(found["place"]) or found["place"].split()[-1].lower() in speech.TIMES:
        return
    if not clause.lead:
        yield Wording(clause.asked("Where"), clause.rest, "where", clause.subject.text, ((found["place"],),))


def why(clause: Clause) -> Iterator[Wording]:
    """Why, where the clause gives its reason."""
    found = _BECAUSE.match(clause.rest)
    before = up_to_comma(found["before"]) if found else None
    if found and before is not None and len(found["why"].split()) >= 3 and clause.verb != "be":
        yield Wording(clause.asked("Why", before), found["why"], "why", clause.subject.text)


def who_is(clause: Clause) -> Iterator[Wording]:
    """Who holds an office, or who somebody is."""
    if clause.verb != "be" or clause.auxiliary not in BE or not clause.subject.person or clause.lead:
        return
    found = _DEFINED.match(clause.rest)
    what = found["what"] if found else ""
    role = {word.strip(",").lower() for word in what.split()} & _ROLE
    name, short = clause.subject.text, up_to_comma(what)
    if not role:
        return
    if what.startswith("the ") and short and re.search(r" (?:of|for) (?:the )?[A-Z]", short):
        yield Wording(f"Who {clause.auxiliary} {short}?", f"{name}", "who is", name, (_names(name),))
    yield Wording(f"Who {clause.auxiliary} {name}?", what, "who is it", name)


def who_are(clause: Clause) -> Iterator[Wording]:
    """Who two people are whom one clause names by their office."""
    two = re.fullmatch(r"(?P<one>[A-Z][^,]+?) and (?P<other>[A-Z][^,]+)", clause.subject.text)
    short = up_to_comma(clause.rest) if clause.verb == "be" and clause.auxiliary in ("are", "were") else None
    if two and short and short.startswith("the ") and re.search(r" [A-Z]", short) and _ROLES.search(short):
        says = (_names(two["one"]), _names(two["other"]))
        yield Wording(f"Who {clause.auxiliary} {short}?", clause.subject.text, "who is", clause.subject.text, says)


_ROLES = re.compile(rf"\b(?:{'|'.join(sorted(speech.ROLES))})s\b")


def what_is(clause: Clause) -> Iterator[Wording]:
    """What a named thing is, as an encyclopaedia or a glossary opens."""
    subject = clause.subject
    if clause.verb != "be" or clause.auxiliary != "is" or subject.person or not subject.named:
        return
    found = re.match(r"^an? (?P<what>[a-z].+)$", clause.rest)
    role = found and {word.strip(",") for word in found["what"].split()[:6]} & _ROLE
    person = found and _PERSON.match(found["what"])
    if found and not role and not person and len(found["what"].split()) >= 4:
        yield Wording(f"What is {subject.text}?", clause.rest, "what is", subject.text)


_PERSON = re.compile(
    r"^(?:[\w’'-]+ )*?[a-z-]+(?:er|or|ist|ess|man|woman|ian|ee|ant|child)\b"
    r"(?= (?:of|in|at|from|with|for|on|by|and|to)\b|$|[,.])"
    r"|.*\bwho\b"
)
"""What may be somebody and no thing: a noun by its ending, or one that "who" follows."""


def who_did(clause: Clause) -> Iterator[Wording]:
    """Who did something, where a person is named and what was done is told apart by a name of its own."""
    if clause.passive or clause.auxiliary or clause.verb not in _DONE - SAYING or not clause.subject.person:
        return
    tail = up_to_comma(clause.rest)
    if tail and re.search(r" [A-Z]\w+", f" {tail}") and len(tail.split()) >= 3 and " and " not in f" {tail} ":
        verb = past_of(clause.verb) if clause.tense == "past" else third_person(clause.verb)
        lead = f" {clause.lead}" if clause.lead else ""
        name = clause.subject.text
        yield Wording(clean(f"Who {verb} {tail}{lead}?"), name, "who did", name, (_names(name),))


def by_whom(clause: Clause) -> Iterator[Wording]:
    """Who did something, where a passive names the doer at its end."""
    found = _AGENT.match(clause.rest) if clause.passive and clause.auxiliary in ("is", "are", "was", "were") else None
    before = up_to_comma(found["before"]) if found else None
    if not found or before is None or clause.verb in SAYING or not clause.subject.named:
        return
    plain = past_of(clause.verb) if clause.auxiliary in ("was", "were") else third_person(clause.verb)
    agent = found["agent"].removeprefix("the ")
    question = clean(f"Who {plain} {clause.subject.text} {before}?")
    yield Wording(question, f"by {found['agent']}", "by whom", clause.subject.text, ((agent,),))


_AGENT = re.compile(r"^(?P<before>[^,]*?)\bby (?P<agent>(?:the )?[A-Z][\w’'.-]*(?: (?:of |and )?[A-Z][\w’'.-]*)*)$")


def _names(name: str) -> tuple[str, ...]:
    """The name and its last part, either of which says who it is."""
    last = name.split()[-1]
    return (name, last) if last != name and len(last) > 3 else (name,)


def _is_date(text: str) -> bool:
    """Whether words are one date that needs no day of publication: a year, or a day and month."""
    found = days(text)
    one = found[0] if len(found) == 1 else None
    if one is None or one.start > 0 or len(text.strip(" ,.")) > len(one.text) + 1:
        return False
    return one.year is not None or (one.month is not None and one.day is not None)


RULES = (when, where, who_is, who_are, who_did, by_whom, what_is, why)
