"""Conversations and sessions through any sequence of calls, beside a model of what each person should see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule

from index.principal import Principal, person
from index.records.conversations import KeptTurn
from index.records.records import Records
from index.records.sessions import Kind
from tests.clock import Clock

OWNERS = st.sampled_from(["user:alice", "user:bob", "user:alice2", "visitor:1", ""])
PLACES = st.sampled_from(["", "wiki", "intranet"])
DOCUMENTS = st.frozensets(st.sampled_from(["d1", "d2", "d3"]))
STEPS = settings(max_examples=25, stateful_step_count=25, deadline=None)


@dataclass
class Expected:
    """A conversation as it should be."""

    owner: str
    place: str
    title: str
    changed: datetime
    turns: list[KeptTurn] = field(default_factory=list)


class ConversationsMachine(RuleBasedStateMachine):
    """Everybody sees all of their own in each place, the last changed first, and nothing of anybody else's."""

    ids = Bundle("ids")
    make: ClassVar[Callable[[Clock], Records]] = staticmethod(Records.in_memory)

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.kept = type(self).make(self.clock).conversations
        self.expected: dict[str, Expected] = {}
        self.number = 0

    def mine(self, owner: str, place: str | None, id: str) -> Expected | None:
        found = self.expected.get(id)
        is_mine = found is not None and found.owner == owner and (place is None or found.place == place)
        return found if is_mine else None

    @rule(target=ids, owner=OWNERS, place=PLACES)
    def begin(self, owner: str, place: str) -> str:
        self.number += 1
        self.clock.turn_on(seconds=self.number % 2)
        begun = self.kept.begin(owner, place, f"{self.number}")
        self.expected[begun.id] = Expected(owner, place, f"{self.number}", self.clock.now)
        return begun.id

    @rule(owner=OWNERS, id=ids, documents=DOCUMENTS)
    def add(self, owner: str, id: str, documents: frozenset[str]) -> None:
        self.number += 1
        self.clock.turn_on(seconds=1)
        turn = KeptTurn(f"turn-{self.number}", self.clock.now, f"{self.number}?", None, "{}", documents)
        found = self.mine(owner, None, id)
        assert self.kept.add(owner, id, turn) == (found is not None)
        if found:
            found.turns.append(turn)
            found.changed = self.clock.now

    @rule(owner=OWNERS, place=PLACES, id=ids)
    def rename(self, owner: str, place: str, id: str) -> None:
        self.number += 1
        found = self.mine(owner, place, id)
        assert self.kept.rename(owner, place, id, f"{self.number}") == (found is not None)
        if found:
            found.title = f"{self.number}"

    @rule(owner=OWNERS, place=PLACES, id=ids)
    def delete(self, owner: str, place: str, id: str) -> None:
        found = self.mine(owner, place, id)
        assert self.kept.delete(owner, place, id) == (found is not None)
        if found:
            del self.expected[id]

    @rule(owner=OWNERS, place=PLACES | st.none())
    def delete_all(self, owner: str, place: str | None) -> None:
        theirs = [id for id in self.expected if self.mine(owner, place, id)]
        assert self.kept.delete_all(owner, place) == len(theirs)
        for id in theirs:
            del self.expected[id]

    @rule(seconds=st.integers(0, 20))
    def prune(self, seconds: int) -> None:
        before = self.clock.now - timedelta(seconds=seconds)
        old = [id for id, each in self.expected.items() if each.changed < before]
        assert self.kept.prune(before) == len(old)
        for id in old:
            del self.expected[id]

    @rule(owner=OWNERS, place=PLACES, id=ids)
    def look(self, owner: str, place: str, id: str) -> None:
        found, held = self.mine(owner, place, id), self.kept.find(owner, place, id)
        assert (held is None) == (found is None)
        if held and found:
            assert list(held.turns) == found.turns
            assert (held.conversation.title, held.conversation.turns) == (found.title, len(found.turns))
        for turn in self.expected[id].turns if id in self.expected else []:
            told = turn if self.mine(owner, None, id) else None
            assert self.kept.turn(owner, turn.id) == told
            assert self.kept.holding(owner, place, turn.id) == (held if told else None)

    @rule(owner=OWNERS, place=PLACES, limit=st.integers(1, 3))
    def leaf_through(self, owner: str, place: str, limit: int) -> None:
        theirs = {id: each for id, each in self.expected.items() if self.mine(owner, place, id)}
        order = sorted(theirs, key=lambda id: (theirs[id].changed, id), reverse=True)
        seen: list[str] = []
        before = None
        while page := self.kept.list(owner, place, limit=limit, before=before):
            assert len(page) <= limit
            seen += [each.id for each in page]
            before = page[-1].cursor
        assert seen == order


