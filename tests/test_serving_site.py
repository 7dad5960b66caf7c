"""What stands around the answers, made from settings: each part is the one that they describe."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from index.library import Library
from index.principal import LOCAL, person
from rag.settings import Settings
from ui.access.errors import NotAdmitted
from ui.caller import Caller
from ui.limiting.turned_away import Exceeded
from ui.serving import LOGIN, Site

SECRET = "0123456789abcdef0123456789abcdef"
OIDC = {
    "identity": "oidc",
    "oidc_issuer": "https://id.example.org",
    "oidc_client": "onrecord",
    "oidc_secret": SECRET,
    "public_url": "https://Ask.Example.org/",
}


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", create=True) as opened:
        yield opened


def site(library: Library, **settings: object) -> Site:
    return Site.of(Settings.model_validate(settings), library)


def scope(peer: str, **headers: str) -> dict[str, object]:
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "client": (peer, 1), "headers": sent}


def test_without_settings_it_is_for_the_person_at_this_machine(library: Library) -> None:
    made = site(library)
    assert made.identify(scope("127.0.0.1")) == Caller(LOCAL, by="loopback")
    assert made.identify(scope("192.0.2.1")) is None
    assert made.stranger.status == 403
    assert (made.login, made.sign_in, made.origin) == (None, None, None)
    assert not made.names
    assert not made.is_https
    assert made.audit is not None
    assert made.audit.folder == library.folder / "audit"
    assert not made.audit_questions


def test_where_people_sign_in_strangers_are_told_where(library: Library) -> None:
    made = site(library, **OIDC, audit_questions=True)
    assert (made.login, made.stranger.status, made.audit_questions) == (LOGIN, 401, True)
    assert made.sign_in is not None
    assert (made.origin, made.names, made.is_https) == ("https://ask.example.org", frozenset({"ask.example.org"}), True)
    assert LOGIN in str(made.stranger)


def test_a_proxys_word_counts_from_where_the_settings_say(library: Library) -> None:
    made = site(library, identity="header", trusted_peers="10.1.1.1", hosts="ask.intra, Records.intra")
    caller = made.identify(scope("10.1.1.1", X_Forwarded_User="ann"))
    assert caller is not None
    assert caller.principal == person("ann")
    with pytest.raises(NotAdmitted):
        made.identify(scope("10.1.1.2", X_Forwarded_User="ann"))
    assert made.names == {"ask.intra", "records.intra"}


def test_limits_are_those_of_the_settings(library: Library) -> None:
    chat = {"origins": ["https://wiki.example.org"], "limit": "2/minute"}
    made = site(
        library,
        identity="keys",
        token_secret=SECRET,
        embeds={"wiki": chat},
        limit_user="5/minute",
        limit_key="1/minute",
        answers_each=3,
        answers_at_once=7,
        answers_waiting=9,
    )
    turns = made.limits.turns
    assert (turns.each, turns.at_once, turns.waiting, turns.places) == (3, 7, 9, 16)
    for caller, times in (
        (Caller(person("k"), by="key", key="k1"), 1),
        (Caller(person("v"), by="embed", embed="wiki"), 2),
        (Caller(person("u"), by="header"), 5),
    ):
        for _ in range(times):
            made.limits.rates.count(caller)
        with pytest.raises(Exceeded, match=f"asked {times} questions in a minute"):
            made.limits.rates.count(caller)
    assert set(made.embeds) == {"wiki"}
    assert made.host_tokens is not None


def test_what_is_left_is_kept_in_the_library_and_alone_nowhere(library: Library) -> None:
    site(library).records.counters.add("left", 1, 3600)
    with Library.open(library.folder) as again:
        assert site(again).records.counters.count("left") == 1
    first, second = Site.alone(), Site.alone()
    first.records.counters.add("left", 1, 3600)
    assert second.records.counters.count("left") == 0
    assert first.audit is None


@pytest.mark.parametrize(
    ("url", "names"), [("http://[::1]:8443", {"[::1]"}), ("https://ask.example.org:8443", {"ask.example.org"})]
)
def test_the_name_of_the_public_address_is_as_requests_give_it(url: str, names: set[str]) -> None:
    assert replace(Site.alone(), public_url=url).names == names
