"""How long to wait before asking a server again: what it says, else full jitter."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

BASE_SECONDS = 0.5
LONGEST_SECONDS = 8.0


def delay(attempt: int, after: float | None = None, draw: random.Random | None = None) -> float:
    """Seconds until the next attempt, when `attempt` (0 is the first) has failed and the server asked for `after`.

    Full jitter, uniform between 0 and a ceiling that doubles (Brooker, "Exponential Backoff And Jitter", AWS 2015),
    so that readers who failed together do not come back together; on top of what the server asked for.
    """
    ceiling = min(LONGEST_SECONDS, BASE_SECONDS * 2 ** min(attempt, 16))
    return (after or 0.0) + (draw or random.SystemRandom()).uniform(0.0, ceiling)


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds that a server asks to wait, from `Retry-After` as seconds or as an HTTP date (RFC 9110, 10.2.3), or
    from OpenAI's finer `retry-after-ms`; None where it says nothing that can be understood. Never negative.

    `headers` is asked with names in small letters.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after")
    seconds = _number(value)
    return _until(value, now or datetime.now(UTC)) if seconds is None else seconds


def _number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return max(0.0, number) if math.isfinite(number) else None


def _until(value: str | None, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(value or "")
        # A date without a zone is GMT, as every HTTP date.
        return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
