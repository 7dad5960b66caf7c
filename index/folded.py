"""Text without the differences that people do not type."""

from __future__ import annotations

import unicodedata


def folded(text: str) -> str:
    """`text` in one case and without accents, to look for it; as a function of SQL it has the same name.

    >>> folded("Zürich, STRASSE und Straße")
    'zurich, strasse und strasse'
    """
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))
