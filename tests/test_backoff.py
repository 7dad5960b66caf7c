from __future__ import annotations

import math
import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.endpoint.backoff import BASE_SECONDS, LONGEST_SECONDS, delay, retry_after

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("1.5", 1.5),
        ("-3", 0.0),
        ("Sun, 01 Mar 2026 12:00:30 GMT", 30.0),
        ("Sunday, 01-Mar-26 12:00:30 GMT", 30.0),  # RFC 850, which recipients must take
        ("Sun Mar  1 12:00:30 2026", 30.0),  # asctime, the same
        ("Sun, 01 Mar 2026 13:00:30 +0100", 30.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("1 second", None),
        ("Sun, 99 Mar 2026 12:00:30 GMT", None),
        ("Sun, 01 Mar 99999999 12:00:30 GMT", None),
    ],
)
def test_a_wait_is_read_in_seconds_or_as_a_date(value: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": value}, NOW) == seconds


def test_no_header_is_no_wait_and_the_finer_one_wins() -> None:
    assert retry_after({}) is None
    assert retry_after({"retry-after-ms": "250", "retry-after": "1"}) == 0.25
    assert retry_after({"retry-after-ms": "?", "retry-after": "1"}) == 1.0


@given(st.one_of(st.text(max_size=60), st.from_regex(r"\w{3}, \d{1,2} \w{3} \d{1,6} \d{2}:\d{2}:\d{2} \S{0,5}")))
def test_whatever_a_server_sends_is_a_wait_or_nothing(value: str) -> None:
    seconds = retry_after({"retry-after": value, "retry-after-ms": value}, NOW)

    assert seconds is None or (seconds >= 0 and math.isfinite(seconds))


@given(st.integers(0, 10**9))
def test_a_number_of_seconds_is_that_number(seconds: int) -> None:
    assert retry_after({"retry-after": str(seconds)}, NOW) == seconds


@given(st.integers(-(10**6), 10**8))
def test_a_date_is_the_time_until_then(seconds: int) -> None:
    date = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)

    assert retry_after({"retry-after": date}, NOW) == max(0, seconds)


@given(st.integers(0, 10**6), st.one_of(st.none(), st.floats(0, 10**6)), st.integers())
def test_a_delay_is_jittered_below_a_ceiling_and_never_less_than_asked_for(
    attempt: int, after: float | None, seed: int
) -> None:
    seconds = delay(attempt, after, random.Random(seed))

    ceiling = min(LONGEST_SECONDS, BASE_SECONDS * 2 ** min(attempt, 30))
    assert (after or 0.0) <= seconds <= (after or 0.0) + ceiling


def test_jitter_is_full_and_its_ceiling_doubles() -> None:
    draw = random.Random(7)
    means = [sum(delay(attempt, None, draw) for _ in range(2_000)) / 2_000 for attempt in range(4)]

    assert means == pytest.approx([BASE_SECONDS / 2 * 2**attempt for attempt in range(4)], rel=0.1)
    assert min(delay(0, None, draw) for _ in range(2_000)) < BASE_SECONDS / 100
