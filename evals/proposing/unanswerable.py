"""Questions that the documents do not answer: those of known answer, without the documents that hold it."""

from __future__ import annotations

import re
from dataclasses import replace

from evals.case import Case, Expected, Located
from evals.proposing.proposal import FAILS, PROPOSED, Proposal, case_id
from evals.proposing.trying import Other, Trials, met
from rag.language.entities import names
from rag.language.terms import asked, content_words, holds, stems

STILL_ANSWERED = 0.6
STILL_TOLD = 0.95
STILL_STATED = 0.8
"""The shares of the question's words, in one remaining sentence and in one remaining passage, and of the answer's in
one remaining sentence, from which these may answer the question after all."""
MOST_LEFT_OUT = 3
"""Documents that a case is asked without."""
SAME_KIND = 0.25
"""The share from which it may if it holds a date, a duration or a number where that is asked for."""
_OF_ONE_KIND = ("date", "duration", "number")


def unanswerable(of: Proposal, trials: Trials) -> Proposal | None:
    """The question of `of` without its document and those that say the same.

    None where what is left may answer it, or where no name in it says which matter is meant.
    """
    if not names(_inside(of.case.question)):
        return None
    without = _without(of, trials)
    if without is None:
        return None
    made = Case(
        id=case_id(of.case.question, "unanswerable", of.statement.document.uri),
        question=of.case.question,
        expected=Expected(answerable=False),
        readers=of.case.readers,
        without=without,
        tags=(PROPOSED, "unanswerable"),
        note=f"without what it was made from: {of.statement.text}",
    )
    passes = met(Located(made), trials.observed(made))
    made = made if passes else replace(made, tags=(*made.tags, FAILS))
    return Proposal(made, "unanswerable", of.rule, of.statement, of.wording, passes)


def _without(of: Proposal, trials: Trials) -> tuple[str, ...] | None:
    """The document and those that say the same, the last of which only come to light without the first; None where
    something else answers, or too many say it."""
    without: tuple[str, ...] = (of.statement.document.uri,)
    while len(without) <= MOST_LEFT_OUT:
        around = trials.surroundings(replace(of.case, as_of=None, without=without), of.statement)
        same = {each.uri for each in trials.says_the_same(of.statement, around.others)}
        if any(_may_answer(of, each) for each in around.others if each.uri not in same):
            return None
        if not same:
            return without
        without = (*without, *sorted(same))
    return None


def _may_answer(of: Proposal, other: Other) -> bool:
    """Whether a remaining sentence has the question's words or the answer's, or something of the kind asked for with a
    few of them, or its passage all of the question's."""
    about = asked(of.case.question, dict.fromkeys(content_words(of.case.question), 1.0))
    if about.kind in _OF_ONE_KIND and other.covered >= SAME_KIND and holds(about.kind, other.text, about):
        return True
    if (
        _share(_last_names(of.case.question), other.text) >= STILL_ANSWERED
        or _share(of.wording.answer, other.text) >= STILL_STATED
    ):
        return True
    passage = other.passage
    return _share(of.case.question, f"{passage.attribution.title or ''} {passage.chunk.text}") >= STILL_TOLD


def _last_names(question: str) -> str:
    """The question with the last part alone of each name, as it is written the second time."""
    return re.sub(r"\b[A-Z][\w’'-]+ (?=[A-Z])", "", _inside(question))


def _inside(question: str) -> str:
    """The question without the capital that it opens with."""
    return question[:1].lower() + question[1:]


def _share(words: str, text: str) -> float:
    """The share of the words that tell something which stand in the text."""
    return asked(words, dict.fromkeys(content_words(words), 1.0)).covered(stems(text))
