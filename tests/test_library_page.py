"""The library page before a browser is there: who gets it, what it names, and that it holds no document."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from index.principal import PUBLIC
from tests.keeping import Served, kept
from tests.newsroom import Newsroom
from tests.people import client
from ui import library_page, pages
from ui.caller import Caller
from ui.guard import Guard
from ui.modules import modules
from ui.pages import OWN_POLICY, SHARED, STATIC
from ui.serving import LOGIN, STRANGERS, Site

LANGUAGES = {"en": "ltr", "de": "ltr", "fr": "ltr", "es": "ltr", "pl": "ltr", "ar": "rtl"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with kept(tmp_path_factory.mktemp("kept")) as library:
        library.synced("press", minutes="The harbour board met and adjourned.")
        yield library


def page(site: Site) -> Guard:
    """The page and its files behind the guard."""
    bare = FastAPI()
    pages.add(bare, Newsroom(), site)
    library_page.add(bare, Newsroom(), site)
    return Guard(bare, site, routes=(*pages.ROUTES, *library_page.ROUTES))


@pytest.fixture(scope="module")
def librarian(served: Served) -> TestClient:
    return client(page(served.site), "ann", "keepers")


def test_a_librarian_gets_a_page_that_runs_our_scripts_alone_and_holds_no_document(librarian: TestClient) -> None:
    got = librarian.get("/library")
    assert got.status_code == 200
    assert got.headers["content-security-policy"] == OWN_POLICY
    assert got.headers["cache-control"] == "no-store"
    assert "minutes" not in got.text
    assert re.findall(r"<script(?![^>]* src=)|<style|\son\w+=|\sstyle=", got.text) == []
    assert librarian.head("/library").status_code == 200


@pytest.mark.parametrize(
    "groups", [(), ("press",), (PUBLIC,), ("keeper",)], ids=["nothing", "another label", "public", "almost the label"]
)
def test_anybody_else_is_told_in_a_page_who_may_see_it(served: Served, groups: tuple[str, ...]) -> None:
    got = client(page(served.site), "bob", *groups).get("/library")
    assert got.status_code == 403
    assert "Only librarians may see what the library holds." in got.text
    assert "keepers" not in got.text, "which label it takes is nobody's business"
    assert 'href="/"' in got.text
    assert "<script" not in re.sub(r'<script type="module" src="/page/language\.js"></script>', "", got.text)


def test_an_embedded_chat_or_a_key_for_something_else_is_no_librarian(served: Served) -> None:
    embedded = client(page(served.site), "ann", "keepers", embed="wiki")
    assert embedded.get("/library").status_code == 403
    identify = served.site.identify

    def with_a_key(scope: object) -> Caller | None:
        caller = identify(scope)  # type: ignore[arg-type]
        return caller and replace(caller, by="key", uses=frozenset({"search"}))

    keyed = client(page(replace(served.site, identify=with_a_key)), "ann", "keepers")
    assert keyed.get("/library").status_code == 403


def test_without_a_library_to_keep_there_is_nothing_to_see(served: Served) -> None:
    assert client(page(replace(served.site, keeper=None)), "ann", "keepers").get("/library").status_code == 403


def test_a_stranger_signs_in_first_where_one_can_and_is_sent_back_to_the_same_part(served: Served) -> None:
    site = replace(served.site, identify=lambda scope: None, stranger=STRANGERS["oidc"], login=LOGIN)
    with TestClient(page(site), base_url="http://127.0.0.1", follow_redirects=False) as stranger:
        sent = stranger.get("/library?state=hidden&words=tide")
    assert sent.status_code == 303
    assert sent.headers["location"] == "/login?next=/library%3Fstate%3Dhidden%26words%3Dtide"


def test_each_module_is_named_once_and_is_there_and_no_other_of_the_page_is(librarian: TestClient) -> None:
    named = re.findall(r'<link rel="modulepreload" href="(/page/[^"]+)">', librarian.get("/library").text)
    assert len(named) == len(set(named))
    later = {f"/page/{name}" for name in modules("library-doing.js")}
    own = {f"/page/{path.name}" for path in STATIC.glob("library*.js")}
    assert own <= set(named) | later, "a file of the page that nothing imports"
    assert "/page/library-doing.js" not in named, "what can be done comes behind the first rows"
    for address in (*named, *later, "/page/library.css", "/page/masthead.css"):
        assert librarian.get(address).status_code == 200, address


def test_the_page_asks_for_its_first_rows_at_once_where_its_address_asks_for_nothing_else(
    librarian: TestClient,
) -> None:
    asked = f'<link rel="preload" as="fetch" crossorigin href="{html.escape(library_page.FIRST)}">'
    assert asked in librarian.get("/library").text
    assert library_page.FIRST not in html.unescape(librarian.get("/library?state=hidden").text)


def test_modules_are_found_by_following_every_import() -> None:
    found = modules("library.js")
    for name in found:
        file = SHARED / Path(name).name if name.startswith("shared/") else STATIC / name
        for imported in re.findall(r'from "\./([^"]+)"', file.read_text("utf-8")):
            assert (Path(name).parent / imported).as_posix() in found, f"{name} imports {imported}"


@pytest.mark.parametrize(("language", "direction"), LANGUAGES.items())
def test_it_speaks_the_readers_language_in_its_direction(served: Served, language: str, direction: str) -> None:
    for asked in (client(page(served.site), "ann", "keepers"), client(page(served.site), "bob")):
        asked.headers["accept-language"] = language
        assert f'<html lang="{language}" dir="{direction}">' in asked.get("/library").text


def test_what_is_added_is_for_those_that_the_settings_name_and_else_for_whom_it_is_said(served: Served) -> None:
    def begins_with(readers: tuple[str, ...]) -> str:
        keeper = served.keeper
        before, keeper.readers = keeper.readers, readers
        try:
            shown = client(page(served.site), "ann", "keepers").get("/library").text
        finally:
            keeper.readers = before
        [value] = re.findall(r'<input type="text" id="readers" value="([^"]*)" required', shown)
        return str(value)

    assert begins_with(("public",)) == "public"
    assert begins_with(("press", "legal")) == "press, legal"
    assert begins_with(("nobody",)) == "", "nobody reads it unless somebody says who does"


def test_the_page_says_how_large_a_file_may_be_and_what_is_read(served: Served, librarian: TestClient) -> None:
    shown = librarian.get("/library").text
    assert f'data-largest="{served.keeper.largest}"' in shown
    assert "Each may have 0.1 MiB." in shown
    assert 'accept=".txt,.md,.markdown,.html,.htm,.pdf,.docx"' in shown
