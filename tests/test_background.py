from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import threading

import pytest

from rag.endpoint import background
from rag.endpoint.background import Emit, Stopped, pieces, schedule


async def three(emit: Emit[int]) -> None:
    for number in range(3):
        emit(number)
        await asyncio.sleep(0)


class Endless:
    """Emits one number and then waits for ever; knows when it was ended."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self.task: asyncio.Task[None] | None = None

    async def __call__(self, emit: Emit[int]) -> None:
        self.task = asyncio.current_task()
        try:
            emit(1)
            await asyncio.Event().wait()
        finally:
            self.ended.set()

    async def cancel(self) -> None:
        assert self.task is not None
        self.task.cancel()


def test_pieces_come_in_order_and_end() -> None:
    assert list(pieces(three, 5)) == [0, 1, 2]


def test_nothing_is_told_while_nothing_comes() -> None:
    asked_for = threading.Event()

    async def late(emit: Emit[str]) -> None:
        while not asked_for.is_set():
            await asyncio.sleep(0.01)
        emit("late")

    coming = pieces(late, 0.02)
    assert [next(coming) for _ in range(3)] == [None, None, None]
    asked_for.set()
    assert [piece for piece in coming if piece is not None] == ["late"]


def test_what_the_work_raises_comes_after_what_it_emitted() -> None:
    async def broken(emit: Emit[str]) -> None:
        emit("first")
        raise ZeroDivisionError("then this")

    coming = pieces(broken, 5)
    assert next(coming) == "first"
    with pytest.raises(ZeroDivisionError, match="then this"):
        next(coming)


def test_nothing_runs_before_the_first_piece_is_taken() -> None:
    work = Endless()
    coming = pieces(work, 0.01)
    coming.close()

    assert work.task is None


def test_closing_ends_the_work_and_waits_for_that() -> None:
    work = Endless()
    coming = pieces(work, 5)
    assert next(coming) == 1
    coming.close()

    assert work.ended.is_set()


def test_forgetting_the_iterator_ends_the_work() -> None:
    work = Endless()
    coming = pieces(work, 5)
    assert next(coming) == 1
    del coming
    gc.collect()

    assert work.ended.wait(5)


def test_work_that_somebody_else_ended_says_so() -> None:
    work = Endless()
    coming = pieces(work, 5)
    assert next(coming) == 1
    schedule(work.cancel)

    with pytest.raises(Stopped):
        next(coming)


def test_all_work_shares_one_thread() -> None:
    async def where(emit: Emit[str]) -> None:
        emit(threading.current_thread().name)

    assert {name for _ in range(20) for name in pieces(where, 5)} == {"onrecord-model"}


def test_an_iterator_may_be_closed_in_the_thread_that_does_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "CANCEL_SECONDS", 60.0)
    work = Endless()
    held = [pieces(work, 5)]
    assert next(held[0]) == 1

    async def close() -> None:
        held.pop().close()

    ending = schedule(close)
    assert ending is not None
    ending.result(10)
    assert work.ended.wait(5)


def test_a_process_ends_cleanly_with_work_under_way() -> None:
    program = """
import asyncio
from rag.endpoint import background
from rag.endpoint.background import pieces
async def work(emit):
    emit(1)
    await asyncio.Event().wait()
coming = pieces(work, 5)
print(next(coming))
"""
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, "1\n", "")


def test_nothing_is_started_for_the_sake_of_ending() -> None:
    program = """
import threading
from rag.endpoint import background
from rag.endpoint.background import schedule
from rag.model import Model
async def never(): raise AssertionError
assert schedule(never) is None
Model("http://127.0.0.1:9/v1", "m").close()
print(threading.active_count())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)

    assert (done.stdout, done.stderr) == ("1\n", "")