@dataclass(frozen=True)
class Begun:
    """A session that was begun, and its secret."""

    kind: Kind
    secret: str
    principal: Principal
    expires: datetime


class SessionsMachine(RuleBasedStateMachine):
    """A secret opens what it was begun for until it ends, is redeemed or revoked, and an id is spent once."""

    begun = Bundle("begun")
    kinds = st.sampled_from(["login", "attempt", "ticket", "embed"])
    make: ClassVar[Callable[[Clock], Records]] = staticmethod(Records.in_memory)

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        records = type(self).make(self.clock)
        self.sessions, self.spent = records.sessions, records.spent
        self.live: set[Begun] = set()
        self.known: dict[str, datetime] = {}

    def is_open(self, one: Begun, kind: Kind) -> bool:
        return one in self.live and kind == one.kind and self.clock.now < one.expires

    @rule(target=begun, kind=kinds, name=OWNERS, seconds=st.integers(0, 30), narrow=st.booleans())
    def begin(self, kind: Kind, name: str, seconds: int, narrow: bool) -> Begun:
        who = person(name, ["press"])
        who = Principal(name, who.readers, collections=frozenset({"wiki"}) if narrow else None)
        secret = self.sessions.begin(kind, who, seconds, data=f"{len(self.live)}")
        self.live = {one for one in self.live if self.clock.now < one.expires}
        one = Begun(kind, secret, who, self.clock.now + timedelta(seconds=seconds))
        self.live.add(one)
        return one

    @rule(one=begun, kind=kinds)
    def find(self, one: Begun, kind: Kind) -> None:
        found = self.sessions.find(kind, one.secret)
        assert (found is not None) == self.is_open(one, kind)
        if found:
            assert (found.principal, found.expires) == (one.principal, one.expires)

    @rule(one=begun, kind=kinds)
    def redeem(self, one: Begun, kind: Kind) -> None:
        found = self.sessions.redeem(kind, one.secret)
        assert (found is not None) == self.is_open(one, kind)
        if kind == one.kind:
            self.live.discard(one)

    @rule(one=begun)
    def end(self, one: Begun) -> None:
        assert self.sessions.end(one.secret) == (one in self.live)
        self.live.discard(one)

    @rule(name=OWNERS)
    def end_all(self, name: str) -> None:
        theirs = {one for one in self.live if one.principal.name == name}
        assert self.sessions.end_all(name) == len(theirs)
        self.live -= theirs

    @rule(target=begun, one=begun, letter=st.integers(0, 40))
    def forge(self, one: Begun, letter: int) -> object:
        forged = one.secret[:letter] + ("A" if one.secret[letter] != "A" else "B") + one.secret[letter + 1 :]
        return multiple(Begun(one.kind, forged, one.principal, one.expires))

    @rule(id=st.sampled_from("abc"), seconds=st.integers(1, 20))
    def spend(self, id: str, seconds: int) -> None:
        until = self.clock.now + timedelta(seconds=seconds)
        assert self.spent.spend(id, until) == (id not in self.known)
        self.known.setdefault(id, until)

    @rule(seconds=st.integers(1, 15))
    def wait(self, seconds: int) -> None:
        self.clock.turn_on(seconds=seconds)

    @rule()
    def prune(self) -> None:
        ended = {one for one in self.live if one.expires <= self.clock.now}
        assert self.sessions.prune() == len(ended)
        self.live -= ended
        over = [id for id, until in self.known.items() if until <= self.clock.now]
        assert self.spent.prune() == len(over)
        for id in over:
            del self.known[id]

    @invariant()
    def each_has_what_is_theirs(self) -> None:
        for name in {one.principal.name for one in self.live}:
            assert len(self.sessions.of(name)) == sum(one.principal.name == name for one in self.live)


TestConversations = ConversationsMachine.TestCase
TestConversations.settings = STEPS
TestSessions = SessionsMachine.TestCase
TestSessions.settings = STEPS
