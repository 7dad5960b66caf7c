"""What readers say of their answers, kept in the library with what they had been shown.

Nothing here hangs on a document: what was shown is copied, so it survives whatever becomes of the documents. And
nothing here changes what search finds: the library's generation stays as it is, and no index is out of date afterwards.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, insert, select, update

from index import feedback_withdrawal
from index.errors import LibraryError
from index.principal import Principal
from index.schema import explained, feedback, feedback_evidence

Verdict = Literal["up", "down"]
State = Literal["open", "taken", "dismissed"]
"""What has become of a thumb down: nothing yet, a case, or nothing ever."""
Reason = Literal["wrong_source", "missing", "wrong", "other"]
"""What a thumb down is about: a quote that says no such thing, what was left out, what is not so, anything else."""
REASONS: tuple[Reason, ...] = get_args(Reason)

LONGEST_COMMENT = 2_000
"""Characters of a reader's words that are kept."""

# Controls that make text read as something else than it is (Unicode Standard Annex 9), and halves of pairs.
_MISLEADING = re.compile("[\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_LINE_ENDS = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class ShownQuote:
    """Words of a document that were shown: as evidence with its number from 1, or as a related passage with 0.

    `start` and `end` count characters of the document as it was then.
    """

    number: int
    document_id: str
    uri: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier question of the conversation, as it was understood, and what was answered."""

    question: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """What the answer was made by. `answerable` and `threshold` are probabilities, 0 to 1; `model` and `prompts` are
    fingerprints, None where no prose was written."""

    generation: int
    answerable: float
    threshold: float
    embedder: str
    evidence_model: str
    model: str | None = None
    prompts: str | None = None


@dataclass(frozen=True, slots=True)
class Feedback:
    """A reader's verdict on one answer, with all that the answer showed.

    `answer` names the answer, of which there is one verdict at most. `question` is as it was asked and `understood` as
    it was taken; `made` is None where the reader had stopped the writing. `reason` is what a thumb down is about, and
    `about` the number of the quote, from 1, that it is about; each None where that was not said. `leans_on` are the
    documents that fed the turns of `history`, None where that is not known.
    """

    answer: str
    verdict: Verdict
    principal: Principal
    question: str
    understood: str
    status: str
    comment: str = ""
    as_of: date | None = None
    history: tuple[Exchange, ...] = ()
    shown: tuple[ShownQuote, ...] = ()
    sentences: tuple[str, ...] = ()
    made: Made | None = None
    reason: Reason | None = None
    about: int | None = None
    leans_on: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """Feedback as the library keeps it: its number, when it was given (UTC), and what has become of it."""

    number: int
    when: datetime
    state: State
    feedback: Feedback


class FeedbackBook:
    """The feedback of one library. Safe to use from several threads, and while another process syncs: each call is a
    short transaction of the database by itself, for which the library's write lock is not taken."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def give(self, given: Feedback, when: datetime | None = None) -> int:
        """Keep this feedback and give its number. One on the same answer is replaced: it keeps its number, and is open
        again. Raises LibraryError if it cannot be kept.
        """
        values = _values(given, when or datetime.now(UTC))
        with (
            explained("your feedback cannot be kept", "send it again, and if that fails see to the library's disk"),
            self._engine.connect().execution_options(writing=True) as connection,
            connection.begin(),
        ):
            return _put(connection, values, given)

    def open(self) -> tuple[Kept, ...]:
        """The thumbs down of which nothing has become yet, oldest first."""
        return self._read(feedback.c.verdict == "down", feedback.c.state == "open")

    def find(self, number: int) -> Kept | None:
        """The feedback of this number; None if there is none."""
        return next(iter(self._read(feedback.c.number == number)), None)

    def settle(self, number: int, state: State) -> None:
        """Say what has become of this feedback. Raises LibraryError if there is none of this number."""
        with (
            explained("the feedback cannot be changed", "see to the library's disk and permissions"),
            self._engine.connect().execution_options(writing=True) as connection,
            connection.begin(),
        ):
            changed = connection.execute(update(feedback).where(feedback.c.number == number).values(state=state))
            if not changed.rowcount:
                raise LibraryError(f"there is no feedback {number}; `onrecord eval draft` lists what there is")

    def of(self, principal_name: str) -> tuple[Kept, ...]:
        """All that this principal gave, oldest first."""
        return self._read(feedback.c.principal == plain(principal_name))

    def delete_all(self, principal_name: str) -> int:
        """Remove all that this principal gave, whatever became of it; returns how many verdicts there were."""
        return self._delete(feedback.c.principal == plain(principal_name))

    def prune(self, before: datetime) -> int:
        """Remove what was given before that moment, whatever became of it; returns how many verdicts there were."""
        return self._delete(feedback.c.given < _moment(before))

    def withdraw(self, texts: Mapping[str, str]) -> int:
        """Take the documents of these ids, with the texts they had, out of all that is kept; returns of how many
        verdicts, which stay."""
        with (
            explained("the feedback cannot be changed", "see to the library's disk and permissions"),
            self._engine.connect().execution_options(writing=True) as connection,
            connection.begin(),
        ):
            return feedback_withdrawal.withdraw(connection, texts)

    def _delete(self, condition: ColumnElement[bool]) -> int:
        with (
            explained("the feedback cannot be removed", "see to the library's disk and permissions"),
            self._engine.connect().execution_options(writing=True) as connection,
            connection.begin(),
        ):
            return connection.execute(delete(feedback).where(condition)).rowcount

    def _read(self, *conditions: ColumnElement[bool]) -> tuple[Kept, ...]:
        with (
            explained("the feedback cannot be read", "see to the library's disk and permissions"),
            self._engine.connect() as connection,
        ):
            rows = connection.execute(select(feedback).where(*conditions).order_by(feedback.c.number)).all()
            return tuple(_kept(row, _shown(connection, row.number)) for row in rows)


def plain(text: str) -> str:
    """`text` as it can be stored and shown: line ends are newlines, a tab is a space, and what is no character to read
    (controls, those of direction too, and half pairs) is left out.

    >>> plain("one\\r\\ntwo\\tthree\\x00\\x1b[2J \\ud83d")
    'one\\ntwo three[2J '
    """
    text = _MISLEADING.sub("", _LINE_ENDS.sub("\n", text).replace("\t", " "))
    return "".join(each for each in text if each == "\n" or unicodedata.category(each) != "Cc")


def _put(connection: Connection, values: dict[str, object], given: Feedback) -> int:
    earlier: int | None = connection.scalar(select(feedback.c.number).where(feedback.c.answer == given.answer))
    if earlier is None:
        key = connection.execute(insert(feedback).values(**values)).inserted_primary_key
        number = int(key[0]) if key else 0
    else:
        number = earlier
        connection.execute(update(feedback).where(feedback.c.number == number).values(**values))
        connection.execute(delete(feedback_evidence).where(feedback_evidence.c.feedback == number))
    rows = [_quote_row(number, position, quote) for position, quote in enumerate(given.shown)]
    if rows:
        connection.execute(insert(feedback_evidence), rows)
    return number


def _values(given: Feedback, when: datetime) -> dict[str, object]:
    made = given.made
    return {
        "answer": given.answer,
        "given": _moment(when),
        "verdict": given.verdict,
        "state": "open",
        "comment": plain(given.comment).strip()[:LONGEST_COMMENT].rstrip(),
        "principal": plain(given.principal.name),
        "readers": _json([plain(label) for label in sorted(given.principal.readers)]),
        "reads_everything": int(given.principal.reads_everything),
        "question": plain(given.question),
        "understood": plain(given.understood),
        "as_of": None if given.as_of is None else given.as_of.isoformat(),
        "history": json.dumps(
            [[plain(each.question), plain(each.answer)] for each in given.history], ensure_ascii=False
        ),
        "status": given.status,
        "sentences": _json([plain(sentence) for sentence in given.sentences]),
        "generation": made.generation if made else None,
        "answerable": made.answerable if made else None,
        "threshold": made.threshold if made else None,
        "embedder": made.embedder if made else None,
        "evidence_model": made.evidence_model if made else None,
        "model": made.model if made else None,
        "prompts": made.prompts if made else None,
        "reason": given.reason,
        "about": given.about,
        "leans_on": None if given.leans_on is None else _json(sorted(given.leans_on)),
    }


def _moment(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="seconds")


def _json(texts: list[str] | list[list[str]]) -> str:
    return json.dumps(texts, ensure_ascii=False)


def _quote_row(number: int, position: int, quote: ShownQuote) -> dict[str, int | str]:
    return {
        "feedback": number,
        "position": position,
        "number": quote.number,
        "document_id": quote.document_id,
        "uri": quote.uri,
        "start": quote.start,
        "end": quote.end,
        "quote": quote.quote,
    }


def _shown(connection: Connection, number: int) -> tuple[ShownQuote, ...]:
    wanted = select(feedback_evidence).where(feedback_evidence.c.feedback == number)
    rows = connection.execute(wanted.order_by(feedback_evidence.c.position))
    return tuple(ShownQuote(row.number, row.document_id, row.uri, row.start, row.end, row.quote) for row in rows)


def _kept(row: Row[Any], shown: tuple[ShownQuote, ...]) -> Kept:
    given = Feedback(
        answer=row.answer,
        verdict=row.verdict,
        principal=Principal(row.principal, frozenset(json.loads(row.readers)), bool(row.reads_everything)),
        question=row.question,
        understood=row.understood,
        status=row.status,
        comment=row.comment,
        as_of=None if row.as_of is None else date.fromisoformat(row.as_of),
        history=tuple(Exchange(*each) for each in json.loads(row.history)),
        shown=shown,
        sentences=tuple(json.loads(row.sentences)),
        made=_made(row),
        reason=row.reason,
        about=row.about,
        leans_on=None if row.leans_on is None else frozenset(json.loads(row.leans_on)),
    )
    return Kept(row.number, datetime.fromisoformat(row.given), row.state, given)


def _made(row: Row[Any]) -> Made | None:
    if row.generation is None:
        return None
    return Made(row.generation, row.answerable, row.threshold, row.embedder, row.evidence_model, row.model, row.prompts)
