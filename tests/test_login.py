"""Signing in at a real provider on loopback, with everything that must not let anybody in."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from limits import parse
from starlette.testclient import TestClient

from index.principal import person
from index.records.records import Records
from rag.settings import Settings
from tests.guarded import guarded, site_of
from tests.identityprovider import (
    A_LIST,
    BROKEN,
    CLIENT,
    CLIENT_SECRET,
    ELSEWHERE,
    ENDLESS,
    NO_JSON,
    ZIPPED,
    IdentityProvider,
    identity_provider,
    part,
)  # fmt: skip
from tests.newsroom import CONDITIONS, Newsroom
from ui.access.signin import local_path
from ui.app import create_app
from ui.audit.auditlog import AuditLog
from ui.guard import Guard

HERE = "http://127.0.0.1"
PUBLIC = "https://ask.example.org"
AWAY = httpx2.Client(verify=False)
"""The browser where it is at the provider, which is on plain http."""


@dataclass
class Clock:
    """A clock that a test sets forward."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Desk:
    """The server, its records, their clock and the provider that it signs people in at."""

    app: Guard
    records: Records
    clock: Clock
    provider: IdentityProvider

    def browser(self, base: str = HERE) -> TestClient:
        """A browser of its own, which follows nobody by itself."""
        return TestClient(self.app, base_url=base, follow_redirects=False, client=("192.0.2.7", 50_000))


def served(provider: IdentityProvider, public: str = HERE, **more: object) -> Desk:
    clock = Clock()
    records = Records.in_memory(clock)
    settings = Settings.model_validate(
        {
            "identity": "oidc",
            "oidc_issuer": provider.issuer,
            "oidc_client": CLIENT,
            "oidc_secret": CLIENT_SECRET,
            "public_url": public,
        }
        | more
    )
    return Desk(guarded(site_of(settings, records)), records, clock, provider)


KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})


@pytest.fixture(scope="module")
def long_lived() -> Iterator[IdentityProvider]:
    with identity_provider() as provider:
        yield provider


@pytest.fixture
def provider(long_lived: IdentityProvider) -> IdentityProvider:
    """The one provider of these tests, as good as new."""
    new = IdentityProvider(key=KEY, port=long_lived.port)
    vars(long_lived).update(vars(new))
    return long_lived


@pytest.fixture(scope="module")
def lasting(long_lived: IdentityProvider) -> Desk:
    """A server for the tests that leave nothing behind."""
    return served(long_lived)


@pytest.fixture
def desk(provider: IdentityProvider) -> Desk:
    return served(provider)


def sent_to(response: httpx2.Response) -> str:
    assert response.status_code in (302, 303), response.text
    return response.headers["location"]


def answered(browser: TestClient, next: str = "/") -> str:
    """Begin to sign in, and let the provider sign the user in; the address to which it sends the browser."""
    there = sent_to(browser.get("/login", params={"next": next}))
    return sent_to(AWAY.get(there))


def sign_in(browser: TestClient, next: str = "/") -> httpx2.Response:
    return browser.get(answered(browser, next))


def who(browser: TestClient) -> str | None:
    """What the page of signing out calls whoever is signed in."""
    text = browser.get("/logout").text
    return text.partition("You are signed in as ")[2].partition(".")[0] or None


def ask(browser: TestClient) -> int:
    return browser.post("/api/v1/ask", json={"question": "What are the conditions?"}).status_code


def leave(browser: TestClient, headers: dict[str, str] | None = None) -> httpx2.Response:
    """What the form on the page of signing out sends."""
    return browser.post("/logout", headers={"content-type": "application/x-www-form-urlencoded", **(headers or {})})


def cookie(response: httpx2.Response, name: str) -> str:
    return next(each for each in response.headers.get_list("set-cookie") if each.startswith(f"{name}="))


def test_somebody_signs_in_asks_and_signs_out(desk: Desk) -> None:
    browser = desk.browser()
    assert ask(browser) == 401
    assert sent_to(browser.get("/check?text=1")) == "/login?next=/check%3Ftext%3D1"
    back = sign_in(browser, "/check?text=1")
    assert sent_to(back) == "/check?text=1"
    assert (browser.get("/check").status_code, ask(browser), who(browser)) == (200, 200, "Ann Archer")
    secret = browser.cookies["onrecord"]
    session = desk.records.sessions.find("login", secret)
    assert session is not None
    assert session.principal == person("ann", ["press", "desk"])
    out = leave(browser)
    assert sent_to(out) == "/logout"
    assert (who(browser), ask(browser), browser.cookies.get("onrecord")) == (None, 401, None)
    assert desk.records.sessions.find("login", secret) is None
    browser.cookies.set("onrecord", secret)
    assert ask(browser) == 401


