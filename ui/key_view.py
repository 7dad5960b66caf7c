"""API keys as lines for a person and as JSON for a program, without their secrets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ui.wire import Json

if TYPE_CHECKING:
    from index.records.keys import ApiKey


def key_json(key: ApiKey) -> Json:
    """All that is kept of a key."""
    who = key.principal
    return {
        "id": key.id,
        "name": key.name,
        "principal": who.name,
        "readers": sorted(who.readers),
        "collections": None if who.collections is None else sorted(who.collections),
        "uses": None if key.uses is None else sorted(key.uses),
        "made": _written(key.made),
        "expires": _written(key.expires),
        "used": _written(key.used),
        "revoked": _written(key.revoked),
    }


def made(key: ApiKey) -> Iterator[str]:
    """What whoever made a key should know of it."""
    until = "until it is revoked" if key.expires is None else f"until {_day(key.expires)}"
    yield f"{key.name} ({key.id}) asks as {key.principal.name}, {until}; it {_may(key)}."
    yield "Send it as `Authorization: Bearer ork_…`. It is shown this once; who has it can use it:"


def listed(keys: Sequence[ApiKey], now: datetime) -> Iterator[str]:
    """Two lines for each key."""
    if not keys:
        yield "There are no keys; make one with `onrecord key make NAME`."
    for key in keys:
        yield f"{key.name}  {key.id}  {_state(key, now)}"
        used = "never used" if key.used is None else f"used last {key.used.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        yield f"    as {key.principal.name}; {_may(key)}; made {_day(key.made)}, {used}"


def _state(key: ApiKey, now: datetime) -> str:
    if key.revoked is not None:
        return f"revoked {_day(key.revoked)}"
    if key.expires is None:
        return "good until it is revoked"
    return f"good until {_day(key.expires)}" if key.is_good(now) else f"expired {_day(key.expires)}"


def _may(key: ApiKey) -> str:
    who = key.principal
    where = "" if who.collections is None else f" in {', '.join(sorted(who.collections))}"
    uses = "everything" if key.uses is None else ", ".join(sorted(key.uses))
    return f"reads {', '.join(sorted(who.readers))}{where}; good for {uses}"


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d}"


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")
