"""The latency pass: which cases, in which order, and that the shortest counts; no real duration is asserted."""

from __future__ import annotations

import gc
from collections import Counter
from itertools import pairwise

import pytest

from evals import timing
from evals.case import Case, Expected
from evals.timing import Yardstick, spread, timed
from index.errors import OnRecordError


def cases(count: int) -> tuple[Case, ...]:
    return tuple(Case(f"case-{number}", f"Question {number}?", Expected()) for number in range(count))


class Clock:
    """Seconds that pass only when they are told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(timing, "perf_counter", made)
    return made


def test_the_cases_are_spread_over_the_set_and_none_is_taken_twice() -> None:
    assert spread(cases(3), 24) == cases(3)
    assert spread((), 24) == ()
    for count in range(1, 60):
        chosen = spread(cases(count), 24)
        assert len(set(chosen)) == len(chosen) == min(24, count)
        assert chosen[0] == cases(count)[0]
        assert list(chosen) == sorted(chosen, key=cases(count).index)
    gaps = [int(each.id[5:]) for each in spread(cases(240), 24)]
    assert {later - earlier for earlier, later in pairwise(gaps)} == {10}


def test_rounds_go_over_all_cases_and_the_shortest_of_each_counts(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    yardsticks = iter([0.2, 0.1, 0.4, 0.3, 0.2, 0.5])
    took = {"case-0": iter([3.0, 2.0, 5.0]), "case-1": iter([7.0, 9.0, 8.0])}
    monkeypatch.setattr(Yardstick, "seconds", lambda self: next(yardsticks))

    def answer(case: Case) -> None:
        asked.append(case.id)
        clock.now += next(took[case.id])

    told: list[tuple[int, int]] = []
    found = timed(cases(2), answer, lambda done, total: told.append((done, total)), rounds=3)
    assert asked == ["case-0", "case-1"] * 3
    assert [(each.case, each.seconds, each.yardstick) for each in found] == [("case-0", 2.0, 0.2), ("case-1", 7.0, 0.1)]
    assert found[0].ratio == pytest.approx(10)
    assert told == [(done, 6) for done in range(1, 7)]


def test_of_many_cases_only_some_are_timed() -> None:
    asked: Counter[str] = Counter()
    found = timed(cases(50), lambda case: asked.update([case.id]), most=5, rounds=2)
    assert len(found) == 5
    assert asked == Counter({each.case: 2 for each in found})


def test_nothing_to_time_is_nothing_timed() -> None:
    assert timed((), lambda case: None) == ()


def test_garbage_is_collected_again_afterwards_even_if_an_answer_does_not_come() -> None:
    during: list[bool] = []

    def answer(case: Case) -> None:
        during.append(gc.isenabled())
        raise OnRecordError("no answer")

    with pytest.raises(OnRecordError):
        timed(cases(1), answer)
    assert during == [False]
    assert gc.isenabled()


def test_the_yardstick_is_the_same_work_each_time() -> None:
    one, other = Yardstick(), Yardstick()
    assert one.text == other.text
    assert all((left == right).all() for left, right in zip(one.matrices, other.matrices, strict=True))
    assert len(set(one.text.split())) > 1_000
    assert one.seconds() > 0