def chat_of(browser: TestClient, page: str) -> dict[str, str]:
    """The credential that the chat in a page of this origin begins with in this browser."""
    plain = {"content-type": "text/plain", "origin": page}
    ticket = browser.post("/embed/v1/ticket", content='{"embed": "wiki"}', headers=plain)
    begun = browser.post("/embed/v1/session", json={"embed": "wiki", "ticket": ticket.json()["ticket"]})
    return {"authorization": f"Bearer {begun.json()['session']}"}


def test_whoever_signs_out_is_signed_out_of_the_chats_in_other_pages(provider: IdentityProvider) -> None:
    page = "https://wiki.example.org"
    desk = served(provider, embeds={"wiki": {"origins": [page]}})
    here, elsewhere, chats = desk.browser(), desk.browser(), desk.browser()

    def reads(chat: dict[str, str]) -> int:
        return chats.post("/api/v1/ask", json={"question": "What are the conditions?"}, headers=chat).status_code

    for browser in (here, elsewhere):
        sign_in(browser)
    chat, other = chat_of(here, page), chat_of(elsewhere, page)
    assert (reads(chat), reads(other)) == (200, 200)
    leave(here)
    assert reads(chat) == 401
    assert reads(chat_of(elsewhere, page)) == 200, "where they are still signed in it begins anew"
    chat = chat_of(elsewhere, page)
    provider.user = "bob"
    sign_in(elsewhere)
    assert reads(chat) == 401, "somebody else has signed in with that browser"


def test_the_provider_is_asked_for_exactly_what_is_registered_there(desk: Desk) -> None:
    there = urlsplit(sent_to(desk.browser().get("/login")))
    asked = {name: values for name, values in parse_qs(there.query).items() if name not in ("state", "nonce")}
    challenge = asked.pop("code_challenge")[0]
    assert len(challenge) == 43
    assert asked == {
        "response_type": ["code"],
        "client_id": [CLIENT],
        "redirect_uri": [f"{HERE}/login/callback"],
        "scope": ["openid profile email groups"],
        "code_challenge_method": ["S256"],
    }
    assert f"{there.scheme}://{there.netloc}{there.path}" == f"{desk.provider.issuer}/authorize"


def test_on_https_the_cookies_are_of_this_host_alone(provider: IdentityProvider) -> None:
    browser = served(provider, PUBLIC, session_hours=2).browser(PUBLIC)
    begun = browser.get("/login")
    assert cookie(begun, "__Host-onrecord-attempt").endswith("; HttpOnly; Max-Age=600; Path=/; SameSite=lax; Secure")
    back = browser.get(sent_to(AWAY.get(sent_to(begun))))
    assert cookie(back, "__Host-onrecord").endswith("; HttpOnly; Max-Age=7200; Path=/; SameSite=lax; Secure")
    assert "domain" not in str(back.headers).lower()
    assert who(browser) == "Ann Archer"


def test_on_loopback_the_cookies_are_not_secure_and_yet_no_scripts(desk: Desk) -> None:
    held = cookie(sign_in(desk.browser()), "onrecord")
    assert held.endswith("; HttpOnly; Max-Age=28800; Path=/; SameSite=lax")


def test_a_session_is_new_at_each_sign_in_and_the_one_before_is_over(desk: Desk) -> None:
    browser = desk.browser()
    sign_in(browser)
    first = browser.cookies["onrecord"]
    desk.provider.user = "bob"
    sign_in(browser)
    second = browser.cookies["onrecord"]
    assert first != second
    assert desk.records.sessions.find("login", first) is None


def test_a_session_that_somebody_else_planted_is_not_taken_over(desk: Desk) -> None:
    browser = desk.browser()
    browser.cookies.set("onrecord", "planted", domain="127.0.0.1")
    sign_in(browser)
    assert browser.cookies["onrecord"] != "planted"
    assert desk.records.sessions.find("login", "planted") is None


