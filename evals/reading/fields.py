"""A mapping's fields, each held to its form; what is wrong is noted at its line, and read as absent."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from evals.reading.node import Kind, Listing, Mapping, Mistakes, Node, Scalar
from evals.reading.phrases import Folded
from index.nearest import nearest

_KINDS: dict[Kind, str] = {
    "text": "text",
    "number": "a number",
    "truth": "a truth value",
    "date": "a date",
    "nothing": "nothing",
}
_TRUTHS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


@dataclass(frozen=True, slots=True)
class Text:
    """A text and the line it stands in."""

    text: str
    line: int


Lines = tuple[tuple[str, int], ...]
"""Lines by the names of what stands there, as a Case keeps them."""


class Fields:
    """A mapping whose fields have the names `known`; of a field that stands twice, the first counts."""

    def __init__(self, mapping: Mapping, known: Iterable[str], mistakes: Mistakes) -> None:
        self.line = mapping.line
        self._known = tuple(known)
        self._mistakes = mistakes
        self._values: dict[str, Node] = {}
        self._lines: dict[str, int] = {}
        self._misspelt: set[str] = set()
        for field in mapping.fields:
            self._take(field.name, field.line, field.value)

    def _take(self, name: str, line: int, value: Node) -> None:
        if name in self._lines:
            self.wrong(line, f"the field {name[:60]!r} stands twice, first in line {self._lines[name]}; keep one")
            return
        self._lines[name], self._values[name] = line, value
        if name not in self._known:
            self.wrong(line, f"there is no field {name[:60]!r} here; {nearest(name, self._known)}")
            self._misspelt.update(get_close_matches(name.lower(), self._known, n=1, cutoff=0.6))

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def lacks(self, name: str) -> bool:
        """Whether the field is not there, under a name misspelt neither, which is noted already."""
        return name not in self._values and name not in self._misspelt

    def wrong(self, line: int, what: str) -> None:
        """Note a mistake."""
        self._mistakes.add(line, what)

    def line_of(self, name: str) -> int:
        """The line of a field's name; of the mapping where the field is not there."""
        return self._lines.get(name, self.line)

    def value(self, name: str) -> Node | None:
        """The value as it was written; None where there is none."""
        return self._values.get(name)

    def text(self, name: str) -> str | None:
        value = self._values.get(name)
        return None if value is None else text(value, name, self._mistakes)

    def texts(self, name: str) -> tuple[Text, ...]:
        """A list of texts, none of them twice."""
        found: dict[str, Text] = {}
        for item in self.items(name):
            content = text(item, name, self._mistakes)
            if content in found:
                self.wrong(item.line, f"{name} has {content[:60]!r} twice; keep one")
            elif content is not None:
                found[content] = Text(content, item.line)
        return tuple(found.values())

    def items(self, name: str) -> tuple[Node, ...]:
        """The items of a list."""
        value = self._values.get(name)
        if value is None:
            return ()
        if isinstance(value, Listing):
            return value.items
        written = f"[{value.text[:60]}]" if isinstance(value, Scalar) and value.kind == "text" else "a list"
        self.wrong(value.line, f"{name} is {kind_of(value)} and not a list; write it as {written}")
        return ()

    def truth(self, name: str) -> bool | None:
        value = self._values.get(name)
        if isinstance(value, Scalar) and value.kind == "truth" and value.text.lower() in _TRUTHS:
            return _TRUTHS[value.text.lower()]
        if value is not None:
            self.wrong(value.line, f"{name} is {kind_of(value)} and not a truth value; write true or false")
        return None

    def position(self, name: str) -> int | None:
        """A place in a text: a whole number from 0."""
        value = self._values.get(name)
        if isinstance(value, Scalar) and value.kind == "number" and re.fullmatch(r"0|[1-9]\d{0,9}", value.text):
            return int(value.text)
        if value is not None:
            self.wrong(value.line, f"{name} is no place in a text; write a whole number, counting characters from 0")
        return None

    def day(self, name: str) -> date | None:
        value = self._values.get(name)
        if value is None:
            return None
        try:
            found = date.fromisoformat(value.text) if isinstance(value, Scalar) else None
        except ValueError:
            found = None
        # fromisoformat knows more ways to write a date than people do, such as weeks.
        if isinstance(value, Scalar) and found is not None and found.isoformat() == value.text:
            return found
        shown = repr(value.text[:60]) if isinstance(value, Scalar) else kind_of(value)
        self.wrong(value.line, f"{name} is {shown}, which is no date; write it as 2024-06-30")
        return None


def text(value: Node, name: str, mistakes: Mistakes) -> str | None:
    """The text that `value` is, with something in it to see; None for anything else, which is noted."""
    if not isinstance(value, Scalar):
        mistakes.add(value.line, f"{name} holds {kind_of(value)} where text belongs; write it as text")
    elif value.kind == "nothing" or (value.kind == "text" and not Folded(value.text).text.strip()):
        mistakes.add(value.line, f"{name} is empty; write something, or leave it out")
    elif value.kind != "text":
        mistakes.add(
            value.line, f"{name} holds {value.text[:60]}, which is {kind_of(value)} and not text; put it in quotes"
        )
    else:
        return value.text
    return None


def lines(name: str, texts: Iterable[Text]) -> Lines:
    """The lines of a list of texts."""
    return tuple((f"{name}[{number}]", each.line) for number, each in enumerate(texts))


def kind_of(value: Node) -> str:
    """What a value is, in words."""
    match value:
        case Scalar():
            return _KINDS[value.kind]
        case Listing():
            return "a list"
        case Mapping():
            return "a mapping of fields"
