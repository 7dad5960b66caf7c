"""Conversations: what somebody asked and was answered, kept for them alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, case, delete, func, insert, or_, select, tuple_, update

from index.feedback import plain
from index.records.fed import FedTurns
from index.records.store import new_id, stamp
from index.records.tables import conversations, turn_documents, turns
from index.visible import storable

LONGEST_TITLE = 120
"""Characters of a title that are kept."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation without its turns: where it is held (the embedded chat's name, empty for the server's own pages),
    its title, when it was begun and changed last, and how many turns it has."""

    id: str
    place: str
    title: str
    begun: datetime
    changed: datetime
    turns: int

    @property
    def cursor(self) -> str:
        """Where it stands in a list, to go on from there; it needs no escaping in a URL."""
        return f"{stamp(self.changed)}_{self.id}"


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """A question, as of which day it was asked, and its answer as JSON. `documents` are the ids of all documents that
    fed the answer; they may be gone, and whoever asked then may read them no more."""

    id: str
    asked: datetime
    question: str
    as_of: date | None
    answer: str
    documents: frozenset[str]


@dataclass(frozen=True, slots=True)
class Held:
    """A conversation with its turns, oldest first."""

    conversation: Conversation
    turns: tuple[KeptTurn, ...]


class Conversations(FedTurns):
    """The conversations of one server. Whoever is not the owner of one, or asks in another place than it is held in,
    is told the same as if there were none; and so is everybody of one that is only reserved."""

    kind = "conversations"

    def begin(self, owner: str, place: str, title: str, id: str | None = None) -> Conversation:
        """Begin a conversation that is named so; what cannot be read is left out of the title, and it is cut. `id` is
        one that `new_id` made before, where somebody had to be told it first."""
        now, title = self._clock(), _title(title)
        begun = Conversation(id or new_id(), place, title, now, now, 0)
        values = {"id": begun.id, "owner": owner, "place": place, "title": title, "begun": stamp(now)}
        with self._writing() as connection:
            connection.execute(insert(conversations).values(**values, changed=stamp(now)))
        return begun

    def reserve(self, owner: str, place: str, id: str) -> None:
        """Have a place for the first turn of a conversation of this id, which is named after it; nothing where there is
        one. Whoever removes it, from whatever process, removes with it what would have been added."""
        now = stamp(self._clock())
        row = self._inserting(conversations).values(id=id, owner=owner, place=place, title="", begun=now, changed=now)
        with self._writing() as connection:
            connection.execute(row.on_conflict_do_nothing())

    def release(self, owner: str, id: str) -> bool:
        """Remove this conversation of theirs where it is only reserved still; False where it is not."""
        return self._delete(conversations.c.id == id, conversations.c.owner == owner, ~_BEGUN) > 0

    def add(self, owner: str, conversation_id: str, turn: KeptTurn) -> bool:
        """Add a turn to this conversation of theirs; False if there is none, or a turn of that id is kept already."""
        mine = conversations.c.id == conversation_id, conversations.c.owner == owner
        with self._writing() as connection:
            known = connection.scalar(select(turns.c.id).where(turns.c.id == turn.id))
            unnamed = conversations.c.title == ""
            title = case((unnamed, _title(turn.question)), else_=conversations.c.title)
            changed = update(conversations).where(*mine).values(changed=stamp(self._clock()), title=title)
            if known is not None or not connection.execute(changed).rowcount:
                return False
            _insert(connection, conversation_id, turn)
        return True

    def list(self, owner: str, place: str, *, limit: int, before: str | None = None) -> tuple[Conversation, ...]:
        """Their conversations in that place, the one changed last first; those behind the cursor `before` only, which
        is text from anywhere: what is no cursor leads somewhere among their own."""
        with self._reading() as connection:
            return tuple(map(_conversation, connection.execute(_page(owner, place, limit, before))))

    def leaf(self, owner: str, place: str, *, limit: int, before: str | None = None) -> tuple[Held, ...]:
        """The same page with all turns of each."""
        with self._reading() as connection:
            page = connection.execute(_page(owner, place, limit, before)).all()
            wanted = select(turns).where(turns.c.conversation.in_([row.id for row in page])).order_by(turns.c.position)
            rows = connection.execute(wanted).all()
            of_each: dict[str, list[KeptTurn]] = {row.id: [] for row in page}
            for row, turn in zip(rows, _kept(connection, rows), strict=True):
                of_each[row.conversation].append(turn)
        return tuple(Held(_conversation(row), tuple(of_each[row.id])) for row in page)

    def find(self, owner: str, place: str, id: str) -> Held | None:
        """This conversation with all its turns; None if there is none of theirs in that place."""
        with self._reading() as connection:
            return _held(connection, _CONVERSATIONS.where(*_theirs(owner, place, id)))

    def ids(self, owner: str, place: str) -> tuple[str, ...]:
        """The ids of all their conversations in that place, those begun first coming first."""
        theirs = conversations.c.owner == owner, conversations.c.place == place
        wanted = select(conversations.c.id).where(_BEGUN, *theirs).order_by(conversations.c.begun, conversations.c.id)
        with self._reading() as connection:
            return tuple(connection.scalars(wanted))

    def turn(self, owner: str, turn_id: str) -> KeptTurn | None:
        """This turn; None if there is none of theirs."""
        wanted = select(turns).join_from(turns, conversations).where(turns.c.id == turn_id)
        with self._reading() as connection:
            return next(iter(read_turns(connection, wanted.where(conversations.c.owner == owner))), None)

    def holding(self, owner: str, place: str, turn_id: str) -> Held | None:
        """The conversation that this turn belongs to; None if there is none of theirs in that place."""
        conversation = select(turns.c.conversation).where(turns.c.id == turn_id).scalar_subquery()
        theirs = conversations.c.owner == owner, conversations.c.place == place
        with self._reading() as connection:
            return _held(connection, _CONVERSATIONS.where(conversations.c.id == conversation, *theirs))

    def of(self, owner: str) -> tuple[Held, ...]:
        """All their conversations with their turns, in whatever place, oldest first."""
        ids = select(conversations.c.id).where(conversations.c.owner == owner).order_by(conversations.c.begun)
        with self._reading() as connection:
            each = [
                _held(connection, _CONVERSATIONS.where(conversations.c.id == id))
                for id in connection.scalars(ids).all()
            ]
        return tuple(held for held in each if held is not None)

    def rename(self, owner: str, place: str, id: str, title: str) -> bool:
        """Name this conversation so; False if there is none of theirs in that place."""
        with self._writing() as connection:
            renamed = update(conversations).where(_BEGUN, *_theirs(owner, place, id)).values(title=_title(title))
            return connection.execute(renamed).rowcount > 0

    def delete(self, owner: str, place: str, id: str) -> bool:
        """Remove this conversation with its turns, also one that is only reserved; False if there is none of theirs in
        that place."""
        return self._delete(*_theirs(owner, place, id)) > 0

    def delete_all(self, owner: str, place: str | None = None) -> int:
        """Remove all their conversations in that place, None for all places, with those that are only reserved; returns
        how many there were."""
        held_there = () if place is None else (conversations.c.place == place,)
        return self._delete(conversations.c.owner == owner, *held_there)

    def prune(self, before: datetime) -> int:
        """Remove what was changed last before that moment, whoever's; returns how many conversations there were."""
        return self._delete(conversations.c.changed < stamp(before))

    def prune_reserved(self, before: datetime) -> int:
        """Remove what was only reserved, before that moment, and never became a conversation; returns how many."""
        return self._delete(conversations.c.changed < stamp(before), ~_BEGUN)

    def _delete(self, *conditions: ColumnElement[bool]) -> int:
        with self._writing() as connection:
            return connection.execute(delete(conversations).where(*conditions)).rowcount


