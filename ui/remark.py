"""The server's own sentences in the reader's language: why something was left out, refused or could not be done.

Such a sentence is made in English, which is what commands, logs and programs read and what is kept with an answer. What
a reader is shown is made anew from its key and its values. Both are read from the English by the catalogue in
`ui/sentences/`, one file for each language, in which {blanks} stand for the values; so a sentence that was kept before
there was a catalogue is worded like any other. What no sentence of the catalogue fits stays as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path

from ui.wording import LANGUAGES, Wording

SENTENCES = Path(__file__).parent / "sentences"
LONGEST = 2_000
"""Characters of a sentence of ours; what is longer is none, and not looked for."""

_ISOLATE, _POP = "\u2068", "\u2069"
_FROM_THE_RIGHT = "\u200f"
# A sentence that begins with a value would otherwise be laid out in the direction of that.
_BLANK = re.compile(r"\{(\w+)\}")
_WHOLE_NUMBER = re.compile(r"\d+|\d{1,3}(?:,\d{3})+")
_NUMBER, _WORDS = r"\d+(?:[.,]\d+)*", "[^“”;]+?"
_KINDS = {
    **dict.fromkeys(("count", "length", "most"), _NUMBER),
    **dict.fromkeys(("mine", "name", "theirs"), _WORDS),
    "host": r"\S+",
    "reference": "[0-9a-f]{8}",
}
"""What can stand in a blank of that name; in any other, anything can, but for one between quotation marks."""
_NUMBERS = frozenset(name for name, kind in _KINDS.items() if kind == _NUMBER)
_BETWEEN = "[^“”]+?"
_INNER = frozenset({"amiss", "failures", "fault", "how", "span", "wait"})
"""Blanks that hold a sentence or a phrase of the catalogue."""
_PERHAPS = "why"
"""The blank that holds one where it is known, and what it says as it is where it is not."""
_LIST = "list"
"""The blank that holds several names."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence of the catalogue and what fills its blanks, of which some are remarks themselves."""

    key: str
    values: Mapping[str, str | Remark] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Template:
    key: str
    pattern: re.Pattern[str]
    fixed: int


def worded(sentence: str, wording: Wording) -> str:
    """The sentence in this language, with a capital and a full stop where it has them; as it is where it is not ours,
    and in English. Several reasons, joined by semicolons, are worded one by one."""
    if wording.language == LANGUAGES[0]:
        return sentence
    plain = sentence.strip().removesuffix(".")
    remarks = _remarks(plain)
    if remarks is None:
        return sentence
    said = "; ".join(each if isinstance(each, str) else _said(each, wording) for each in remarks)
    if plain[:1].isupper():
        said = f"{said[:1].upper()}{said[1:]}"
    if wording.direction == "rtl":
        said = f"{_FROM_THE_RIGHT}{said}"
    return f"{said}." if sentence.strip().endswith(".") else said


@lru_cache(maxsize=1024)
def read(sentence: str) -> Remark | None:
    """The remark that this English sentence is; None where it is none of the catalogue."""
    if len(sentence) > LONGEST:
        return None
    for form in dict.fromkeys((sentence, f"{sentence[:1].lower()}{sentence[1:]}")):
        for template in _templates():
            if (match := template.pattern.fullmatch(form)) and (remark := _filled(template.key, match)):
                return remark
    return None


def _remarks(plain: str) -> list[Remark | str] | None:
    """What the sentence says, the longest remark first where it is several; None where none of it is ours."""
    if remark := read(plain):
        return [remark]
    parts, found = plain.split("; "), list[Remark | str]()
    while parts:
        for end in range(len(parts), 0, -1):
            remark = read("; ".join(parts[:end]))
            if remark or end == 1:
                found.append(remark or parts[0])
                parts = parts[end:]
                break
    return found if any(isinstance(each, Remark) for each in found) else None


def _filled(key: str, match: re.Match[str]) -> Remark | None:
    """The remark with its values; None where what stands for a sentence of the catalogue is none."""
    values: dict[str, str | Remark] = {}
    for name, value in match.groupdict().items():
        inner = read(value) if name in _INNER or name == _PERHAPS else None
        if inner is None and name in _INNER:
            return None
        values[name] = inner or value
    return Remark(key, values)


def _said(remark: Remark, wording: Wording) -> str:
    values = {name: _value(name, value, wording) for name, value in remark.values.items()}
    sentences, count = _wording(wording.language), values.get("count")
    if isinstance(count, int):
        return sentences.count(remark.key, count, **{name: each for name, each in values.items() if name != "count"})
    return sentences.say(remark.key, **values)


def _value(name: str, value: str | Remark, wording: Wording) -> str | int:
    if isinstance(value, Remark):
        return _said(value, wording)
    if name in _NUMBERS:
        return int(value.replace(",", "")) if _WHOLE_NUMBER.fullmatch(value) else wording.number(Decimal(value))
    if name == _LIST:
        value = wording.list_of(re.split(r", | and ", value))
    return f"{_ISOLATE}{value}{_POP}" if wording.direction == "rtl" else value


@cache
def _wording(language: str) -> Wording:
    return Wording(language, _sentences(language))


@cache
def _sentences(language: str) -> Mapping[str, str | Mapping[str, str]]:
    found: dict[str, str | Mapping[str, str]] = json.loads((SENTENCES / f"{language}.json").read_text("utf-8"))
    return found


@cache
def _templates() -> tuple[_Template, ...]:
    """The English sentences as patterns, those first that leave the least open."""
    forms = (
        (key, form)
        for key, said in _sentences(LANGUAGES[0]).items()
        for form in dict.fromkeys((said,) if isinstance(said, str) else said.values())
    )
    made = (_Template(key, _pattern(form), len(_BLANK.sub("", form))) for key, form in forms)
    return tuple(sorted(made, key=lambda each: -each.fixed))


def _pattern(form: str) -> re.Pattern[str]:
    pieces = _BLANK.split(form)
    for place in range(1, len(pieces), 2):
        inside = _BETWEEN if pieces[place - 1].endswith("“") else _KINDS.get(pieces[place], ".+?")
        pieces[place] = f"(?P<{pieces[place]}>{inside})"
    pieces[::2] = map(re.escape, pieces[::2])
    return re.compile("".join(pieces), re.DOTALL)
