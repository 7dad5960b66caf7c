"""Dates as documents write them; what could mean two days means none."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.dates import parse_date

THIRD_OF_JULY = date(2024, 7, 3)


@pytest.mark.parametrize(
    "text",
    [
        "2024-07-03",
        "2024/07/03",
        "20240703",
        "20240703T101500Z"[:8],
        "2024-07-03T23:30:00-07:00",
        "2024-07-03T10:00:00.000Z",
        "2024-07-03 10:00:00+00:00",
        "2024-07-03 14:05",
        "3 July 2024",
        "03 Jul 2024",
        "3rd of July 2024",
        "3 July, 2024",
        "July 3, 2024",
        "Jul. 3 2024",
        "JULY 3RD, 2024",
        "Wednesday, July 3, 2024",
        "Wed, 03 Jul 2024 10:00:00 GMT",
        "Wednesday 3 July 2024, 14:05",
        "July 3, 2024 at 2:05 p.m. ET",
        "  3 July 2024  ",
    ],
)
def test_one_day_is_read(text: str) -> None:
    assert parse_date(text) == THIRD_OF_JULY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "03/07/2024",
        "07/03/24",
        "3.7.2024",
        "July 2024",
        "2024-07",
        "2024",
        "3 July",
        "July 3",
        "2024-13-40",
        "2024-02-30",
        "31 June 2024",
        "yesterday",
        "Wednesday",
        "2024-07-03 is the deadline",
        "before 2024-07-03",
        "1720000000",
        "3 Juli 2024 or 4 July 2024",
        "3 July 24",
        "0000-00-00",
    ],
)
def test_what_is_not_one_whole_day_is_none(text: str) -> None:
    assert parse_date(text) is None


@given(st.dates(min_value=date(1000, 1, 1)))
def test_each_day_is_read_back_in_each_way_of_writing_it(day: date) -> None:
    written = (
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day.day} {day:%B} {day:%Y}",
        f"{day:%B} {day.day}, {day:%Y}",
        f"{day:%a}, {day:%d %b %Y} 10:00:00 +0000",
    )
    assert {parse_date(text) for text in written} == {day}


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    found = parse_date(text)
    assert found is None or any(sign.isdecimal() for sign in text)
