"""How many questions somebody may ask in a minute and a day, counted in the library by the library `limits`.

A person is counted by name, wherever they ask; an API key by its id; and an embedded chat for everybody together, and
for each reader too. A window begins with its first question and ends with its span, when the next begins at nothing.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from ipaddress import IPv6Address, ip_address, ip_network

from limits import RateLimitItem, parse, parse_many
from limits.strategies import FixedWindowRateLimiter

from index.records.counters import Counters
from rag.exposure import is_loopback
from ui.caller import Caller
from ui.limiting.storage import KeptCounts
from ui.limiting.turned_away import Exceeded

READINGS = parse("600/minute")
"""Requests of one reader that cost no answer: lists, sources, conversations. A person who reads makes a few."""
TICKETS = parse("3000/minute")
"""Tickets of one embedded chat: one for each time that somebody opens it, and each is a row in the library."""
TICKETS_EACH = parse("300/minute")
"""Of one address, as with attempts to sign in: a stranger who names a listed origin keeps no others out."""
SIGN_INS = parse("600/minute")
"""Attempts to sign in, of everybody together; each is a row in the library, too, and anybody can begin one."""
SIGN_INS_EACH = parse("200/minute")
"""Of one address, or of one network of IPv6 addresses such as one household has; a whole office can come from one."""

_UNITS = ((3600, "hour"), (60, "minute"), (1, "second"))


class Rates:
    """The limits, as `30/minute; 1000/day`: of a person, of a key, and of each embedded chat by its name.

    The person at this machine is not limited: whom they would hold up is themselves.
    """

    def __init__(
        self,
        counters: Counters,
        *,
        user: str,
        key: str,
        embeds: Mapping[str, str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._limiter = FixedWindowRateLimiter(KeptCounts(counters))
        self._user = _narrow_first(user)
        self._key = _narrow_first(key)
        self._embeds = {name: _narrow_first(limit) for name, limit in embeds.items()}
        self._clock = clock

    def count(self, caller: Caller) -> None:
        """One more question of this caller. Raises Exceeded if that is too many, LibraryError if it cannot be counted.

        What exceeds a minute's limit is not counted for the day, nor one reader's excess for the whole chat.
        """
        for limit, *whose in self._limits(caller):
            if not self._limiter.hit(limit, *whose):
                raise self._exceeded(limit, whose)

    def count_reading(self, caller: Caller) -> None:
        """One more request of this caller that costs no answer. Raises Exceeded if that is too many, LibraryError as
        `count` does."""
        who = caller.key or caller.principal.name
        if caller.by != "loopback" and not self._limiter.hit(READINGS, "reading", who):
            seconds = self._seconds_left(READINGS, "reading", who)
            raise Exceeded(f"Too much was read in a minute; read on in {_duration(seconds)}.", seconds)

    def count_ticket(self, embed: str, peer: str | None) -> None:
        """One more ticket of this embedded chat, over a connection from this address; None over a Unix socket. Raises
        Exceeded if that is too many, LibraryError as `count` does."""
        self._count_strangers("ticket", peer, TICKETS_EACH, TICKETS, embed, "Too many people open this chat at once")

    def count_sign_in(self, peer: str | None) -> None:
        """One more attempt to sign in, from there; raises likewise."""
        self._count_strangers("sign-in", peer, SIGN_INS_EACH, SIGN_INS, "all", "Too many people sign in at once")

    def _count_strangers(
        self, what: str, peer: str | None, each: RateLimitItem, together: RateLimitItem, all_of: str, told: str
    ) -> None:
        """Count for the address first, so that what it has too much of is nothing to the others."""
        whose = _network(peer)
        for limit, who in (*([(each, f"{all_of} from {whose}")] if whose else []), (together, all_of)):
            if not self._limiter.hit(limit, what, who):
                seconds = self._seconds_left(limit, what, who)
                raise Exceeded(f"{told}; try again in {_duration(seconds)}.", seconds)

    def _limits(self, caller: Caller) -> Iterator[tuple[RateLimitItem, str, str]]:
        if caller.key is not None:
            yield from ((limit, "key", caller.key) for limit in self._key)
        elif caller.by != "loopback":
            yield from ((limit, "user", caller.principal.name) for limit in self._user)
        if caller.embed is not None:
            yield from ((limit, "embed", caller.embed) for limit in self._embeds[caller.embed])

    def _exceeded(self, limit: RateLimitItem, whose: list[str]) -> Exceeded:
        seconds = self._seconds_left(limit, *whose)
        asked = {"user": "You have asked", "key": "This API key has asked", "embed": "This chat was asked"}[whose[0]]
        span = f"{limit.multiples} {limit.GRANULARITY.name}s" if limit.multiples > 1 else f"a {limit.GRANULARITY.name}"
        return Exceeded(
            f"{asked} {limit.amount} questions in {span}, which is the limit; ask again in {_duration(seconds)}.",
            seconds,
        )

    def _seconds_left(self, limit: RateLimitItem, *whose: str) -> int:
        ends, _ = self._limiter.get_window_stats(limit, *whose)
        return max(1, math.ceil(ends - self._clock()))


def _narrow_first(limits: str) -> tuple[RateLimitItem, ...]:
    return tuple(sorted(parse_many(limits), key=RateLimitItem.get_expiry))


def _network(peer: str | None) -> str | None:
    """What of an address its owner cannot change at will; None for a proxy on this machine, where everybody comes from.

    >>> _network("192.0.2.7"), _network("2001:db8::1"), _network("::1")
    ('192.0.2.7', '2001:db8::/64', None)
    """
    if peer is None or is_loopback(peer):
        return None
    address = ip_address(peer)
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network((address.packed, 64), strict=False))
    return peer


def _duration(seconds: int) -> str:
    """In words, never less than it is.

    >>> _duration(90), _duration(1), _duration(7200)
    ('2 minutes', '1 second', '2 hours')
    """
    size, unit = next(each for each in _UNITS if seconds >= each[0])
    count = math.ceil(seconds / size)
    return f"{count} {unit}{'' if count == 1 else 's'}"
