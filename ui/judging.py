"""A verdict on a kept turn: from what may still be shown of it to what the library keeps."""

from __future__ import annotations

from collections.abc import Sequence

from index.feedback import Exchange, Feedback, Made, Reason, ShownQuote, Verdict
from index.principal import Principal
from rag import history
from rag.errors import InvalidQuestion
from ui import kept
from ui.kept import ShownTurn
from ui.routes.recalled import KeptAnswer
from ui.routes.shown import Trace


def feedback(
    principal: Principal,
    turns: Sequence[ShownTurn],
    turn_id: str,
    verdict: Verdict,
    comment: str = "",
    *,
    reason: Reason | None = None,
    about: int | None = None,
) -> Feedback | None:
    """The verdict on the turn `turn_id` of a conversation, with all that it is about; `turns` are all that can be shown
    of it. None if that turn is not among them; InvalidQuestion if `about` is the number of none of its quotes.
    """
    at = next((number for number, each in enumerate(turns) if each.turn.id == turn_id), None)
    if at is None:
        return None
    judged, answer, before = turns[at].turn, turns[at].answer, turns[:at]
    if about is not None and about not in {each.number for each in answer.evidence}:
        raise InvalidQuestion(f"that answer shows no quote {about}; name one that it shows")
    return Feedback(
        answer=turn_id,
        verdict=verdict,
        principal=principal,
        question=judged.question.strip(),
        understood=answer.question,
        status=answer.status,
        comment=comment,
        as_of=judged.as_of,
        history=tuple(Exchange(turn.question, turn.answer) for turn in history.bounded(kept.earlier(before))),
        shown=_shown(answer),
        sentences=tuple(each.text for each in answer.sentences if each.support != "unsupported"),
        made=_made(answer.trace) if answer.trace else None,
        reason=reason,
        about=about,
        leans_on=frozenset(one for turn in before for one in turn.documents),
    )


def _shown(answer: KeptAnswer) -> tuple[ShownQuote, ...]:
    quotes = (
        ShownQuote(each.number, each.document, each.uri, each.start, each.end, each.quote) for each in answer.evidence
    )
    related = (ShownQuote(0, each.document, each.uri, each.start, each.end, each.text) for each in answer.related)
    return (*quotes, *related)


def _made(trace: Trace) -> Made:
    """What the library keeps of how an answer was made."""
    return Made(
        trace.library_generation,
        trace.answerable,
        trace.threshold,
        trace.embedder,
        trace.evidence_model,
        trace.model,
        trace.prompts,
    )
