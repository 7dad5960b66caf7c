"""Whether a case fails more often than before, by more than chance: Fisher's exact test."""

from __future__ import annotations

from math import comb


def chance_of_fewer(before: tuple[int, int], after: tuple[int, int]) -> float:
    """The probability of at most so many passes after, were passing as likely as before: one-sided.

    Each side is passes and repeats. Given all passes, those that fall on one side are distributed hypergeometrically
    (Fisher, The Design of Experiments, 1935, section 11; Agresti, Categorical Data Analysis, section 3.5).

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
