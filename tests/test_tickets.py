"""Tickets and sessions: every origin, embed, audience and way of being known against every other, and nothing twice."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from httpx2 import Response
from joserfc import jwt
from joserfc.jwk import OctKey
from limits import parse
from starlette.testclient import TestClient

from index.principal import Principal, person
from tests.embedding import EMBEDS, SECRET, SHOP, WIKI, Moving, client, site
from ui.embed.admission import SESSION_SECONDS, TICKET_SECONDS
from ui.embed.routes import LARGEST_TOKEN
from ui.limiting import rates
from ui.serving import Site

EVIL = "https://evil.example"
HANDBOOK = "https://handbook.example.org:8443"
ANN = {"x-forwarded-user": "ann", "x-forwarded-groups": "press"}
BOB = {"x-forwarded-user": "bob"}


def token(subject: str = "carol", audience: str = "wiki", **changes: object) -> str:
    now = int(time.time())
    claims: dict[str, Any] = {
        "sub": subject, "groups": ["press"], "aud": audience, "iat": now, "exp": now + 120, "jti": str(time.time_ns())
    }  # fmt: skip
    return jwt.encode({"alg": "HS256"}, claims | changes, OctKey.import_key(SECRET))


def ask_ticket(
    browser: TestClient,
    embed: object = "wiki",
    origin: str | None = WIKI,
    *,
    headers: dict[str, str] | None = None,
    **fields: object,
) -> Response:
    named = {} if origin is None else {"origin": origin, "sec-fetch-site": "cross-site"}
    body = json.dumps({"embed": embed, **fields})
    plain = {"content-type": "text/plain;charset=UTF-8", **named, **(headers or {})}
    return browser.post("/embed/v1/ticket", content=body, headers=plain)


def begin(browser: TestClient, ticket: str, embed: str = "wiki", headers: dict[str, str] | None = None) -> Response:
    own = {"sec-fetch-site": "same-origin", **(headers or {})}
    return browser.post("/embed/v1/session", json={"embed": embed, "ticket": ticket}, headers=own)


def ticket_of(browser: TestClient, embed: str = "wiki", origin: str = WIKI, **more: object) -> str:
    response = ask_ticket(browser, embed, origin, **more)  # type: ignore[arg-type]
    assert response.status_code == 200, response.text
    return str(response.json()["ticket"])


def principal_behind(at: Site, session: str) -> Principal:
    found = at.records.sessions.find("embed", session)
    assert found is not None
    return found.principal


# Who asks (nobody; somebody the proxy names; a token) against which chat, from which page.
MATRIX = [
    ("wiki", WIKI, {}, None, 401),
    ("wiki", WIKI, ANN, None, 200),
    ("wiki", HANDBOOK, ANN, None, 200),
    ("wiki", WIKI, {}, "wiki", 200),
    ("wiki", WIKI, {}, "shop", 401),
    ("wiki", WIKI, ANN, "wiki", 200),
    ("wiki", SHOP, ANN, None, 403),
    ("wiki", SHOP, {}, "wiki", 403),
    ("wiki", EVIL, ANN, None, 403),
    ("wiki", EVIL, {}, "wiki", 403),
    ("wiki", None, ANN, None, 403),
    ("wiki", "null", ANN, None, 403),
    ("wiki", f"{WIKI}/", ANN, None, 403),
    ("shop", SHOP, {}, None, 200),
    ("shop", SHOP, ANN, None, 200),
    ("shop", WIKI, {}, None, 403),
    ("shop", EVIL, {}, None, 403),
    ("shop", None, {}, None, 403),
    ("retired", WIKI, ANN, None, 404),
    ("nothing", WIKI, ANN, None, 404),
    ("retired", EVIL, ANN, None, 403),
    ("", WIKI, ANN, None, 404),
]


@pytest.mark.parametrize(("embed", "origin", "who", "audience", "status"), MATRIX)
def test_who_is_given_a_ticket(
    embed: str, origin: str | None, who: dict[str, str], audience: str | None, status: int
) -> None:
    fields = {} if audience is None else {"token": token(audience=audience)}
    response = ask_ticket(client(site()), embed, origin, headers=who, **fields)
    assert response.status_code == status
    if status == 200:
        assert re.fullmatch(r"ort_[A-Za-z0-9_-]{40,}", response.json()["ticket"])
        assert response.json()["expires_in"] == TICKET_SECONDS == 60
    else:
        assert list(response.json()) == ["error"]


def test_the_answer_can_be_read_by_listed_pages_alone_and_with_cookies_only_where_people_sign_in() -> None:
    browser = client(site())
    wiki, shop = ask_ticket(browser, headers=ANN).headers, ask_ticket(browser, "shop", SHOP).headers
    assert wiki["access-control-allow-origin"] == WIKI
    assert wiki["access-control-allow-credentials"] == "true"
    assert shop["access-control-allow-origin"] == SHOP
    assert "access-control-allow-credentials" not in shop
    assert "Origin" in wiki["vary"]
    assert "access-control-allow-origin" not in ask_ticket(browser, origin=EVIL, headers=ANN).headers
    assert wiki["cache-control"] == "no-store"


def test_no_preflight_is_answered() -> None:
    asked = {"origin": WIKI, "access-control-request-method": "POST", "access-control-request-headers": "authorization"}
    response = client(site()).options("/embed/v1/ticket", headers=asked)
    assert response.status_code == 405
    assert "access-control-allow-headers" not in response.headers


def test_a_form_or_a_json_of_another_site_is_no_ticket() -> None:
    for kind in ("application/json", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        response = ask_ticket(client(site()), headers={**ANN, "content-type": kind})
        assert response.status_code == 415, kind


def test_a_ticket_becomes_a_session_of_whoever_it_was_given_to_narrowed_to_the_chat() -> None:
    at = site()
    browser = client(at)
    response = begin(browser, ticket_of(browser, headers=ANN))
    said = response.json()
    assert response.status_code == 200
    assert said | {"session": ""} == {"session": "", "expires_in": 1800, "signed_in": True}
    assert said["session"].startswith("ors_")
    ann = person("ann", ["press"])
    assert principal_behind(at, said["session"]) == Principal(
        ann.name, ann.readers, collections=frozenset({"handbook"})
    )
    assert "set-cookie" not in response.headers


def test_whom_the_host_vouches_for_is_let_in_and_no_further_than_the_chat() -> None:
    at = site()
    browser = client(at)
    session = begin(browser, ticket_of(browser, token=token("carol"))).json()["session"]
    assert principal_behind(at, session).name == "user:carol"
    assert principal_behind(at, session).collections == frozenset({"handbook"})


def test_whoever_is_known_here_is_not_taken_for_whom_a_page_names() -> None:
    at = site()
    browser = client(at)
    session = begin(browser, ticket_of(browser, headers=ANN, token=token("root"))).json()["session"]
    assert principal_behind(at, session).name == "user:ann"


def test_a_token_works_once() -> None:
    browser = client(site())
    once = token()
    assert ask_ticket(browser, token=once).status_code == 200
    again = ask_ticket(browser, token=once)
    assert again.status_code == 401
    assert "used before" in again.json()["error"]


def test_a_token_is_not_used_up_by_a_page_that_may_not_hold_the_chat() -> None:
    browser = client(site())
    once = token()
    assert ask_ticket(browser, origin=SHOP, token=once).status_code == 403
    assert ask_ticket(browser, token=once).status_code == 200


def test_a_ticket_works_once() -> None:
    browser = client(site())
    ticket = ticket_of(browser, headers=ANN)
    assert begin(browser, ticket).status_code == 200
    replayed = begin(browser, ticket)
    assert replayed.status_code == 401
    assert ticket not in replayed.text


def test_of_many_who_show_a_ticket_at_once_one_is_let_in() -> None:
    found: list[int] = []
    ready = threading.Barrier(6)

    def show() -> None:
        ready.wait()
        found.append(begin(browser, ticket).status_code)

    with client(site()) as browser:  # in one loop, as in a server
        ticket = ticket_of(browser, headers=ANN)
        threads = [threading.Thread(target=show) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert sorted(found) == [200, 401, 401, 401, 401, 401]


@pytest.mark.parametrize(("seconds", "status"), [(TICKET_SECONDS - 1, 200), (TICKET_SECONDS, 401), (3600, 401)])
def test_a_ticket_ends_after_a_minute(seconds: float, status: int) -> None:
    clock = Moving()
    browser = client(site(clock=clock))
    ticket = ticket_of(browser, headers=ANN)
    clock.on(seconds)
    assert begin(browser, ticket).status_code == status


def test_a_session_ends_after_half_an_hour() -> None:
    clock = Moving()
    at = site(clock=clock)
    browser = client(at)
    session = begin(browser, ticket_of(browser, "shop", SHOP), "shop").json()["session"]
    bearer = {"authorization": f"Bearer {session}"}
    clock.on(SESSION_SECONDS - 1)
    assert browser.get("/api/v1/documents", headers=bearer).status_code == 200
    clock.on(1)
    ended = browser.get("/api/v1/documents", headers=bearer)
    assert ended.status_code == 401
    assert session not in ended.text


def test_a_ticket_is_for_its_own_chat_and_is_used_up_by_trying_another() -> None:
    browser = client(site())
    ticket = ticket_of(browser, "shop", SHOP)
    assert begin(browser, ticket, "wiki").status_code == 401
    assert begin(browser, ticket, "shop").status_code == 401


def test_a_ticket_of_one_person_is_not_for_another_who_is_known() -> None:
    """A browser that is somebody's never takes up the session of somebody else, whoever planted the ticket there."""
    browser = client(site())
    assert begin(browser, ticket_of(browser, headers=ANN), headers=BOB).status_code == 401
    assert begin(browser, ticket_of(browser, headers=ANN), headers=ANN).status_code == 200
    assert begin(browser, ticket_of(browser, headers=ANN)).status_code == 200, "cookies may be blocked in a frame"
    assert begin(browser, ticket_of(browser, token=token("carol")), headers=BOB).status_code == 200, "the host's word"


