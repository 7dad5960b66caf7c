from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.endpoint.breaker import Breaker, Open, Trial


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def breaker(clock: Clock, failures: int = 3) -> Breaker:
    return Breaker(failures, 30.0, clock)


def state(breaker: Breaker) -> str:
    """Read anew each time, which a type checker does not expect of a property."""
    return breaker.state


def fail(breaker: Breaker, times: int = 1, reason: str = "is down") -> None:
    for _ in range(times):
        with breaker.trial() as trial:
            trial.fail(reason)


def work(breaker: Breaker) -> None:
    with breaker.trial() as trial:
        trial.work()


def test_it_opens_after_failures_in_a_row_and_says_why_and_for_how_long() -> None:
    clock = Clock()
    circuit = breaker(clock)
    fail(circuit, 2)
    assert state(circuit) == "closed"
    fail(circuit, reason="refuses the key")
    clock.now += 10

    assert state(circuit) == "open"
    with pytest.raises(Open) as caught:
        circuit.check()
    assert (caught.value.reason, caught.value.failures, caught.value.seconds) == ("refuses the key", 3, 20.0)
    with pytest.raises(Open), circuit.trial():
        pytest.fail("nothing goes through an open breaker")


def test_a_success_between_failures_keeps_it_closed() -> None:
    circuit = breaker(Clock())
    for _ in range(5):
        fail(circuit, 2)
        work(circuit)

    assert state(circuit) == "closed"


def test_it_closes_when_its_trial_works() -> None:
    clock = Clock()
    circuit = breaker(clock)
    fail(circuit, 3)
    clock.now += 30

    assert state(circuit) == "half-open"
    work(circuit)
    assert state(circuit) == "closed"
    fail(circuit, 2)
    assert state(circuit) == "closed"


def test_it_is_open_again_when_its_trial_fails() -> None:
    clock = Clock()
    circuit = breaker(clock)
    fail(circuit, 3)
    clock.now += 30
    fail(circuit)

    assert state(circuit) == "open"
    clock.now += 29
    assert state(circuit) == "open"
    clock.now += 1
    assert state(circuit) == "half-open"


def test_one_trial_at_a_time_while_half_open() -> None:
    clock = Clock()
    circuit = breaker(clock)
    fail(circuit, 3)
    clock.now += 31

    with circuit.trial() as trial:
        with pytest.raises(Open) as caught, circuit.trial():
            pytest.fail("a second trial")
        assert caught.value.seconds == 0.0
        trial.work()
    assert state(circuit) == "closed"


def test_a_reader_who_leaves_says_nothing_of_the_server_and_frees_the_trial() -> None:
    clock = Clock()
    circuit = breaker(clock)
    fail(circuit, 3)
    clock.now += 31

    with pytest.raises(KeyboardInterrupt), circuit.trial():
        raise KeyboardInterrupt
    assert state(circuit) == "half-open"
    work(circuit)
    assert state(circuit) == "closed"


def test_what_was_let_through_before_it_opened_does_not_keep_it_open_longer() -> None:
    clock = Clock()
    circuit = breaker(clock)
    with circuit.trial() as slow:
        fail(circuit, 3)
        clock.now += 20
        slow.fail("is down")
    assert state(circuit) == "open"
    clock.now += 10
    assert state(circuit) == "half-open"


def test_what_was_let_through_before_it_opened_closes_it_when_it_works() -> None:
    circuit = breaker(Clock())
    with circuit.trial() as slow:
        fail(circuit, 3)
        slow.work()
    assert state(circuit) == "closed"


def test_of_many_threads_one_is_let_through_while_half_open() -> None:
    clock = Clock()
    circuit = breaker(clock)
    fail(circuit, 3)
    clock.now += 31
    together, entered, refused = threading.Barrier(16), threading.Event(), []
    through: list[int] = []

    def ask(number: int) -> None:
        together.wait()
        try:
            with circuit.trial() as trial:
                through.append(number)
                entered.wait(5)
                trial.work()
        except Open:
            refused.append(number)
            if len(refused) == 15:
                entered.set()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(through), len(refused)) == (1, 15)


class Reference:
    """The same breaker, written as its definition: a list of outcomes and the time it opened."""

    def __init__(self, limit: int, seconds: float) -> None:
        self.limit, self.seconds = limit, seconds
        self.in_a_row = 0
        self.opened: float | None = None

    def state(self, now: float) -> str:
        if self.opened is None:
            return "closed"
        return "open" if now < self.opened + self.seconds else "half-open"

    def settle(self, outcome: str, now: float) -> None:
        half_open = self.state(now) == "half-open"
        if outcome == "work":
            self.in_a_row, self.opened = 0, None
        elif outcome == "fail":
            self.in_a_row += 1
            if half_open or self.in_a_row >= self.limit:
                self.opened = now


@settings(max_examples=200)
@given(
    st.integers(1, 4),
    st.lists(st.one_of(st.sampled_from(("work", "fail", "fail", "leave")), st.integers(0, 40)), max_size=40),
)
def test_any_course_of_things_is_as_defined(limit: int, course: list[str | int]) -> None:
    clock = Clock()
    circuit, reference = Breaker(limit, 30.0, clock), Reference(limit, 30.0)
    for step in course:
        if isinstance(step, int):
            clock.now += step
        elif reference.state(clock.now) == "open":
            with pytest.raises(Open), circuit.trial():
                pytest.fail("nothing goes through an open breaker")
        else:
            with circuit.trial() as trial:
                settle(trial, step)
            reference.settle(step, clock.now)
        assert state(circuit) == reference.state(clock.now)


@settings(max_examples=100)
@given(st.lists(st.sampled_from(("work", "fail", "leave")), min_size=1, max_size=12))
def test_trials_that_overlap_leave_no_trial_behind(outcomes: list[str]) -> None:
    clock = Clock()
    circuit = Breaker(2, 30.0, clock)
    with overlapping(circuit, len(outcomes)) as trials:
        for trial, outcome in zip(trials, outcomes, strict=True):
            settle(trial, outcome)
    clock.now += 31

    assert state(circuit) in ("closed", "half-open")
    work(circuit)
    assert state(circuit) == "closed"


@contextmanager
def overlapping(circuit: Breaker, number: int) -> Iterator[list[Trial]]:
    with ExitStack() as stack:
        yield [stack.enter_context(circuit.trial()) for _ in range(number)]


def settle(trial: Trial, outcome: str) -> None:
    if outcome == "work":
        trial.work()
    elif outcome == "fail":
        trial.fail("is down")
