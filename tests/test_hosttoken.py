"""Tokens that an embedding site signs: each kind of bad one is refused by name, and a good one works once."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from index.principal import person
from index.records.records import Records
from rag.errors import InvalidSettings
from rag.settings import Settings
from tests.identityprovider import Signer, part, signed
from ui.access.errors import NotAdmitted
from ui.access.hosttoken import LEEWAY, HostTokens

SECRET = "0123456789abcdef0123456789abcdef-host"
SHARED = OctKey.import_key(SECRET)
RSA = RSAKey.generate_key(2048)
PAIRS: dict[str, Signer] = {"RS256": RSA, "ES256": ECKey.generate_key("P-256"), "EdDSA": OKPKey.generate_key("Ed25519")}
NOW = 1_800_000_000
COUNT = iter(range(1_000_000))


def claims(**changed: object) -> dict[str, Any]:
    own = {"sub": "ann", "groups": ["press"], "aud": "wiki", "exp": NOW + 240, "jti": f"token-{next(COUNT)}"}
    return {name: value for name, value in (own | changed).items() if value is not None}


def token(key: Signer = SHARED, header: dict[str, Any] | None = None, **changed: object) -> str:
    return signed(claims(**changed), key, {"alg": "HS256", "typ": "JWT", **(header or {})})


def checked_by(settings: Settings, now: float = NOW) -> HostTokens:
    tokens = HostTokens.of(settings, Records.in_memory(lambda: datetime.fromtimestamp(now, UTC)))
    assert tokens is not None
    tokens._clock = lambda: now
    return tokens


@pytest.fixture
def tokens() -> HostTokens:
    return checked_by(Settings.model_validate({"token_secret": SECRET}))


def by_key(folder: Path, key: Signer, *, private: bool = False) -> HostTokens:
    path = folder / "host.pem"
    path.write_bytes(key.as_pem(private=private))  # type: ignore[union-attr]
    return checked_by(Settings.model_validate({"token_key": path}))


def refused(tokens: HostTokens, bad: str, why: str) -> None:
    with pytest.raises(NotAdmitted) as caught:
        tokens.principal(bad, "wiki")
    assert caught.value.status == 401
    assert str(caught.value) == f"The token {why}; have the page's own server make a fresh one."


def test_a_user_is_known_by_what_the_host_signs(tokens: HostTokens) -> None:
    assert tokens.principal(token(), "wiki") == person("ann", ["press"])
    assert tokens.principal(token(groups=None), "wiki") == person("ann")
    assert tokens.principal(token(iat=NOW, nbf=NOW, iss="wiki", other={"x": 1}), "wiki") == person("ann", ["press"])


@pytest.mark.parametrize("algorithm", PAIRS)
def test_a_public_key_of_each_kind_checks_its_own_algorithm(algorithm: str, tmp_path: Path) -> None:
    key = PAIRS[algorithm]
    tokens = by_key(tmp_path, key)
    assert tokens.principal(token(key, {"alg": algorithm}), "wiki") == person("ann", ["press"])
    for other, foreign in PAIRS.items():
        if other != algorithm:
            refused(tokens, token(foreign, {"alg": other}), "is signed by an algorithm that is not allowed here")


def none() -> str:
    return f"{part({'alg': 'none'})}.{part(claims())}."


def unsigned_but_named() -> str:
    return f"{part({'alg': 'HS256'})}.{part(claims())}."


def changed_after_signing() -> str:
    head, _, signature = token().split(".")
    return f"{head}.{part(claims(sub='admin'))}.{signature}"


ALGORITHM = "is signed by an algorithm that is not allowed here"
KEY = "is not signed by the key that is set here"
NO_TOKEN = "is no signed token"
BAD: dict[str, tuple[Callable[[], str], str]] = {
    "no algorithm": (none, "is not signed"),
    "no algorithm in capitals": (lambda: none().replace(part({"alg": "none"}), part({"alg": "NoNe"})), "is not signed"),
    "an empty signature": (unsigned_but_named, KEY),
    "another algorithm": (lambda: token(OctKey.import_key(SECRET * 2), {"alg": "HS512"}), ALGORITHM),
    "a public-key algorithm": (lambda: token(RSA, {"alg": "RS256"}), ALGORITHM),
    "another secret": (lambda: token(OctKey.import_key("x" * 32)), KEY),
    "changed after signing": (changed_after_signing, KEY),
    "expired": (lambda: token(exp=NOW - LEEWAY), "has expired"),
    "good for too long": (lambda: token(exp=NOW + 300 + LEEWAY + 1), "holds for more than 5 minutes"),
    "without an end": (lambda: token(exp=None), "has no exp"),
    "with an end that is text": (lambda: token(exp=str(NOW + 60)), "has no moment for its exp"),
    "with an end that is true": (lambda: token(exp=True), "has no moment for its exp"),
    "from the future": (lambda: token(iat=NOW + LEEWAY + 1), "is from the future"),
    "not good yet": (lambda: token(nbf=NOW + LEEWAY + 1), "is from the future"),
    "for another chat": (lambda: token(aud="intranet"), "is for another audience than this chat"),
    "for several chats": (lambda: token(aud=["wiki", "intranet"]), "is for another audience than this chat"),
    "for this chat in a list": (lambda: token(aud=["wiki"]), "is for another audience than this chat"),
    "for no chat": (lambda: token(aud=None), "is for another audience than this chat"),
    "of nobody": (lambda: token(sub=None), "has no sub"),
    "of an empty user": (lambda: token(sub=""), "has no sub"),
    "of a number": (lambda: token(sub=7), "has no sub"),
    "without an id": (lambda: token(jti=None), "has no jti"),
    "with an id that is none": (lambda: token(jti=7), "has no jti"),
    "with an extension": (lambda: token(header={"crit": ["x"], "x": 1}), "demands an extension that is not known here"),
    "with its own payload form": (
        lambda: token(header={"crit": ["b64"], "b64": False}),
        "demands an extension that is not known here",
    ),
    "garbage": (lambda: "garbage", NO_TOKEN),
    "nothing": (lambda: "", NO_TOKEN),
    "two parts": (lambda: token().rpartition(".")[0], NO_TOKEN),
    "five parts": (lambda: f"{token()}.x.y", NO_TOKEN),
    "a header that is a list": (lambda: f"{part([])}.{part({})}.x", NO_TOKEN),
    "a payload that is a list": (lambda: signed([], SHARED, {"alg": "HS256"}), KEY),  # type: ignore[arg-type]
    "other letters": (lambda: token().replace("e", "é", 1), NO_TOKEN),
    "oversized": (lambda: token(more="x" * 20_000), "is longer than 16384 characters"),
}


@pytest.mark.parametrize(("make", "why"), BAD.values(), ids=BAD)
def test_a_bad_token_is_refused_by_name(tokens: HostTokens, make: Callable[[], str], why: str) -> None:
    refused(tokens, make(), why)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"groups": "press"}, "The groups that the token names are no list of texts"),
        ({"groups": [1]}, "The groups that the token names are no list of texts"),
        ({"groups": {"press": 1}}, "The groups that the token names are no list of texts"),
        ({"groups": ["user:bob"]}, "A group that the token names begins with user:"),
        ({"groups": ["a\u0000b"]}, "The groups that the token names are too many or no plain names"),
        ({"groups": ["g"] * 2001}, "The groups that the token names are too many or no plain names"),
        ({"sub": " ann"}, "The user that the token names is too long or holds control characters"),
        ({"sub": "a" * 257}, "The user that the token names is too long or holds control characters"),
        ({"sub": "a\nb"}, "The user that the token names is too long or holds control characters"),
        ({"sub": "  "}, "The user that the token names is empty"),
    ],
)
def test_a_bad_user_or_group_is_refused_by_name(tokens: HostTokens, changed: dict[str, object], why: str) -> None:
    with pytest.raises(NotAdmitted, match=why) as caught:
        tokens.principal(token(SHARED, None, **changed), "wiki")
    assert caught.value.status == 401


def test_a_public_key_is_never_taken_for_a_secret(tmp_path: Path) -> None:
    tokens = by_key(tmp_path, RSA)
    public = RSA.as_pem(private=False)
    refused(tokens, token(OctKey(public, public)), ALGORITHM)
    refused(tokens, token(OctKey(public.strip(), public.strip())), ALGORITHM)


def test_another_key_of_the_same_kind_is_refused(tmp_path: Path) -> None:
    refused(by_key(tmp_path, RSA), token(RSAKey.generate_key(2048), {"alg": "RS256"}), KEY)


def test_a_token_that_brings_its_own_key_is_refused(tmp_path: Path) -> None:
    own = RSAKey.generate_key(2048)
    tokens = by_key(tmp_path, RSA)
    refused(tokens, token(own, {"alg": "RS256", "jku": "https://evil.example/keys"}), KEY)
    refused(tokens, token(own, {"alg": "RS256", "jwk": own.as_dict(private=False)}), NO_TOKEN)


def test_a_token_is_good_once_for_whichever_chat(tokens: HostTokens) -> None:
    used = token(jti="one")
    tokens.principal(used, "wiki")
    refused(tokens, used, "was used before")
    refused(tokens, token(jti="one", sub="bob"), "was used before")


def test_a_token_that_was_refused_is_not_used_up(tokens: HostTokens) -> None:
    """Or somebody who saw one could spend it at another chat."""
    good = token()
    with pytest.raises(NotAdmitted, match="another audience"):
        tokens.principal(good, "intranet")
    assert tokens.principal(good, "wiki") == person("ann", ["press"])


def test_what_was_used_is_kept_as_long_as_it_could_be_shown(tokens: HostTokens) -> None:
    records = Records.in_memory(lambda: datetime.fromtimestamp(NOW + 240 + LEEWAY - 1, UTC))
    held = HostTokens.of(Settings.model_validate({"token_secret": SECRET}), records)
    assert held is not None
    held._clock = lambda: NOW
    used = token()
    held.principal(used, "wiki")
    assert records.spent.prune() == 0
    refused(held, used, "was used before")


@pytest.mark.parametrize("ahead", [-LEEWAY + 1, 0, 300, 300 + LEEWAY])
def test_clocks_may_differ_by_half_a_minute(tokens: HostTokens, ahead: int) -> None:
    assert tokens.principal(token(exp=NOW + ahead, iat=NOW + LEEWAY), "wiki") == person("ann", ["press"])


def test_by_the_clock_of_this_machine() -> None:
    held = HostTokens.of(Settings.model_validate({"token_secret": SECRET}), Records.in_memory())
    assert held is not None
    assert held.principal(token(exp=int(time.time()) + 60), "wiki") == person("ann", ["press"])


def test_without_a_key_nobody_can_sign() -> None:
    assert HostTokens.of(Settings(), Records.in_memory()) is None


def test_a_key_that_cannot_be_used_is_refused_before_anything_is_served(tmp_path: Path) -> None:
    with pytest.raises(
        InvalidSettings, match="holds a private key, which belongs to whoever signs; name the public key"
    ):
        by_key(tmp_path, RSA, private=True)
    with pytest.raises(InvalidSettings, match="is of another kind than RSA of 2048 bits or more, EC on P-256"):
        by_key(tmp_path, ECKey.generate_key("P-384"))
    for text in (b"", b"-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----", b"ssh-ed25519 AAAA"):
        (tmp_path / "host.pem").write_bytes(text)
        with pytest.raises(InvalidSettings, match=r"host\.pem is "):
            checked_by(Settings.model_validate({"token_key": tmp_path / "host.pem"}))
    with pytest.raises(InvalidSettings, match=r"cannot be read .No such file or directory.; name a PEM file that can"):
        checked_by(Settings.model_validate({"token_key": tmp_path / "none.pem"}))


def test_a_public_key_as_a_secret_is_refused_before_anything_is_served() -> None:
    public = RSA.as_pem(private=False).decode()
    with pytest.raises(
        InvalidSettings, match="the token_secret is a public key, which is no secret; set token_key"
    ) as caught:
        checked_by(Settings.model_validate({"token_secret": public}))
    assert "BEGIN" not in str(caught.value)


PARTS = st.one_of(
    st.text(max_size=12),
    st.binary(max_size=24).map(lambda data: base64.urlsafe_b64encode(data).decode().rstrip("=")),
    st.dictionaries(
        st.sampled_from(["alg", "crit", "kid", "b64", "sub", "exp"]), st.none() | st.text() | st.integers()
    ).map(part),
)


@given(st.lists(PARTS, max_size=5).map(".".join))
def test_whatever_is_sent_is_a_refusal(text: str) -> None:
    with pytest.raises(NotAdmitted):
        checked_by(Settings.model_validate({"token_secret": SECRET})).principal(text, "wiki")