@pytest.mark.parametrize(
    "secret", ["", "ort_", "ort_" + "x" * 43, "ors_" + "x" * 43, "' OR 1=1 --", "x" * 5000, "\u2603"]
)
def test_what_is_no_ticket_is_told_no_more_than_a_used_one(secret: str) -> None:
    browser = client(site())
    ticket = ticket_of(browser, headers=ANN)
    begin(browser, ticket)
    wrong = begin(browser, secret)
    assert (wrong.status_code, wrong.json()) == (401, begin(browser, ticket).json())


def test_a_session_is_no_ticket_and_a_ticket_no_session() -> None:
    browser = client(site())
    ticket = ticket_of(browser, headers=ANN)
    assert browser.get("/api/v1/documents", headers={"authorization": f"Bearer {ticket}"}).status_code == 401
    session = begin(browser, ticket).json()["session"]
    assert begin(browser, session).status_code == 401


@pytest.mark.parametrize("site_header", ["cross-site", "same-site"])
def test_only_the_frame_itself_takes_up_a_ticket(site_header: str) -> None:
    browser = client(site())
    ticket = ticket_of(browser, headers=ANN)
    assert begin(browser, ticket, headers={"sec-fetch-site": site_header, "origin": WIKI}).status_code == 403
    assert begin(browser, ticket, headers={"origin": "http://127.0.0.1"}).status_code == 200


