"""Which dates a sentence names, and when what it reports was said."""

from __future__ import annotations

from datetime import date

import pytest

from rag.language.dating import days, said_on

PUBLISHED = date(2024, 7, 14)  # a Sunday


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("They met on 14 June 2024.", [(2024, 6, 14)]),
        ("They met on June 14, 2024.", [(2024, 6, 14)]),
        ("They met on the 14th of June 2024.", [(2024, 6, 14)]),
        ("They met on 2024-06-14.", [(2024, 6, 14)]),
        ("They met in June 2024.", [(2024, 6, None)]),
        ("They met on 14 June.", [(2024, 6, 14)]),
        ("They met on 3 January.", [(2024, 1, 3)]),
        ("They met on 20 December.", [(2024, 12, 20)]),
        ("They met in May.", [(2024, 5, None)]),
        ("They may 3 times.", []),
        ("It was founded in 1856 and finished in 1951.", [(1856, None, None), (1951, None, None)]),
        ("He (1903-1976) built it.", [(1903, None, None), (1976, None, None)]),
        ("It cost $1900 and 1,900 euros and 1900 people came.", []),
        ("Nothing is dated here.", []),
    ],
)
def test_dates_as_far_as_they_are_given(sentence: str, found: list[tuple[int | None, ...]]) -> None:
    assert [(day.year, day.month, day.day) for day in days(sentence, PUBLISHED)] == found


def test_a_month_takes_its_year_from_the_nearest_publication() -> None:
    assert days("It met in December.", date(2025, 1, 9))[0].year == 2024
    assert days("It meets in January.", date(2024, 12, 9))[0].year == 2025
    assert days("It met in December.")[0].year is None


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("on 14 June 2024", "in June 2024", True),
        ("on 14 June 2024", "in 2024", True),
        ("on 14 June 2024", "on 15 June 2024", False),
        ("in 1856", "in 1900", False),
        ("on Friday", "on 12 July 2024", True),
        ("on Friday", "on 11 July 2024", False),
        ("on Friday", "on Thursday", False),
        ("on Friday", "on 14 March 2019", True),
    ],
)
def test_days_agree_if_they_can_be_one(one: str, other: str, agree: bool) -> None:
    (first,), (second,) = days(f"They met {one}.", PUBLISHED), days(f"They met {other}.", PUBLISHED)
    assert first.agrees(second) is agree
    assert second.agrees(first) is agree


def test_weekdays_of_different_weeks_tell_nothing() -> None:
    (first,) = days("They met on Friday.", PUBLISHED)
    (second,) = days("They met on Monday.", date(2025, 12, 3))
    assert first.agrees(second)


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("Peskov said that nothing is new.", PUBLISHED),
        ("In May, the spokesman said that there was no contact.", date(2024, 5, 31)),
        ("On 14 June 2024, Putin told diplomats what he wants.", date(2024, 6, 14)),
        ("Putin underlined last month that Moscow was ready.", date(2024, 6, 14)),
        ("Peskov said on Friday that nothing is new.", date(2024, 7, 12)),
        ("Peskov said yesterday that nothing is new.", date(2024, 7, 13)),
        ("Peskov said in 2023 that nothing is new.", date(2023, 12, 31)),
        # dates of what is talked about are not dates of the talking
        ("Peskov said that they met on 14 June 2024.", PUBLISHED),
        ("The summit on 15 August 2023 was long.", PUBLISHED),
        # nobody says something after it is published
        ("Peskov said on 20 July 2024 that nothing is new.", PUBLISHED),
        ("Peskov said on 31 June 2024 that nothing is new.", PUBLISHED),
    ],
)
def test_when_it_was_said(sentence: str, said: date) -> None:
    assert said_on(sentence, PUBLISHED) == said


def test_without_a_day_of_publication_nothing_is_guessed() -> None:
    assert said_on("In May 2024, he said so.", None) is None
