"""What a file of cases holds before it is cases: values with the lines they stand in, alike from YAML and JSON."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from evals.case import Place

DEEPEST = 20
"""Lists and mappings within each other; a case needs six."""
_SURROGATE = re.compile("[\ud800-\udfff]")
Kind = Literal["text", "number", "truth", "date", "nothing"]


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value. `text` is what was written, of text its content; `kind` is what the format takes it for."""

    line: int
    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A list."""

    line: int
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A field's name, the line of the name, and its value."""

    name: str
    line: int
    value: Node


@dataclass(frozen=True, slots=True)
class Mapping:
    """Fields in their order; a name that was written twice is in it twice."""

    line: int
    fields: tuple[Field, ...]


Node = Scalar | Listing | Mapping


class Unusable(Exception):
    """What stands in a line of a file that no case can be made of."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line


def checked_depth(depth: int, line: int) -> None:
    """Raise Unusable for a value that lies too deep in others to be read by functions that call themselves."""
    if depth > DEEPEST:
        raise Unusable(line, f"it holds lists or mappings more than {DEEPEST} deep; write them out flat")


def checked_text(text: str, line: int) -> str:
    """`text`; raises Unusable if no encoding can hold it."""
    if _SURROGATE.search(text):
        raise Unusable(line, "it holds half a character, an escape such as \\ud83d; write the character itself")
    return text


class Mistakes:
    """What was found wrong with one file, at its lines."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[tuple[Place, str]] = []

    def add(self, line: int, what: str) -> None:
        """Note one: the fact, then the remedy."""
        self.found.append((Place(self.file, line), what))
