"""Whom a sentence names as speaking: "Kremlin spokesman Dmitry Peskov said" names Dmitry Peskov.

A grammar of a few rules over the words outside quotation marks. It prefers silence: a sentence in another language,
an unnamed source ("officials said"), a negated, passive, supposed or asked statement has no speaker. Every walk over
the words is bounded, so the time is linear in the length of the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.language import speech
from rag.language.naming import Subject, name_after, name_before, same_speaker
from rag.language.words import QUOTE, Words, words_of

_LOOKBACK = 2_000
"""Characters before the sentence in which a pronoun's person is looked for."""
_FOLLOWING_NO_SUBJECT = speech.PREPOSITIONS | speech.SUBORDINATORS
_OF_THINGS_TOO = frozenset(
    ("added", "adds", "adding", "wrote", "writes", "writing", "reported", "reports", "reporting")
)
_DETERMINERS = frozenset(
    ("a", "an", "the", "his", "her", "its", "their", "another", "more", "most", "or", "to", "and", "directly")
)
"""What follows verbs of saying where they mean a thing: "added a hashtag", "wrote the script", "reported to him"."""
_MAIN_CLAUSE = 60
"""Words within which a sentence's main clause begins."""
_SENTENCE_END = re.compile(r"(?<=[a-z\d)”\"’][.!?])[”\"’]?\s+(?=[“\"‘]?[^\W\d_a-z])")
_MARKS = frozenset((",", QUOTE, "—", "–", "-", ")", "(", ";", ":", "'", "’"))


@dataclass(frozen=True, slots=True)
class _Statement:
    """A reporting verb at a word's place, and its subject; `closing` where it only attributes what went before."""

    at: int
    subject: Subject
    closing: bool


def speaker(sentence: str, before: str = "") -> str | None:
    """The person or body that `sentence` names as its speaker, without titles; None where it names nobody.

    `before` is the text in front of the sentence in its document: "he", "she" and "the spokesman" are resolved to the
    last speaker named there, if only one person comes into question.

    >>> speaker("The plan is dead, Kremlin spokesman Dmitry Peskov said on Sunday.")
    'Dmitry Peskov'
    """
    words = words_of(sentence)
    subject = _deciding(words)
    if subject is None or subject.name:
        return subject.name if subject else None
    if subject.reference is None or _names_somebody_else(words, subject.start):
        return None
    return _antecedent(before[-_LOOKBACK:], subject.reference)


def speakers(sentence: str) -> tuple[str, ...]:
    """Everybody whom `sentence` names as speaking: one may report what another said."""
    words = words_of(sentence)
    found = [*(each.subject for each in _statements(words)), _according_to(words), _quoted_as_saying(words)]
    return tuple(dict.fromkeys(each.name for each in found if each and each.name))


def _deciding(words: Words) -> Subject | None:
    """The subject of the statement that holds the whole sentence, if there is one."""
    if words.is_question:
        return None
    statements = tuple(_statements(words))
    if not statements:
        return _according_to(words) or _quoted_as_saying(words)
    last = statements[-1]
    if len(statements) > 1 and last.closing:
        return last.subject
    first = statements[0].subject
    return first if first.name or first.reference else _quoted_as_saying(words) or first


def _statements(words: Words) -> Iterator[_Statement]:
    for at in range(len(words)):
        if not _reports(words, at):
            continue
        subject = _subject(words, at)
        if subject is not None and not (subject.is_nobody and _may_be_noun(words.lower[at])):
            yield _Statement(at, subject, _is_closing(words, at, subject))


def _reports(words: Words, at: int) -> bool:
    """Whether the word is a reporting verb in a form and company that report speech."""
    word = words.lower[at]
    if word not in speech.FINITE and word not in speech.PARTICIPLES:
        return False
    if words.text[at] != word and words.text[at] != "Says":
        return False
    following = words.lower[at + 1 : at + 2]
    if needed := speech.PARTICLES_NEEDED.get(word):
        return bool(following) and following[0] in needed
    if word == "asked" and following == ["by"]:
        return False
    if word in _OF_THINGS_TOO and following and (following[0] in _DETERMINERS or following[0].isdigit()):
        return at > 0 and words.text[at - 1] in _MARKS
    needs_complement = word in speech.WITH_COMPLEMENT or word in speech.COMPLEMENT_PARTICIPLES
    return not needs_complement or words.has_complement(at)


