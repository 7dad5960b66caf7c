"""Intervals of paired differences: exact where nothing changed, mirrored, and as often right as they say."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evals.bootstrap import RESAMPLES, Array, differences, interval, mean

VALUES = st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=4), min_size=1, max_size=12)
SHARES = st.lists(st.integers(0, 60).map(lambda sixtieth: sixtieth / 60), min_size=1, max_size=3)
PAIRS = st.lists(st.tuples(SHARES, SHARES), min_size=1, max_size=12)


@given(VALUES)
def test_a_run_against_itself_differs_by_exactly_nothing(values: list[list[float]]) -> None:
    found = interval(differences(values, values), seed=0)
    assert (found.mean, found.low, found.high) == (0.0, 0.0, 0.0)


@given(VALUES, st.randoms())
def test_repeats_in_another_order_are_no_difference(values: list[list[float]], random: object) -> None:
    shuffled = [random.sample(each, len(each)) for each in values]  # type: ignore[attr-defined]
    assert not differences(values, shuffled).any()


@settings(deadline=None)
@given(PAIRS, st.integers(0, 3))
def test_the_interval_of_the_opposite_is_its_mirror_image(
    pairs: list[tuple[list[float], list[float]]], seed: int
) -> None:
    before, after = ([pair[side] for pair in pairs] for side in (0, 1))
    forth, back = (interval(differences(*each), seed=seed) for each in ((before, after), (after, before)))
    assert (forth.mean, forth.low, forth.high) == pytest.approx((-back.mean, -back.high, -back.low), abs=2e-9)
    assert (forth.high < 0, forth.low > 0) == (back.low > 0, back.high < 0)


@settings(deadline=None)
@given(PAIRS)
def test_an_interval_lies_within_the_cases_and_holds_their_mean(pairs: list[tuple[list[float], list[float]]]) -> None:
    values = differences([before for before, _ in pairs], [after for _, after in pairs])
    found = interval(values, seed=0)
    assert values.min() - 1e-8 <= found.low <= found.high <= values.max() + 1e-8
    assert found.mean == pytest.approx(values.mean(), abs=1e-8)


def test_no_dust_of_floating_point_counts_as_a_fall() -> None:
    """The same means, summed in another order or over another number of repeats."""
    before = [[0.1, 0.2, 0.3], [0.7, 0.1]] * 10
    after = [[0.3, 0.1, 0.2], [0.4, 0.4, 0.4, 0.4]] * 10
    found = interval(differences(before, after), seed=0)
    assert (found.low, found.high) == (0.0, 0.0)
    mixed = interval(np.array([-0.3, 0.1, 0.2] * 4), seed=0)
    assert mixed.mean == 0.0
    assert mixed.low < 0 < mixed.high


def test_many_cases_give_the_interval_of_scipy() -> None:
    """Its own percentile bootstrap, with other draws, of 300 differences."""
    values = np.random.default_rng(5).normal(-0.02, 0.3, 300)
    ours = interval(values, seed=0)
    theirs = stats.bootstrap((values,), np.mean, n_resamples=RESAMPLES, method="percentile", rng=1).confidence_interval
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.002)


def test_more_than_a_block_of_cases_is_resampled_as_often() -> None:
    values = np.random.default_rng(5).normal(0.5, 0.3, 5_000)
    found = interval(values, seed=0)
    assert found.high - found.low == pytest.approx(2 * 1.96 * 0.3 / 5_000**0.5, rel=0.08)


def test_more_confidence_is_a_wider_interval() -> None:
    values = np.random.default_rng(5).normal(0, 0.3, 40)
    usual, sure = interval(values, seed=0), interval(values, seed=0, confidence=0.99)
    assert sure.low < usual.low < usual.high < sure.high


def test_another_process_finds_the_same_interval() -> None:
    program = (
        "import numpy as np; from evals.bootstrap import interval; "
        "print(interval(np.linspace(-1, .5, 37) ** 3, seed=3))"
    )
    told = subprocess.run((sys.executable, "-c", program), capture_output=True, text=True, check=True).stdout
    assert told.strip() == str(interval(np.linspace(-1, 0.5, 37) ** 3, seed=3))


def simulated(random: np.random.Generator, cases: int, repeats: int, fall: float) -> Array:
    """Differences of a check whose chance to pass differs from case to case and falls by `fall` in every one."""
    chances = np.clip(random.beta(1.6, 0.4, cases), fall, 1)
    before, after = (random.random((cases, repeats)) < each[:, None] for each in (chances, chances - fall))
    return differences(before.astype(float).tolist(), after.astype(float).tolist())


def ends(values: Sequence[Array]) -> list[tuple[float, float]]:
    found = [interval(each, seed=seed) for seed, each in enumerate(values)]
    return [(each.low, each.high) for each in found]


@pytest.mark.parametrize("repeats", [1, 3])
@pytest.mark.parametrize("fall", [0.0, 0.15])
def test_an_interval_holds_the_truth_about_as_often_as_it_says(repeats: int, fall: float) -> None:
    random = np.random.default_rng(11)
    found = ends([simulated(random, 50, repeats, fall) for _ in range(150)])
    held = mean([float(low <= -fall <= high) for low, high in found])
    assert 0.90 <= held <= 0.99


def test_a_large_fall_is_found_and_no_fall_hardly_ever() -> None:
    random = np.random.default_rng(12)
    fell = ends([simulated(random, 100, 3, 0.15) for _ in range(60)])
    same = ends([simulated(random, 100, 3, 0.0) for _ in range(150)])
    assert mean([float(high < 0) for _, high in fell]) > 0.9
    assert mean([float(high < 0) for _, high in same]) < 0.06
