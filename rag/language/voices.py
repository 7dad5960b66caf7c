"""The speakers of one answer's quotes, each under one name: "Putin said" and "Vladimir Putin said" are one voice."""

from __future__ import annotations

from collections.abc import Iterable

from rag.language.naming import folded, same_speaker


def voices(names: Iterable[str]) -> dict[str, str]:
    """For each of `names`, the fullest of them that means the same speaker.

    A last name alone means whoever has it as far as the others bear only one such name; where two people come into
    question, it stays what it is.

    >>> voices(["Putin", "Vladimir Putin", "Peskov"])
    {'Putin': 'Vladimir Putin', 'Vladimir Putin': 'Vladimir Putin', 'Peskov': 'Peskov'}
    """
    known = tuple(dict.fromkeys(names))
    return {name: _fullest(name, known) for name in known}


def _fullest(name: str, known: tuple[str, ...]) -> str:
    meant = [each for each in known if _may_be_one(name, each)]
    if any(not _may_be_one(one, other) for one in meant for other in meant):
        return name
    return max(meant, key=lambda each: (len(folded(each)), len(each), each), default=name)


def _may_be_one(one: str, other: str) -> bool:
    """Whether two names may mean one speaker; of two whole names, first names too have to agree, or be initials."""
    if one == other:
        return True
    if not same_speaker(one, other):
        return False
    first, second = folded(one), folded(other)
    return 1 in (len(first), len(second), len(first[0]), len(second[0])) or first[0] == second[0]
