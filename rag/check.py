"""Somebody's text against the library: what of it the documents bear out, what they deny, and where they are silent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from index.document import Span
from index.principal import Principal
from index.query import Query
from index.within import EVERYTHING, Within
from rag.answer import Evidence
from rag.ask import Desk
from rag.checking.mismatch import mismatches
from rag.checking.saying import coverage
from rag.draft import Stated, leans, statements
from rag.find import find
from rag.ground import ground
from rag.language.entities import is_name
from rag.stopwatch import Stopwatch
from rag.verdict import Verdict
from rag.verify import Verifier

Standing = Literal["supported", "contradicted", "silent"]
SILENT = "the library has nothing that says this"
SAME_SUBJECT = 0.5
"""The share of what a statement speaks of that a quote speaks of too, from which it can contradict it: what it says of
something else is no contradiction."""
LIKELY = 0.5
"""The probability from which a statement is supported. Of a draft, unlike an answer, nothing says that it was written
from the quotes, so what is less likely than not is left open, whatever the checker lets stand in an answer."""
LOOKED_AT = 10
"""Quotes that a statement is held against."""
TOGETHER = 3
"""Quotes of one document that may bear a statement out between them; more of them bear out almost anything."""
NEAREST = 2
"""Quotes shown where the library is silent."""
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Checked:
    """A statement of a draft and what the library says to it.

    `span` counts the characters of the draft as given, `text` is the statement's words without marks. `probability` is
    that of support, calibrated, 0 to 1; `reasons` say what speaks against the statement. `evidence` are the quotes that
    decided, or for a silent library the nearest ones.
    """

    text: str
    span: Span
    support: Standing
    probability: float
    reasons: tuple[str, ...]
    evidence: tuple[Evidence, ...]


def check(
    principal: Principal, draft: str, desk: Desk, as_of: date | None = None, within: Within = EVERYTHING
) -> Iterator[Checked]:
    """Each statement of `draft` in order, checked against what `principal` may read, as soon as it is known.

    `as_of` hides what was published later, `within` what the reader did not choose. What states nothing, such as a
    heading or a question, is passed over.
    """
    for stated in statements(draft):
        yield _checked(stated, _evidence(principal, stated, desk, as_of, within), desk)


def _evidence(
    principal: Principal, stated: Stated, desk: Desk, as_of: date | None, within: Within
) -> tuple[Evidence, ...]:
    """The quotes nearest to a statement, best first."""
    query = Query(_standing_alone(stated), as_of=as_of, within=within)
    return find(principal, (query,), replace(desk.finder, quotes=LOOKED_AT), Stopwatch()).evidence


def _standing_alone(stated: Stated) -> str:
    """What to look for: a statement that begins with a pronoun, after the names of what was said before it."""
    if not leans(stated.claim):
        return stated.claim
    named = dict.fromkeys(word for word in _WORD.findall(stated.before) if is_name(word))
    return " ".join((*named, stated.claim))


def _checked(stated: Stated, evidence: tuple[Evidence, ...], desk: Desk) -> Checked:
    """What the quote that speaks most clearly of the statement says to it, else the quotes of one document together."""
    tried = [_Tried.of(stated.claim, (piece,), desk.verifier) for piece in evidence]
    if not any(each.supports for each in tried):
        tried += [_Tried.of(stated.claim, pieces, desk.verifier) for pieces in _together(evidence)]
    supporting = (each for each in tried if each.supports)
    denying = (each for each in tried if each.denies(stated.claim))
    for_it = max(supporting, key=lambda each: each.verdict.probability, default=None)
    against = max(denying, key=lambda each: each.covered, default=None)
    if for_it and not (against and against.covered > for_it.covered):
        return _as(stated, "supported", for_it)
    if against:
        return _as(stated, "contradicted", against)
    return _silent(stated, tried, evidence[:NEAREST])


def _silent(stated: Stated, tried: Sequence[_Tried], nearest: tuple[Evidence, ...]) -> Checked:
    """What the nearest quotes lack; one that speaks of something else has no say in it."""
    lacking = [each.verdict for each in tried if each.verdict.support != "contradicted"]
    likeliest = max(lacking, key=lambda verdict: verdict.probability, default=Verdict("unsupported", 0.0, (SILENT,)))
    verdict = Verdict("unsupported", likeliest.probability, likeliest.reasons or (SILENT,))
    return _as(stated, "silent", _Tried(nearest, verdict, 0.0))


@dataclass(frozen=True, slots=True)
class _Tried:
    """Quotes, what they say to a statement, and the share of what it speaks of that they speak of too."""

    evidence: tuple[Evidence, ...]
    verdict: Verdict
    covered: float

    @classmethod
    def of(cls, claim: str, evidence: tuple[Evidence, ...], verifier: Verifier) -> _Tried:
        grounds = [ground(each) for each in evidence]
        return cls(evidence, verifier.verify(claim, grounds), coverage(claim, grounds))

    @property
    def supports(self) -> bool:
        return self.verdict.support == "supported" and self.verdict.probability >= LIKELY

    def denies(self, claim: str) -> bool:
        """Whether one quote contradicts the statement, and speaks of all that it speaks of but for what it denies. One
        that has nothing in the place of what the statement denies only does not say it."""
        if self.verdict.support != "contradicted" or len(self.evidence) > 1 or self.covered < SAME_SUBJECT:
            return False
        found = mismatches(claim, [ground(each) for each in self.evidence])
        return all(each.contradicted for each in found) and not (found and all(each.quote is None for each in found))


def _as(stated: Stated, support: Standing, tried: _Tried) -> Checked:
    verdict = tried.verdict
    return Checked(stated.text, stated.span, support, verdict.probability, verdict.reasons, tried.evidence)


def _together(evidence: Sequence[Evidence]) -> Iterator[tuple[Evidence, ...]]:
    """The best quotes of one document together, where there are several."""
    documents: dict[str, list[Evidence]] = {}
    for piece in evidence:
        documents.setdefault(piece.attribution.document_id, []).append(piece)
    yield from (tuple(pieces[:TOGETHER]) for pieces in documents.values() if len(pieces) > 1)
