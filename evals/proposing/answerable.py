"""Questions whose answer is known, since they were made of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from evals.case import Case
from evals.proposing.proposal import FAILS, PROPOSED, Asker, Proposal, Statement, case_id, expectation, located
from evals.proposing.trying import HIGHEST_RANK, Other, Trials, met, rivals
from evals.proposing.wording import Wording


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question of a statement that is still to be tried; `by` names the rule or the model that wrote it."""

    statement: Statement
    wording: Wording
    by: str

    @property
    def id(self) -> str:
        """The id of the case that it becomes."""
        return case_id(self.wording.question, "answerable", self.statement.document.uri)


def answerable(candidate: Candidate, trials: Trials, asker: Asker) -> Proposal | None:
    """The proposal, if it stands the round trip."""
    statement = candidate.statement
    case = Case(
        id=candidate.id,
        question=candidate.wording.question,
        expected=expectation(statement, candidate.wording),
        readers=asker.readers,
        tags=(PROPOSED,),
        note=f"made from: {statement.text}",
    )
    return tried(case, statement, candidate.wording, candidate.by, trials)


def tried(case: Case, statement: Statement, wording: Wording, by: str, trials: Trials) -> Proposal | None:
    """The proposal if its question leads back to its document and to nothing as good; with an `as_of` where only later
    words stand against it. A case that fails since the same is quoted from elsewhere expects too much, and is none."""
    around = trials.surroundings(case, statement)
    against = rivals(wording, statement, around.others)
    if against and _all_later(against, statement):
        case = replace(case, as_of=statement.document.published)
        around = trials.surroundings(case, statement)
        against = rivals(wording, statement, around.others)
    if against or around.rank is None or around.rank > HIGHEST_RANK:
        return None
    observed = trials.observed(case)
    passes = met(located(case, (statement.document,)), observed)
    if not passes and trials.says_the_same(statement, around.elsewhere(statement)):
        return None
    case = case if passes else replace(case, tags=(*case.tags, FAILS))
    return Proposal(case, "answerable", by, statement, wording, passes)


def _all_later(against: tuple[Other, ...], statement: Statement) -> bool:
    mine = statement.document.published
    days = [each.passage.attribution.published for each in against]
    return mine is not None and all(day is not None and day > mine for day in days)
