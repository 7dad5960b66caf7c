"""From a library to proposed cases: the statements of its documents by turns, each kind its share."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from evals.case import Case, Expected
from evals.observe import principal
from evals.proposing.answerable import Candidate, answerable
from evals.proposing.clause import clause
from evals.proposing.differing import differing
from evals.proposing.paraphrases import Spellings, changes
from evals.proposing.proposal import FAILS, KINDS, PROPOSED, Asker, Kind, Proposal, Statement, case_id, located
from evals.proposing.sampling import documents, statements
from evals.proposing.trying import Trials, met
from evals.proposing.unanswerable import unanswerable
from evals.proposing.writing import Wordsmith
from evals.without import Libraries
from index.principal import Principal
from rag.ask import Desk
from rag.language.figures import figures
from rag.language.speaker import speaker

EACH = 2
"""Questions of one document that are tried while there are other documents."""
MOST_EACH = 8
"""Questions of one document at all."""
MOST_READ = 2_000
"""Documents that are read for one run, drawn from all."""
LEAST_TRIED, TRIED_EACH = 200, 15
"""Questions that are tried, at most: so many, or so many for each case that is wanted; a fifth of a second each."""
PAIRS_TRIED = 80
"""Statements that are held against the rest of the library, a tenth of a second each."""
SAME_RULE = 0.4
"""The share of the answerable cases that one rule may have while others give any."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many cases of which kinds, for whom, and the seed of the draw; `known` ids are not proposed again."""

    count: int = 20
    kinds: tuple[Kind, ...] = KINDS
    readers: tuple[str, ...] | None = None
    seed: int = 0
    known: frozenset[str] = frozenset()

    @property
    def asker(self) -> Asker:
        return Asker(self.readers)

    @property
    def principal(self) -> Principal:
        """Who asks, as the library knows them."""
        return principal(Case("", "", Expected(), readers=self.readers))

    def share(self, kind: Kind) -> int:
        """How many of a kind: alike, the first kinds one more where it does not come out even."""
        if kind not in self.kinds:
            return 0
        whole, more = divmod(self.count, len(self.kinds))
        return whole + (self.kinds.index(kind) < more)

    @property
    def bases(self) -> int:
        """Answerable cases that are needed, to be proposed or to make the others of."""
        return max(self.share("answerable"), 2 * self.share("unanswerable"), self.share("paraphrase"))


def proposals(desk: Desk, wanted: Wanted, wordsmith: Wordsmith) -> Generator[Proposal, None, None]:
    """The proposed cases, kind by kind, each as soon as it is known; the same for the same library and seed.

    Fewer than wanted where the documents give no more. Raises what searching and copying the library raise.
    """
    spellings = Spellings()
    with Libraries(desk) as libraries:
        trials = Trials(desk, libraries)
        kept: list[Proposal] = []
        for base in islice(_bases(trials, wanted, wordsmith, spellings), wanted.bases):
            kept.append(base)
            if len(kept) <= wanted.share("answerable"):
                yield base
        removed = (made for base in kept if (made := unanswerable(base, trials)) is not None)
        yield from islice(_new(removed, wanted), wanted.share("unanswerable"))
        yield from islice(_new(_differing(trials, wanted), wanted), wanted.share("superseded"))
        reworded = _paraphrased(kept, trials, wordsmith, spellings)
        yield from islice(_new(reworded, wanted), wanted.share("paraphrase"))


def _new(made: Iterable[Proposal], wanted: Wanted) -> Iterator[Proposal]:
    return (each for each in made if each.case.id not in wanted.known)


def _bases(trials: Trials, wanted: Wanted, wordsmith: Wordsmith, spellings: Spellings) -> Iterator[Proposal]:
    """Answerable proposals, those of a rule that has had its share last."""
    counts: Counter[str] = Counter()
    aside: list[Proposal] = []
    most = max(2, round(SAME_RULE * wanted.bases))
    asked: set[str] = set()
    most_tried = max(LEAST_TRIED, TRIED_EACH * wanted.bases)
    for candidate in islice(_candidates(trials, wanted, wordsmith, spellings), most_tried):
        if candidate.wording.question in asked or candidate.id in wanted.known:
            continue
        proposal = answerable(candidate, trials, wanted.asker)
        if proposal is None:
            continue
        asked.add(candidate.wording.question)
        counts[proposal.rule] += 1
        if counts[proposal.rule] > most and len(aside) < wanted.bases:
            aside.append(proposal)
        elif counts[proposal.rule] <= most:
            yield proposal
    yield from aside


def _candidates(trials: Trials, wanted: Wanted, wordsmith: Wordsmith, spellings: Spellings) -> Iterator[Candidate]:
    """A few questions of each document, then the rest of theirs."""
    left: list[Candidate] = []
    for document in islice(documents(trials.desk.corpus, wanted.principal, wanted.seed), MOST_READ):
        spellings.read(document.text)
        drawn = _drawn(statements(document), wanted.seed)
        given = list(islice((each for one in drawn for each in wordsmith.candidates(one)[:1]), MOST_EACH))
        yield from given[:EACH]
        left.extend(given[EACH : EACH + max(0, 4 * wanted.count - len(left))])
    yield from left


def _drawn(given: Iterable[Statement], seed: int) -> list[Statement]:
    """The statements of a document in the order that the seed draws."""
    return sorted(given, key=lambda each: hashlib.sha256(f"{seed}:{each.text}".encode()).digest())


def _differing(trials: Trials, wanted: Wanted) -> Iterator[Proposal]:
    """What differs, of the statements that state something plainly; each question and each pair once."""
    seen: set[str] = set()
    every = (
        each
        for document in islice(documents(trials.desk.corpus, wanted.principal, wanted.seed), MOST_READ)
        for each in _drawn(statements(document), wanted.seed)[:MOST_EACH]
        if figures(each.text) or clause(each.text) or speaker(each.text, each.before)
    )
    for statement in islice(every, PAIRS_TRIED):
        made = differing(statement, trials, wanted.asker)
        if made is not None and not {made.case.question, made.case.note} & seen:
            seen |= {made.case.question, made.case.note}
            yield made


def _paraphrased(
    bases: Iterable[Proposal], trials: Trials, wordsmith: Wordsmith, spellings: Spellings
) -> Iterator[Proposal]:
    """One other wording of each question, by another change each time; first those of a model, if there is one."""
    for turn, base in enumerate(bases):
        by_model = ((each, "model") for each in wordsmith.reworded(base.case.question))
        by_rule = changes(base.case.question, base.wording.subject, spellings, turn)
        changed = next((*by_model, *by_rule).__iter__(), None)
        if changed is not None:
            yield _reworded(base, *changed, trials)


def _reworded(base: Proposal, question: str, change: str, trials: Trials) -> Proposal:
    """The same case with the question in other words."""
    case = replace(
        base.case,
        id=case_id(question, "paraphrase", base.statement.document.uri),
        question=question,
        tags=(PROPOSED, "paraphrase"),
        note=f"{change} of: {base.case.question} {base.case.note}",
    )
    passes = met(located(case, (base.statement.document,)), trials.observed(case))
    case = case if passes else replace(case, tags=(*case.tags, FAILS))
    return Proposal(case, "paraphrase", change, base.statement, base.wording, passes)
