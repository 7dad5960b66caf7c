"""A plain English statement taken apart: who, the verb, and the rest, as text that a question can be made of.

It reads simple main clauses only. Whatever is not surely one, such as a sentence that opens with a pronoun, asks,
denies or hangs on the one before it, is not taken apart at all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from evals.proposing.lexicon import AUXILIARIES, BE, HAVE, Tense, finite, participle, participle_of
from evals.proposing.subject import Subject, subject_before
from evals.proposing.wording import clean
from rag.language import speech
from rag.language.dating import days
from rag.language.speech import word_set

LONGEST_SUBJECT = 9
"""Words before the verb."""
_SKIPPED = word_set(
    "also then later repeatedly again already earlier recently previously now still publicly openly reportedly "
    "officially formally initially eventually finally subsequently immediately quickly"
)
"""Adverbs that may be left out of a question."""
_NO_VERB_AFTER = speech.PREPOSITIONS | word_set(
    "the a an this that these those its his her their our my your no any some every each and or newly"
)
_STOPS = word_set("who which that whom whose if when while because although though unless where as but or what how")
_RELATIVE = (
    r"(?:(?:early |late |earlier )?(?:on )?(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
    r"(?: (?:morning|afternoon|evening|night))?(?! \d)|yesterday|today|tonight|(?:earlier |late |later )?"
    r"(?:last|this|next|the same) (?:week|month|year|summer|autumn|fall|winter|spring|morning|afternoon|evening|night|"
    r"weekend|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)|(?:a|one|two|three|several|many) "
    r"(?:days?|weeks?|months?|years?) (?:ago|earlier|later)|on the (?:same day|day before)|at the time|for now)"
)
RELATIVE_TIME = re.compile(rf",?\s*\b{_RELATIVE}\b,?(?=[\s:]|$)")
"""A time that only the day of publication makes plain."""
_LEAD = re.compile(
    r"^(?P<lead>(?:On|In|At|By|Since|During|Last|This|Earlier|Late|Early|Yesterday|Two|Three) ?[^,]{0,40}?), "
)
_TIME_LEAD = re.compile(rf"^(?:On |In )?{_RELATIVE},? (?=[A-Z]|the )", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Clause:
    """`subject` with its verb's base form in `verb`, and what follows it in `rest`, without the stop.

    `auxiliary` is as written ("would", "has"; empty if there is none). `passive` is for "was signed", `rest` then being
    what follows the participle; a clause with a form of "be" alone has the verb "be". `lead` is a place or an absolute
    date that stood before the subject; a relative one is left out.
    """

    subject: Subject
    auxiliary: str
    verb: str
    tense: Tense
    passive: bool
    rest: str
    lead: str = ""

    @property
    def helper(self) -> str:
        """The word that opens a question before the subject: "did", "does", "would", "was"."""
        if self.auxiliary:
            return self.auxiliary
        if self.tense == "past":
            return "did"
        return "do" if self.subject.plural else "does"

    @property
    def form(self) -> str:
        """The verb as it stands behind the subject in such a question."""
        if self.passive or self.auxiliary in HAVE:
            return participle_of(self.verb)
        return "" if self.verb == "be" else self.verb

    def asked(self, wh: str, tail: str = "") -> str:
        """The question that `wh` opens, as "What did Dmitry Peskov deny?"; `tail` follows the verb."""
        words = f"{wh} {self.helper} {self.subject.text} {self.form} {tail}"
        lead = f" {self.lead}" if self.lead and self.lead not in words else ""
        return clean(f"{words}{lead}?")


def clause(sentence: str, context: str = "") -> Clause | None:
    """The main clause of a sentence of one line; None where it is not surely one. `context` is text of its document,
    which tells whether the word that it opens with is a name.

    >>> found = clause("Kremlin spokesman Dmitry Peskov denied on Wednesday that the plan was dead.")
    >>> found.subject.text, found.verb, found.rest
    ('Dmitry Peskov', 'deny', 'that the plan was dead')
    """
    if not re.search(r"[\w”\"’)]\.[”\"’]?$", sentence) or re.search(r"[?;•|\[\]{}<>]", sentence):
        return None
    lead, body = _without_lead(sentence)
    words = body.split()
    for at in range(1, min(len(words), LONGEST_SUBJECT + 14)):
        if not is_verb(words, at):
            continue
        rule = words[at] in ("must", "may", "should", "can", "are")
        subject = subject_before(words[: _back_over_adverbs(words, at)], rule=rule, context=context)
        return None if subject is None else _read(subject, words, at, lead)
    return None


def bare(word: str) -> str:
    """A word without the marks around it, as written."""
    return word.strip('.,:;!?()“”"‘')


def _without_lead(sentence: str) -> tuple[str, str]:
    relative = _TIME_LEAD.match(sentence)
    if relative:
        rest = sentence[relative.end() :]
        return "", rest[0].upper() + rest[1:]
    found = _LEAD.match(sentence)
    if not found:
        return "", sentence
    lead, rest = found["lead"], sentence[found.end() :]
    known = days(lead) and not re.fullmatch(_RELATIVE, re.sub("^(?:On|In) ", "", lead))
    place = re.fullmatch(r"In [A-Z]\w+(?: [A-Z]\w+)*", lead)
    kept = f"{lead[0].lower()}{lead[1:]}" if known or place else ""
    if not kept and not re.fullmatch(rf"(?:On |In )?{_RELATIVE}", lead, re.IGNORECASE):
        return "", sentence
    return kept, rest[0].upper() + rest[1:]


def is_verb(words: Sequence[str], at: int) -> bool:
    """Whether the verb of the main clause begins here."""
    word, before = words[at], bare(words[at - 1])
    if not word.islower() or not bare(word).isalpha() or before.lower() in _NO_VERB_AFTER:
        return False
    if before.endswith(("'s", "’s", "s'", "s’")):
        return False
    if word in AUXILIARIES:
        return True
    form = finite(bare(word))
    if form is None or form.tense == "base":
        return form is not None and _is_plural_present(words, at)
    if form.tense == "present":
        return _is_present(words, at)
    return True


def _is_present(words: Sequence[str], at: int) -> bool:
    """Whether a form in -s is a verb: behind a name or a singular noun, before something that may be its object."""
    before, following = bare(words[at - 1]), bare(words[at + 1]) if at + 1 < len(words) else ""
    if before.lower().endswith("s"):
        return False
    if following.lower() in _OBJECTS or (before[:1].isupper() and following.lower() in speech.PREPOSITIONS):
        return True
    return before[:1].isupper() and (following[:1].isdigit() or following[:1].isupper())


_OBJECTS = word_set("that the a an its his her their to")
"""What follows a verb and hardly ever a plural noun that is no subject."""


def _is_plural_present(words: Sequence[str], at: int) -> bool:
    """Whether a base form follows one bare plural: "Employees submit"."""
    following = bare(words[at + 1]) if at + 1 < len(words) else ""
    return at == 1 and bare(words[0]).endswith("s") and following.lower() in word_set("the a an their its at least in")


def _back_over_adverbs(words: Sequence[str], at: int) -> int:
    while at > 1 and (words[at - 1] in _SKIPPED or (words[at - 1].endswith("ly") and words[at - 1].islower())):
        at -= 1
    return at


def _read(subject: Subject, words: Sequence[str], at: int, lead: str) -> Clause | None:
    """The clause whose verb begins at `at`."""
    first, place = words[at], at + 1
    if first not in AUXILIARIES:
        form = finite(bare(first))
        assert form is not None
        return _clause(subject, "", form.base, form.tense, False, words[place:], lead)
    while place < len(words) and words[place] in _SKIPPED:
        place += 1
    if place >= len(words) or words[place] in ("not", "never", "no", "n't"):
        return None
    following = bare(words[place])
    if first in BE:
        done = participle(following)
        if done and words[place].islower():
            return _clause(subject, first, done, "past", True, words[place + 1 :], lead)
        return _clause(subject, first, "be", "present", False, words[place:], lead)
    if first in HAVE:
        done = participle(following)
        if done is None:
            tense: Tense = "past" if first == "had" else "present"
            return _clause(subject, "", "have", tense, False, words[place:], lead)
        return _clause(subject, first, done, "past", False, words[place + 1 :], lead)
    form = finite(following)
    if form is None or form.tense != "base":
        return None
    return _clause(subject, first, form.base, "base", False, words[place + 1 :], lead)


def _clause(
    subject: Subject, auxiliary: str, verb: str, tense: Tense, passive: bool, rest: Sequence[str], lead: str
) -> Clause | None:
    text = re.sub(r"\.[”\"’]?$", lambda stop: stop[0][1:], " ".join(rest))
    text = RELATIVE_TIME.sub("", f" {text}", count=1).strip()
    if not text or _has_second_verb(text):
        return None
    return Clause(subject, auxiliary, verb, tense, passive, text, lead)


def _has_second_verb(rest: str) -> bool:
    """Whether another verb of the same clause follows, so that the first was none: "The talks held here lasted"."""
    for word in rest.split()[:7]:
        if word.lower() in _STOPS or word[-1] in ",:" or word in ("and", "to") or word[0] in '“"‘(–—':
            return False
        form = finite(word)
        if (word in AUXILIARIES and word not in ("must", "can")) or (form is not None and form.tense == "past"):
            return True
    return False
