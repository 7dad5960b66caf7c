"""Whether a case fails more often than before, by more than chance: Fisher's exact test, over many cases at once."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

Counts = tuple[int, int]
"""Passes, and the repeats that they are of."""


def chance_of_fewer(before: Counts, after: Counts) -> float:
    """The probability of at most so many passes after, were passing as likely as before: one-sided.

    Given all passes, those that fall on one side are distributed hypergeometrically (Fisher, The Design of Experiments,
    1935, section 11; Agresti, Categorical Data Analysis, section 3.5).

    >>> round(chance_of_fewer((5, 5), (1, 5)), 4)
    0.0238
    """
    (passed_before, repeats_before), (passed_after, repeats_after) = before, after
    passes = passed_before + passed_after
    fewest = max(0, passes - repeats_before)
    ways = sum(
        comb(repeats_after, count) * comb(repeats_before, passes - count) for count in range(fewest, passed_after + 1)
    )
    return ways / comb(repeats_before + repeats_after, passes)


def least_chance(before: Counts, after: Counts) -> float:
    """The smallest that `chance_of_fewer` could be with as many passes in all: those after being as few as can be.

    >>> round(least_chance((3, 3), (0, 3)), 4), round(least_chance((5, 5), (5, 5)), 4)
    (0.05, 1.0)
    """
    passes = before[0] + after[0]
    fewest = max(0, passes - before[1])
    return chance_of_fewer((passes - fewest, before[1]), (fewest, after[1]))


def level(least: Sequence[float], together: float) -> float:
    """Below which chance a test counts, so that any of them does by chance with a probability under `together`.

    As Bonferroni's, but shared only among tests that could come out below it at all, whose `least` chance that is: a
    case that always passes takes nothing from one that wavers (Tarone, A modified Bonferroni method for discrete data,
    Biometrics 46, 1990).
    """
    sharing = 1
    while sum(each < together / sharing for each in least) > sharing:
        sharing += 1
    return together / sharing
