"""Which pieces of evidence speak to one point, which of them disagree, and which is the older word of one source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from rag.answer import Disagreement, Evidence, Relation
from rag.comparing.differences import Difference, agrees_in_figure, difference, likeness
from rag.comparing.statement import Statement, statement, topic

_ONE_POINT = 0.3
_FEWEST = 3
"""Likeness, and number of words in common beyond those that all share, from which two speak to one point."""
_SIMILAR = 0.72
"""Cosine of two quotes' unit vectors from which they do, whatever their words."""
_UNLIKE = 0.35
"""Cosine under which they do not, whatever their words."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Groups of evidence numbers on one point, and what disagrees; both newest first, undated last."""

    points: tuple[tuple[int, ...], ...]
    disagreements: tuple[Disagreement, ...]


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two statements that differ, the newer first."""

    newer: Statement
    older: Statement
    relation: Relation
    words: Difference


def compare(question: str, evidence: Sequence[Evidence], similarity: NDArray[np.float32] | None = None) -> Compared:
    """Compares the statements of different documents; numbers count from 1 in the order of `evidence`.

    `similarity` is the cosine of each two quotes, shape (n, n), from whatever embedder the library has; without it
    words alone decide. Statements of one document are never set against each other.
    """
    statements = tuple(statement(number, each) for number, each in enumerate(evidence, 1))
    pairs = _pairs(question, statements, similarity)
    disagreements = (*_superseded(pairs), *_disagreeing(pairs))
    return Compared(_points(question, statements, similarity, disagreements), disagreements)


def _pairs(
    question: str, statements: tuple[Statement, ...], similarity: NDArray[np.float32] | None
) -> tuple[_Pair, ...]:
    found = []
    for one, other in combinations(statements, 2):
        if similarity is not None and similarity[one.number - 1, other.number - 1] < _UNLIKE:
            continue
        newer, older = sorted((one, other), key=_newest_first)
        if (words := difference(question, newer, older)) is not None:
            relation: Relation = "superseded" if newer.revises(older) else "disagreeing"
            found.append(_Pair(newer, older, relation, words))
    return tuple(found)


def _newest_first(one: Statement) -> tuple[int, int]:
    return -(one.said or date.min).toordinal(), one.number


def _superseded(pairs: tuple[_Pair, ...]) -> tuple[Disagreement, ...]:
    return _merged([pair for pair in pairs if pair.relation == "superseded"], "superseded")


def _disagreeing(pairs: tuple[_Pair, ...]) -> tuple[Disagreement, ...]:
    """The pairs of different sources, without those that one side has since put right by its own newer word."""
    differing = {frozenset((pair.newer.number, pair.older.number)) for pair in pairs}
    replaced = {pair.older.number: pair.newer.number for pair in pairs if pair.relation == "superseded"}
    standing = [
        pair
        for pair in pairs
        if pair.relation == "disagreeing"
        and not any(
            mine in replaced and frozenset((replaced[mine], other)) not in differing
            for mine, other in (
                (pair.newer.number, pair.older.number),
                (pair.older.number, pair.newer.number),
            )
        )
    ]
    return _merged(standing, "disagreeing")


def _merged(pairs: list[_Pair], relation: Relation) -> tuple[Disagreement, ...]:
    """One disagreement for all pairs that hang together by the same words of the same statement."""
    groups: list[dict[Statement, str]] = []
    for pair in pairs:
        mine = {pair.newer: pair.words.one, pair.older: pair.words.other}
        touching = [group for group in groups if mine.items() & group.items()]
        groups = [group for group in groups if group not in touching]
        groups.append({**mine, **{each: words for group in touching for each, words in group.items()}})
    ordered = (sorted(group.items(), key=lambda each: _newest_first(each[0])) for group in groups)
    return tuple(
        Disagreement(relation, tuple(each.number for each, _ in group), tuple(words for _, words in group))
        for group in ordered
    )


def _points(
    question: str,
    statements: tuple[Statement, ...],
    similarity: NDArray[np.float32] | None,
    disagreements: Sequence[Disagreement],
) -> tuple[tuple[int, ...], ...]:
    """Groups of at least two documents: what disagrees, and whatever is like everything that a group has so far."""
    groups = _opposed(statements, disagreements)
    grouped = {each for group in groups for each in group}
    said_by_all = topic(question) | _common(statements)
    for one in statements:
        if one in grouped:
            continue
        home = next(
            (group for group in groups if all(_alike(one, each, similarity, said_by_all) for each in group)), None
        )
        if home is None:
            groups.append([one])
        else:
            home.append(one)
    ordered = (sorted(group, key=_newest_first) for group in groups if len({each.document for each in group}) > 1)
    return tuple(tuple(each.number for each in group) for group in ordered)


def _opposed(statements: tuple[Statement, ...], disagreements: Sequence[Disagreement]) -> list[list[Statement]]:
    """The statements of each disagreement; those with a statement in common are one group."""
    groups: list[set[int]] = []
    for each in disagreements:
        touching = [group for group in groups if group.intersection(each.evidence)]
        groups = [group for group in groups if group not in touching]
        groups.append(set(each.evidence).union(*touching))
    return [[statements[number - 1] for number in sorted(group)] for group in groups]


def _common(statements: tuple[Statement, ...]) -> frozenset[str]:
    """Words that more than half of the statements share, and that therefore set none of them apart."""
    counts = Counter(word for each in statements for word in each.topic)
    return frozenset(word for word, count in counts.items() if count > max(2, len(statements) / 2))


def _alike(
    one: Statement, other: Statement, similarity: NDArray[np.float32] | None, said_by_all: frozenset[str]
) -> bool:
    if similarity is not None and similarity[one.number - 1, other.number - 1] >= _SIMILAR:
        return True
    if agrees_in_figure(one, other):
        return True
    shared = (one.topic & other.topic) - said_by_all
    return len(shared) >= _FEWEST and likeness(one, other) >= _ONE_POINT
