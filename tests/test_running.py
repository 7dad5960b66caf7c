"""Answers that run apart from who watches them: found again from the first event, for whoever asked and nobody else,
and ended, with all they have begun, when nobody watches."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest

from index.principal import Principal, person
from index.records.records import Records
from rag.events import Answered, Event, EvidenceFound, Writing
from rag.question import Question
from tests.newsroom import CONDITIONS_ANSWER, Newsroom
from ui.audit.noted import Noted
from ui.caller import Caller
from ui.limiting.turned_away import Crowded
from ui.routes.answering import Answering
from ui.routes.asked import NEW
from ui.routes.conversing import Conversing, where
from ui.running import Answers, Running

ANN = Caller(person("ann"), "header")
GRACE = 0.15
READERS = 200
SETTLED = 90.0


@dataclass
class Room:
    """A server's answers without its server; `turns` counts those that are held."""

    newsroom: Newsroom = field(default_factory=Newsroom)
    answers: Answers = field(default_factory=lambda: Answers(grace=GRACE, linger=0.3))
    records: Records = field(default_factory=Records.in_memory)
    turns: int = 0

    def __post_init__(self) -> None:
        reserved = self.answers.reserved
        self.conversing = Conversing(self.newsroom, self.records.conversations, patience=0, reserved=reserved)

    async def ask(self, text: str, conversation: str = NEW, caller: Caller = ANN, **more: float) -> Running:
        talk = await self.conversing.open(caller, conversation)
        answering = Answering(
            self.newsroom, caller.principal, Question(text), Noted(), frozenset(), talk=talk, partly=True
        )

        @asynccontextmanager
        async def around() -> AsyncIterator[None]:
            self.turns += 1
            try:
                if "crowded" in text:
                    raise Crowded("Too many are asking.", 1)
                yield
            finally:
                self.turns -= 1
                self.conversing.close(talk)

        return self.answers.begin(answering, around(), **more)


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(SETTLED):
            await test()

    asyncio.run(bounded())


async def all_of(running: Running) -> list[Event]:
    async with aclosing(running.watch()) as news:
        return [event async for events in news for event in events]


async def until_written(running: Running) -> None:
    """Watch until a model writes, and leave."""
    async with aclosing(running.watch()) as news:
        async for events in news:
            if any(isinstance(event, Writing) for event in events):
                return


def test_whoever_comes_late_is_given_everything_from_the_first_event() -> None:
    async def test() -> None:
        room = Room()
        running = await room.ask("Are they still the same?")
        first = await all_of(running)
        assert [type(first[0]), type(first[-1])] == [EvidenceFound, Answered]
        assert await all_of(running) == first
        assert (running.is_over, running.failure, running.answering.is_kept, room.turns) == (True, "", True, 0)

    run(test)


def test_several_who_watch_are_each_given_all_of_it() -> None:
    async def test() -> None:
        running = await Room(Newsroom(pause=0.05)).ask("Are they still the same?")
        one, two = await asyncio.gather(all_of(running), all_of(running))
        assert one == two
        assert len(one) > 5

    run(test)


def test_a_sign_of_life_comes_while_nothing_else_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.running.SIGN", 0.02)

    async def test() -> None:
        running = await Room(Newsroom(pause=0.2)).ask("What are the conditions?")
        async with aclosing(running.watch()) as news:
            batches = [len(events) async for events in news]
        assert batches.count(0) >= 5
        assert sum(batches) >= 3

    run(test)


def test_an_answer_goes_on_for_whoever_comes_back_in_time() -> None:
    async def test() -> None:
        room = Room(answers=Answers(grace=10))
        running = await room.ask("Write forever")
        await until_written(running)
        await asyncio.sleep(0.1)
        again = room.answers.conversation(running.talk.id, where(ANN), ANN.principal)
        assert again is running
        await until_written(running)
        assert (running.is_over, room.newsroom.left.is_set()) == (False, False)
        running.stop()
        await running.ended()

    run(test)


def test_nobody_watching_ends_it_and_what_was_shown_is_kept() -> None:
    async def test() -> None:
        room = Room()
        running = await room.ask("Write forever")
        await until_written(running)
        left = time.monotonic()
        await running.ended()
        assert time.monotonic() - left >= GRACE * 0.9
        assert room.newsroom.left.is_set()
        assert (room.turns, room.answers.reserved) == (0, set())
        [turn] = room.records.conversations.of(ANN.principal.name)[0].turns
        assert '"stopped": true' in turn.answer
        assert CONDITIONS_ANSWER.evidence[0].quote in turn.answer

    run(test)


def test_it_waits_for_whoever_watches_it_first_even_where_nothing_waits_later() -> None:
    async def test() -> None:
        running = await Room(answers=Answers(grace=10)).ask("Write forever", grace=0)
        await asyncio.sleep(0.1)
        assert not running.is_over
        await until_written(running)
        await running.ended()

    run(test)