def test_two_tabs_sign_in_at_once(desk: Desk) -> None:
    browser = desk.browser()
    first, second = answered(browser, "/check"), answered(browser, "/")
    assert sent_to(browser.get(second)) == "/"
    assert sent_to(browser.get(first)) == "/check"


def test_a_session_ends_by_itself(desk: Desk) -> None:
    browser = desk.browser()
    sign_in(browser)
    desk.clock.ahead = timedelta(hours=7, minutes=59)
    assert ask(browser) == 200
    desk.clock.ahead = timedelta(hours=8, minutes=1)
    assert ask(browser) == 401
    assert sent_to(browser.get("/check")) == "/login?next=/check"


def test_a_session_ends_when_its_user_is_deleted(desk: Desk) -> None:
    browser, other = desk.browser(), desk.browser()
    sign_in(browser)
    desk.provider.user = "bob"
    sign_in(other)
    assert desk.records.sessions.end_all("user:ann") == 1
    assert (ask(browser), ask(other)) == (401, 200)


def test_a_cookie_that_is_there_twice_is_refused(desk: Desk) -> None:
    browser = desk.browser()
    sign_in(browser)
    secret = browser.cookies["onrecord"]
    browser.cookies.clear()
    for twice in (f"onrecord={secret}; onrecord={secret}", f"onrecord=x; onrecord={secret}"):
        response = browser.get("/check", headers={"cookie": twice})
        assert response.status_code == 400
        assert "more than once" in response.text
    assert browser.get("/check", headers={"cookie": f"onrecord={secret}"}).status_code == 200


@pytest.mark.parametrize("value", ["", "x" * 129, "a b", '"quoted"', "a\\x00", "%00", "ork_x"])
def test_a_cookie_that_was_never_ours_is_nobodys(lasting: Desk, value: str) -> None:
    response = lasting.browser().get("/check", headers={"cookie": f"onrecord={value}"})
    assert sent_to(response) == "/login?next=/check"


