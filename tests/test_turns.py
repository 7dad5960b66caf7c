"""Turns: so many at once, fewer for each, a queue with an end, and nothing lost by whoever leaves."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ui.limiting.turned_away import Crowded
from ui.limiting.turns import SHARE, Turns

T = TypeVar("T")


def run(work: Coroutine[object, object, T]) -> T:
    async def bounded() -> T:
        async with asyncio.timeout(30):
            return await work

    return asyncio.run(bounded())


class Asking:
    """Somebody who has asked: waits for a turn, keeps it until `end`, and says what became of it."""

    def __init__(self, turns: Turns, who: str, *, alone: bool = False) -> None:
        self.who = who
        self.has_turn = False
        self.refused = ""
        self._end = asyncio.Event()
        self.task = asyncio.create_task(self._ask(turns, alone))

    async def _ask(self, turns: Turns, alone: bool) -> None:
        try:
            async with turns.turn(self.who, alone=alone):
                self.has_turn = True
                await self._end.wait()
        except Crowded as error:
            self.refused = str(error)
        finally:
            self.has_turn = False

    async def end(self) -> None:
        self._end.set()
        await self.task
        await settled()

    async def leave(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        await settled()


async def settled() -> None:
    """Everything that can go on has gone on."""
    for _ in range(5):
        await asyncio.sleep(0)


async def ask(turns: Turns, *people: str, alone: bool = False) -> list[Asking]:
    asking = [Asking(turns, who, alone=alone) for who in people]
    await settled()
    return asking


def answered(asking: list[Asking]) -> list[bool]:
    return [each.has_turn for each in asking]


async def ended(asking: list[Asking], turns: Turns) -> None:
    """All leave, and the turns are as at the start."""
    for each in asking:
        await each.leave()
    assert (turns.taken, turns.queued) == (0, 0)


def test_one_person_has_so_many_turns_and_others_are_not_held_up_by_their_queue() -> None:
    async def story() -> None:
        turns = Turns(each=2, at_once=3, waiting=8)
        asking = await ask(turns, "ann", "ann", "ann", "ann", "bob", "cem")
        assert answered(asking) == [True, True, False, False, True, False]
        await asking[0].end()
        assert answered(asking) == [False, True, True, False, True, False], "hers are first in the queue again"
        await asking[4].end()
        assert answered(asking) == [False, True, True, False, False, True], "she has hers, so the next is answered"
        await ended(asking, turns)

    run(story())


def test_who_has_the_server_alone_has_all_its_turns() -> None:
    async def story() -> None:
        turns = Turns(each=1, at_once=3, waiting=8)
        asking = await ask(turns, *["me"] * 12, alone=True)
        assert answered(asking) == [True] * 3 + [False] * 9
        assert turns.queued == 8, "and all its queue"
        await ended(asking, turns)

    run(story())


def test_the_queue_has_an_end_and_says_when_to_come_back() -> None:
    async def story() -> None:
        turns = Turns(each=1, at_once=1, waiting=2)
        asking = await ask(turns, "ann", "bob", "cem", "dan")
        assert [bool(each.refused) for each in asking] == [False, False, False, True]
        with pytest.raises(Crowded) as refused:
            async with turns.turn("eve"):
                raise AssertionError("there was a place")
        assert refused.value.seconds >= 1
        await ended(asking, turns)

    run(story())


def test_there_need_be_no_queue() -> None:
    async def story() -> None:
        turns = Turns(each=1, at_once=1, waiting=0)
        asking = await ask(turns, "ann", "bob")
        assert asking[1].refused
        await ended(asking, turns)

    run(story())


def test_nobody_fills_the_queue_alone() -> None:
    async def story() -> None:
        turns = Turns(each=1, at_once=1, waiting=8)
        asking = await ask(turns, *["ann"] * 9, "bob")
        assert sum(bool(each.refused) for each in asking[:9]) == 9 - 1 - 8 // SHARE
        assert "your own" in asking[8].refused
        assert not asking[9].refused
        await ended(asking, turns)

    run(story())


def test_who_waits_too_long_is_told_and_keeps_no_place() -> None:
    async def story() -> None:
        turns = Turns(each=1, at_once=1, waiting=2, longest_wait=0.01)
        asking = await ask(turns, "ann", "bob")
        await asking[1].task
        assert "in time" in asking[1].refused
        assert (turns.taken, turns.queued) == (1, 0)
        await ended(asking, turns)

    run(story())


def test_whoever_leaves_while_waiting_leaves_the_place_to_the_next() -> None:
    async def story() -> None:
        turns = Turns(each=1, at_once=1, waiting=2)
        asking = await ask(turns, "ann", "bob", "cem")
        await asking[1].leave()
        assert turns.queued == 1
        await asking[0].end()
        assert answered(asking) == [False, False, True]
        await ended(asking, turns)

    run(story())


def test_a_turn_that_comes_as_its_owner_leaves_goes_to_the_next() -> None:
    async def story() -> None:
        turns = Turns(each=1, at_once=1, waiting=2)
        asking = await ask(turns, "ann", "bob", "cem")
        asking[0]._end.set()
        await asyncio.sleep(0)  # her turn is bob's now, who has not yet been told
        asking[1].task.cancel()
        await settled()
        assert answered(asking) == [False, False, True]
        await ended(asking, turns)

    run(story())


def test_an_answer_that_fails_gives_its_turn_back() -> None:
    async def story() -> None:
        turns = Turns(each=1, at_once=1, waiting=0)
        with pytest.raises(KeyError):
            async with turns.turn("ann"):
                raise KeyError
        assert turns.taken == 0
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(turns.turn("ann"))
            assert turns.taken == 1

    run(story())


class Crowd(RuleBasedStateMachine):
    """Anybody asks, is answered and leaves, in any order."""

    EACH, AT_ONCE, WAITING = 2, 4, 6

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.turns = Turns(each=self.EACH, at_once=self.AT_ONCE, waiting=self.WAITING)
        self.asking: list[Asking] = []

    @rule(who=st.sampled_from("abc"), together=st.integers(1, 4))
    def come(self, who: str, together: int) -> None:
        self.asking += self.loop.run_until_complete(ask(self.turns, *[who] * together))

    @rule(at=st.integers(0, 40))
    def end(self, at: int) -> None:
        if having := [each for each in self.asking if each.has_turn]:
            self.loop.run_until_complete(having[at % len(having)].end())

    @rule(at=st.integers(0, 40))
    def leave(self, at: int) -> None:
        if here := [each for each in self.asking if not each.task.done()]:
            self.loop.run_until_complete(here[at % len(here)].leave())

    @invariant()
    def holds(self) -> None:
        having = Counter(each.who for each in self.asking if each.has_turn)
        waiting = [each for each in self.asking if not each.task.done() and not each.has_turn]
        assert (self.turns.taken, self.turns.queued) == (having.total(), len(waiting))
        assert having.total() <= self.AT_ONCE
        assert len(waiting) <= self.WAITING
        assert all(count <= self.EACH for count in having.values())
        assert having.total() == self.AT_ONCE or all(having[each.who] == self.EACH for each in waiting), "idle"

    def teardown(self) -> None:
        self.loop.run_until_complete(ended(self.asking, self.turns))
        self.loop.close()


Crowd.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestCrowd = Crowd.TestCase
