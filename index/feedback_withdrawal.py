"""What readers said of their answers, without a document that was removed: the verdict stays, with what the reader
wrote, and the document's words go, with all that rests on them or may repeat them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, false, or_, select, update

from index.pieces import Pieces
from index.schema import feedback, feedback_evidence
from index.visible import listed


def withdraw(connection: Connection, texts: Mapping[str, str]) -> int:
    """Take the documents of these ids, with the texts they had, out of all feedback; returns how many verdicts it was.

    Out of what showed one of them, or was about a question understood from turns that one had fed, goes all that is no
    quote of another document: which sentence rests on which quote is not kept. Of feedback from before it was kept what
    its question was understood from, that is what repeats the texts.
    """
    shown = feedback_evidence.c.document_id.in_(listed(sorted(texts)))
    showing = set(connection.scalars(select(feedback_evidence.c.feedback).where(shown)))
    leaning = set(connection.scalars(select(feedback.c.number).where(_leans_on(texts))))
    pieces = [Pieces(text) for text in texts.values()]
    unknown = connection.execute(select(feedback).where(feedback.c.leans_on.is_(None), feedback.c.history != "[]"))
    repeating = {row.number for row in unknown.all() if _repeats(row, pieces)}
    connection.execute(delete(feedback_evidence).where(shown))
    affected = sorted(showing | leaning | repeating)
    for number in affected:
        _empty(connection, number, set(texts))
    return len(affected)


def _leans_on(texts: Mapping[str, str]) -> ColumnElement[bool]:
    return or_(false(), *(feedback.c.leans_on.contains(id, autoescape=True) for id in sorted(texts)))


def _repeats(row: Row[Any], pieces: Sequence[Pieces]) -> bool:
    said = (row.understood, *json.loads(row.sentences), *(answer for _, answer in json.loads(row.history)))
    return any(piece.are_in(words) for piece in pieces for words in said)


def _empty(connection: Connection, number: int, gone: set[str]) -> None:
    row = connection.execute(select(feedback).where(feedback.c.number == number)).one()
    left = connection.execute(select(feedback_evidence).where(feedback_evidence.c.feedback == number)).all()
    quotes = {each.quote for each in left}
    values = {
        "understood": row.question,
        "history": _json([[question, ""] for question, _ in json.loads(row.history)]),
        "sentences": _json([sentence for sentence in json.loads(row.sentences) if sentence in quotes]),
        "about": row.about if row.about in {each.number for each in left} else None,
        "leans_on": _json(sorted(set(json.loads(row.leans_on or "[]")) - gone)),
    }
    connection.execute(update(feedback).where(feedback.c.number == number).values(**values))


def _json(value: list[str] | list[list[str]]) -> str:
    return json.dumps(value, ensure_ascii=False)