def _may_be_noun(verb: str) -> bool:
    """Whether the verb is spelled as a plural: "pushed back against claims that"."""
    return verb in speech.WITH_COMPLEMENT and verb.endswith("s")


def _subject(words: Words, at: int) -> Subject | None:
    """Who speaks by the verb at `at`; None where the verb states nothing, a Subject without name where nobody named."""
    gap = _gap(words, at)
    auxiliaries = words.lower[gap + 1 : at]
    participle = words.lower[at] in speech.PARTICIPLES
    if speech.NEGATIVES.intersection(auxiliaries) or speech.MODALS.intersection(auxiliaries):
        return None
    progressive = bool(speech.BE.intersection(auxiliaries))
    if progressive != participle and not (participle and gap + 1 == at):
        return None
    if participle and not progressive:
        return _main_subject(words, at) if _opens_a_clause(words, gap) else None
    if gap < 0 or words.lower[gap] == QUOTE or words.text[gap] in _MARKS:
        return _across(words, gap, at)
    if words.lower[gap] in speech.NO_SUBJECT or words.lower[gap].endswith(("'s", "’s")):
        return None
    if words.lower[gap] in ("and", "but", "then"):
        related = {"who", "which"}.intersection(words.lower[max(0, gap - 40) : gap])
        return Subject(at) if related else _main_subject(words, at)
    if words.lower[gap] in ("who", "which"):
        return name_before(words, gap - 1 if words.text[gap - 1] != "," else gap - 2)
    return name_before(words, gap, after_noun=words.lower[at] in speech.SAYING)


def _gap(words: Words, at: int) -> int:
    """The place of the word before the verb and its adverbs, auxiliaries and times."""
    place = at - 1
    skippable = speech.ADVERBS | speech.BE | speech.NEGATIVES | speech.MODALS
    while place >= 0 and at - place < 14:
        word = words.lower[place]
        if word in skippable or (word.endswith("ly") and words.text[place] == word):
            place -= 1
        elif (start := words.time_before(place)) < place:
            place = start
        else:
            break
    return place


def _opens_a_clause(words: Words, gap: int) -> bool:
    return gap >= 0 and (
        words.text[gap] in _MARKS or words.lower[gap] in ("and", "but", "while", "before", "after", "by")
    )


def _across(words: Words, gap: int, at: int) -> Subject | None:
    """The subject where a mark or nothing stands before the verb: past an aside, or inverted as in "said Peskov"."""
    inverted = Subject(at)
    if words.lower[at] in speech.INVERTED and gap + 1 == at:
        inverted = name_after(words, at + 1, strict=True)
    if gap >= 0 and words.text[gap] != QUOTE and (past := _past_asides(words, gap)) is not None:
        return past
    nobody_there = gap < 0 and inverted.is_nobody
    return None if nobody_there else inverted


def _past_asides(words: Words, gap: int) -> Subject | None:
    """Whoever is named before up to three asides that end at `gap`: "Peskov, speaking in Moscow, said"."""
    place = gap
    for _ in range(3):
        start = words.mark_before(place, _MARKS)
        aside = name_before(words, place - 1)
        if aside.name and start >= 0 and aside.start == start + 1 and words.ends_in_role(start):
            return aside
        if start < 0 or words.text[start] == QUOTE:
            return None
        before = name_before(words, start - 1)
        if before.name:
            return before
        place = start
    return None


def _main_subject(words: Words, at: int) -> Subject | None:
    """The subject of the sentence's main clause, which a later "adding that" or "but noted" shares."""
    start = words.mark_before(at, frozenset((":", ";"))) + 1
    until = min(at, start + _MAIN_CLAUSE)
    while start < until:
        if words.lower[start] in speech.DOUBTERS:
            return None
        end = words.mark_after(start, _MARKS)
        named = name_after(words, start)
        if not named.is_nobody and named.end <= end:
            return named if _goes_on(words, named.end) else Subject(at)
        if not _introduces(words, start):
            return Subject(at)
        start = end + 1
    return Subject(at)


