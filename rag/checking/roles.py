"""Who does what to whom in a sentence, who speaks, and whose a thing is.

Each name gets the places it stands in: ("does", "reject") before a verb, ("done", "reject") behind it,
("owns", "envoy")
in "Trump's envoys" or "envoys of Trump", ("speaks", "") where a statement is its, ("in", "") behind a preposition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rag.checking.clauses import AUXILIARIES, Clause, Token, clauses
from rag.language import speech
from rag.language.entities import entity, is_name, is_nation
from rag.language.speaker import speakers
from rag.language.speech import word_set
from rag.language.terms import stem
from rag.language.verbs import is_past, lemma

_MUTUAL = word_set("meet met talk agree contact discuss fight speak negotiat deal work occur say")
"""Deeds of two that are told from either side, and speech, which has a place of its own."""
_OPENERS = speech.OPENERS | speech.PREPOSITIONS | speech.SUBORDINATORS | AUXILIARIES | {"yes", "no", "not", "both"}
_ARTICLES = word_set("the a an his her its their")
_JOINTS = word_set("and or ,")
_PASSED_OVER = AUXILIARIES - {"to"} | speech.ADVERBS | {"not", "never"}
_OWNED_WITHIN = 3
"""Words behind an owner that may be the thing owned: "Putin's stated conditions"."""


@dataclass(frozen=True, slots=True)
class Role:
    """A place that a name stands in; `name` is in one spelling, `text` as written."""

    name: str
    text: str
    relation: str
    of: str


@dataclass(frozen=True, slots=True)
class _Run:
    """The tokens `start` to `end` of a clause that make one name."""

    start: int
    end: int
    name: str
    text: str
    owns: bool


@lru_cache(maxsize=4_000)
def roles(sentence: str) -> frozenset[Role]:
    """The places of all names of `sentence`.

    >>> sorted((role.name, role.relation, role.of) for role in roles("Putin rejected the plan of Trump."))
    [('putin', 'does', 'reject'), ('trump', 'of', ''), ('trump', 'owns', 'plan')]
    """
    found = set[Role]()
    for clause in clauses(sentence):
        runs = tuple(_runs(clause))
        for run in runs:
            for relation, of in (*_places(clause.tokens, run), *_wished(clause, run)):
                found |= {Role(each.name, each.text, relation, of) for each in _together(clause.tokens, runs, run)}
    for speaker in speakers(sentence):
        name = entity(speaker.split()[-1])
        found.add(Role(name, speaker, "speaks", ""))
    return frozenset(found)


@lru_cache(maxsize=4_000)
def subjects(sentence: str) -> tuple[tuple[Role, frozenset[str]], ...]:
    """The name that each clause begins with, and what the clause says of it; clauses that begin otherwise are left
    out."""
    found = list[tuple[Role, frozenset[str]]]()
    for clause in clauses(sentence):
        run = next(_runs(clause), None)
        if run is None or run.owns or any(token.lower not in _ARTICLES for token in clause.tokens[: run.start]):
            continue
        behind = clause.tokens[run.end :]
        if behind and (behind[0].lower in AUXILIARIES or is_past(behind[0].lower) or behind[0].lower.endswith("s")):
            said = frozenset(token.key for token in behind if token.key)
            found.append((Role(run.name, run.text, "begins", ""), said))
    return tuple(found)


def _runs(clause: Clause) -> Iterator[_Run]:
    tokens, at = clause.tokens, 0
    while at < len(tokens):
        end = at
        while end < len(tokens) and tokens[end].text[0].isupper() and (end > at or tokens[end].lower not in _OPENERS):
            end += 1
            if _is_possessive(tokens[end - 1].lower):
                break
        last = end
        while last > at and not is_name(tokens[last - 1].text):
            last -= 1
        if last > at:
            words = [token.text for token in tokens[at:last]]
            owns = _is_possessive(tokens[last - 1].lower)
            yield _Run(at, last, entity(words[-1]), re.sub("['’]s?$", "", " ".join(words)), owns)
        at = max(end, at + 1)


def _is_possessive(word: str) -> bool:
    return word.endswith(("'s", "s'"))


def _together(tokens: tuple[Token, ...], runs: tuple[_Run, ...], run: _Run) -> Iterator[_Run]:
    """The name and those it is listed with: "Macron and Merz"."""
    place = runs.index(run)
    yield run
    for before, after in zip(runs[place::-1], runs[place - 1 :: -1] if place else (), strict=False):
        if not _listed(tokens, after, before):
            break
        yield after
    for before, after in zip(runs[place:], runs[place + 1 :], strict=False):
        if not _listed(tokens, before, after):
            break
        yield after


def _listed(tokens: tuple[Token, ...], before: _Run, after: _Run) -> bool:
    between = [token.lower for token in tokens[before.end : after.start]]
    joined = "and" in between or "or" in between or between == [","]
    return joined and len(between) < 4 and not set(between) - _JOINTS - {"of", "the"}


def _places(tokens: tuple[Token, ...], run: _Run) -> Iterator[tuple[str, str]]:
    if run.owns or is_nation(tokens[run.end - 1].text):
        yield from (("owns", token) for token in _owned(tokens, run))
    if not run.owns:
        yield from _before_verb(tokens, run)
        yield from _behind(tokens, run)


def _owned(tokens: tuple[Token, ...], run: _Run) -> Iterator[str]:
    for token in tokens[run.end : run.end + _OWNED_WITHIN]:
        if token.lower in speech.PREPOSITIONS | AUXILIARIES or token.text[0] in ",." or is_past(token.lower):
            return
        if token.key and token.text[0].islower():
            yield token.key
            if token.lower.endswith("s") and token.lower not in speech.FINITE:
                return


def _before_verb(tokens: tuple[Token, ...], run: _Run) -> Iterator[tuple[str, str]]:
    """The verb right behind a name, past its auxiliaries: what the name does, or has done to it in the passive."""
    if any(token.lower in speech.PREPOSITIONS for token in tokens[max(0, run.start - 2) : run.start]):
        return
    at, auxiliaries = run.end, list[str]()
    while at < len(tokens) and (
        tokens[at].lower in _PASSED_OVER
        or tokens[at].lower.endswith("ly")
        or (auxiliaries and tokens[at].lower == "to")
    ):
        auxiliaries.append(tokens[at].lower)
        at += 1
    if at >= len(tokens) or not tokens[at].key or tokens[at].text[0].isupper():
        return
    word = tokens[at].lower
    if not (auxiliaries or is_past(word) or word.endswith("s")) or word.endswith("ly"):
        return
    passive = bool(speech.BE.intersection(auxiliaries)) and is_past(word)
    if _deed(word) not in _MUTUAL:
        yield ("done" if passive else "does"), _deed(word)


def _wished(clause: Clause, run: _Run) -> Iterator[tuple[str, str]]:
    """The base form behind a name in what is wished: "that Ukraine renounce its bid"."""
    if clause.opener != "that" or run.start or run.owns or run.end >= len(clause.tokens):
        return
    verb = clause.tokens[run.end]
    if verb.key and verb.text[0].islower() and _deed(verb.lower) not in _MUTUAL:
        yield "does", _deed(verb.lower)


def _behind(tokens: tuple[Token, ...], run: _Run) -> Iterator[tuple[str, str]]:
    """What stands right before a name: a preposition, or the verb whose object it is."""
    at = run.start - 1
    while at >= 0 and tokens[at].lower in _ARTICLES:
        at -= 1
    if at < 0:
        return
    word = tokens[at].lower
    if word == "of":
        yield from (("owns", token.key) for token in tokens[max(0, at - 1) : at] if token.key)
    if word == "by":
        yield from (("does", _deed(each.lower)) for each in tokens[max(0, at - 2) : at] if is_past(each.lower))
    elif word in speech.PREPOSITIONS:
        yield word, ""
    elif tokens[at].key and tokens[at].text[0].islower() and is_past(word) and _deed(word) not in _MUTUAL:
        yield "done", _deed(word)


def _deed(verb: str) -> str:
    return stem(lemma(verb.removesuffix("s") if not verb.endswith("ss") else verb))
