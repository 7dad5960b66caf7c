"""Embedded chats: who may hold one, what is loaded for one, and what the pages of it may do."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from index.principal import LOCAL, Principal
from rag.settings import Settings
from tests.embedding import EMBEDS, SHOP, WIKI, client, site
from ui.audit.auditlog import AuditLog
from ui.embed.assets import STATIC, assets
from ui.embed.embeds import Embed, embeds
from ui.embed.routes import IMMUTABLE, routes

LOADER = "/embed/v1/widget.js"
HANDBOOK = "https://handbook.example.org:8443"


@pytest.fixture(scope="module")
def browser() -> Iterator[TestClient]:
    with client(site(link_hosts=("example.org", "intra.example"))) as opened:
        yield opened


def directives(policy: str) -> dict[str, str]:
    return {each.split()[0]: " ".join(each.split()[1:]) for each in policy.split(";")}


def test_what_is_not_enabled_is_no_embed() -> None:
    made = embeds(Settings.model_validate({"identity": "oidc", **OIDC, "embeds": EMBEDS}))
    assert sorted(made) == ["shop", "wiki"]
    assert made["wiki"] == Embed("wiki", frozenset({WIKI, HANDBOOK}), "signed-in", frozenset({"public"}), HAND)
    assert made["shop"].collections is None
    assert made["shop"].is_public
    assert not made["wiki"].is_public


OIDC = {
    "oidc_issuer": "https://sso.example.org",
    "oidc_client": "onrecord",
    "oidc_secret": "s" * 32,
    "public_url": "https://ask.example.org",
}
HAND = frozenset({"handbook"})


@pytest.mark.parametrize(
    "origin",
    [
        *(
            None,
            "",
            "null",
            "https://evil.example",
            "https://wiki.example.org.evil.example",
            "https://wiki.example.org/",
        ),
        *("http://wiki.example.org", "https://wiki.example.org:444", "https://WIKI.example.org", f"{WIKI} {HANDBOOK}"),
    ],
)
def test_only_the_exact_origin_holds_a_chat(origin: str | None) -> None:
    embed = Embed("wiki", frozenset({WIKI, HANDBOOK}))
    assert not embed.is_held_by(origin)
    assert embed.is_held_by(WIKI)


def test_a_visitor_reads_what_the_embed_says_and_in_its_collections_alone() -> None:
    embed = Embed("shop", frozenset({SHOP}), "public", frozenset({"public", "customers"}), frozenset({"manuals"}))
    visitor = embed.visitor("7")
    assert visitor == Principal(
        "visitor:7", frozenset({"public", "customers"}), reads_everything=False, collections=frozenset({"manuals"})
    )


def test_a_guest_reads_less_through_a_chat_and_never_more() -> None:
    narrow = Embed("wiki", frozenset({WIKI}), collections=frozenset({"handbook", "press"}))
    ann = Principal("user:ann", frozenset({"public", "user:ann"}), collections=frozenset({"press", "legal"}))
    assert narrow.guest(ann) == replace(ann, collections=frozenset({"press"}))
    assert narrow.guest(LOCAL).collections == frozenset({"handbook", "press"})
    assert narrow.guest(LOCAL).reads_everything, "everything of these collections"
    assert Embed("all", frozenset({WIKI})).guest(ann) is ann


def test_a_frame_may_be_held_by_its_own_embeds_origins_and_no_other(browser: TestClient) -> None:
    wiki, shop = browser.get("/embed/v1/frame/wiki"), browser.get("/embed/v1/frame/shop")
    policy = directives(wiki.headers["content-security-policy"])
    assert wiki.status_code == shop.status_code == 200
    assert policy["frame-ancestors"] == f"{HANDBOOK} {WIKI}"
    assert directives(shop.headers["content-security-policy"])["frame-ancestors"] == SHOP
    assert "x-frame-options" not in wiki.headers, "it cannot name an origin, and would shut out those that may"
    assert (policy["default-src"], policy["script-src"], policy["connect-src"]) == ("'none'", "'self'", "'self'")
    assert (policy["form-action"], policy["base-uri"]) == ("'none'", "'none'")
    assert (policy["require-trusted-types-for"], policy["trusted-types"]) == ("'script'", "'none'")
    assert "unsafe" not in wiki.headers["content-security-policy"]
    assert wiki.headers["referrer-policy"] == "no-referrer"
    assert wiki.headers["cross-origin-resource-policy"] == "cross-origin"


@pytest.mark.parametrize("name", ["retired", "nothing", "wik", "wikis", "WIKI", "wiki/", "wiki%00", "..", "x" * 50])
def test_an_embed_that_is_not_enabled_and_one_that_is_not_there_look_alike_and_are_framed_by_nobody(
    browser: TestClient, name: str
) -> None:
    gone, never = browser.get(f"/embed/v1/frame/{name}"), browser.get("/embed/v1/frame/never")
    assert gone.status_code == never.status_code == 404
    assert directives(gone.headers["content-security-policy"])["frame-ancestors"] == "'none'"
    assert gone.headers["x-frame-options"] == "DENY"
    if re.fullmatch("[a-z0-9-]{1,40}", name):
        told = {key: value for key, value in gone.headers.items() if key != "date"}
        assert (gone.text, told) == (never.text, {key: value for key, value in never.headers.items() if key != "date"})


def test_an_embed_without_origins_is_held_by_nobody() -> None:
    bare = replace(site(), embeds={"wiki": Embed("wiki", frozenset())})
    policy = client(bare).get("/embed/v1/frame/wiki").headers["content-security-policy"]
    assert directives(policy)["frame-ancestors"] == "'none'"


def test_a_frame_page_says_what_anybody_may_know_and_escapes_it(browser: TestClient) -> None:
    page = browser.get("/embed/v1/frame/shop").text
    assert 'data-embed="shop"' in page
    assert 'data-audience="public"' in page
    assert f'data-origins="{SHOP}"' in page
    assert "Good &lt;day&gt;" in page
    assert "Good <day>" not in page
    assert "example.org intra.example" in page
    assert not re.search(r"\bor[kst]_|<script>|<style|style=|\son[a-z]+=", page)


def test_what_a_frame_page_loads_is_there_and_is_kept_for_good(browser: TestClient) -> None:
    page = browser.get("/embed/v1/frame/wiki").text
    loaded = re.findall(r'<(?:script|link)[^>]+(?:src|href)="([^"]+)"', page)
    assert loaded
    for address in loaded:
        assert address.startswith(f"/embed/v1/page/{assets().version}/")
        response = browser.get(address)
        assert response.status_code == 200, address
        assert response.headers["cache-control"] == IMMUTABLE
        assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize(
    "file",
    [
        "widget.js",
        "../templates/frame.html",
        "..%2ftemplates%2fframe.html",
        "frame.html",
        "nothing.js",
        "",
        ".htaccess",
    ],
)
def test_no_other_file_is_served(browser: TestClient, file: str) -> None:
    response = browser.get(f"/embed/v1/page/{assets().version}/{file}")
    assert response.status_code == 404
    assert "immutable" not in response.headers["cache-control"]


def test_a_file_of_another_version_is_none() -> None:
    """A server that is older or newer would answer with something else under the same name, and for good."""
    with client(site()) as browser:
        name = next(iter(assets().files))
        assert browser.get(f"/embed/v1/page/{assets().version}/{name}").status_code == 200
        assert browser.get(f"/embed/v1/page/{'0' * 16}/{name}").status_code == 404


def test_the_loader_is_for_pages_of_other_sites_and_is_asked_for_anew(browser: TestClient) -> None:
    response = browser.get(LOADER)
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert response.headers["cache-control"] == "no-cache"
    again = browser.get(LOADER, headers={"if-none-match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert browser.get(LOADER, headers={"if-none-match": '"older"'}).status_code == 200


def test_the_loader_travels_compressed_and_small(browser: TestClient) -> None:
    packed = browser.get(LOADER, headers={"accept-encoding": "gzip"})
    plain = browser.get(LOADER, headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) <= 5_000
    assert packed.content == plain.content == (STATIC / "widget.js").read_bytes()
    assert packed.headers["etag"] != plain.headers["etag"]
    assert "Accept-Encoding" in packed.headers["vary"]


def test_a_page_can_pin_the_loader_if_its_origin_is_listed(browser: TestClient) -> None:
    """Subresource integrity needs the page to be allowed to read the file."""
    assert browser.get(LOADER, headers={"origin": WIKI}).headers["access-control-allow-origin"] == WIKI
    assert "access-control-allow-origin" not in browser.get(LOADER, headers={"origin": "https://evil.example"}).headers
    digest = base64.b64encode(hashlib.sha384(browser.get(LOADER).content).digest()).decode("ascii")
    assert assets().loader.integrity == f"sha384-{digest}"


def test_files_are_compressed_alike_each_time() -> None:
    for asset in (assets().loader, *assets().files.values()):
        assert gzip.decompress(asset.gzipped) == asset.body
        assert asset.gzipped[4:8] == bytes(4), "the time of packing would make every start another file"


def test_no_message_is_sent_to_whoever_it_may_concern() -> None:
    scripts = [path.read_text(encoding="utf-8") for path in STATIC.rglob("*.js")]
    assert scripts
    for script in scripts:
        assert not re.search(r"""postMessage\([^)]*['"]\*['"]""", script)
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", script)
        assert not re.search(r"localStorage|sessionStorage|indexedDB|document\.cookie", script)


