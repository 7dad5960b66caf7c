"""Naming the key that a misspelt one was probably meant to be."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(key: str, known: Iterable[str]) -> str:
    """What to say of an unknown key: the known one nearest to it, or all of them."""
    names = tuple(known)
    close = get_close_matches(key.lower(), names, n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else f"known are {', '.join(names)}"