_COUNT = select(func.count()).where(turns.c.conversation == conversations.c.id).scalar_subquery()
_BEGUN = or_(conversations.c.title != "", select(turns.c.id).where(turns.c.conversation == conversations.c.id).exists())
_CONVERSATIONS = select(conversations, _COUNT.label("turns")).where(_BEGUN)


def _page(owner: str, place: str, limit: int, before: str | None) -> Select[Any]:
    """Their conversations in that place, the one changed last first, from behind that cursor on."""
    wanted = _CONVERSATIONS.where(conversations.c.owner == owner, conversations.c.place == place)
    if before is not None:
        changed, _, id = storable(before).replace("\x00", "").partition("_")
        wanted = wanted.where(tuple_(conversations.c.changed, conversations.c.id) < tuple_(changed, id))
    return wanted.order_by(conversations.c.changed.desc(), conversations.c.id.desc()).limit(limit)


def _title(words: str) -> str:
    return " ".join(plain(words).split())[:LONGEST_TITLE].rstrip()


def _theirs(owner: str, place: str, id: str) -> tuple[ColumnElement[bool], ...]:
    return conversations.c.id == id, conversations.c.owner == owner, conversations.c.place == place


def _insert(connection: Connection, conversation_id: str, turn: KeptTurn) -> None:
    last = connection.scalar(select(func.max(turns.c.position)).where(turns.c.conversation == conversation_id))
    values = {
        "id": turn.id,
        "conversation": conversation_id,
        "position": (last or 0) + 1,
        "asked": stamp(turn.asked),
        "question": plain(turn.question),
        "as_of": None if turn.as_of is None else turn.as_of.isoformat(),
        "answer": storable(turn.answer),
    }
    connection.execute(insert(turns).values(**values))
    rows = [{"turn": turn.id, "document_id": id} for id in sorted(turn.documents)]
    if rows:
        connection.execute(insert(turn_documents), rows)


def _held(connection: Connection, wanted: Select[Any]) -> Held | None:
    row = connection.execute(wanted).one_or_none()
    if row is None:
        return None
    of_it = select(turns).where(turns.c.conversation == row.id).order_by(turns.c.position)
    return Held(_conversation(row), read_turns(connection, of_it))


def read_turns(connection: Connection, wanted: Select[Any]) -> tuple[KeptTurn, ...]:
    """The turns that `wanted` selects, in its order, each with the documents that fed it."""
    return _kept(connection, connection.execute(wanted).all())


def _kept(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[KeptTurn, ...]:
    fed: dict[str, set[str]] = {row.id: set() for row in rows}
    named = select(turn_documents).where(turn_documents.c.turn.in_(sorted(fed)))
    for link in connection.execute(named):
        fed[link.turn].add(link.document_id)
    return tuple(_turn(row, frozenset(fed[row.id])) for row in rows)


def _turn(row: Row[Any], documents: frozenset[str]) -> KeptTurn:
    as_of = None if row.as_of is None else date.fromisoformat(row.as_of)
    return KeptTurn(row.id, datetime.fromisoformat(row.asked), row.question, as_of, row.answer, documents)


def _conversation(row: Row[Any]) -> Conversation:
    begun, changed = (datetime.fromisoformat(text) for text in (row.begun, row.changed))
    return Conversation(row.id, row.place, row.title, begun, changed, row.turns)
