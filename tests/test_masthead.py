"""The top of each page: the ways that are open to whoever reads it, in their language."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest
from jinja2 import Environment, FileSystemLoader

from index.principal import person
from tests.people import peopled
from ui.caller import Caller, with_caller
from ui.library.keeper import LibraryKeeper
from ui.masthead import Masthead, masthead_of
from ui.pages import STATIC
from ui.render import answer_page
from ui.serving import Site
from ui.wording import LANGUAGES, wording_in

TEMPLATES = Environment(loader=FileSystemLoader(STATIC.parent / "templates"), autoescape=True)
LIBRARY = 'href="/library"'


def site() -> Site:
    """A site with a library that the group `desk` keeps."""
    return replace(peopled(), keeper=cast(LibraryKeeper, object()), librarians=frozenset({"desk"}))


def head(caller: Caller | None, at: Site, language: str = "en") -> Masthead:
    scope = {"type": "http", "headers": [(b"accept-language", language.encode())]}
    return masthead_of(with_caller(scope, caller) if caller else scope, at, "ask")


def html(shown: Masthead) -> str:
    return str(
        TEMPLATES.from_string('{% from "masthead.html" import masthead %}{{ masthead(head) }}').render(head=shown)
    )


@pytest.mark.parametrize(
    ("caller", "keeps"),
    [
        (Caller(person("ada", ["desk"]), "header"), True),
        (Caller(person("bob", ["sport"]), "header"), False),
        (Caller(person("ada", ["desk"]), "embed", embed="wiki"), False),
        (Caller(person("ada", ["desk"]), "key", uses=frozenset({"ask"})), False),
        (None, False),
    ],
)
def test_only_who_keeps_the_library_is_shown_the_way_to_it(caller: Caller | None, keeps: bool) -> None:
    assert (LIBRARY in html(head(caller, site()))) is keeps


def test_where_nothing_keeps_the_library_there_is_no_way_to_it() -> None:
    assert LIBRARY not in html(head(Caller(person("ada", ["desk"]), "header"), peopled()))


def test_it_speaks_the_reader_s_language_and_offers_the_others_by_their_own_names() -> None:
    shown = html(head(None, site(), "de"))
    assert ">Text prüfen</a>" in shown
    assert '<option value="de" lang="de" selected>Deutsch</option>' in shown
    assert '<option value="ar" lang="ar">العربية</option>' in shown


def test_who_has_signed_in_is_named_as_text_and_led_out() -> None:
    caller = Caller(person("ada", []), "login", called="<b>Ada</b>")
    shown = html(head(caller, site()))
    assert "&lt;b&gt;Ada&lt;/b&gt;" in shown
    assert 'href="/logout"' in shown
    assert "/logout" not in html(head(replace(caller, by="header"), site()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_an_answer_leads_out_in_its_readers_language(language: str) -> None:
    wording = wording_in(language)
    shown = answer_page(None, None, wording, "Ada")
    assert f'<a href="/logout">{wording.say("signOut")}</a>' in shown
