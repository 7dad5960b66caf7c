"""A true sentence with one fact altered: a number, a date, a name, a negation or a modality.

What a checker has to catch is made here from what it has to let pass, so that both can be counted. The alterations
are blind to the checker's rules; the same sentence, kind and seed always give the same one.
"""

from __future__ import annotations

import calendar
import random
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Literal, get_args

from evals.alteration.inflection import base, past, past_participle
from rag.language.dating import Day, days
from rag.language.entities import entity, is_name
from rag.language.figures import figures

Alteration = Literal["number", "date", "name", "negation", "modality"]
ALTERATIONS: tuple[Alteration, ...] = get_args(Alteration)
NAMES = (
    "Angela Merkel", "Keir Starmer", "Narendra Modi", "Olaf Scholz", "Xi Jinping", "Maria Lopez", "Peter Novak",
    "Canada", "Norway", "Brazil", "Portugal", "Kenya", "Vienna", "Geneva", "Siemens", "Interpol",
)  # fmt: skip
"""Names to put in where a corpus gives none."""

_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_RUN = re.compile(r"[^\W\d_a-z][\w’'\-]*(?: [^\W\d_a-z][\w’'\-]*)*")
_SPELLED = (
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
    "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty", "fifty", "sixty",
    "seventy", "eighty", "ninety", "hundred",
)  # fmt: skip
_NUMBER = re.compile(rf"\d+(?:[.,]\d+)*|\b(?:{'|'.join(_SPELLED)})\b", re.IGNORECASE)
_MONTHS = calendar.month_name[1:]
_BARE_MONTH = re.compile(rf"(?<=[a-z] )(?:{'|'.join(_MONTHS)})\b")
_SIDE_BY_SIDE = re.compile(r"['’]?s?(?:,? and (?:\w+ )?|, |,? or )?")
"""What stands between two names that may change places without changing what is said."""
_WEEKDAYS = calendar.day_name[:]
_AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|could|should|must|may|might|can)\b(?! not\b| no\b| n[o']t)"
)
_NEGATION = re.compile(
    r"(?P<do>\b(?:did|does|do) not (?P<verb>[a-z]+))|(?P<word>\b(?:not|never|no longer) )|(?P<no>\b[Nn]o )"
)
_PAST = re.compile(r"(?<=[a-z] )(?P<verb>[a-z]{2,}ed|said|held|told|met|made|took|began|went|gave|led|sent)\b(?! by\b)")
_BEFORE_PARTICIPLES = ("is", "was", "has", "his", "its", "as", "this", "unless", "towards")
_IRREALIS = re.compile(
    r"\b(?P<modal>may|might|could|would|will|must|shall|should|can) (?P<be>be )?(?P<verb>[a-z]{3,})\b"
    r"|\b(?P<plan>(?:is|are|was|were) (?:expected|planning|due|likely|ready|to)(?: to)?|plans? to|planned to"
    r"|wants? to|wanted to|hopes? to|promised to|offered to|agreed to|intends? to) (?P<done>[a-z]{3,})\b"
)
_FACT = re.compile(r"(?<=[a-z] )(?P<verb>was|were|is|are|has|had|[a-z]{3,}ed|held|met|took|said|brought|sent)\b")


def alter(sentence: str, kind: Alteration, names: Sequence[str] = NAMES, seed: int = 0) -> str | None:
    """`sentence` with one fact of the kind altered; None where it holds none that can be.

    A name is exchanged for one of `names` that the sentence does not hold, or changes places with another of its own.

    >>> alter("The talks lasted five hours.", "number")
    'The talks lasted three hours.'
    """
    chance = random.Random(f"{seed}|{kind}|{sentence}")
    found = [each for each in _RULES[kind](sentence, names, chance) if each != sentence]
    return chance.choice(found) if found else None


def _numbers(sentence: str, names: Sequence[str], chance: random.Random) -> Iterator[str]:
    dated = [(day.start, day.start + len(day.text)) for day in days(sentence)]
    counted = [(figure.start, figure.end) for figure in figures(sentence)]
    for match in _NUMBER.finditer(sentence):
        if any(start <= match.start() < end for start, end in dated):
            continue
        if any(start <= match.start() < end for start, end in counted):
            yield sentence[: match.start()] + _other_number(match[0], chance) + sentence[match.end() :]


def _other_number(text: str, chance: random.Random) -> str:
    if not text[0].isdigit():
        other = chance.choice([word for word in _SPELLED[:11] if word != text.lower()])
        return other.capitalize() if text[0].isupper() else other
    if text.isdigit() and int(text) < 100:
        return str(chance.choice([value for value in range(2, 2 * int(text) + 4) if value != int(text)]))
    first = chance.choice([digit for digit in "123456789" if digit != text[0]])
    return first + text[1:]


def _dates(sentence: str, names: Sequence[str], chance: random.Random) -> Iterator[str]:
    found = days(sentence)
    for day in found:
        yield sentence[: day.start] + _other_date(day, chance) + sentence[day.start + len(day.text) :]
    for month in _BARE_MONTH.finditer(sentence):
        if not any(day.start <= month.start() < day.start + len(day.text) for day in found):
            other = chance.choice([name for name in _MONTHS if name != month[0]])
            yield sentence[: month.start()] + other + sentence[month.end() :]


def _other_date(day: Day, chance: random.Random) -> str:
    """The date with its weekday, its day, its month or its year changed, whichever it has."""
    if day.weekday is not None:
        return chance.choice([name for name in _WEEKDAYS if name != day.text])
    changes: list[Callable[[], str]] = []
    if day.day and (number := re.search(r"(?<!\d)\d{1,2}(?!\d)", day.text)):
        other = chance.choice([value for value in range(1, 29) if value != day.day])
        changes.append(lambda: day.text[: number.start()] + str(other) + day.text[number.end() :])
    if month := re.search("|".join(_MONTHS), day.text):
        name = chance.choice([each for each in _MONTHS if each != month[0]])
        changes.append(lambda: day.text.replace(month[0], name))
    if year := re.search(r"\d{4}", day.text):
        moved = str(int(year[0]) + chance.choice((-3, -2, -1, 1, 2)))
        changes.append(lambda: day.text.replace(year[0], moved, 1))
    return chance.choice(changes)() if changes else day.text


def _names(sentence: str, names: Sequence[str], chance: random.Random) -> Iterator[str]:
    runs = [match for match in _RUN.finditer(sentence) if _is_called(match, sentence)]
    held = {entity(word) for word in _WORD.findall(sentence)}
    for match in runs:
        others = [name for name in names if held.isdisjoint(entity(word) for word in name.split())]
        if others:
            possessive = re.search("['’]s?$", match[0])
            other = chance.choice(others) + (possessive[0] if possessive else "")
            yield sentence[: match.start()] + other + sentence[match.end() :]
    if len(runs) > 1:
        yield _swapped(sentence, *sorted(chance.sample(runs, 2), key=lambda run: run.start()))


def _is_called(match: re.Match[str], sentence: str) -> bool:
    words = match[0].split()
    if match.start() == 0 and len(words) > 1 and not is_name(words[0]):
        return False
    if match.start() == 0 and len(words) == 1:
        following = sentence[match.end() :].split()
        if not following or not re.fullmatch(r"(?:and|said|has|had|is|was|will|did|\w+ed|\w+s)", following[0]):
            return False
    return is_name(words[-1]) and not days(match[0])


def _swapped(sentence: str, first: re.Match[str], second: re.Match[str]) -> str:
    one, other = (re.sub("['’]s?$", "", each[0]) for each in (first, second))
    head, middle = sentence[: first.start()], sentence[first.start() + len(one) : second.start()]
    if entity(one.split()[-1]) == entity(other.split()[-1]) or _SIDE_BY_SIDE.fullmatch(middle):
        return sentence
    return head + other + middle + one + sentence[second.start() + len(other) :]


def _negations(sentence: str, names: Sequence[str], chance: random.Random) -> Iterator[str]:
    removable = list(_NEGATION.finditer(sentence))
    for match in removable:
        other = past(match["verb"]) if match["do"] else ""
        altered = sentence[: match.start()] + other + sentence[match.end() :]
        yield altered[:1].upper() + altered[1:]
    if removable:
        return
    for match in _AUXILIARY.finditer(sentence):
        yield sentence[: match.end()] + " not" + sentence[match.end() :]
    for match in _PAST.finditer(sentence):
        before = sentence[: match.start()].split()
        if (
            before
            and re.fullmatch(r"(?:[A-Z]\w+|it|he|she|they|talks|who|\w+s)", before[-1])
            and before[-1] not in _BEFORE_PARTICIPLES
        ):
            yield f"{sentence[: match.start()]}did not {base(match['verb'])}{sentence[match.end() :]}"


def _modalities(sentence: str, names: Sequence[str], chance: random.Random) -> Iterator[str]:
    for match in _IRREALIS.finditer(sentence):
        if match["modal"] and match["verb"] != "not":
            verb = past_participle(match["verb"])
            done = f"was {verb}" if match["be"] else past(match["verb"])
            yield sentence[: match.start()] + done + sentence[match.end() :]
        elif match["plan"]:
            yield f"{sentence[: match.start()]}has {past_participle(match['done'])}{sentence[match.end() :]}"
    for match in _FACT.finditer(sentence):
        before = sentence[: match.start()].split()
        if before and (before[-1][0].isupper() or before[-1].endswith("s")) and before[-1] not in ("was", "has", "is"):
            yield sentence[: match.start()] + _hedged(match["verb"]) + sentence[match.end() :]


def _hedged(verb: str) -> str:
    """A verb that states a fact as one that only supposes it."""
    if verb in ("is", "are"):
        return "may be"
    if verb in ("has", "had"):
        return "may have"
    return "may have been" if verb in ("was", "were") else f"may have {past_participle(verb)}"


_RULES: dict[Alteration, Callable[[str, Sequence[str], random.Random], Iterator[str]]] = {
    "number": _numbers,
    "date": _dates,
    "name": _names,
    "negation": _negations,
    "modality": _modalities,
}
