"""Questions that bring an older and a newer statement on one point, or two sources that say different things."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from evals.case import Case, Expected
from evals.observe import principal
from evals.observed import Observed
from evals.proposing.clause import clause
from evals.proposing.lexicon import SAYING
from evals.proposing.proposal import (
    FAILS,
    PROPOSED,
    Asker,
    Proposal,
    Statement,
    case_id,
    expected_quote,
    located,
)
from evals.proposing.rules import wordings
from evals.proposing.trying import Trials, met
from evals.proposing.wording import Wording, clean, sound, up_to_comma
from index.principal import Principal
from index.query import Query
from rag.answer import Disagreement, Evidence, Relation
from rag.conflict import compare
from rag.find import find
from rag.language.figures import figures
from rag.stopwatch import Stopwatch


def differing(statement: Statement, trials: Trials, asker: Asker) -> Proposal | None:
    """A proposal of what the library says otherwise elsewhere; None where it says nothing otherwise, or no question
    that brings both can be made of either."""
    who = principal(Case("", "", Expected(), readers=asker.readers))
    for relation, newer, older in _pairs(statement, trials, who):
        for wording in (*_questions(newer), *_questions(older)):
            proposal = _tried(wording, relation, newer, older, trials, asker)
            if proposal is not None:
                return proposal
    return None


def _pairs(statement: Statement, trials: Trials, who: Principal) -> Iterator[tuple[Relation, Statement, Statement]]:
    """What stands against the statement, each pair with the newer first."""
    finder = replace(trials.desk.finder, rerank=None)
    found = find(who, (Query(statement.text),), finder, Stopwatch()).evidence
    compared = compare(statement.text, found)
    mine = {number for number, each in enumerate(found, 1) if " ".join(each.quote.split()) == statement.text}
    for each in compared.disagreements:
        if mine.intersection(each.evidence):
            newer, older = found[each.evidence[0] - 1], found[each.evidence[-1] - 1]
            one, other = _statement(newer, trials, who), _statement(older, trials, who)
            if one is not None and other is not None and _is_dated(each, one, other):
                yield each.relation, one, other


def _is_dated(disagreement: Disagreement, newer: Statement, older: Statement) -> bool:
    """Whether a newer statement is known to be newer."""
    days = newer.document.published, older.document.published
    return disagreement.relation == "disagreeing" or (None not in days and days[0] != days[1])


def _statement(evidence: Evidence, trials: Trials, who: Principal) -> Statement | None:
    document = trials.desk.corpus.document(who, evidence.attribution.document_id)
    if document is None:
        return None
    return Statement(document, " ".join(evidence.quote.split()), document.text[: evidence.span.start])


def _questions(statement: Statement) -> Iterator[Wording]:
    """What can be asked of a statement where others may say otherwise, and whether it is so."""
    made = wordings(statement.text, statement.before, statement.document.text)
    yield from (each for each in made if each.rule not in _OF_ONE)
    found = clause(statement.text, statement.document.text)
    tail = up_to_comma(found.rest) if found and not found.auxiliary and found.tense == "past" else None
    if found and tail and found.subject.named and len(tail.split()) >= 2 and found.verb not in SAYING:
        question = clean(f"Did {found.subject.text} {found.verb} {tail}?")
        wording = Wording(question, f"{statement.text} indeed", "yes or no", found.subject.text)
        if sound(wording) and not figures(question):
            yield replace(wording, answer=statement.text)


_OF_ONE = ("when", "where", "who is", "who is it", "who did", "by whom", "what is")
"""Rules whose question asks for what only one of two statements holds."""


def _tried(
    wording: Wording, relation: Relation, newer: Statement, older: Statement, trials: Trials, asker: Asker
) -> Proposal | None:
    """The proposal, if the question brings both statements, or at least both of their documents."""
    uri = newer.document.uri
    case = Case(
        id=case_id(wording.question, "superseded", uri),
        question=wording.question,
        expected=Expected(answerable=True, quotes=(expected_quote(newer, wording),), sources=(uri,), differs=relation),
        readers=asker.readers,
        tags=(PROPOSED, relation),
        note=f"newer: {newer.text} Older: {older.text}"
        if relation == "superseded"
        else f"{newer.text} But: {older.text}",
    )
    observed = trials.observed(case)
    if observed is None or not _brings(observed, older, newer):
        return None
    passes = met(located(case, (newer.document,)), observed)
    case = case if passes else replace(case, tags=(*case.tags, FAILS))
    return Proposal(case, "superseded", wording.rule, newer, wording, passes)


def _brings(observed: Observed, *statements: Statement) -> bool:
    """Whether the answer shows both documents, and the very words of one of the statements."""
    shown = {" ".join(each.quote.split()) for each in observed.evidence}
    documents = {each.document_id for each in observed.evidence}
    both = all(statement.document.id in documents for statement in statements)
    return both and any(statement.text in shown for statement in statements)
