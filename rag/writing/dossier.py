"""Evidence as a message for a model: data in JSON lines, inside a delimiter, as much as the model has room for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.document import Span
from index.sentences import sentences
from index.tokens import counts
from rag.answer import Disagreement, Evidence
from rag.conflict import Compared
from rag.writing.inert import inert

LONGEST_CONTEXT = 400
"""Characters of a sentence beside a quote; what is cut away is the end that is farther from it."""
_LINE_END = 1
"""Tokens that the end of a line takes."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """The evidence message, and the numbers of the evidence in it: whatever else there was is not citable."""

    text: str
    numbers: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Piece:
    """One piece of evidence as a line with its context, and as one without, with what each takes in tokens."""

    number: int
    relevance: float
    lines: tuple[str, str]
    tokens: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Note:
    """What a line on how evidence stands to each other takes in tokens, at most."""

    numbers: frozenset[int]
    tokens: int


def dossier(evidence: Sequence[Evidence], compared: Compared, delimiter: str, room: int) -> Dossier:
    """As much of the evidence as `room` tokens hold, numbered from 1 in the order given.

    Where it is too much, the context of the least relevant quotes goes first, then those of the least relevance. What
    the comparison says is told of the numbers that are left. Raises TokensUnavailable.
    """
    pieces, relations = _pieces(evidence), compared.disagreements
    tokens = _taken(map(_relation, relations))
    notes = [_Note(frozenset(each.evidence), taken) for each, taken in zip(relations, tokens, strict=True)]
    kept = _fitted(pieces, notes, room - sum(_taken((f"<{delimiter}>", f"</{delimiter}>"))))
    numbers = frozenset(kept)
    lines = [piece.lines[kept[piece.number]] for piece in pieces if piece.number in kept]
    told = [_relation(part) for each in relations if (part := _among(each, numbers)) is not None]
    return Dossier("\n".join((f"<{delimiter}>", *lines, *told, f"</{delimiter}>")), numbers)


def _fitted(pieces: Sequence[_Piece], notes: Sequence[_Note], room: int) -> dict[int, int]:
    """Which numbers fit, and which of their two lines."""
    kept = {piece.number: 0 for piece in pieces}

    def taken() -> int:
        lines = sum(each.tokens[kept[each.number]] for each in pieces if each.number in kept)
        return lines + sum(note.tokens for note in notes if len(note.numbers & kept.keys()) > 1)

    least_first = sorted(pieces, key=lambda piece: (piece.relevance, -piece.number))
    for shorter in (True, False):
        for piece in least_first:
            if taken() <= room:
                return kept
            if shorter:
                kept[piece.number] = 1
            else:
                del kept[piece.number]
    return kept


def _pieces(evidence: Sequence[Evidence]) -> tuple[_Piece, ...]:
    quotes = frozenset(each.quote for each in evidence)
    whole = [_record(number, each, _around(each, quotes)) for number, each in enumerate(evidence, 1)]
    bare = [_record(number, each, ("", "")) for number, each in enumerate(evidence, 1)]
    tokens = zip(_taken(whole), _taken(bare), strict=True)
    return tuple(
        _Piece(number, each.relevance, lines, taken)
        for number, (each, lines, taken) in enumerate(
            zip(evidence, zip(whole, bare, strict=True), tokens, strict=True), 1
        )
    )


def _taken(lines: Iterable[str]) -> list[int]:
    return [tokens + _LINE_END for tokens in counts(tuple(lines))]


def _around(evidence: Evidence, quotes: frozenset[str]) -> tuple[str, str]:
    """The sentences before and after the quote in its chunk; empty at an end of it, or where that is evidence too."""
    chunk = evidence.passage.chunk
    quote = Span(evidence.span.start - chunk.span.start, evidence.span.end - chunk.span.start)
    spans = sentences(chunk.text)
    before = next((span.of(chunk.text) for span in reversed(spans) if span.end <= quote.start), "")
    after = next((span.of(chunk.text) for span in spans if span.start >= quote.end), "")
    return ("" if before in quotes else before[-LONGEST_CONTEXT:]), ("" if after in quotes else after[:LONGEST_CONTEXT])


def _record(number: int, evidence: Evidence, around: tuple[str, str]) -> str:
    origin = evidence.attribution
    said = {
        "publisher": origin.publisher,
        "date": origin.published.isoformat() if origin.published else None,
        "speaker": evidence.speaker,
        "title": origin.title,
        "quote": evidence.quote,
        "before": around[0],
        "after": around[1],
    }
    return _json({"number": number} | {key: inert(text) for key, text in said.items() if text})


def _relation(disagreement: Disagreement) -> str:
    words = [inert(each) for each in disagreement.differences]
    first, *others = disagreement.evidence
    if disagreement.relation == "superseded":
        return _json({"superseded": others, "by": first, "differences": words})
    return _json({"disagreeing": list(disagreement.evidence), "differences": words})


def _among(disagreement: Disagreement, numbers: frozenset[int]) -> Disagreement | None:
    """What of a disagreement is between the numbers given; None if one side of it is missing."""
    sides = [pair for pair in zip(disagreement.evidence, disagreement.differences, strict=True) if pair[0] in numbers]
    stands = disagreement.relation == "disagreeing" or disagreement.evidence[0] in numbers
    if len(sides) < 2 or not stands:
        return None
    return Disagreement(disagreement.relation, tuple(number for number, _ in sides), tuple(words for _, words in sides))


def _json(record: dict[str, object]) -> str:
    return json.dumps(record, ensure_ascii=False)