def test_a_key_or_another_chats_session_is_nobody_whom_a_ticket_is_given_to() -> None:
    """Else a key that may only search would become a session that may do everything its principal may."""
    at = site()
    browser = client(at)
    _, secret = at.records.keys.make("robot", Principal("key:robot", frozenset({"public"})), frozenset({"search"}))
    assert ask_ticket(browser, headers={"authorization": f"Bearer {secret}"}).status_code == 401
    session = begin(browser, ticket_of(browser, "shop", SHOP), "shop").json()["session"]
    assert ask_ticket(browser, headers={"authorization": f"Bearer {session}"}).status_code == 401


def test_a_forged_header_gives_no_ticket() -> None:
    elsewhere = client(site(), peer="192.0.2.9")
    assert ask_ticket(elsewhere, headers=ANN).status_code in (400, 401)
    assert ask_ticket(elsewhere, "shop", SHOP).status_code == 200


def cookie(response: Response) -> str:
    return str(response.headers["set-cookie"])


def test_a_visitor_is_known_again_in_the_same_browser_and_in_no_other() -> None:
    at = site()
    one, other = client(at), client(at)
    names = []
    for browser in (one, one, other):
        session = begin(browser, ticket_of(browser, "shop", SHOP), "shop").json()
        assert session["signed_in"] is False
        names.append(principal_behind(at, session["session"]))
    assert names[0] == names[1] != names[2]
    assert re.fullmatch(r"visitor:[0-9a-f]{32}", names[0].name)
    assert names[0].readers == {"public", "customers"}
    assert not names[0].reads_everything


