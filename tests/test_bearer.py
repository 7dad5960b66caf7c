"""API keys and the sessions of embedded chats: what is presented counts, and a bad one never counts for less."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from starlette.types import Scope

from index.principal import PUBLIC, Principal, person
from index.records.records import Records
from rag.settings import Settings
from ui.access.bearer import EMBED_USES
from ui.access.errors import NotAdmitted
from ui.access.identity import identify
from ui.access.local import HERE
from ui.caller import Caller

WIKI = {"origins": ["https://wiki.example.org"], "audience": "public"}
MODES: dict[str, dict[str, object]] = {
    "local": {},
    "keys": {"identity": "keys"},
    "header": {"identity": "header", "trusted_peers": "127.0.0.1"},
    "oidc": {
        "identity": "oidc",
        "oidc_issuer": "https://id.example.org",
        "oidc_client": "onrecord",
        "oidc_secret": "secret",
        "public_url": "https://ask.example.org",
    },
}
"""How people are known, each beside the keys and the embedded chats."""
READER = Principal("key:reader", frozenset({PUBLIC, "press"}))
VISITOR = Principal("visitor:1", frozenset({PUBLIC}))


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def records() -> Records:
    return Records.in_memory()


def asked(mode: str, records: Records, *headers: tuple[str, str]) -> Caller | None:
    embeds = {"wiki": WIKI, "off": {**WIKI, "enabled": False}}
    settings = Settings.model_validate(MODES[mode] | {"embeds": embeds})
    sent = [(name.lower().encode(), value.encode()) for name, value in headers]
    scope: Scope = {"type": "http", "client": ("127.0.0.1", 50_000), "headers": sent}
    return identify(settings, records)(scope)


def refusal(mode: str, records: Records, *headers: tuple[str, str]) -> NotAdmitted:
    with pytest.raises(NotAdmitted) as caught:
        asked(mode, records, *headers)
    return caught.value


def bearer(secret: str) -> tuple[str, str]:
    return ("Authorization", f"Bearer {secret}")


def alongside(mode: str, records: Records) -> tuple[tuple[str, str], ...]:
    """What would let somebody in without a key in this mode."""
    login = records.sessions.begin("login", person("ann"), 60)
    return {
        "header": (("X-Forwarded-User", "ann"),),
        "oidc": (("Cookie", f"__Host-onrecord={login}"),),
    }.get(mode, ())


def test_a_key_is_known_in_every_mode_whatever_else_is_there(mode: str, records: Records) -> None:
    key, secret = records.keys.make("reader", READER, frozenset({"ask"}))
    caller = asked(mode, records, bearer(secret), *alongside(mode, records))
    assert caller == Caller(READER, by="key", uses=frozenset({"ask"}), key=key.id)
    assert (caller.may("ask"), caller.may("history")) == (True, False)


def test_a_key_without_uses_is_good_for_all_of_them(records: Records) -> None:
    _, secret = records.keys.make("reader", READER)
    caller = asked("keys", records, bearer(secret))
    assert caller is not None
    assert caller.uses is None


def test_a_use_that_is_unknown_is_none(records: Records) -> None:
    _, secret = records.keys.make("reader", READER, frozenset({"fly"}))
    caller = asked("keys", records, bearer(secret))
    assert caller is not None
    assert (caller.uses, caller.may("ask")) == (frozenset(), False)


def test_the_session_of_an_embedded_chat_is_good_for_that_chat(mode: str, records: Records) -> None:
    secret = records.sessions.begin("embed", VISITOR, 60, embed="wiki")
    caller = asked(mode, records, bearer(secret), *alongside(mode, records))
    assert caller == Caller(VISITOR, by="embed", uses=EMBED_USES, embed="wiki")


def test_a_revoked_key_is_refused_from_the_next_request_on(records: Records) -> None:
    _, secret = records.keys.make("reader", READER)
    assert asked("keys", records, bearer(secret)) is not None
    records.keys.revoke("reader")
    assert refusal("keys", records, bearer(secret)).status == 401


def bad_secrets(records: Records) -> dict[str, str]:
    _, revoked = records.keys.make("old", READER)
    records.keys.revoke("old")
    _, expired = records.keys.make("expired", READER, expires=datetime.now(UTC) - timedelta(seconds=1))
    _, good = records.keys.make("good", READER)
    return {
        "unknown": "ork_" + "a" * 43,
        "empty": "ork_",
        "revoked": revoked,
        "expired": expired,
        "cut": good[:-1],
        "in capitals": good.upper().replace("ORK_", "ork_"),
        "with more": f"{good} x",
        "long": "ork_" + "x" * 10_000,
        "of no session": "ors_" + "a" * 43,
        "of a session that is over": records.sessions.begin("embed", VISITOR, -1, embed="wiki"),
        "of a chat that is no more": records.sessions.begin("embed", VISITOR, 60, embed="gone"),
        "of a chat that is off": records.sessions.begin("embed", VISITOR, 60, embed="off"),
        "of no chat": records.sessions.begin("embed", VISITOR, 60),
        "of a person": "ors_" + records.sessions.begin("login", person("ann"), 60),
    }


def test_a_bad_secret_is_refused_and_never_counts_for_less(mode: str, records: Records) -> None:
    for name, secret in bad_secrets(records).items():
        error = refusal(mode, records, bearer(secret), *alongside(mode, records))
        assert error.status == 401, name
        assert "The API key is" in str(error) or "The session of this chat" in str(error), name
        assert secret[4:12] not in str(error) or len(secret) < 12, name


OTHERS = ["Bearer sk-proj-0123", "Bearer", "Bearer ort_ticket", "Basic YW5uOng=", "Digest x", "ork_bare", ""]


@pytest.mark.parametrize("value", OTHERS)
def test_on_ones_own_machine_a_key_for_something_else_is_passed_over(records: Records, value: str) -> None:
    """Programs that ask a model on their own machine have to send some key."""
    assert asked("local", records, ("Authorization", value)) is HERE


@pytest.mark.parametrize("value", OTHERS)
@pytest.mark.parametrize("mode", ["keys", "oidc"])
def test_elsewhere_it_is_refused(records: Records, mode: str, value: str) -> None:
    error = refusal(mode, records, ("Authorization", value), *alongside(mode, records))
    assert error.status == 401
    assert "sk-proj" not in str(error)


@pytest.mark.parametrize(
    ("value", "passed"), [("Basic YW5uOng=", True), ("Bearer eyJh.x.y", False), ("Digest x", False)]
)
def test_how_a_proxy_asked_for_the_password_is_passed_over(records: Records, value: str, passed: bool) -> None:
    headers = (("Authorization", value), ("X-Forwarded-User", "ann"))
    if passed:
        caller = asked("header", records, *headers)
        assert caller is not None
        assert caller.principal == person("ann")
    else:
        assert refusal("header", records, *headers).status == 401


def test_two_credentials_are_none(mode: str, records: Records) -> None:
    _, secret = records.keys.make("reader", READER)
    assert refusal(mode, records, bearer(secret), bearer(secret)).status == 400


def test_a_good_key_does_not_cover_a_forged_header(records: Records) -> None:
    _, secret = records.keys.make("reader", READER)
    settings = Settings.model_validate({"identity": "header", "trusted_peers": "192.0.2.7"})
    headers = [(b"authorization", f"Bearer {secret}".encode()), (b"x-forwarded-user", b"admin")]
    with pytest.raises(NotAdmitted, match="no trusted proxy"):
        identify(settings, records)({"type": "http", "client": ("192.0.2.8", 1), "headers": headers})


@pytest.mark.parametrize("mode", ["keys", "header", "oidc"])
def test_without_a_credential_nobody_is_known(mode: str, records: Records) -> None:
    assert asked(mode, records) is None


def test_with_keys_alone_nothing_else_lets_anybody_in(records: Records) -> None:
    login = records.sessions.begin("login", person("ann"), 60)
    cookies = ("Cookie", f"onrecord={login}; __Host-onrecord={login}")
    assert asked("keys", records, cookies, ("X-Forwarded-User", "ann")) is None


def test_a_scheme_is_read_in_any_case(records: Records) -> None:
    _, secret = records.keys.make("reader", READER)
    assert asked("keys", records, ("AUTHORIZATION", f"bEARER   {secret} ")) is not None