OPEN_REDIRECTS = [
    *("https://evil.example", "http:evil.example", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil"),
    *("/\t/evil.example", "\t//evil.example", " //evil.example", "/\n/evil.example", "javascript:alert(1)", "evil"),
    *("data:text/html,x", "", "?next=x", "#x", "@evil.example", "/path\r\nSet-Cookie: a=b", "/\x00", "/é"),
    *("/" + "x" * 2000, "https:/evil.example", "/login", "/login?next=/", "/logout", "/login/callback?code=1"),
    "/check\\..\\..//evil.example",
]


@pytest.mark.parametrize("next", OPEN_REDIRECTS)
def test_nobody_is_sent_to_another_site(next: str) -> None:
    assert local_path(next) == "/"


@pytest.mark.parametrize("next", ["/", "/check", "/source/00?at=1-2&sum=3", "/check?text=//evil.example", "/logins"])
def test_somebody_is_sent_where_they_wanted_to_go(next: str) -> None:
    assert local_path(next) == next


def test_an_open_redirect_is_closed_over_the_wire(desk: Desk) -> None:
    assert sent_to(sign_in(desk.browser(), "//evil.example/x")) == "/"


def refused(response: httpx2.Response, status: int, sentence: str) -> None:
    assert response.status_code == status
    assert sentence in response.text
    assert not [each for each in response.headers.get_list("set-cookie") if each.startswith("onrecord=")]


def test_a_state_is_good_once(desk: Desk) -> None:
    browser = desk.browser()
    there = answered(browser)
    browser.get(there)
    refused(browser.get(there), 401, "was finished before")
    assert who(browser) == "Ann Archer"


def test_a_state_of_nobody_is_refused(desk: Desk) -> None:
    browser = desk.browser()
    browser.get("/login")
    for state in ("", "x", "ors_x"):
        refused(browser.get("/login/callback", params={"code": "x", "state": state}), 401, "is unknown")
    refused(browser.get("/login/callback", params={"code": "x"}), 401, "is unknown")
    assert "/token" not in desk.provider.asked


def test_a_state_is_good_for_ten_minutes(desk: Desk) -> None:
    browser = desk.browser()
    there = answered(browser)
    desk.clock.ahead = timedelta(minutes=10, seconds=1)
    refused(browser.get(there), 401, "took too long")


def test_an_answer_for_another_browser_signs_nobody_in(desk: Desk) -> None:
    """A link that carries somebody's own answer would sign its reader in as that somebody."""
    attacker, victim = desk.browser(), desk.browser()
    there = answered(attacker)
    refused(victim.get(there), 401, "begun in another browser")
    victim.get("/login")
    refused(victim.get(there), 401, "begun in another browser")
    assert "/token" not in desk.provider.asked
    assert sent_to(attacker.get(there)) == "/"


def test_a_session_is_no_attempt_and_an_attempt_no_session(desk: Desk) -> None:
    browser = desk.browser()
    there = answered(browser)
    state = parse_qs(urlsplit(there).query)["state"][0]
    other = desk.browser()
    other.cookies.set("onrecord", state)
    assert ask(other) == 401


def test_a_code_is_good_once_and_for_its_own_attempt(desk: Desk) -> None:
    browser = desk.browser()
    used = answered(browser)
    browser.get(used)
    code = parse_qs(urlsplit(used).query)["code"][0]
    again = parse_qs(urlsplit(answered(browser)).query)["state"][0]
    refused(
        browser.get("/login/callback", params={"code": code, "state": again}),
        401,
        "The identity provider refused the code",
    )


def test_a_code_that_was_given_for_another_attempt_is_refused(desk: Desk) -> None:
    """PKCE: the verifier belongs to the attempt, so a stolen code is worth nothing in another."""
    browser, thief = desk.browser(), desk.browser()
    stolen = parse_qs(urlsplit(answered(browser)).query)["code"][0]
    state = parse_qs(urlsplit(answered(thief)).query)["state"][0]
    refused(
        thief.get("/login/callback", params={"code": stolen, "state": state}),
        401,
        "The identity provider refused the code",
    )


def test_an_answer_that_says_something_twice_is_refused(desk: Desk) -> None:
    browser = desk.browser()
    there = answered(browser)
    refused(browser.get(there + "&code=other"), 400, "says something twice")


def test_the_provider_lets_nobody_in(desk: Desk) -> None:
    desk.provider.returned = {"code": None, "error": "access_denied", "error_description": "<script>canary</script>"}
    response = sign_in(desk.browser())
    refused(response, 403, "let nobody in")
    assert "canary" not in response.text


def test_an_answer_without_a_code_is_refused(desk: Desk) -> None:
    desk.provider.returned = {"code": None}
    refused(sign_in(desk.browser()), 400, "has no code")


def test_an_answer_of_another_provider_is_refused(desk: Desk) -> None:
    """RFC 9207: with two providers, one could have its answer taken for the other's."""
    desk.provider.returned = {"iss": "https://evil.example"}
    refused(sign_in(desk.browser()), 401, "not from the identity provider that was asked")
    assert "/token" not in desk.provider.asked


def test_a_provider_that_says_it_names_itself_has_to(provider: IdentityProvider) -> None:
    provider.document = {"authorization_response_iss_parameter_supported": True}
    desk = served(provider)
    refused(sign_in(desk.browser()), 401, "not from the identity provider that was asked")
    provider.returned = {"iss": provider.issuer}
    assert sent_to(sign_in(desk.browser())) == "/"


def foreign(provider: IdentityProvider) -> None:
    provider.signer = RSAKey.generate_key(2048, {"kid": "one"})


def by_secret(provider: IdentityProvider) -> None:
    """The provider's public key taken for the secret of an HMAC."""
    public = provider.key.as_pem(private=False)  # type: ignore[union-attr]
    provider.algorithm, provider.signer = "HS256", OctKey(public, public)


def by_client_secret(provider: IdentityProvider) -> None:
    provider.algorithm, provider.signer = "HS256", OctKey.import_key(CLIENT_SECRET)


def unsigned(provider: IdentityProvider) -> None:
    header = {"alg": "none"}
    claims = {"iss": provider.issuer, "sub": "admin", "aud": CLIENT}
    provider.token = f"{part(header)}.{part(claims)}."


def claims(**changed: object) -> Callable[[IdentityProvider], None]:
    def change(provider: IdentityProvider) -> None:
        provider.claims = changed

    return change


def headers(**changed: object) -> Callable[[IdentityProvider], None]:
    def change(provider: IdentityProvider) -> None:
        provider.headers = changed

    return change


def token(text: str | None) -> Callable[[IdentityProvider], None]:
    def change(provider: IdentityProvider) -> None:
        provider.answer = {"id_token": text}

    return change


NOW = int(datetime.now(UTC).timestamp())
BAD_TOKENS: dict[str, tuple[Callable[[IdentityProvider], None], str]] = {
    "of no signature": (unsigned, "is not signed"),
    "of a foreign key": (foreign, "is not signed by the key that is set here"),
    "of the public key as a secret": (by_secret, "is signed by no key"),
    "of the client's own secret": (by_client_secret, "is signed by no key"),
    "of a key that is not published": (headers(kid="two"), "is signed by no key"),
    "with an extension": (headers(crit=["exp"], exp=1), "demands an extension"),
    "of no token": (token("garbage"), "is no signed token"),
    "of an oversized token": (token("x" * 20_000), "is longer than 16384 characters"),
    "for another client": (claims(aud="other"), "is for another client"),
    "for nobody": (claims(aud=None), "is for another client"),
    "for two without saying to whom": (claims(aud=[CLIENT, "other"]), "was given to another client"),
    "given to another": (claims(aud=[CLIENT, "other"], azp="other"), "was given to another client"),
    "given to another alone": (claims(azp="other"), "was given to another client"),
    "of another issuer": (claims(iss="https://evil.example"), "is from another issuer"),
    "of no issuer": (claims(iss=None), "is from another issuer"),
    "of another attempt": (claims(nonce="other"), "is for another attempt"),
    "of no attempt": (claims(nonce=None), "is for another attempt"),
    "that has expired": (claims(exp=NOW - 61), "has expired"),
    "that never ends": (claims(exp=None), "has no exp"),
    "that ends at no moment": (claims(exp="tomorrow"), "has no moment for its exp"),
    "from the future": (claims(iat=NOW + 3600, exp=NOW + 7200), "is from the future"),
    "not good yet": (claims(nbf=NOW + 3600), "is from the future"),
    "of long ago": (claims(iat=NOW - 3600), "was not issued just now"),
    "of no time": (claims(iat=None), "was not issued just now"),
    "without a user": (claims(sub=None), "has no sub"),
    "of an empty user": (claims(sub=""), "has no sub"),
    "of a user that is a number": (claims(sub=7), "has no sub"),
    "of a user that is not plain": (claims(sub="ann\u200b"), "too long or holds control characters"),
    "of groups that are no list": (claims(groups={"press": True}), "are no list of texts"),
    "of groups that are numbers": (claims(groups=[7]), "are no list of texts"),
}


@pytest.mark.parametrize(("spoil", "why"), BAD_TOKENS.values(), ids=BAD_TOKENS)
def test_a_bad_id_token_is_refused_by_name(
    provider: IdentityProvider, lasting: Desk, spoil: Callable[[IdentityProvider], None], why: str
) -> None:
    spoil(provider)
    refused(sign_in(lasting.browser()), 401, why)


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("RS512", RSAKey.generate_key(2048, {"kid": "one"})),
        ("PS256", RSAKey.generate_key(2048, {"kid": "one", "alg": "PS256"})),
        ("ES256", ECKey.generate_key("P-256", {"kid": "one"})),
        ("EdDSA", OKPKey.generate_key("Ed25519", {"kid": "one"})),
    ],
)
def test_providers_sign_in_several_ways(provider: IdentityProvider, algorithm: str, key: RSAKey) -> None:
    provider.algorithm, provider.key = algorithm, key
    assert sent_to(sign_in(served(provider).browser())) == "/"


