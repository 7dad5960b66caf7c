"""The chance that as few repeats pass, against scipy's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from evals.fisher import chance_of_fewer, least_chance, level

COUNTS = st.integers(1, 30).flatmap(lambda repeats: st.tuples(st.integers(0, repeats), st.just(repeats)))


@given(COUNTS, COUNTS)
def test_the_chance_is_that_of_scipy(before: tuple[int, int], after: tuple[int, int]) -> None:
    table = [[after[0], after[1] - after[0]], [before[0], before[1] - before[0]]]
    assert chance_of_fewer(before, after) == pytest.approx(fisher_exact(table, alternative="less").pvalue, abs=1e-9)


def test_four_repeats_a_side_are_the_first_that_can_bear_a_fall_out() -> None:
    assert chance_of_fewer((3, 3), (0, 3)) == pytest.approx(0.05)
    assert chance_of_fewer((4, 4), (0, 4)) < 0.05 < chance_of_fewer((4, 4), (1, 4))


def test_once_against_once_says_nothing() -> None:
    assert chance_of_fewer((1, 1), (0, 1)) == 0.5
    assert chance_of_fewer((0, 1), (0, 1)) == 1.0


@given(COUNTS, COUNTS)
def test_no_outcome_with_as_many_passes_is_less_likely_than_the_least(
    before: tuple[int, int], after: tuple[int, int]
) -> None:
    passes = before[0] + after[0]
    possible = [
        chance_of_fewer((passes - count, before[1]), (count, after[1]))
        for count in range(after[1] + 1)
        if 0 <= passes - count <= before[1]
    ]
    assert least_chance(before, after) == pytest.approx(min(possible))


def test_tests_that_cannot_come_out_below_the_level_take_no_part_of_it() -> None:
    assert level([], 0.05) == 0.05
    assert level([1.0] * 1_000 + [0.004], 0.05) == 0.05
    assert level([0.004] * 3, 0.05) == pytest.approx(0.05 / 3)
    assert level([0.02] * 3, 0.05) == pytest.approx(0.05 / 3)


@given(st.lists(st.floats(1e-6, 1), max_size=40))
def test_the_tests_that_can_count_are_no_more_than_share_the_level(least: list[float]) -> None:
    """So that, each counting with a chance below it, any does with one below .05."""
    shared = level(least, 0.05)
    assert sum(each < shared for each in least) * shared <= 0.05 + 1e-12
