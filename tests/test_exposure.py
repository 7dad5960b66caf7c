"""Settings that would open the server to more people than was meant: each is refused, in one sentence, by name."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import InvalidSettings
from rag.exposure import CHECKS
from rag.settings import load

SECRET = "do-not-show-me-0123456789abcdefghij"
OIDC: dict[str, object] = {
    "identity": "oidc",
    "oidc_issuer": "https://id.example.org/realms/news",
    "oidc_client": "onrecord",
    "oidc_secret": SECRET,
    "public_url": "https://ask.example.org",
}
WIKI = {"origins": ["https://wiki.example.org"]}


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def refusal(**flags: object) -> str:
    with pytest.raises(InvalidSettings) as caught:
        load(None, **flags)
    return str(caught.value)


UNSAFE: dict[str, tuple[dict[str, object], str]] = {
    "local off loopback": (
        {"host": "0.0.0.0"},
        "the host 0.0.0.0 would let everybody who reaches it read every document, as identity is local; "
        "use 127.0.0.1, and an SSH tunnel from elsewhere, or another identity",
    ),
    "local behind a socket": (
        {"socket": "on.sock"},
        "the socket is for a proxy, through which everybody would come, and identity is local; "
        "set identity to header or oidc, or leave the socket out",
    ),
    "local behind a proxy by its address": (
        {"public_url": "https://ask.example.org"},
        "people who come to ask.example.org through a proxy would all read every document, as identity is local; "
        "set identity to header or oidc",
    ),
    "local behind a proxy by its name": (
        {"hosts": "localhost, ask.example.org"},
        "people who come to ask.example.org through a proxy would all read every document, as identity is local; "
        "set identity to header or oidc",
    ),
    "sign-in without an issuer": (
        OIDC | {"oidc_issuer": None},
        "identity is oidc and oidc_issuer is not set, so nobody could sign in; set oidc_issuer",
    ),
    "sign-in without a client": (
        OIDC | {"oidc_client": ""},
        "identity is oidc and oidc_client is not set, so nobody could sign in; set oidc_client",
    ),
    "sign-in without a secret": (
        OIDC | {"oidc_secret": None},
        "identity is oidc and oidc_secret is not set, so nobody could sign in; set oidc_secret",
    ),
    "sign-in with an empty secret": (
        OIDC | {"oidc_secret": ""},
        "identity is oidc and oidc_secret is not set, so nobody could sign in; set oidc_secret",
    ),
    "sign-in without an address": (
        OIDC | {"public_url": None},
        "identity is oidc and public_url is not set, so nobody could sign in; set public_url",
    ),
    "a provider over http": (
        OIDC | {"oidc_issuer": "http://id.example.org"},
        "the oidc_issuer is http, so anybody on the way could read and change what it says; use https",
    ),
    "a public address over http": (
        OIDC | {"public_url": "http://ask.example.org"},
        "the public_url is http, so anybody on the way could read and change what it says; use https",
    ),
    "a public address with a password": (
        OIDC | {"public_url": f"https://me:{SECRET}@ask.example.org"},
        "the public_url holds a user or password, which would be shown; leave it out",
    ),
    "a public address with a path": (
        OIDC | {"public_url": "https://example.org/ask"},
        "the public_url holds more than scheme, host and port; cut it there",
    ),
    "a header from anybody": (
        {"identity": "header", "host": "0.0.0.0"},
        "identity is header and no proxy is named, so anybody who reaches the port could say who they are; "
        "list the proxy's address in trusted_peers, 127.0.0.1 for one on this machine, or set socket",
    ),
    "a header from anybody on this machine": (
        {"identity": "header"},
        "identity is header and no proxy is named, so anybody who reaches the port could say who they are; "
        "list the proxy's address in trusted_peers, 127.0.0.1 for one on this machine, or set socket",
    ),
    "every peer": (
        {"identity": "header", "trusted_peers": "10.0.0.5, 0.0.0.0/0"},
        "the trusted peer 0.0.0.0/0 is nearly everybody, who could then say who they are; "
        "name only the addresses of your proxies",
    ),
    "every peer of the new internet": (
        {"identity": "header", "trusted_peers": "::/0"},
        "the trusted peer ::/0 is nearly everybody, who could then say who they are; "
        "name only the addresses of your proxies",
    ),
    "half of everybody": (
        {"identity": "header", "trusted_peers": "0.0.0.0/1,128.0.0.0/1"},
        "the trusted peer 0.0.0.0/1 is nearly everybody, who could then say who they are; "
        "name only the addresses of your proxies",
    ),
    "every peer of the old internet as the new one writes it": (
        {"identity": "header", "trusted_peers": "::ffff:0:0/96"},
        "the trusted peer ::ffff:0:0/96 is nearly everybody, who could then say who they are; "
        "name only the addresses of your proxies",
    ),
    "a network that holds all of the old internet": (
        {"identity": "header", "trusted_peers": "::/64"},
        "the trusted peer ::/64 is nearly everybody, who could then say who they are; "
        "name only the addresses of your proxies",
    ),
    "a peer by name": (
        {"identity": "header", "trusted_peers": "proxy.example.org"},
        "the trusted peer proxy.example.org is no address or network; write it as 10.0.0.5 or 10.0.0.0/24",
    ),
    "a header that others set": (
        {"identity": "header", "trusted_peers": "127.0.0.1", "identity_header": "X-Forwarded-For"},
        "the header X-Forwarded-For cannot say who asks; use a name of letters, digits and hyphens that has no other "
        "meaning, such as X-Forwarded-User",
    ),
    "a header with an underscore": (
        {"identity": "header", "trusted_peers": "127.0.0.1", "groups_header": "X_Groups"},
        "the header X_Groups cannot say who asks; use a name of letters, digits and hyphens that has no other "
        "meaning, such as X-Forwarded-User",
    ),
    "one header for two": (
        {"identity": "header", "trusted_peers": "127.0.0.1", "groups_header": "x-forwarded-USER"},
        "identity_header and groups_header are the same header; give the groups one of their own",
    ),
    "any host": (
        {"identity": "keys", "hosts": "*.example.org"},
        "the host *.example.org in hosts is no exact name; list each name that people use, without port or *",
    ),
    "a short secret": (
        {"token_secret": "0123456789abcdef"},
        "the token_secret is shorter than 32 bytes and could be guessed; make one with: openssl rand -hex 32",
    ),
    "two keys": (
        {"token_secret": SECRET, "token_key": "host.pem"},
        "token_secret and token_key are both set, and tokens are signed by one key; leave one out",
    ),
    "an embed without pages": (
        {"embeds": {"wiki": {"origins": []}}},
        "the embed wiki lists no origins, so no page could hold it; list them, or leave it out",
    ),
    "an embed on any page": (
        {"embeds": {"wiki": {"origins": ["*"]}}},
        "the embed wiki lists *, which is no exact origin; write it as the browser sends it, as "
        "https://wiki.example.org: small letters, no path, no *, no usual port",
    ),
    "an embed on a page that can be changed": (
        {"embeds": {"wiki": {"origins": ["http://wiki.example.org"]}}},
        "the embed wiki lists http://wiki.example.org, a page that anybody on the way can change; "
        "serve that page over https",
    ),
    "an embed with a name that is an address": (
        {"embeds": {"../wiki": WIKI}},
        "the embed ../wiki has a name that does not fit into an address; "
        "use up to 40 small letters, digits and hyphens",
    ),
    "a public embed that reads nothing": (
        {"embeds": {"wiki": WIKI | {"audience": "public", "readers": []}}},
        "the embed wiki is public and its readers are empty; name a label, as public",
    ),
    "a public embed that reads somebody's documents": (
        {"embeds": {"wiki": WIKI | {"audience": "public", "readers": ["public", "user:ann"]}}},
        "the embed wiki is public and would read what only user:ann may; take user:ann out of its readers",
    ),
    "an embed for whom nobody can be": (
        {"identity": "keys", "embeds": {"wiki": WIKI}},
        "the embed wiki is for people who are signed in, and nobody can be, as identity is keys; "
        "set token_secret or token_key, or another identity",
    ),
}


@pytest.mark.parametrize(("flags", "sentence"), UNSAFE.values(), ids=UNSAFE)
def test_an_unsafe_setting_is_refused_by_name(flags: dict[str, object], sentence: str) -> None:
    assert refusal(**flags) == sentence


def test_every_check_refuses_something() -> None:
    """None of them is passed over: with that one taken out, a row of the table would load."""
    for check in CHECKS:
        told = {sentence for flags, sentence in UNSAFE.values() if _refused_by(check.__name__, flags)}
        assert told, check.__name__


def _refused_by(name: str, flags: dict[str, object]) -> bool:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rag.exposure.CHECKS", tuple(check for check in CHECKS if check.__name__ != name))
        try:
            load(None, **flags)
        except InvalidSettings:
            return False
    return True


@pytest.mark.parametrize(
    "origin",
    [
        *("https://wiki.example.org/", "https://wiki.example.org/page", "https://*.example.org", "wiki.example.org"),
        *("null", "", "https://", "https://Wiki.example.org", "https://wiki.example.org:443", "http://localhost:80"),
        *("https://me:you@wiki.example.org", "https://wiki.example.org?x", "https://wiki.example.org#x", "file://"),
        *("https://wiki.example.org https://evil.example", "https://wiki.example.org;", "data:text/html,x"),
        *("https://wiki.example.org\n", "https://wiki_.example.org", "https://bücher.example", "https://-x.example"),
        "https://wiki.example.org:port",
    ],
)
def test_an_origin_that_no_browser_sends_is_refused(origin: str) -> None:
    assert "which is no exact origin" in refusal(embeds={"wiki": {"origins": [origin]}})


SAFE: dict[str, dict[str, object]] = {
    "people sign in": OIDC,
    "a provider on this machine": OIDC
    | {"oidc_issuer": "http://127.0.0.1:9000", "public_url": "http://localhost:8765"},
    "a proxy on this machine": {"identity": "header", "trusted_peers": "127.0.0.1, ::1", "host": "0.0.0.0"},
    "a proxy at a socket": {"identity": "header", "socket": "on.sock", "public_url": "https://ask.example.org"},
    "a proxy as the new internet writes it": {"identity": "header", "trusted_peers": "::ffff:10.0.0.5"},
    "a network of proxies": {"identity": "header", "trusted_peers": "10.4.0.0/16, fd00:1::/64"},
    "an embed": {"embeds": {"wiki": {"origins": ["https://wiki.example.org", "https://wiki.example.org:8443"]}}},
    "an embed on this machine": {"embeds": {"wiki": {"origins": ["http://localhost:3000", "http://[::1]:3000"]}}},
    "an embed by the host's word": {"identity": "keys", "token_secret": SECRET, "embeds": {"wiki": WIKI}},
    "a public embed": {"identity": "keys", "embeds": {"wiki": WIKI | {"audience": "public"}}},
    "loopback by name": {"hosts": "localhost", "public_url": "http://127.0.0.1:8765"},
}


@pytest.mark.parametrize("flags", SAFE.values(), ids=SAFE)
def test_what_is_safe_is_taken(flags: dict[str, object]) -> None:
    assert load(None, **flags).identity == flags.get("identity", "local")


def test_the_public_address_is_as_browsers_send_it() -> None:
    assert load(None, **OIDC | {"public_url": "https://Ask.Example.org/"}).public_url == "https://ask.example.org"


@given(secret=st.text(max_size=7))
def test_no_refusal_shows_the_secret(secret: str) -> None:
    hidden = f"!{secret}"
    with pytest.raises(InvalidSettings) as caught:
        load(token_secret=hidden)
    assert hidden not in str(caught.value)


@pytest.mark.parametrize("flags", [OIDC | {"public_url": f"https://me:{SECRET}@x.org"}, OIDC | {"oidc_issuer": None}])
def test_no_refusal_shows_a_password(flags: dict[str, object]) -> None:
    assert SECRET not in refusal(**flags)
