"""The chance that as few repeats pass, against scipy's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from evals.fisher import chance_of_fewer

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
