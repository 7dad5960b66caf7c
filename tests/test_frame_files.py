"""The files of the page inside an embedded chat: small, in every language alike, with no way to run what they show."""

from __future__ import annotations

import gzip
import json
import re
from functools import cache
from pathlib import Path

import pytest

from tests.embedding import site
from tests.test_report_page import palette
from ui.embed.assets import STATIC, assets
from ui.embed.page import frame_page

SCRIPTS = sorted(path for path in STATIC.glob("*.js") if path.name != "widget.js")
TONGUES = ("ar", "de", "en", "es", "fr", "pl")
MOST = 60_000
"""Bytes, compressed, of everything that the page can load."""
PLURALS = {
    "en": {"one", "other"},
    "de": {"one", "other"},
    "fr": {"one", "other"},
    "es": {"one", "other"},
    "pl": {"one", "few", "many", "other"},
    "ar": {"zero", "one", "two", "few", "many", "other"},
}


@cache
def words(tongue: str) -> dict[str, str | dict[str, str]]:
    found: dict[str, str | dict[str, str]] = json.loads((STATIC / "words" / f"{tongue}.json").read_text("utf-8"))
    return found


def code(path: Path) -> str:
    """A script without its comments."""
    return re.sub(r"(?m)^\s*//.*$", "", path.read_text("utf-8"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_script_makes_elements_or_code_from_text(script: Path) -> None:
    ways = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|setHTML|createContextualFragment|DOMParser|srcdoc"
        r"|\beval\b|new Function|Function\(|set(?:Timeout|Interval)\(\s*[\"'`]|javascript:"
    )
    assert re.findall(ways, code(script)) == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_script_keeps_anything_or_sends_to_any_origin(script: Path) -> None:
    assert re.findall(r"localStorage|sessionStorage|indexedDB|document\.cookie|caches\b", code(script)) == []
    assert re.findall(r"postMessage\([^;]*[\"']\*[\"']", code(script)) == []
    assert set(re.findall(r"https?://[\w.]+", code(script))) <= {"http://www.w3.org"}, "only the namespace of pictures"


def test_elements_are_made_in_one_place() -> None:
    makers = {path.name for path in SCRIPTS if "createElement" in code(path)}
    assert makers == {"elements.js", "theme.js"}
    assert re.findall(r"createElement\(\"(\w+)\"\)", code(STATIC / "theme.js")) == ["canvas"]


def test_all_of_the_page_is_small() -> None:
    page = gzip.compress(frame_page(site().embeds["wiki"], ()).encode("utf-8"))
    heaviest = max(len(asset.gzipped) for name, asset in assets().files.items() if name.startswith("words/"))
    others = sum(len(asset.gzipped) for name, asset in assets().files.items() if not name.startswith("words/"))
    assert len(page) + heaviest + others <= MOST


def test_the_page_names_each_script_before_it_is_needed() -> None:
    page = frame_page(site().embeds["wiki"], ())
    named = set(re.findall(r'(?:href|src)="/embed/v1/page/[0-9a-f]{16}/([a-z]+\.js)"', page))
    assert named == {path.name for path in SCRIPTS}


def test_the_page_says_whether_a_model_writes() -> None:
    embed = site().embeds["wiki"]
    assert " data-writes>" in frame_page(embed, (), writes=True)
    assert "data-writes" not in frame_page(embed, ())


@pytest.mark.parametrize("tongue", TONGUES)
def test_every_language_says_everything(tongue: str) -> None:
    assert words(tongue).keys() == words("en").keys()
    for key, said in words(tongue).items():
        english = words("en")[key]
        assert isinstance(said, dict) == isinstance(english, dict), key
        forms = said if isinstance(said, dict) else {"other": said}
        assert all(form.strip() for form in forms.values()), key
        if isinstance(said, dict):
            assert set(said) == PLURALS[tongue], key
        assert blanks(forms["other"]) == blanks(english["other"] if isinstance(english, dict) else english), key


def blanks(text: str) -> set[str]:
    return set(re.findall(r"\{\w+\}", text))


def test_no_language_is_another_ones_copy() -> None:
    for tongue in set(TONGUES) - {"en"}:
        same = [key for key, said in words(tongue).items() if said == words("en")[key]]
        assert set(same) <= {"source", "conversation", "tally", "questionCount", "documentCount"}, tongue


def test_everything_that_is_said_has_words_and_all_words_are_said() -> None:
    said = "\n".join(map(code, SCRIPTS))
    named = {key for key in words("en") if re.search(rf"[\"']{key}[\"']", said)}
    asked = set(re.findall(r"\bsay\(\"(\w+)\"", said))
    assert named == words("en").keys()
    assert asked <= words("en").keys()


def test_each_language_of_the_words_is_one_that_is_looked_for() -> None:
    listed = re.search(r"const TONGUES = \[(.*?)\];", code(STATIC / "wording.js"))
    assert listed
    assert sorted(re.findall(r'"(\w+)"', listed[1])) == sorted(path.stem for path in (STATIC / "words").glob("*.json"))


def test_the_frame_has_the_colours_and_typefaces_of_the_page() -> None:
    """It holds a copy, in less room: both schemes of a colour stand side by side."""
    page = palette(STATIC.parent.parent / "static" / "ink.css")
    frame = palette(STATIC / "frame.css")
    shown = {name: tuple(re.findall(r"#[0-9a-f]{6}", value)) or (value,) for name, [value, *_] in frame.items()}
    assert len(page) >= 15
    assert {name: shown.get(name) for name in page} == page
