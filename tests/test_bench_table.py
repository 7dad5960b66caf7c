"""What benchmarks measure with: intervals, detection, rankings, the weakest point, and how a table reads."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from evals.benchmarks.detection import Telling, Truth, auc, balanced_accuracy, caught, f1, measured, precision, recall
from evals.benchmarks.heldout import HALVINGS, Half, divided
from evals.benchmarks.job import Job
from evals.benchmarks.markdown import markdown, said
from evals.benchmarks.retrieval import Ranking, graded
from evals.benchmarks.table import Figure, Row, Table, published
from evals.benchmarks.weakest import Group, weakest
from evals.resampling import Places, interval
from evals.share import Share


def telling(flagged: list[bool], told: list[bool] | None = None, chances: list[float] | None = None) -> Telling:
    spread = np.array(chances if chances is not None else [float(each) for each in flagged])
    return Telling(spread, np.array(flagged, bool), np.array(told or [True] * len(flagged), bool))


TRUTH = Truth.of(np.array([True, True, False, False, False]), list("abcde"))


def test_a_group_is_drawn_whole() -> None:
    sizes = set()

    def figure(places: Places) -> float:
        counts = np.bincount(places, minlength=5)
        assert counts[0] == counts[1] == counts[2]
        sizes.add(len(places))
        return 0.0

    assert interval(["one", "one", "one", "two", "three"], figure, resamples=50) == (0.0, 0.0)
    assert len(sizes) > 1


def test_an_interval_is_the_same_every_time_and_holds_the_mean() -> None:
    values = np.arange(40.0)
    found = [interval(list(map(str, range(40))), lambda at: float(values[at].mean())) for _ in range(2)]
    assert found[0] == found[1]
    low, high = found[0]
    # The standard error of the mean is 1.83, so that of normal theory is 15.9 to 23.1.
    assert (low, high) == pytest.approx((15.9, 23.1), abs=0.4)


def test_draws_that_say_nothing_are_passed_over() -> None:
    low, high = interval(list("ab"), lambda at: 1.0 if len(set(at.tolist())) == 2 else float("nan"))
    assert (low, high) == (1.0, 1.0)
    assert all(map(math.isnan, interval([], lambda at: 0.0)))


def test_detection_is_told_by_hand() -> None:
    # Flagged: one of two positives, and one of three others.
    flagged = telling([True, False, True, False, False])
    values = [measured(each, TRUTH, [flagged]).value for each in (precision, recall, f1, balanced_accuracy)]
    assert values == pytest.approx([1 / 2, 1 / 2, 1 / 2, (1 / 2 + 2 / 3) / 2])
    ranked = telling([False] * 5, chances=[0.9, 0.4, 0.6, 0.2, 0.1])
    assert measured(auc, TRUTH, [ranked]).value == pytest.approx(5 / 6)
    assert math.isnan(measured(precision, TRUTH, [ranked]).value)
    assert measured(f1, TRUTH, [ranked]).value == 0.0


def test_amounts_are_detected_in_part() -> None:
    # 3 of 10 characters are marked in the first, none in the second, 5 of 5 in the third, which is not flagged.
    truth = Truth(np.array([3.0, 0.0, 5.0]), np.array([10.0, 10.0, 5.0]), ("a", "b", "c"))
    flagged = telling([True, True, False])
    assert measured(precision, truth, [flagged]).value == pytest.approx(3 / 20)
    assert measured(recall, truth, [flagged]).value == pytest.approx(3 / 8)
    assert measured(f1, truth, [flagged]).value == pytest.approx(6 / 28)


def test_each_half_speaks_of_its_own_rows() -> None:
    first = telling([True, False, False, False, False], told=[True, False, True, False, False])
    second = telling([False, False, False, True, False], told=[False, True, False, True, True])
    assert measured(recall, TRUTH, [first, second]).value == pytest.approx((1.0 + 0.0) / 2)
    share = caught([first, second])
    assert share[:4].tolist() == [1.0, 0.0, 0.0, 1.0]
    both = caught([telling([True, False]), telling([False, False]), telling([True, True], told=[True, False])])
    assert both.tolist() == pytest.approx([2 / 3, 0.0])
    assert math.isnan(caught([telling([True], told=[False])])[0])


def test_a_division_keeps_what_is_measured_apart_from_what_is_fitted_on() -> None:
    rows = [[number] for number in range(8)]
    of = rows[:5]

    def halves(every: object, seed: int) -> tuple[list[list[int]], list[list[int]]]:
        return rows[seed % 2 :: 2], rows[1 - seed % 2 :: 2]

    found = list(divided(rows, halves, of))
    assert len(found) == HALVINGS
    fitting, held, half = found[0]
    assert (fitting, held, half.held.tolist()) == ([[0], [2], [4], [6]], [[1], [3]], [1, 3])
    spread = half.spread(np.array([0.1, 0.3]))
    assert np.isnan(spread[[0, 2, 4]]).all()
    assert spread[[1, 3]].tolist() == [0.1, 0.3]
    told = Half(np.array([1, 3]), 5).telling(np.array([0.1, 0.9]), np.array([False, True]))
    assert (told.told.tolist(), told.flagged.tolist()) == (
        [False, True, False, True, False],
        [False] * 3 + [True, False],
    )


def test_rankings_are_graded_in_their_order() -> None:
    rankings = [
        Ranking("a", ("one", "x", "two"), {"one": 1, "two": 1}),
        Ranking("b", (), {"one": 1}),
        Ranking("c", ("y", "one"), {"one": 1}),
    ]
    grades = graded(rankings, "nDCG@10", "R@1", "AP@100")
    second = 1 / math.log2(3)
    ideal = 1 + second
    assert grades["nDCG@10"].tolist() == pytest.approx([(1 + 1 / 2) / ideal, 0.0, second])
    assert grades["R@1"].tolist() == [0.5, 0.0, 0.0]
    assert grades["AP@100"].tolist() == pytest.approx([(1 + 2 / 3) / 2, 0.0, 1 / 2])


WHOLE = Figure(0.7, 0.65, 0.75, 100)


def test_the_weakest_group_is_named_with_its_figure() -> None:
    groups = [Group("it is long", Figure(0.4, 0.3, 0.5, 30)), Group("it is short", Figure(0.8, 0.7, 0.9, 70))]
    assert weakest("recall", groups, WHOLE, "claims") == (
        "We are weakest where it is long: recall is 0.400 [0.300, 0.500] over 30 claims, "
        "against 0.700 [0.650, 0.750] over all 100."
    )
    worst = weakest("the error", groups, WHOLE, "claims", lower_is_better=True)
    assert worst.startswith("We are weakest where it is short: the error is 0.800")
    assert worst.endswith("though the intervals overlap.")


def test_a_group_too_small_to_say_anything_is_no_weakest_point() -> None:
    groups = [Group("it is odd", Figure(0.0, 0.0, 0.4, 3)), Group("it is even", Figure(0.7, 0.6, 0.8, 97))]
    assert weakest("recall", groups, WHOLE, "claims") == (
        "No two groups of these 100 claims are large enough to compare: recall is 0.700 [0.650, 0.750] over all."
    )
    even = [Group("it is odd", Figure(0.7, 0.6, 0.8, 50)), Group("it is even", Figure(0.7, 0.6, 0.8, 50))]
    told = weakest("recall", even, WHOLE, "claims")
    assert told.startswith("No group of claims is worse than another: recall is 0.700 over 100")
    assert "as low as 0.650" in told
    assert weakest("recall", [], Figure(math.nan, 0, 1, 0), "claims") == (
        "There are no claims to tell a weakest point by."
    )


def test_a_limit_takes_the_same_cases_every_time() -> None:
    job = Job(Path(), limit=3, seed=7)
    taken = job.some(tuple(range(50)))
    assert len(taken) == 3
    assert list(taken) == sorted(taken)
    assert taken == job.some(tuple(range(50)))
    assert job.some((1, 2)) == (1, 2)


def table() -> Table:
    references = published("Somebody, A Paper, table 1", {"BM25": 0.3, "other | one": 0.4})
    rows = (
        Row("search", "nDCG@10", Figure(0.5, 0.4, 0.6, 10), "unseen", references=references),
        Row("search", "R@10", None, "held out", Figure.share(Share(1, 2))),
    )
    return Table("set", "A set", 10, "questions", "as it ships", "Nothing was fitted.", rows, "It is weak.", ("Note.",))


def test_a_table_reads_as_markdown() -> None:
    lines = markdown(table()).splitlines()
    assert lines[0] == "## A set"
    assert lines[2] == "10 questions; as it ships. Nothing was fitted."
    assert lines[6] == (
        "| search | nDCG@10 | 0.500 [0.400, 0.600] | unseen |  | 0.300 BM25 [1]; 0.400 other / one [1] |"
    )
    assert lines[7] == "|  | R@10 | – | held out | 0.500 [0.095, 0.905] |  |"
    assert "**What this says:** It is weak." in lines
    assert "[1] Somebody, A Paper, table 1  " in lines
    assert lines[-1] == "- Note."
    assert said(Figure(math.nan, 0, 1, 0)) == "–"


def test_a_mean_of_nothing_is_not_a_number() -> None:
    assert math.isnan(Figure.mean(np.array([])).value)
    grouped = Figure.mean(np.array([1.0, 0.0, 0.0, 0.0]), ["a", "a", "b", "b"])
    assert (grouped.value, grouped.low, grouped.high) == (0.25, 0.0, 0.5)
