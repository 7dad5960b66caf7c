"""Whose words a question asks for: "What did Peskov say about the plan?" asks for Peskov's."""

from __future__ import annotations

import re

from rag.language.terms import near, stem, words

_STATEMENTS = """
    say says said state states stated statement statements claim claims claimed demand demands demanded condition
    conditions term terms call calls called announce announced warn warned warning promise promised vow vowed propose
    proposed proposal insist insisted insists offer offered respond responded response react reacted reaction comment
    commented comments position view views think thinks believe believes deny denied accuse accused reject rejected
    confirm confirmed tell told describe described suggest suggested argue argued admit admitted want wants ask asked
    reply replied criticise criticised criticize criticized praise praised threaten threatened pledge pledged stance
    opinion explain explained stress stressed require requires required requirement requirements"""
_STATED = frozenset(_STATEMENTS.split())
OFFICE = 3
"""Words before a speaker's name that tell for whom he speaks."""
_ACCORDING = re.compile(r"\b(?i:according to)\s+(?:the\s+)?((?:[A-Z][\w'’.-]*\s*)+)")


def wanted_speaker(question: str) -> frozenset[str]:
    """Stems of the name whose statement the question asks for: the last one before the first word of stating, or the
    one after "according to". Empty if it asks for nobody's.

    >>> sorted(wanted_speaker("What are Vladimir Putin's stated conditions?"))
    ['putin', 'vladimir']
    """
    according = _ACCORDING.search(question)
    if according:
        return frozenset(map(stem, words(according[1])))
    run: list[str] = []
    last: list[str] = []
    for place, word in enumerate(words(question)):
        if word.lower() in _STATED and (run or last):
            return frozenset(map(stem, run or last))
        if word[0].isupper() and place > 0:
            run.append(word)
        elif run:
            last, run = run, []
    return frozenset()


def speaks(wanted: frozenset[str], speaker: str | None, sentence: str) -> bool:
    """Whether the speaker that a sentence names is the wanted one, by any shared name, or speaks for the wanted body:
    in "Kremlin spokesman Dmitry Peskov said" the Kremlin speaks too."""
    if not wanted or speaker is None:
        return False
    office = sentence[: max(0, sentence.find(speaker))]
    names = frozenset(map(stem, words(speaker) + words(office)[-OFFICE:]))
    return bool(wanted & names) or any(near(name, names) for name in wanted)
