"""Text without the differences that people do not type."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_FEW = 32
"""Different characters beyond ASCII that are looked for one by one, which is faster as long as they are few."""


def folded(text: str) -> str:
    """`text` in one case and without accents, to look for it; as a function of SQL it has the same name.

    >>> folded("Zürich, STRASSE und Straße")
    'zurich, strasse und strasse'
    """
    if text.isascii():
        return text.lower()
    text = text.casefold()
    beyond = {letter for letter in set(text) if not letter.isascii()}
    if len(beyond) > _FEW:
        return text.translate({ord(letter): _folded(letter) for letter in beyond})
    for letter in beyond:
        text = text.replace(letter, _folded(letter))
    return text


@lru_cache(maxsize=4096)
def _folded(letter: str) -> str:
    """One letter folded; each decomposes for itself, whatever stands beside it."""
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", letter).casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))