def test_rows_cover_exactly_what_is_served() -> None:
    rows = routes(site())
    assert {row.who for row in rows} == {"anyone"}
    assert sum(row.elsewhere for row in rows) == 2, "the loader and the frame"
    assert [row.methods for row in rows if row.credentials] == [frozenset({"POST"})]


def test_strangers_whose_requests_come_to_nothing_fill_no_audit_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.auditing.REFUSALS_A_MINUTE", 2)
    monkeypatch.setattr("ui.auditing.time.monotonic", lambda: 0.0)
    audited = replace(site(), audit=AuditLog(tmp_path))
    with client(audited) as stranger:
        wrong = [
            stranger.post(address, content=body, headers=headers).status_code
            for address, body, headers in (
                ("/embed/v1/ticket", '{"embed": "none"}', {"origin": WIKI, "content-type": "text/plain"}),
                ("/embed/v1/ticket", "no JSON", {"origin": WIKI, "content-type": "text/plain"}),
                ("/embed/v1/session", "{}", {"content-type": "application/json"}),
            )
            * 3
        ]
    assert wrong == [404, 400, 400] * 3
    lines = [line for path in tmp_path.rglob("*.jsonl") for line in path.read_text(encoding="utf-8").splitlines()]
    told = [line for line in map(json.loads, lines) if line["action"].startswith("/")]
    assert [(line["who"], line["status"], line["decision"]) for line in told] == [
        ("nobody", 404, "refused"),
        ("nobody", 400, "refused"),
    ]
