"""What a source says of a document: its title, its date, who may read it, where it is filed. What it does not say is
absent."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import date

from index.normalise import normalise

_LONGEST = 300
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class Claims:
    """One source's word on a document; None, or no readers, where it says nothing."""

    uri: str | None = None
    title: str | None = None
    publisher: str | None = None
    author: str | None = None
    published: date | None = None
    language: str | None = None
    readers: tuple[str, ...] = ()
    collection: str | None = None

    def over(self, other: Claims) -> Claims:
        """These claims, and `other`'s where these are silent."""
        return Claims(*(getattr(self, field.name) or getattr(other, field.name) for field in fields(Claims)))


NOTHING = Claims()
"""The claims of a source that says nothing."""


def label(text: str | None) -> str | None:
    """`text` as a title or name on one line; None if it is absent, blank or longer than any name (300 characters)."""
    line = " ".join(normalise(text or "").split())
    return line if 0 < len(line) <= _LONGEST else None


def language(text: str | None) -> str | None:
    """`text` as a language tag such as `en` or `pt-BR`; None if it is not one."""
    tag = (text or "").strip()
    return tag.replace("_", "-") if _LANGUAGE.fullmatch(tag) else None


def reader_labels(text: str) -> tuple[str, ...]:
    """The reader labels in `text`, separated by `;` or `|`, each once.

    >>> reader_labels("hr; legal|hr")
    ('hr', 'legal')
    """
    return distinct(re.split(r"[;|]", text))


def distinct(labels: list[str]) -> tuple[str, ...]:
    """The labels that are not blank, each once, in order."""
    return tuple(dict.fromkeys(name for name in map(label, labels) if name))
