"""Limits: by person, key and embedded chat, counted in the library, so that neither a restart nor a second process
gives anybody more."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits import parse, parse_many
from pydantic import ValidationError

from index.library import Library
from index.principal import LOCAL, person
from index.records.records import Records
from rag.errors import InvalidSettings
from rag.limit import limit
from rag.serving import EmbedSettings
from rag.settings import Settings, load
from tests.clock import NOON, Clock
from ui.caller import Caller
from ui.limiting.answering import Limits
from ui.limiting.rates import Rates
from ui.limiting.storage import KeptCounts
from ui.limiting.turned_away import Crowded, Exceeded
from ui.limiting.turns import Turns

ANN = Caller(person("ann"), by="login")
BOB = Caller(person("bob"), by="header")
VISITOR = Caller(person("visitor"), by="embed", embed="wiki")
OTHER = Caller(person("other"), by="embed", embed="wiki")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", create=True) as opened:
        yield opened


def rates(
    records: Records, clock: Clock, user: str = "3/minute; 5/day", key: str = "2/minute", wiki: str = "4/minute"
) -> Rates:
    return Rates(records.counters, user=user, key=key, embeds={"wiki": wiki}, clock=lambda: clock().timestamp())


def asked(of: Rates, caller: Caller, times: int) -> int:
    """How many of so many questions are let through."""
    through = 0
    for _ in range(times):
        try:
            of.count(caller)
        except Exceeded:
            continue
        through += 1
    return through


def seconds(of: Rates, caller: Caller) -> tuple[int, str]:
    with pytest.raises(Exceeded) as refused:
        of.count(caller)
    return refused.value.seconds, str(refused.value)


def test_each_person_has_their_own_minute(clock: Clock) -> None:
    limits = rates(Records.in_memory(clock), clock)
    assert asked(limits, ANN, 5) == 3
    assert asked(limits, BOB, 1) == 1
    clock.turn_on(seconds=59)
    assert asked(limits, ANN, 1) == 0
    clock.turn_on(seconds=1)
    assert asked(limits, ANN, 1) == 1


def test_the_day_is_counted_beside_the_minute_and_not_by_what_the_minute_refused(clock: Clock) -> None:
    limits = rates(Records.in_memory(clock), clock)
    assert asked(limits, ANN, 50) == 3
    clock.turn_on(minutes=1)
    assert asked(limits, ANN, 50) == 2, "five a day"
    clock.turn_on(hours=20)
    assert asked(limits, ANN, 5) == 0
    clock.turn_on(hours=4)
    assert asked(limits, ANN, 5) == 3


def test_reading_has_a_limit_of_its_own_for_each_reader_and_none_for_the_person_at_this_machine(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.limiting.rates.READINGS", parse("2/minute"))
    limits = rates(Records.in_memory(clock), clock)
    for caller, through in ((ANN, 2), (VISITOR, 2), (Caller(LOCAL, by="loopback"), 9)):
        for _ in range(through):
            limits.count_reading(caller)
    with pytest.raises(Exceeded, match="read on in 1 minute"):
        limits.count_reading(ANN)
    assert asked(limits, ANN, 1) == 1, "questions are counted apart"


def test_one_address_keeps_no_others_from_opening_a_chat(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.limiting.rates.TICKETS_EACH", parse("2/minute"))
    monkeypatch.setattr("ui.limiting.rates.TICKETS", parse("4/minute"))
    limits = rates(Records.in_memory(clock), clock)
    for peer in ("192.0.2.7", "192.0.2.7", "127.0.0.1", None):
        limits.count_ticket("wiki", peer)
    for embed, peer in (("wiki", "192.0.2.7"), ("wiki", "192.0.2.8")):
        with pytest.raises(Exceeded, match="Too many people open this chat at once"):
            limits.count_ticket(embed, peer)
    limits.count_ticket("shop", "192.0.2.7")


def test_it_is_said_in_whole_seconds_when_to_ask_again(clock: Clock) -> None:
    limits = rates(Records.in_memory(clock), clock)
    asked(limits, ANN, 3)
    assert seconds(limits, ANN) == (
        60,
        "You have asked 3 questions in a minute, which is the limit; ask again in 1 minute.",
    )
    clock.turn_on(seconds=59.5)
    assert seconds(limits, ANN)[0] == 1
    clock.turn_on(seconds=1)
    asked(limits, ANN, 2)
    clock.turn_on(minutes=1)
    after, said = seconds(limits, ANN)
    assert 23 * 3600 < after <= 24 * 3600
    assert "5 questions in a day" in said
    assert said.endswith("ask again in 24 hours.")


def test_a_key_is_counted_by_its_id_whoever_it_stands_for(clock: Clock) -> None:
    limits = rates(Records.in_memory(clock), clock)
    key = Caller(person("ann"), by="key", key="k1")
    assert asked(limits, key, 5) == 2
    assert "This API key" in seconds(limits, key)[1]
    assert asked(limits, Caller(person("ann"), by="key", key="k2"), 1) == 1
    assert asked(limits, ANN, 1) == 1


def test_a_chat_is_counted_for_all_together_and_each_reader_beside(clock: Clock) -> None:
    limits = rates(Records.in_memory(clock), clock)
    assert asked(limits, VISITOR, 9) == 3, "their own limit"
    assert asked(limits, OTHER, 1) == 1, "what the first exceeded was not counted for the chat"
    assert "This chat" in seconds(limits, OTHER)[1]


def test_one_person_has_one_count_on_the_page_and_in_a_chat(clock: Clock) -> None:
    limits = rates(Records.in_memory(clock), clock)
    assert asked(limits, ANN, 2) == 2
    assert asked(limits, Caller(person("ann"), by="embed", embed="wiki"), 5) == 1


def test_the_person_at_this_machine_holds_up_nobody(clock: Clock) -> None:
    limits = rates(Records.in_memory(clock), clock)
    assert asked(limits, Caller(LOCAL, by="loopback"), 50) == 50
    assert asked(limits, Caller(LOCAL, by="key", key="k1"), 50) == 2


def test_counts_outlive_a_restart_and_hold_for_two_processes(library: Library, clock: Clock) -> None:
    first = rates(Records(library._engine, clock), clock)
    assert asked(first, ANN, 2) == 2
    with Library.open(library.folder) as again:
        second = rates(Records(again._engine, clock), clock)
        assert asked(second, ANN, 2) == 1
        assert asked(first, ANN, 1) == 0


def test_the_storage_keeps_what_limits_asks_of_one(clock: Clock) -> None:
    storage = KeptCounts(Records.in_memory(clock).counters)
    assert [storage.incr("a", 10), storage.incr("a", 10, 4), storage.get("a"), storage.get("b")] == [1, 5, 5, 0]
    assert storage.get_expiry("a") == (NOON + timedelta(seconds=10)).timestamp()
    storage.clear("a")
    assert storage.get("a") == 0
    assert storage.check()
    with pytest.raises(NotImplementedError):
        storage.reset()


def test_what_is_counted_comes_before_whose_turn_it_is(clock: Clock) -> None:
    records = Records.in_memory(clock)
    limits = Limits(rates(records, clock, user="1/minute"), Turns(each=1, at_once=1, waiting=0))

    async def story() -> None:
        async with limits.answering(ANN):
            assert limits.turns.taken == 1
            with pytest.raises(Exceeded):
                async with limits.answering(ANN):
                    raise AssertionError("counted")
            with pytest.raises(Crowded):
                async with limits.answering(BOB):
                    raise AssertionError("no turn")
        assert limits.turns.taken == 0

    asyncio.run(story())


GOOD = ["30/minute", "30/minute; 1000/day", "1 per second", "30 per 5 minutes", "1/second;2/hours", "9/MONTH"]
BAD = [
    *("", ";", "30", "30/", "/minute", "30/fortnight", "0/minute", "-1/minute", "1.5/minute", "30/minute;", "many"),
    *("30/minute; many", "30/minute 1000/day", "30/minute, 1000/day", "30/minuteness", "1e3/day", "٣/minute"),
    "9999999999/minute",
]


@pytest.mark.parametrize("text", GOOD)
def test_a_limit_is_read_by_the_library_in_all_its_parts(text: str) -> None:
    assert len(parse_many(limit(text))) == text.count(";") + 1


@pytest.mark.parametrize("text", BAD)
@pytest.mark.parametrize("name", ["limit_user", "limit_key"])
def test_what_is_no_limit_is_refused_by_name_before_anything_is_served(name: str, text: str, tmp_path: Path) -> None:
    config = tmp_path / "onrecord.toml"
    config.write_text(f'{name} = "{text}"', encoding="utf-8")
    with pytest.raises(InvalidSettings, match=rf"{name} .*is no limit; write it as 30/minute"):
        load(config)


@pytest.mark.parametrize("text", BAD)
def test_a_chats_limit_is_read_as_strictly(text: str) -> None:
    with pytest.raises(ValidationError, match="is no limit"):
        EmbedSettings(origins=("https://wiki.example.org",), limit=text)


@given(st.text(alphabet="0123456789/; permintuhoday", max_size=24))
def test_no_text_passes_that_would_be_read_otherwise(text: str) -> None:
    try:
        kept = limit(text)
    except ValueError:
        return
    assert len(parse_many(kept)) == kept.count(";") + 1
    assert all(each.amount >= 1 for each in parse_many(kept))


def test_the_defaults_are_limits() -> None:
    defaults = Settings()
    assert limit(defaults.limit_user)
    assert limit(defaults.limit_key)
    assert limit(EmbedSettings.model_fields["limit"].default)