@pytest.mark.parametrize("parameters", [{"use": "enc"}, {"alg": "PS256"}])
def test_a_key_does_only_what_it_is_published_for(provider: IdentityProvider, parameters: dict[str, str]) -> None:
    desk = served(provider)
    provider.key = RSAKey.generate_key(2048, {"kid": "one", **parameters})  # type: ignore[arg-type]
    response = desk.browser().get("/login")
    assert response.status_code == 503 or sign_in(desk.browser()).status_code == 401


def test_a_token_without_the_name_of_its_key_is_checked_by_the_only_one(desk: Desk) -> None:
    desk.provider.headers = {"kid": None}
    assert sent_to(sign_in(desk.browser())) == "/"


def test_a_key_that_is_new_is_asked_for_once_a_minute(
    provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = served(provider)
    sign_in(desk.browser())
    provider.key = RSAKey.generate_key(2048, {"kid": "two"})
    provider.headers = {"kid": "two"}
    refused(sign_in(desk.browser()), 401, "is signed by no key")
    assert provider.asked.count("/keys") == 1
    monkeypatch.setattr("ui.access.provider.RENEWED_SECONDS", 0.0)
    assert sent_to(sign_in(desk.browser())) == "/"
    assert provider.asked.count("/keys") == 2


@pytest.mark.parametrize(
    ("found", "groups"),
    [({"groups": None}, set()), ({"groups": "press"}, {"press"}), ({"groups": ["press", "user:bob"]}, {"press"})],
)
def test_groups_are_read_and_never_somebody_else(desk: Desk, found: dict[str, object], groups: set[str]) -> None:
    desk.provider.claims = found
    browser = desk.browser()
    sign_in(browser)
    session = desk.records.sessions.find("login", browser.cookies["onrecord"])
    assert session is not None
    assert session.principal.readers == {"public", "user:ann", *groups}


def test_the_claims_of_user_and_groups_are_settings(provider: IdentityProvider) -> None:
    desk = served(provider, oidc_user="email", oidc_groups="roles")
    provider.claims = {"email": "ann@example.org", "email_verified": True, "roles": ["legal"]}
    browser = desk.browser()
    sign_in(browser)
    session = desk.records.sessions.find("login", browser.cookies["onrecord"])
    assert session is not None
    assert session.principal == person("ann@example.org", ["legal"])


@pytest.mark.parametrize("verified", [None, False, "true", 1])
def test_an_address_that_nobody_has_verified_is_no_user(provider: IdentityProvider, verified: object) -> None:
    provider.claims = {"email": "boss@example.org", "email_verified": verified}
    refused(sign_in(served(provider, oidc_user="email").browser()), 401, "has not verified")


def test_a_secret_goes_where_the_provider_wants_it(provider: IdentityProvider) -> None:
    provider.document = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert sent_to(sign_in(served(provider).browser())) == "/"


def test_groups_are_asked_for_only_where_they_are_known(provider: IdentityProvider) -> None:
    provider.document = {"scopes_supported": ["openid"]}
    there = sent_to(served(provider).browser().get("/login"))
    assert parse_qs(urlsplit(there).query)["scope"] == ["openid profile email"]


DOWN = "The identity provider cannot be asked now; try again in a minute."
BAD_PROVIDERS: dict[str, dict[str, object]] = {
    "another issuer": {"document": {"issuer": "https://evil.example"}},
    "no issuer": {"document": {"issuer": None}},
    "nowhere to go": {"document": {"authorization_endpoint": None}},
    "a place that anybody reads": {"document": {"token_endpoint": "http://id.example.org/token"}},
    "no place": {"document": {"jwks_uri": "javascript:alert(1)"}},
    "no keys": {"raw": {"/keys": A_LIST}},
    "no list of keys": {"raw": {"/keys": (200, {}, b'{"keys": {"kty": "RSA"}}')}},
    "keys that are none": {"raw": {"/keys": (200, {}, b'{"keys": [1, {"kty": "RSA"}, {"kty": "EC", "crv": "x"}]}')}},
    "no description": {"raw": {"/.well-known/openid-configuration": NO_JSON}},
    "a broken one": {"raw": {"/.well-known/openid-configuration": BROKEN}},
    "one elsewhere": {"raw": {"/.well-known/openid-configuration": ELSEWHERE}},
    "one without end": {"raw": {"/.well-known/openid-configuration": ENDLESS}},
    "one that unfolds": {"raw": {"/keys": ZIPPED}},
}


@pytest.mark.parametrize("changes", BAD_PROVIDERS.values(), ids=BAD_PROVIDERS)
def test_a_provider_that_is_not_right_signs_nobody_in(
    provider: IdentityProvider, changes: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    vars(provider).update(changes)
    refused(served(provider).browser().get("/login"), 503, DOWN)
    assert f"Nobody can sign in: {'what ' if 'document' in changes else ''}{provider.issuer}" in caplog.text


@pytest.mark.parametrize("answer", [NO_JSON, BROKEN, A_LIST, ENDLESS, ZIPPED])
def test_a_token_that_does_not_come_signs_nobody_in(desk: Desk, answer: tuple[int, dict[str, str], bytes]) -> None:
    desk.provider.raw = {"/token": answer}
    refused(sign_in(desk.browser()), 503, DOWN)


def test_a_provider_without_id_tokens_signs_nobody_in(desk: Desk) -> None:
    desk.provider.answer = {"id_token": None}
    refused(sign_in(desk.browser()), 503, DOWN)


def test_a_provider_that_is_down_is_left_alone_for_a_moment(
    provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.raw = {"/.well-known/openid-configuration": BROKEN}
    browser = served(provider).browser()
    for _ in range(3):
        refused(browser.get("/login"), 503, DOWN)
    assert len(provider.asked) == 1
    provider.raw = {}
    monkeypatch.setattr("ui.access.provider.PAUSE_SECONDS", 0.0)
    assert sent_to(sign_in(browser)) == "/"


def test_whoever_is_in_stays_in_while_the_provider_is_down(desk: Desk) -> None:
    browser = desk.browser()
    sign_in(browser)
    desk.provider.raw = dict.fromkeys(("/.well-known/openid-configuration", "/keys", "/token"), BROKEN)
    assert ask(browser) == 200


def test_strangers_begin_no_more_attempts_than_the_library_is_to_hold(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.limiting.rates.SIGN_INS_EACH", parse("2/minute"))
    monkeypatch.setattr("ui.limiting.rates.SIGN_INS", parse("5/minute"))

    def begun(peer: str) -> int:
        return TestClient(desk.app, HERE, follow_redirects=False, client=(peer, 1)).get("/login").status_code

    assert [begun("192.0.2.7") for _ in range(4)] == [303, 303, 429, 429]
    assert [begun(f"2001:db8::{number}") for number in range(3)] == [303, 303, 429], "a network of one owner"
    assert [begun("127.0.0.1") for _ in range(2)] == [303, 429], "a proxy here stands for everybody"
    refused(desk.browser().get("/login"), 429, "Too many people sign in at once; try again in ")
    assert 0 < int(desk.browser().get("/login").headers["retry-after"]) <= 60


def test_nothing_else_waits_behind_people_on_their_way_to_a_slow_provider(desk: Desk) -> None:
    assert desk.app.site.sign_in is not None
    slow: Lock = desk.app.site.sign_in._sign_in._provider._lock

    async def meanwhile() -> tuple[int, int]:
        transport = httpx2.ASGITransport(desk.app, client=("127.0.0.1", 1))
        async with httpx2.AsyncClient(transport=transport, base_url=HERE) as browser:
            begun = [asyncio.create_task(browser.get("/login")) for _ in range(50)]
            await asyncio.sleep(0.1)
            other = (await browser.get("/logout")).status_code
            done = sum(each.done() for each in begun)
            slow.release()
            await asyncio.gather(*begun)
            return other, done

    slow.acquire()
    assert asyncio.run(meanwhile()) == (200, 0)


def test_nobody_is_signed_out_by_another_site(desk: Desk) -> None:
    browser = desk.browser()
    sign_in(browser)
    assert leave(browser, {"sec-fetch-site": "cross-site"}).status_code == 403
    assert leave(browser, {"origin": "https://evil.example"}).status_code == 403
    assert browser.get("/logout").status_code == 200
    assert who(browser) == "Ann Archer"


def test_the_pages_of_signing_in_need_nobody_and_run_nothing(desk: Desk) -> None:
    browser = desk.browser()
    page = browser.get("/logout")
    assert "script" not in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    style = browser.get("/login/style.css")
    assert (style.status_code, style.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert "--paper" in style.text


def test_what_a_user_is_called_is_text(desk: Desk) -> None:
    desk.provider.claims = {"name": "<img src=x onerror=alert(1)>"}
    browser = desk.browser()
    sign_in(browser)
    assert "<img" not in browser.get("/logout").text


def test_the_pages_of_signing_in_are_in_the_reader_s_language(desk: Desk) -> None:
    browser = desk.browser()
    for language, heading in (("de", "Abgemeldet"), ("ar", "سُجّل الخروج")):
        page = browser.get("/logout", headers={"accept-language": language}).text
        assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in page
        assert f"<h1>{heading}</h1>" in page.replace("\u200f", "")
    failed = browser.get("/login/callback?state=x", headers={"accept-language": "de"}).text
    assert "<h1>Nicht angemeldet</h1>" in failed
    assert "Dieser Anmeldeversuch ist unbekannt, war schon beendet oder dauerte zu lange" in failed
    assert ">Anmelden</a>" in failed
    assert not any(word in failed for word in ("sign in", "again", "attempt"))


def test_every_page_says_who_is_signed_in_and_leads_out(desk: Desk) -> None:
    browser = desk.browser()
    sign_in(browser)
    shown = '<p class="who"><span dir="auto">Ann Archer</span> <a href="/logout">Sign out</a></p>'
    assert shown in browser.get("/check").text
    assert shown in browser.get(f"/source/{CONDITIONS.id}").text
    assert shown in browser.get("/source/" + "0" * 32).text
    assert "/logout" not in browser.get(f"/source/{CONDITIONS.id}?beside").text


def test_the_conversation_says_who_is_signed_in(provider: IdentityProvider) -> None:
    desk = served(provider)
    desk.app = create_app(Newsroom(), desk.app.site)
    provider.claims = {"name": "<b>Ann</b>"}
    browser = desk.browser()
    assert sent_to(browser.get("/")) == "/login?next=/"
    sign_in(browser)
    page = browser.get("/")
    assert page.status_code == 200
    assert '<span dir="auto">&lt;b&gt;Ann&lt;/b&gt;</span> <a href="/logout">Sign out</a>' in page.text


def test_where_nobody_signs_in_nobody_is_offered_the_way_out() -> None:
    here = TestClient(guarded(site_of(Settings(), Records.in_memory())), base_url=HERE, client=("127.0.0.1", 1))
    assert "/logout" not in here.get("/check").text
    assert {here.get(path).status_code for path in ("/login", "/logout", "/login/callback")} == {404}


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT"])
def test_signing_in_is_begun_by_visiting_a_page(desk: Desk, method: str) -> None:
    assert desk.browser().request(method, "/login", json={}).status_code == 405
    assert desk.provider.asked == []


def test_the_audit_log_says_who_signed_in_and_out_and_holds_no_secret(desk: Desk, tmp_path: Path) -> None:
    desk.app = guarded(replace(desk.app.site, audit=AuditLog(tmp_path)))
    browser = desk.browser()
    back = answered(browser, "/check")
    browser.get(back)
    secret = browser.cookies["onrecord"]
    leave(browser)
    browser.get(back)
    text = "".join(path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.jsonl"))
    lines = [json.loads(line) for line in text.splitlines()]
    told = [(line["action"], line.get("subject"), line.get("who"), line.get("decision")) for line in lines]
    assert ("/login/callback", "signed in user:ann", "nobody", "allowed") in told
    assert ("/logout", "signed out", "user:ann", "allowed") in told
    assert ("/login/callback", None, "nobody", "refused") in told
    fields = parse_qs(urlsplit(back).query)
    for canary in (secret, fields["code"][0], fields["state"][0], browser.cookies["onrecord-attempt"]):
        assert canary not in text


def test_whoever_signs_out_that_is_not_in_fills_no_audit_log(desk: Desk, tmp_path: Path) -> None:
    desk.app = guarded(replace(desk.app.site, audit=AuditLog(tmp_path)))
    browser = desk.browser()
    assert [leave(browser).status_code for _ in range(3)] == [303, 303, 303]
    assert list(tmp_path.rglob("*.jsonl")) == []


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """What the server's side logged: the test's own client names the addresses that it asks for at its own."""
    ours = (record for record in caplog.records if "HTTP Request: GET http://127.0.0.1/" not in record.getMessage())
    return "".join(record.getMessage() for record in ours)


def test_no_secret_code_state_or_token_is_told(
    desk: Desk, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """In no log at any level, no page, and no address but the provider's own and the way back from it."""
    caplog.set_level(logging.DEBUG)
    browser, told = desk.browser(), ""
    begun = browser.get("/login")
    there = sent_to(begun)
    back = sent_to(AWAY.get(there))
    sent = parse_qs(urlsplit(there).query)
    caplog.clear()
    for response in (browser.get(back), browser.get(back), browser.get(back + "x"), browser.get("/logout")):
        told += response.text + str(response.headers.get("location"))
    session = browser.cookies["onrecord"]
    told += logged(caplog)
    for spoiled in ("no-token-canary", None):
        desk.provider.token, desk.provider.claims = spoiled, {"aud": "other"}
        back = answered(browser)
        caplog.clear()
        told += browser.get(back).text + logged(caplog)
    told += leave(browser).text + logged(caplog) + "".join(capfd.readouterr())
    held = [CLIENT_SECRET, session, sent["state"][0], sent["nonce"][0], browser.cookies["onrecord-attempt"]]
    for secret in (*held, *desk.provider.codes, *desk.provider.tokens, "access-canary"):
        assert secret not in told
