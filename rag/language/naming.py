"""The noun phrase that names a speaker, read from its last word backwards or from its first word on."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from rag.language import speech
from rag.language.words import QUOTE, Words

_POSSESSIVES = ("'s", "’s", "s'", "s’")
_NOT_DESCRIBING = (
    speech.PREPOSITIONS | speech.SUBORDINATORS | speech.DOUBTERS | speech.FINITE | {"and", "but", "that", "which"}
)
_BEFORE_SUBJECTS = speech.SUBORDINATORS | {"and", "but", "so", "then", "however", "or", "yet", "meanwhile"}
_BEFORE_THAT = speech.FINITE | speech.PARTICIPLES | {"clear", "true", "reporters", "media", "journalists"}
"""Words behind which "that" opens a statement; behind another noun it points back, as in "the regions that"."""
_INSIDE_NAMES = speech.PARTICLES | {"of", "for", "the"}
_BRAND = re.compile(r"^[^a-z]+$|(?<!^Mc)(?<!^Mac)(?<!^De)(?<!^Le)(?<!^La)(?<!^Di)(?<=[a-z])[A-Z]")
"""A last name that no person has: all in capitals, or with one inside, as in YouTube but not in McFaul."""
_LONGEST = 12
"""Words of one name with all its titles."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Who is the subject of a verb, as words `start` to `end` of the sentence.

    `name` is without titles, None where nobody is named. `reference` is the pronoun or role that points back to
    somebody named before. `titles` are lower-case, with the roles and the forms of address.
    """

    start: int
    end: int = 0
    name: str | None = None
    reference: str | None = None
    titles: tuple[str, ...] = ()
    is_person: bool = False

    @property
    def is_nobody(self) -> bool:
        return self.name is None and self.reference is None


def name_before(words: Words, last: int, *, after_noun: bool = False) -> Subject:
    """The subject whose last word stands at `last`, with what may stand around it in front of a verb.

    With `after_noun`, any noun in front of the name is taken for a title.
    """
    if last < 0:
        return Subject(0)
    if words.lower[last] in ("he", "she"):
        return _if_free(words, Subject(last, last + 1, reference=words.lower[last]))
    if words.lower[last] in speech.ROLES and not words.is_capital(last):
        the = last > 0 and words.lower[last - 1] == "the"
        return _if_free(words, Subject(last - 1, last + 1, reference=words.lower[last])) if the else Subject(last)
    start = _run_start(words, last)
    if start > last:
        return Subject(last)
    subject = _named(words, start, last + 1)
    if subject.name is None:
        return subject
    return _if_free(words, _joined(words, _with_roles(words, subject, after_noun)))


def name_after(words: Words, first: int, *, strict: bool = False) -> Subject:
    """The subject that begins at `first`; `strict` wants nothing but a mark or a preposition behind it."""
    if first < len(words) and words.lower[first] in ("he", "she"):
        return Subject(first, first + 1, reference=words.lower[first])
    place = _name_place(words, first)
    before = words.lower[first:place]
    end = _run_end(words, place)
    roles = tuple(word for word in before if word in speech.ROLES | speech.TITLES)
    if end == place:
        role = words.lower[place - 1] if place - 1 > first and words.lower[first] == "the" else ""
        return Subject(first, place, reference=role) if role in speech.ROLES else Subject(first)
    if (before and not roles and before not in (["the"], ["both"])) or (strict and not _ends_phrase(words, end)):
        return Subject(first)
    subject = _named(words, place, end)
    return Subject(first, end, subject.name, None, (*roles, *subject.titles), subject.is_person)


def _name_place(words: Words, first: int) -> int:
    """Where the name begins in the phrase that begins at `first`, past its article, country and roles."""
    place = first + (words.lower[first : first + 1] in (["the"], ["both"], ["a"], ["an"]))
    while place < len(words) and place - first < _LONGEST:
        end = _run_end(words, place) if words.is_name(place) else place
        role = end
        while role < len(words) and role - end < 5 and not words.is_capital(role) and _describes(words, role):
            role += 1
        if role == end or (
            words.lower[role - 1] not in speech.ROLES | speech.TITLES and words.lower[end:role] != ["the"]
        ):
            return place
        if not words.is_name(role):
            return role if end == place else place
        place = role
    return place


def _ends_phrase(words: Words, at: int) -> bool:
    """Whether no noun follows, as in "according to Reuters sources"."""
    return (
        at >= len(words)
        or not words.text[at][0].isalpha()
        or words.lower[at] in (speech.PREPOSITIONS | speech.ADVERBS | speech.TIMES | {"who", "which", "that"})
    )


def _run_start(words: Words, last: int) -> int:
    """Where the run of capitalised words that ends at `last` begins; after `last` if there is none."""
    if not words.is_name(last):
        return last + 1
    place = last
    while place > 0 and last - place < _LONGEST:
        if words.is_capital(place - 1) and words.lower[place - 1] not in speech.TIMES:
            place -= 1
        elif (joined := _joint(words, place)) is not None:
            place = joined
        else:
            break
    while place < last and _only_opens(words, place):
        place += 1
    return place


def _joint(words: Words, place: int) -> int | None:
    """The capital beyond a small word inside a name: "von der" before "Leyen", "of" after "Ministry"."""
    left = place - 1
    while left >= 0 and place - left <= 3 and words.lower[left] in speech.PARTICLES | {"of", "for", "the", "and"}:
        left -= 1
    between = set(words.lower[left + 1 : place])
    if not between or not words.is_capital(left) or words.lower[left].endswith(_POSSESSIVES):
        return None
    if between <= speech.PARTICLES:
        return left
    body = {"of"} <= between or "for" in between
    return left if body and words.lower[left] in speech.ORGANISATIONS | speech.TITLES | {"study"} else None


def _only_opens(words: Words, place: int) -> bool:
    return words.lower[place] in speech.OPENERS | speech.SUBORDINATORS


def _run_end(words: Words, first: int) -> int:
    if first >= len(words) or not words.is_name(first):
        return first
    place = first
    while place < len(words) and place - first < _LONGEST:
        small = place
        while small < len(words) and small - place < 3 and words.lower[small] in _INSIDE_NAMES:
            small += 1
        if small > place and (place == first or _joint(words, small) != place - 1 or not words.is_name(small)):
            break
        if not words.is_capital(small) or words.lower[small] in speech.TIMES:
            break
        place = small + 1
        if words.lower[small].endswith(_POSSESSIVES) and not words.is_capital(place):
            return first
    return place


def _named(words: Words, start: int, end: int) -> Subject:
    """The name in the run of words `start` to `end`: possessors and titles taken off, bodies kept whole."""
    lower = words.lower[start:end]
    if any(word in speech.DOUBTERS or word in speech.PREPOSITIONS for word in lower[:1]):
        return Subject(start, end)
    after_title = 1 + max((at for at, word in enumerate(lower) if _is_title(lower, at)), default=-1)
    body = max((at for at, word in enumerate(lower) if word in speech.ORGANISATIONS), default=-1)
    if body >= 0 and (body >= after_title - 1 or lower[body + 1] in ("of", "for")):
        return Subject(start, end, _body_name(words, start, end))
    owner = 1 + max((at for at, word in enumerate(lower) if word.endswith(_POSSESSIVES)), default=-1)
    cut = max(after_title, owner)
    titles = tuple(lower[:cut])
    name = words.text[start + cut : end]
    if not name or lower[-1].endswith(_POSSESSIVES) or _is_generic(words, start + cut, end):
        return Subject(start, end, titles=titles)
    is_person = not (len(name) == 1 and lower[-1] in speech.NOT_PEOPLE) and not _BRAND.search(name[-1])
    article = start > 0 and words.lower[start - 1] == "the" and not titles
    if article or " ".join(name) in speech.WITH_ARTICLE:
        return Subject(start, end, "the " + " ".join(name))
    return Subject(start, end, " ".join(name), None, titles, is_person)


def _is_title(lower: list[str], at: int) -> bool:
    """Whether the word is a title here: not the surname of Angus King, nor the Foreign of a ministry."""
    if lower[at] not in speech.TITLES:
        return False
    last = at == len(lower) - 1
    return not (last and at > 0 and lower[at] in speech.SURNAMES_LIKE_TITLES and lower[at - 1] not in speech.TITLES)


def _body_name(words: Words, start: int, end: int) -> str | None:
    name = " ".join(words.text[start:end])
    if words.lower[end - 1].endswith(_POSSESSIVES):
        return None
    article = start > 0 and words.lower[start - 1] == "the"
    return f"the {name}" if article or name in speech.WITH_ARTICLE else name


def _is_generic(words: Words, start: int, end: int) -> bool:
    """Whether the run is one common noun, capital only because it opens the sentence."""
    word = words.lower[start]
    if end - start > 1 or word in speech.NOT_PEOPLE:
        return False
    opens = start == 0 or (not words.text[start - 1][0].isalnum() and words.text[start - 1] != ",")
    return word in speech.GENERIC or (opens and word.endswith(speech.GENERIC_ENDINGS))


def _with_roles(words: Words, subject: Subject, after_noun: bool = False) -> Subject:
    """The subject with the lower-case titles in front of it: "Russian presidential aide" of Yury Ushakov."""
    place = subject.start - 1
    if place < 0 or not (words.lower[place] in speech.ROLES or (after_noun and _may_be_title(words, place))):
        article = 1 if place >= 0 and words.lower[place] in ("the", "a", "an", "both") else 0
        return Subject(subject.start - article, subject.end, subject.name, None, subject.titles, subject.is_person)
    role = words.lower[place]
    while place > 0 and subject.start - place < 8 and _describes(words, place - 1):
        place -= 1
    return Subject(place, subject.end, subject.name, None, (role, *subject.titles), subject.is_person)


def _may_be_title(words: Words, at: int) -> bool:
    """Whether the word is a noun in lower case that nobody says: an examiner, but not a thing or a day."""
    word = words.lower[at]
    known = speech.OBJECTS_OF_SAYING | speech.OPENERS | speech.ADVERBS | speech.BE | speech.MODALS
    return words.text[at].islower() and _describes(words, at) and word not in known and word not in _BEFORE_SUBJECTS


def _describes(words: Words, at: int) -> bool:
    word = words.lower[at]
    known = (
        speech.PREPOSITIONS | speech.SUBORDINATORS | speech.DOUBTERS | speech.FINITE | {"and", "but", "that", "which"}
    )
    return word[0].isalpha() and word not in known and words.text[at] != QUOTE


def _joined(words: Words, subject: Subject) -> Subject:
    """Two names that speak together: "Macron and Merz"."""
    if subject.start < 2 or words.lower[subject.start - 1] != "and" or not words.is_name(subject.start - 2):
        return subject
    start = _run_start(words, subject.start - 2)
    first = _named(words, start, subject.start - 1)
    if first.name is None:
        return Subject(first.start, subject.end)
    first = _with_roles(words, first)
    return Subject(first.start, subject.end, f"{first.name} and {subject.name}")


def _if_free(words: Words, subject: Subject) -> Subject:
    """The subject if its left neighbour lets it be one, unlike in "the deal Putin proposed" or "an aide to Putin"."""
    left = words.time_before(subject.start - 1) if subject.start > 0 else -1
    if left < 0:
        return subject
    word = words.lower[left]
    if not words.text[left][0].isalnum() or words.text[left] == QUOTE:
        return subject
    if word == "that":
        return subject if left and words.lower[left - 1] in _BEFORE_THAT else Subject(subject.start)
    if word in _BEFORE_SUBJECTS or (left == 0 and word in speech.OPENERS):
        return subject
    return Subject(subject.start)


def same_speaker(one: str, other: str) -> bool:
    """Whether two names may be of one speaker: the last names agree, whatever the spelling of their endings.

    >>> same_speaker("Volodymyr Zelenskyy", "Zelensky")
    True
    """
    first, second = folded(one), folded(other)
    if not first or not second or not _close(first[-1], second[-1]):
        return False
    return len(first) == 1 or len(second) == 1 or first[0][0] == second[0][0]


def folded(name: str) -> list[str]:
    """The words of a name without case, accents, dots and article; names that differ in nothing else are the same."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode() or name
    return [word for word in re.split(r"[\s.]+", plain.casefold()) if word and word != "the"]


def _close(one: str, other: str) -> bool:
    """Equal, or differing only in a final run of i and y, as transliterations do."""
    return one == other or (len(one) > 4 and len(other) > 4 and one.rstrip("iyj") == other.rstrip("iyj"))
