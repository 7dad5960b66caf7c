"""Document to chunks.

A chunk is a run of whole sentences, at most so many tokens long, that neither crosses nor holds page furniture. Where
a document breaks is the cheapest way to break it: full chunks are best, and a break costs least before a heading, then
between paragraphs, then between lines, and most within a paragraph. Chunks do not overlap: a sentence is in one chunk,
so it can be found, and quoted, once. Every span is computed by position; no text is searched for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.document import Chunk, Document, Span
from index.furniture import furniture
from index.outline import Heading, heading_at, path
from index.overlong import halves
from index.sentences import sentences
from index.tokens import count, counts

FEWEST_TOKENS = 16
_SMALL = 8
"""Tokens below which a unit is joined with its neighbour: what bounds the ways to break a text of tiny lines."""

_ORDINARY_GAPS = frozenset(("", " ", "\n", "\n\n"))
"""White space that counts with the word behind it."""

# What a break costs, where leaving a chunk half empty costs .25.
_WITHIN_PARAGRAPH, _AT_LINE_END, _AT_PARAGRAPH_END = 0.35, 0.1, 0.03
_BEHIND_HEADING = 1.0
_HEADING_WITHIN = 0.15


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is not broken: a sentence, a part of one that is too long, or a few tiny ones.

    `gap` is the tokens of the white space before it beyond the one that counts with its first word, `breaks` the line
    breaks therein; `headings` are those in force.
    """

    span: Span
    tokens: int
    gap: int
    breaks: int
    headings: tuple[Heading, ...]
    is_heading: bool


def split(document: Document, *, tokens: int = 200) -> tuple[Chunk, ...]:
    """The chunks of a document in order, each of at most `tokens` tokens.

    They are counted by `index.tokens`, sentence by sentence; a chunk counted as a whole may differ by one or two.
    Everything but furniture and white space is in exactly one chunk. Raises ValueError if `tokens` is below 16.
    """
    if tokens < FEWEST_TOKENS:
        raise ValueError(f"a chunk holds at least {FEWEST_TOKENS} tokens, not {tokens}")
    parts = enumerate(_parts(document.text, tokens))
    return tuple(document.chunk(span, ordinal, headings) for ordinal, (span, headings) in parts)


def _parts(text: str, tokens: int) -> Iterator[tuple[Span, tuple[str, ...]]]:
    above: tuple[Heading, ...] = ()
    for region in _regions(text):
        units = _units(text, region, tokens, above)
        above = units[-1].headings if units else above
        for part in _broken(_tiny_joined(units, tokens), tokens):
            headed = next((unit for unit in part if not unit.is_heading), part[-1])
            yield Span(part[0].span.start, part[-1].span.end), tuple(one.title for one in headed.headings)


def _regions(text: str) -> Iterator[tuple[int, int]]:
    """What lies between the furniture."""
    start = 0
    for span in furniture(text):
        yield start, span.start
        start = span.end
    yield start, len(text)


def _units(text: str, region: tuple[int, int], tokens: int, above: tuple[Heading, ...]) -> list[_Unit]:
    spans = [span.shifted(region[0]) for span in sentences(text[slice(*region)])]
    sizes = counts([_with_space(text, span) for span in spans])
    units: list[_Unit] = []
    for number, (span, size) in enumerate(zip(spans, sizes, strict=True)):
        heading = heading_at(text, spans, number)
        above = path(above, heading) if heading else above
        gap = text[spans[number - 1].end : span.start] if number else ""
        blank = 0 if gap in _ORDINARY_GAPS else count(gap[:-1])
        first, *rest = _fitting(text, span, size, tokens)
        units.append(_Unit(*first, blank, gap.count("\n"), above, heading is not None))
        units.extend(_Unit(*part, 0, 0, above, False) for part in rest)
    return units


def _with_space(text: str, span: Span) -> str:
    """A sentence with the space before it, which counts with its first word."""
    spaced = span.start > 0 and text[span.start - 1].isspace()
    return text[span.start - spaced : span.end]


def _fitting(text: str, span: Span, size: int, tokens: int) -> Iterator[tuple[Span, int]]:
    """The span in parts of at most `tokens` tokens, each with its tokens."""
    if size <= tokens or span.end - span.start < 2:
        yield span, size
        return
    for half in halves(text, span):
        yield from _fitting(text, half, count(_with_space(text, half)), tokens)


def _tiny_joined(units: Sequence[_Unit], tokens: int) -> list[_Unit]:
    """The units, those of fewer than 8 tokens joined with what follows them."""
    joined: list[_Unit] = []
    for unit in units:
        last = joined[-1] if joined else None
        tiny = last is not None and last.tokens < _SMALL and not last.is_heading and not unit.is_heading
        if last is None or not tiny or last.tokens + unit.gap + unit.tokens > tokens:
            joined.append(unit)
        else:
            joined[-1] = _join(last, unit)
    return joined


def _join(first: _Unit, second: _Unit) -> _Unit:
    return _Unit(
        Span(first.span.start, second.span.end),
        first.tokens + second.gap + second.tokens,
        first.gap,
        first.breaks,
        first.headings,
        False,
    )


def _broken(units: Sequence[_Unit], tokens: int) -> Iterator[Sequence[_Unit]]:
    """The units in runs of at most `tokens` tokens, broken where that costs least in all.

    Dynamic programming over the last break: linear in the units, since a run holds a bounded number of them.
    """
    costs, last_breaks = [0.0], [0]
    for end in range(1, len(units) + 1):
        cost, start = min(_last_runs(units, end, tokens, costs))
        costs.append(cost)
        last_breaks.append(start)
    ends = [len(units)] if units else []
    while ends and last_breaks[ends[-1]]:
        ends.append(last_breaks[ends[-1]])
    return (units[last_breaks[end] : end] for end in reversed(ends))


def _last_runs(units: Sequence[_Unit], end: int, tokens: int, costs: Sequence[float]) -> Iterator[tuple[float, int]]:
    """The ways to end a run before unit `end`: what everything up to there costs then, and where the run starts."""
    size, headings = 0, 0
    for start in range(end - 1, -1, -1):
        unit = units[start]
        size += unit.tokens
        if size > tokens and start < end - 1:
            return
        slack = max(0.0, 1 - size / tokens)
        yield costs[start] + slack * slack + _break_cost(units, start) + _HEADING_WITHIN * headings, start
        size += unit.gap
        headings += unit.is_heading


def _break_cost(units: Sequence[_Unit], before: int) -> float:
    unit = units[before]
    if before == 0:
        return 0.0
    if units[before - 1].is_heading:
        return _BEHIND_HEADING
    if unit.is_heading:
        return 0.0
    return (_WITHIN_PARAGRAPH, _AT_LINE_END, _AT_PARAGRAPH_END)[min(unit.breaks, 2)]