def _goes_on(words: Words, at: int) -> bool:
    """Whether the clause goes on from its subject to a verb or an aside, and not to further subjects."""
    if words.text[at : at + 1] != [","]:
        return words.lower[at : at + 1] != ["and"] and not _FOLLOWING_NO_SUBJECT.intersection(words.lower[at : at + 1])
    following = words.lower[at + 1] if at + 1 < len(words) else ""
    asides = speech.PREPOSITIONS | speech.SUBORDINATORS | speech.ADVERBS | {"who", "which", "whose", "the", "a", "an"}
    return following in asides or following.endswith(("ing", "ed", "ly"))


def _introduces(words: Words, start: int) -> bool:
    """Whether the words from `start` to the next comma only lead up to the main clause."""
    opener = words.lower[start]
    return (
        opener in speech.PREPOSITIONS
        or opener in speech.SUBORDINATORS
        or opener in speech.OPENERS - {"the", "a", "an"}
        or opener == QUOTE
        or opener.endswith(("ing", "ed", "ly"))
        or words.text[start] in _MARKS
    )


def _is_closing(words: Words, at: int, subject: Subject) -> bool:
    """Whether the statement stands at the end behind a comma and only says who said it, and when or where."""
    rest = words.lower[at + 1 :]
    start = words.mark_before(at, _MARKS) + 1 if subject.is_nobody else subject.start
    if start <= 0 or words.text[start - 1] not in _MARKS or len(rest) > 14:
        return False
    if speech.FINITE.intersection(words.lower[start:at]):
        return False
    if not rest or rest[0] in (".", "on", "in", "at", "to", "during", "reporters", "after", "earlier", "later"):
        return "that" not in rest and QUOTE not in rest and ":" not in rest
    return rest[0] in speech.TIMES


def _according_to(words: Words) -> Subject | None:
    for at in range(len(words) - 2):
        if words.lower[at] == "according" and words.lower[at + 1] == "to":
            comma = words.mark_after(at + 2, _MARKS)
            role_first = words.lower[comma - 1] in speech.ROLES and words.text[comma : comma + 1] == [","]
            return name_after(words, comma + 1 if role_first else at + 2, strict=True)
    return None


def _quoted_as_saying(words: Words) -> Subject | None:
    """Whoever "was quoted as saying" something, or whom somebody "quoted as saying" it."""
    for at in range(len(words) - 1):
        if words.lower[at : at + 2] != ["as", "saying"]:
            continue
        for verb in range(at - 1, max(-1, at - 9), -1):
            if words.lower[verb] in ("quoted", "cited", "quotes", "cites"):
                gap = _gap(words, verb)
                passive = bool(speech.BE.intersection(words.lower[gap + 1 : verb]))
                return name_before(words, gap) if passive else name_after(words, verb + 1)
    return None


def _names_somebody_else(words: Words, until: int) -> bool:
    """Whether the sentence itself names a person before the pronoun, who may be meant instead."""
    return any(words.is_name(at) and at > 0 for at in range(max(0, min(until, len(words)))))


def _antecedent(before: str, reference: str) -> str | None:
    """The one person that `reference` can mean: the last who was named as speaking, if nobody came between."""
    last: Subject | None = None
    for sentence in reversed(_SENTENCE_END.split(before)):
        words = words_of(sentence)
        named = {found.subject.name: found.subject for found in _statements(words) if found.subject.name}
        if last is not None:
            same = [each for name, each in named.items() if last.name and name and same_speaker(name, last.name)]
            if same and reference in same[0].titles:
                return same[0].name
            if any(reference in each.titles for each in named.values()):
                return None
            continue
        if not named and _is_about_nobody(words):
            continue
        if len(named) != 1:
            return None
        last = next(iter(named.values()))
        if not last.is_person or reference in ("he", "she"):
            return last.name if _fits(last, reference) else None
        if reference in last.titles:
            return last.name
    return None


def _is_about_nobody(words: Words) -> bool:
    """Whether no name is the subject of the sentence, so that a pronoun after it may reach past it."""
    subject = _main_subject(words, len(words))
    return subject is None or subject.name is None


def _fits(subject: Subject, reference: str) -> bool:
    """Whether the pronoun can stand for this speaker: a person, and not of the other gender."""
    other = speech.WOMEN if reference == "he" else speech.MEN
    return subject.is_person and not other.intersection(subject.titles)
