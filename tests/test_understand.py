"""Dates in a question become bounds; numbers that are no dates do not."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.understand import Bounds, bounds, understand

TODAY = date(2024, 7, 3)  # a Wednesday


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize(
    ("question", "earliest", "latest"),
    [
        ("What did Putin say in June 2024?", "2024-06-01", "2024-06-30"),
        ("What was said in Feb. 2024", "2024-02-01", "2024-02-29"),
        ("what was said in sept 2023", "2023-09-01", "2023-09-30"),
        ("What did the desk report on 3 July 2024?", "2024-07-03", "2024-07-03"),
        ("What did the desk report on July 3, 2024?", "2024-07-03", "2024-07-03"),
        ("What did the desk report on the 3rd July 2024?", "2024-07-03", "2024-07-03"),
        ("What did it say on 2025-08-15?", "2025-08-15", "2025-08-15"),
        ("What did it say in 2025-08?", "2025-08-01", "2025-08-31"),
        ("What was agreed in 2025?", "2025-01-01", "2025-12-31"),
        ("What was offered before the summit on 2025-08-15?", None, "2025-08-14"),
        ("What was offered before 15 August 2025?", None, "2025-08-14"),
        ("What was offered ahead of the Anchorage summit of August 2025?", None, "2025-07-31"),
        ("What changed after the meeting on 2 December 2025?", "2025-12-03", None),
        ("What has been said since June 2024?", "2024-06-01", None),
        ("What had been said by 2025?", None, "2025-12-31"),
        ("What was said until July 2024?", None, "2024-07-31"),
        ("What was the position as of 4 July 2024?", None, "2024-07-04"),
        ("What changed between June 2024 and August 2025?", "2024-06-01", "2025-08-31"),
        ("What was said from 2025-11-01 to 2025-12-02?", "2025-11-01", "2025-12-02"),
        ("What was said last month?", "2024-06-01", "2024-06-30"),
        ("What was said this month?", "2024-07-01", "2024-07-31"),
        ("What was said last week?", "2024-06-24", "2024-06-30"),
        ("What was said last year?", "2023-01-01", "2023-12-31"),
        ("What was said yesterday?", "2024-07-02", "2024-07-02"),
        ("What was said in the last 10 days?", "2024-06-23", "2024-07-03"),
    ],
)
def test_a_named_date_bounds_the_search(question: str, earliest: str | None, latest: str | None) -> None:
    assert bounds(question, today=TODAY) == Bounds(day(earliest), day(latest))


@pytest.mark.parametrize(
    "question",
    [
        "Who won the 2024 US election?",
        "What is the 28-point plan?",
        "What are Putin's stated conditions?",
        "What may happen next?",
        "What did they march for?",
        "What did the 45th president say?",
        "What was said on 31 June 2024?",
        "Who broke the record in 1:59:40?",
        "What does resolution 2024-77 say?",
        "",
    ],
)
def test_other_numbers_bound_nothing(question: str) -> None:
    assert bounds(question, today=TODAY) == Bounds()


def test_january_follows_december_of_the_year_before() -> None:
    assert bounds("What was said last month?", today=date(2025, 1, 31)) == Bounds(date(2024, 12, 1), date(2024, 12, 31))


def test_relative_dates_count_from_the_as_of_date() -> None:
    query = understand(" What was said last month? ", as_of=date(2025, 12, 3), today=TODAY)
    assert (query.text, query.earliest, query.latest) == (
        "What was said last month?",
        date(2025, 11, 1),
        date(2025, 11, 30),
    )
    assert query.as_of == date(2025, 12, 3)


@given(st.text(max_size=200))
def test_any_text_is_understood(text: str) -> None:
    found = bounds(text, today=TODAY)
    assert found.earliest is None or found.latest is None or found.earliest <= found.latest


@given(
    st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%d %B %Y", "%B %d, %Y"]),
)
def test_every_way_to_write_a_day_means_that_day(written: date, form: str) -> None:
    assert bounds(f"What was said on {written.strftime(form)}?", today=TODAY) == Bounds(written, written)