def test_the_visitors_cookie_goes_to_one_address_and_no_script_reads_it() -> None:
    browser = client(site())
    plain = cookie(begin(browser, ticket_of(browser, "shop", SHOP), "shop"))
    assert plain.startswith("onrecord-visitor=")
    assert not re.search("max-age|expires", plain, re.IGNORECASE), "it ends with the browser"
    assert {"Path=/embed/v1/session", "HttpOnly", "SameSite=Lax"} <= set(plain.split("; "))
    assert "Secure" not in plain
    browser = client(site(public_url="https://ask.example.org"))
    secure = cookie(begin(browser, ticket_of(browser, "shop", SHOP), "shop"))
    assert secure.startswith("__Secure-onrecord-visitor=")
    assert {"Path=/embed/v1/session", "HttpOnly", "SameSite=None", "Secure", "Partitioned"} <= set(secure.split("; "))


def test_a_visitors_name_lets_nobody_in_as_them() -> None:
    """Names are in logs and exports; the cookie is what only the browser has."""
    at = site()
    browser = client(at)
    first = begin(browser, ticket_of(browser, "shop", SHOP), "shop")
    name = principal_behind(at, first.json()["session"]).name.removeprefix("visitor:")
    assert name not in cookie(first)
    thief = client(at)
    taken = begin(thief, ticket_of(thief, "shop", SHOP), "shop", headers={"cookie": f"onrecord-visitor={name}"}).json()[
        "session"
    ]
    assert principal_behind(at, taken).name != f"visitor:{name}"


@pytest.mark.parametrize("value", ["x", "x" * 33, "user:ann", "../../etc", "%00" * 11, '"; Path=/', "ü" * 32])
def test_a_cookie_that_we_never_set_is_passed_over(value: str) -> None:
    browser = client(site())
    ticket = ticket_of(browser, "shop", SHOP)
    body = {"embed": "shop", "ticket": ticket}
    response = browser.post("/embed/v1/session", json=body, headers={b"cookie": f"onrecord-visitor={value}".encode()})
    assert response.status_code == 200
    assert re.match(r"onrecord-visitor=[A-Za-z0-9_-]{32}; Path=", cookie(response))


