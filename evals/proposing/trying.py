"""A proposed case tried out: what the library finds for its question, what else speaks of it, and today's answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from evals.case import Case, Located
from evals.observe import observe, principal
from evals.observed import Failed, Observed
from evals.proposing.proposal import Statement
from evals.proposing.rules import wordings
from evals.proposing.wording import Wording
from evals.scoring.evaluators import DETERMINISTIC
from evals.without import Libraries
from index.document import Passage
from index.search import search
from index.sentences import sentences
from rag.ask import Desk
from rag.check import LIKELY
from rag.ground import Ground
from rag.language.speaker import speaker
from rag.language.terms import asked, content_words, stem, stems
from rag.understand import understand

LOOKED_AT = 20
"""Passages of a question among which others that answer it are looked for."""
HIGHEST_RANK = 2
"""The place among the documents found, counted from 1, down to which a statement's own document must stand."""
SAME_QUESTION = 0.85
"""The share of the question's words, rarer ones alike, from which another sentence may be taken for its answer too."""
CHECKED = 6
"""Other sentences that are checked for saying the same."""


@dataclass(frozen=True, slots=True)
class Other:
    """A sentence of another place that speaks of what is asked; `covered` is the share of the question's words."""

    passage: Passage
    text: str
    before: str
    covered: float

    @property
    def uri(self) -> str:
        return self.passage.attribution.uri


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`rank` is the place of the statement's document among those found, from 1; None where it is not among them."""

    rank: int | None
    others: tuple[Other, ...]

    def elsewhere(self, statement: Statement) -> tuple[Other, ...]:
        """Those of other documents."""
        return tuple(each for each in self.others if each.uri != statement.document.uri)


class Trials:
    """Tries cases at a desk; `libraries` are closed by whoever made them."""

    def __init__(self, desk: Desk, libraries: Libraries) -> None:
        self.desk = desk
        self._libraries = libraries

    def surroundings(self, case: Case, statement: Statement) -> Surroundings:
        """What is found for the case's question, as its asker finds it, without what the case leaves out."""
        query = understand(case.question, as_of=case.as_of)
        with self._libraries.without(case.without) as at:
            found = search(principal(case), query, at.desk.corpus, limit=LOOKED_AT)
        order = list(dict.fromkeys(passage.attribution.uri for passage in found))
        uri = statement.document.uri
        rank = order.index(uri) + 1 if uri in order else None
        others = sorted(_others(case.question, found, statement), key=lambda each: -each.covered)
        return Surroundings(rank, tuple(others))

    def observed(self, case: Case) -> Observed | None:
        """Today's answer; None where none came."""
        with self._libraries.without(case.without) as at:
            outcome = observe(case, at)
        return None if isinstance(outcome, Failed) else outcome

    def says_the_same(self, statement: Statement, others: tuple[Other, ...]) -> tuple[Other, ...]:
        """Those of the others that bear the statement out."""
        near = sorted(others, key=lambda each: -_shared(statement.text, each.text))[:CHECKED]
        return tuple(each for each in near if self._supports(each, statement))

    def _supports(self, other: Other, statement: Statement) -> bool:
        origin = other.passage.attribution
        ground = Ground(other.text, origin.publisher, origin.published, speaker(other.text, other.before), origin.title)
        verdict = self.desk.verifier.verify(statement.text, [ground])
        return verdict.support == "supported" and verdict.probability >= LIKELY


def met(located: Located, observed: Observed | None) -> bool:
    """Whether an answer passes every check of its case."""
    if observed is None:
        return False
    checks = (found.value for scorer in DETERMINISTIC for found in scorer().score(located, observed).values())
    return all(value for value in checks if isinstance(value, bool))


def rivals(wording: Wording, statement: Statement, others: tuple[Other, ...]) -> tuple[Other, ...]:
    """The others that may be taken for an answer as good: they hold nearly all words of the question, and are words of
    the same person, or make a question of the same kind about the same."""
    near = (each for each in others if each.covered >= SAME_QUESTION and each.text != statement.text)
    answers = _says if wording.rule in ("said", "denied", "would") else _tells
    return tuple(each for each in near if answers(wording, each))


def _says(wording: Wording, other: Other) -> bool:
    """Whether the other is somebody's words whose words are asked for."""
    return _share_a_name(wording.subject, speaker(other.text, other.before) or "")


def _tells(wording: Wording, other: Other) -> bool:
    made = wordings(other.text, other.before)
    return any(each.rule == wording.rule and _share_a_name(each.subject, wording.subject) for each in made)


def _share_a_name(one: str, other: str) -> bool:
    ours, theirs = ({stem(word) for word in text.split() if word.lower() != "the"} for text in (one, other))
    return bool(ours & theirs)


def _others(question: str, found: tuple[Passage, ...], statement: Statement) -> Iterator[Other]:
    about = asked(question, dict.fromkeys(content_words(question), 1.0))
    for passage in found:
        text = passage.chunk.text
        for span in sentences(text):
            line = " ".join(span.of(text).split())
            if line != statement.text and _ENDS.search(line):
                title = (
                    stems(passage.attribution.title or "") if passage.attribution.uri != statement.document.uri else ()
                )
                covered = max(about.covered(stems(line)), 0.9 * about.covered({*stems(line), *title}))
                yield Other(passage, line, text[: span.start], covered)


_ENDS = re.compile(r"[.!?…:][”\"’)]*$")
"""How a sentence ends, and no headline."""


def _shared(one: str, other: str) -> float:
    ours, theirs = stems(one), stems(other)
    return len(ours & theirs) / max(1, len(ours))