def test_stopping_ends_it_at_once_and_lets_the_next_question_come() -> None:
    async def test() -> None:
        room = Room(answers=Answers(grace=60))
        running = await room.ask("Write forever")
        await until_written(running)
        running.stop()
        await running.ended()
        assert room.newsroom.left.is_set()
        assert (running.answering.is_kept, room.turns) == (True, 0)
        second = await room.ask("What are the conditions?", running.talk.id)
        assert isinstance((await all_of(second))[-1], Answered)

    run(test)


def test_one_that_is_stopped_before_its_first_step_gives_its_place_back() -> None:
    async def test() -> None:
        room = Room()
        running = await room.ask("Write forever")
        running.stop()
        await running.ended()
        assert (room.turns, room.answers.reserved, running.answering.is_kept) == (0, set(), False)
        assert room.records.conversations.of(ANN.principal.name) == ()

    run(test)


def test_only_whoever_asked_finds_it_and_only_as_the_reader_they_were() -> None:
    async def test() -> None:
        room = Room()
        running = await room.ask("Write forever")
        here, turn, conversation = where(ANN), running.talk.turn, running.talk.id
        others: list[tuple[Caller, Principal]] = [
            (Caller(person("bob"), "header"), person("bob")),
            (ANN, person("ann", ("press",))),
            (replace(ANN, embed="wiki"), ANN.principal),
        ]
        for caller, principal in others:
            assert room.answers.turn(turn, where(caller), principal) is None
            assert room.answers.conversation(conversation, where(caller), principal) is None
        assert room.answers.turn(turn, here, ANN.principal) is running
        running.stop()
        await running.ended()

    run(test)


def test_what_it_failed_with_is_a_sentence_told_once(caplog: pytest.LogCaptureFixture) -> None:
    async def test() -> None:
        room = Room()
        for text, sentence in (
            ("broken", "the library is on a disk that is gone; mount it and ask again"),
            ("crowded", "Too many are asking."),
        ):
            running = await room.ask(text)
            assert await all_of(running) == []
            assert running.failure == sentence
        assert not caplog.records
        crashed = await room.ask("crash")
        await asyncio.gather(all_of(crashed), all_of(crashed))
        assert "secret" not in crashed.failure
        assert [record.name for record in caplog.records] == ["ui.failures"]
        assert (room.turns, room.answers.reserved) == (0, set())

    with caplog.at_level(logging.ERROR):
        run(test)


def test_it_is_forgotten_a_moment_after_it_is_over() -> None:
    async def test() -> None:
        room = Room()
        running = await room.ask("What are the conditions?")
        await all_of(running)
        found = room.answers.turn, (running.talk.turn, where(ANN), ANN.principal)
        assert found[0](*found[1]) is running
        await asyncio.sleep(0.6)
        assert found[0](*found[1]) is None

    run(test)


def test_ending_them_all_ends_them_all() -> None:
    async def test() -> None:
        room = Room(answers=Answers(grace=60))
        running = [await room.ask("Write forever") for _ in range(3)]
        for each in running:
            await until_written(each)
        room.answers.end()
        await asyncio.gather(*(each.ended() for each in running))
        assert room.turns == 0

    run(test)


def test_what_may_not_be_read_any_more_is_not_shown_again() -> None:
    async def test() -> None:
        room = Room()
        running = await room.ask("What are the conditions?", caller=ANN)
        await all_of(running)
        assert running.answering.is_readable()
        room.newsroom.readable = lambda principal, ids: frozenset()  # type: ignore[method-assign]
        assert not running.answering.is_readable()

    run(test)


def test_what_was_understood_from_what_may_not_be_read_any_more_is_not_shown_again() -> None:
    async def test() -> None:
        room = Room()
        first = await room.ask("What are the conditions?")
        await all_of(first)
        fed = first.answering.so_far.documents  # type: ignore[union-attr]
        running = await room.ask("And then, what is the population of Brazil?", first.talk.id)
        await all_of(running)
        own = running.answering.so_far.documents  # type: ignore[union-attr]
        assert running.answering.is_readable()
        room.newsroom.readable = lambda principal, ids: frozenset(ids) & own  # type: ignore[method-assign]
        assert fed - own
        assert not running.answering.is_readable()

    run(test)


def test_two_hundred_readers_who_leave_leave_nothing_behind() -> None:
    before = threading.active_count()

    async def test() -> None:
        room = Room(answers=Answers(grace=1.0, linger=0.3))
        all_there = asyncio.Barrier(READERS)

        async def read() -> Running:
            each = await room.ask("Write forever")
            async with aclosing(each.watch()) as news:
                async for events in news:
                    if any(isinstance(event, Writing) for event in events):
                        await all_there.wait()
                        assert room.turns == READERS
                        break
            return each

        running = await asyncio.gather(*(read() for _ in range(READERS)))
        await asyncio.gather(*(each.ended() for each in running))
        assert (room.turns, room.answers.reserved) == (0, set())
        found = room.answers.turn, where(ANN), ANN.principal
        await asyncio.sleep(0.6)
        assert not any(found[0](each.talk.turn, *found[1:]) for each in running)

    run(test)
    end = time.monotonic() + SETTLED
    while threading.active_count() > before + 2:
        assert time.monotonic() < end, "threads stay"
        time.sleep(0.02)