WRONG_BODIES = [
    *(
        b"",
        b"null",
        b"[]",
        b'"wiki"',
        b"{",
        b"{}",
        b"\xff",
        b'{"embed": 7}',
        b'{"embed": null}',
        b'{"embed": ["wiki"]}',
    ),
    *(b'{"embed": "wiki", "token": 7}', b'{"embed": "wiki", "user": "root"}', b"[" * 5000, b'{"token": "x"}'),
    json.dumps({"embed": "wiki", "token": "x" * (LARGEST_TOKEN + 1)}).encode(),
]


@pytest.mark.parametrize("body", WRONG_BODIES, ids=range(len(WRONG_BODIES)))
def test_a_wrong_body_is_told_what_is_wanted(body: bytes) -> None:
    browser = client(site())
    ticket = browser.post(
        "/embed/v1/ticket", content=body, headers={"origin": WIKI, "content-type": "text/plain", **ANN}
    )
    session = browser.post("/embed/v1/session", content=body, headers={"content-type": "application/json"})
    assert (ticket.status_code, session.status_code) == (400, 400)
    assert "send" in ticket.json()["error"]
    assert "root" not in ticket.text


def test_a_chat_is_opened_so_often_and_then_later_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "TICKETS", parse("3/minute"))
    browser = client(site())
    for _ in range(3):
        assert ask_ticket(browser, "shop", SHOP).status_code == 200
    crowded = ask_ticket(browser, "shop", SHOP)
    assert crowded.status_code == 429
    assert 1 <= int(crowded.headers["retry-after"]) <= 60
    assert crowded.headers["access-control-allow-origin"] == SHOP, "the page is to know why"
    assert ask_ticket(browser, headers=ANN).status_code == 200, "another chat is not held up"


def test_an_unlisted_page_does_not_use_up_the_chats_tickets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "TICKETS", parse("1/minute"))
    browser = client(site())
    for origin in (EVIL, WIKI, None):
        assert ask_ticket(browser, "shop", origin).status_code == 403
    assert ask_ticket(browser, "shop", SHOP).status_code == 200


def test_a_session_outlives_no_embed() -> None:
    """The library keeps sessions over a restart, and the settings may say otherwise by then."""
    at = site()
    browser = client(at)
    session = begin(browser, ticket_of(browser, "shop", SHOP), "shop").json()["session"]
    bearer = {"authorization": f"Bearer {session}"}
    assert browser.get("/api/v1/documents", headers=bearer).status_code == 200
    off = {name: dict(embed) | ({"enabled": False} if name == "shop" else {}) for name, embed in EMBEDS.items()}
    later = site(off)
    later.records.sessions.__init__(at.records.sessions._engine)  # type: ignore[misc]
    assert client(later).get("/api/v1/documents", headers=bearer).status_code == 401


def test_no_secret_is_kept_in_clear() -> None:
    at = site()
    browser = client(at)
    ticket = ticket_of(browser, headers=ANN)
    session = begin(browser, ticket_of(browser, "shop", SHOP), "shop")
    visitor = cookie(session).partition("=")[2].partition(";")[0]
    dump = everything_kept(at)
    for secret in (ticket, session.json()["session"], visitor):
        assert secret not in dump
        assert secret.removeprefix("ort_").removeprefix("ors_") not in dump


def everything_kept(at: Site) -> str:
    with at.records.sessions._reading() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        return "\n".join(raw.iterdump())


Ask = Callable[[TestClient], Response]
EACH: list[Ask] = [
    lambda browser: ask_ticket(browser, origin=EVIL),
    lambda browser: ask_ticket(browser, token="eyJhbGciOiJub25lIn0.e30."),
    lambda browser: begin(browser, "ort_guess"),
    lambda browser: browser.get("/embed/v1/frame/nothing"),
]


@pytest.mark.parametrize("ask", EACH)
def test_refusals_leave_sealed_and_repeat_nothing(ask: Ask) -> None:
    response = ask(client(site()))
    assert response.status_code >= 400
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "no-store"
    assert "eyJ" not in response.text
    assert "guess" not in response.text
